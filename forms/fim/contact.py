"""What every application needs and FIM does not promise: whom to write to, and where.

It is a page of its own. Which of FIM's fields mean the applicant is not guessed; a person may point
`[recipient]` of service.toml to them and take this page out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NAME = "kontakt"
PARTS = ("name", "street", "postcode", "city", "email")
_FIELDS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "name": ("Vor- und Nachname", {"type": "string", "minLength": 1, "maxLength": 200}),
    "strasse": ("Straße und Hausnummer", {"type": "string", "minLength": 1, "maxLength": 120}),
    "postleitzahl": ("Postleitzahl", {"type": "string", "format": "german-postcode"}),
    "ort": ("Ort", {"type": "string", "minLength": 1, "maxLength": 100}),
    "email": ("E-Mail-Adresse", {"type": "string", "format": "email", "maxLength": 254}),
}
_TITLE = "Wohin dürfen wir schreiben?"


def contact_schema() -> dict[str, Any]:
    """The group as JSON Schema."""
    return {
        "title": _TITLE,
        "description": "An diese Anschrift geht der Bescheid.",
        "type": "object",
        "additionalProperties": False,
        "required": list(_FIELDS),
        "properties": {name: {"title": title, **kind} for name, (title, kind) in _FIELDS.items()},
    }


def contact_page() -> dict[str, Any]:
    """The group as a page."""
    controls = [{"type": "Control", "scope": f"#/properties/{NAME}/properties/{name}"} for name in _FIELDS]
    return {"type": "Category", "label": _TITLE, "elements": controls}


def recipient() -> dict[str, str]:
    """The paths for `[recipient]` of service.toml."""
    return {part: f"answers.{NAME}.{name}" for part, name in zip(PARTS, _FIELDS, strict=True)}
