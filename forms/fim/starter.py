"""The rest of a new package around an imported form: service, process, letters, a clerk's entry, scenarios.

As small as it can be and still be sound: one person checks and decides, one letter for each outcome.
What only the authority can know is marked AUSFÜLLEN.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from forms.fim.contact import recipient
from forms.fim.model import FimSchema
from forms.fim.starter_process import PROCESS

UNIT = "fachamt"
_ONE_LINE = 200


def starter_files(*, schema: FimSchema, slug: str, answers: Mapping[str, Any]) -> dict[str, str]:
    """All files but the form's own: name in the package → text. `answers` is a valid application."""
    return {
        "service.toml": _service(schema, slug),
        "process.bpmn": PROCESS.format(
            id=slug.replace("-", "_"), slug=slug, name=_attribute(schema.label), unit=UNIT
        ),
        "tasks/entscheidung.json": json.dumps(_DECISION, ensure_ascii=False, indent=2) + "\n",
        "letters/bewilligung.de.md": _letter(schema, _GRANTED),
        "letters/ablehnung.de.md": _letter(schema, _REFUSED),
        "scenarios.toml": _SCENARIOS.format(answers=_toml(answers)),
    }


def _service(schema: FimSchema, slug: str) -> str:
    laws = list(dict.fromkeys(_short(basis.text) for basis in schema.legal_basis)) or [
        "AUSFÜLLEN: Rechtsgrundlage"
    ]
    letters = re.sub(r"[^A-Z]", "", slug.upper())[:6]
    paths = "\n".join(f"{part} = {_string(path)}" for part, path in recipient().items())
    return _SERVICE.format(
        source=f"{schema.id} {schema.version}".strip(),
        slug=_string(slug),
        unit=_string(UNIT),
        prefix=_string(letters if len(letters) > 1 else "FIM"),
        laws="\n".join(f"    {_string(law)}," for law in laws),
        title=_string(_short(schema.label)),
        description=_string(_short(schema.help or schema.label)),
        keyword=_string(_short(schema.label)),
        recipient=paths,
    )


def _letter(schema: FimSchema, template: str) -> str:
    # The markup's own signs have no business in a title.
    title = " ".join(re.sub(r"[\\{}\[\]|*#_`<>%]", " ", _short(schema.label)).split())
    return template.replace("TITEL", title or "Ihr Antrag")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _ONE_LINE else line[: _ONE_LINE - 1] + "…"


def _attribute(text: str) -> str:
    plain = _short(text)
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        plain = plain.replace(sign, name)
    return plain


def _string(text: str) -> str:
    """A TOML basic string: JSON's escapes are among TOML's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml(answers: Mapping[str, Any], path: str = "answers") -> str:
    """Answers as TOML tables; lists as inline values."""
    simple = {name: value for name, value in answers.items() if not isinstance(value, Mapping)}
    lines = [f"[{path}]", *(f"{name} = {_inline(value)}" for name, value in simple.items()), ""]
    for name, value in answers.items():
        if isinstance(value, Mapping):
            lines.append(_toml(value, f"{path}.{name}"))
    return "\n".join(lines)


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_inline(each)}" for name, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _string(value) if isinstance(value, str) else str(value)


_SERVICE = """\
# Eingelesen aus FIM: {source}. Was jeder Schlüssel bedeutet: docs/reference/service-package.md
# Zeilen mit AUSFÜLLEN sind Vorgaben, die nur die Behörde kennt.

slug = {slug}
unit = {unit}                # AUSFÜLLEN: zuständige Organisationseinheit
trust_level = "low"               # AUSFÜLLEN: none | low | substantial | high
languages = ["de"]
reference_prefix = {prefix}       # AUSFÜLLEN: Anfang des Aktenzeichens
legal_basis = [
{laws}
]

[title]
de = {title}

[description]
de = {description}

[keywords]
de = [{keyword}]

[retention]
years = 10                        # AUSFÜLLEN: nach dem Aktenplan
basis = "AUSFÜLLEN: Aktenplan"

[recipient]                       # wo in den Antworten die Anschrift für Briefe steht
{recipient}
"""

_DECISION: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Antrag prüfen und entscheiden",
    "type": "object",
    "additionalProperties": False,
    "required": ["ergebnis"],
    "properties": {
        "ergebnis": {
            "title": "Entscheidung",
            "type": "string",
            "oneOf": [
                {"const": "bewilligen", "title": "bewilligen"},
                {"const": "ablehnen", "title": "ablehnen"},
            ],
        },
        "begruendung": {
            "title": "Begründung für den Bescheid",
            "description": "Nötig bei einer Ablehnung. Die Bürgerin oder der Bürger liest diesen Text.",
            "type": "string",
            "minLength": 10,
            "maxLength": 3000,
        },
    },
    "if": {"properties": {"ergebnis": {"const": "ablehnen"}}, "required": ["ergebnis"]},
    "then": {"required": ["begruendung"]},
}

_RIGHTS = """\

# Ihre Rechte (Rechtsbehelfsbelehrung)

AUSFÜLLEN: Welcher Rechtsbehelf, wo, in welcher Frist und Form.
"""
_GRANTED = (
    """\
---
subject: TITEL: Bewilligung
title: Bescheid {{ case.reference }}
---

Guten Tag {{ answers.kontakt.name }},

**wir bewilligen Ihren Antrag vom {{ case.received_on | date }}.**

AUSFÜLLEN: Was genau bewilligt wird.

# Begründung

AUSFÜLLEN: Rechtsgrundlage und Gründe.

{% if entscheidung.begruendung %}
{{ entscheidung.begruendung }}

{% endif %}
"""
    + _RIGHTS
)
_REFUSED = (
    """\
---
subject: TITEL: Ablehnung
title: Bescheid {{ case.reference }}
---

Guten Tag {{ answers.kontakt.name }},

**wir lehnen Ihren Antrag vom {{ case.received_on | date }} ab.**

# Begründung

{{ entscheidung.begruendung }}

AUSFÜLLEN: Rechtsgrundlage.
"""
    + _RIGHTS
)

_SCENARIOS = """\
# Beispielanträge und was aus ihnen werden muss. Die Antworten wurden beim Einlesen erzeugt: Ersetzen Sie sie
# durch solche, wie sie bei Ihnen vorkommen, und ergänzen Sie Beispiele.

{answers}
[[scenario]]
name = "Bewilligung"
received_on = 2026-03-02

[[scenario.task]]
element = "pruefung"
enters = {{ ergebnis = "bewilligen" }}

[scenario.expect]
path = ["pruefung", "bewilligung", "bewilligt"]
letters = ["bewilligung"]
outcome = "granted"

[[scenario]]
name = "Ablehnung"
received_on = 2026-03-02

[[scenario.task]]
element = "pruefung"
enters = {{ ergebnis = "ablehnen", begruendung = "Die Voraussetzungen sind nicht erfüllt." }}

[scenario.expect]
path = ["pruefung", "ablehnung", "abgelehnt"]
letters = ["ablehnung"]
outcome = "refused"
"""
