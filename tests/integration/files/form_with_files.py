"""The dog tax as a town would have it that wants to see files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from backend.services.package import Package, load_folder

FOLDER = Path(__file__).resolve().parents[3] / "catalogue" / "hundesteuer-anmeldung"
PICTURE, PROOFS, NOTE = "/hund/bild", "/hund/nachweise/0", "/hund/notiz"
SMALL_PROOF = {"types": ["application/pdf"], "max-bytes": 20_000_000}


def _question(title: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "x-texts": {"en": {"title": title}}, "type": "string", "format": "file", **more}


def with_files() -> Package:
    """It asks for a picture (defaults), proofs (PDF up to 20 MB) and a note (text up to 1,000 bytes)."""
    texts = load_folder(folder=FOLDER).texts()
    schema, layout = json.loads(texts["form.json"]), json.loads(texts["form.ui.json"])
    schema["properties"]["hund"]["properties"] |= {
        "bild": _question("Bild"),
        "nachweise": {
            "title": "Nachweise",
            "x-texts": {"en": {"title": "Proofs"}},
            "type": "array",
            "maxItems": 30,
            "items": _question("Nachweis", **{"x-file": SMALL_PROOF}),
        },
        "notiz": _question("Notiz", **{"x-file": {"types": ["text/plain"], "max-bytes": 1000}}),
    }
    layout["elements"][0]["elements"] += [
        {"type": "Control", "scope": f"#/properties/hund/properties/{name}"}
        for name in ("bild", "nachweise", "notiz")
    ]
    changed = {"form.json": json.dumps(schema), "form.ui.json": json.dumps(layout)}
    return Package.of_texts(texts=texts | changed)
