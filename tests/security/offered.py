"""The one service of both towns: it asks for everything an address of the API can be about."""

from __future__ import annotations

import json

from backend.services.package import Package
from tests.integration.cases.signers import SIGNERS
from tests.integration.files.form_with_files import with_files

BREEDS = {"uri": "urn:x:breeds", "version": "1", "title": "Rassen", "entries": [["1", "Dackel"]]}


def open_package() -> Package:
    """The dog tax for citizens and guests, with files, a list of choices and co-signers."""
    texts = with_files().texts()
    schema, layout = json.loads(texts["form.json"]), json.loads(texts["form.ui.json"])
    origin = {"title": "Herkunft", "x-texts": {"en": {"title": "Origin"}}, "type": "string"}
    schema["properties"]["hund"]["properties"]["herkunft"] = {**origin, "x-codelist": "rassen"}
    control = {"type": "Control", "scope": "#/properties/hund/properties/herkunft"}
    layout["elements"][0]["elements"].append(control)
    manifest = texts["service.toml"].replace('trust_level = "low"', 'guests = true\ntrust_level = "none"')
    manifest += SIGNERS.format(least=0, when_missing="close")
    changed = {"form.json": schema, "form.ui.json": layout, "codelists/rassen.json": BREEDS}
    written = {name: json.dumps(content) for name, content in changed.items()}
    return Package.of_texts(texts={**texts, **written, "service.toml": manifest})
