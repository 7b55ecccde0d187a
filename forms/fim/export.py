"""The answers to an imported form as FIM-shaped JSON: what other authorities' systems read (FIT-Connect)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_URI = "https://schema.fitko.de/fim/{id}_{version}.schema.json"


class NotFromFimError(ValueError):
    """The form was not imported from FIM, so there is no FIM shape for its answers."""


def schema_uri(*, schema: Mapping[str, Any]) -> str:
    """The address that names the FIM schema a form was imported from. Raises NotFromFimError."""
    origin = schema.get("x-fim")
    if not isinstance(origin, Mapping) or not origin.get("id"):
        raise NotFromFimError("This form was not imported from FIM: form.json has no x-fim.")
    return _URI.format(id=str(origin["id"]).lower(), version=origin.get("version", ""))


def fim_data(*, schema: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Checked answers to `schema` (form.json), keyed by element ids and nested as in FIM.

    `$schema` names the FIM schema. What the authority added to the form (properties without `x-fim`) stays
    out. Raises NotFromFimError.
    """
    return {"$schema": schema_uri(schema=schema), **_members(schema, answers)}


def _members(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    known = schema.get("properties", {})
    return {
        name: _value(known[name], value)
        for name, value in answers.items()
        if name in known and "x-fim" in known[name]
    }


def _value(schema: Mapping[str, Any], value: Any) -> Any:
    if isinstance(value, Mapping):
        return _members(schema, value)
    if isinstance(value, list):
        entry = schema.get("items", {})
        return [_value(entry, each) for each in value]
    return value
