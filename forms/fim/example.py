"""One valid answer to an imported form: for the package's scenario, and as what tests change one thing of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forms.codelists import CodeList
from forms.fim.patterns import text_that_fits

_TEXTS = {
    "date": "2026-03-02",
    "date-time": "2026-03-02T10:30:00Z",
    "file": "00000000-0000-4000-8000-000000000001",
    "email": "erika.mustermann@example.org",
    "german-postcode": "31999",
}


def example_answer(
    *, schema: Mapping[str, Any], code_lists: Mapping[str, CodeList], everything: bool = False
) -> dict[str, Any]:
    """An answer that fits a schema written by `forms.fim`: what is demanded, or everything there is."""
    found = _Writer(schema.get("$defs", {}), code_lists, everything).value(schema)
    return dict(found)


class _Writer:
    def __init__(
        self, definitions: Mapping[str, Any], code_lists: Mapping[str, CodeList], everything: bool
    ) -> None:
        self.definitions = definitions
        self.code_lists = code_lists
        self.everything = everything

    def value(self, node: Mapping[str, Any]) -> Any:
        if "$ref" in node:
            node = {**self.definitions[node["$ref"].rpartition("/")[2]], **node}
        if "oneOf" in node:
            return node["oneOf"][0]["const"]
        if "x-codelist" in node:
            return self.code_lists[node["x-codelist"]].entries[0].code
        match node["type"]:
            case "object":
                return self._object(node)
            case "array":
                count = max(node.get("minItems", 0), 1)
                return [self.value(node["items"]) for _ in range(count)]
        return _plain(node)

    def _object(self, node: Mapping[str, Any]) -> dict[str, Any]:
        members, required = node["properties"], node.get("required", ())
        names = list(members) if self.everything else [name for name in members if name in required]
        if "maxProperties" in node:
            names = list(members)[: node["maxProperties"]]
        return {name: self.value(members[name]) for name in names}


def _plain(node: Mapping[str, Any]) -> Any:
    if node["type"] == "boolean":
        return True
    return _text(node) if node["type"] == "string" else _number(node)


def _number(node: Mapping[str, Any]) -> Any:
    return node.get("minimum", min(1, node.get("maximum", 1)))


def _text(node: Mapping[str, Any]) -> str:
    if "format" in node:
        return _TEXTS[node["format"]]
    shortest, longest = node.get("minLength", 0), node.get("maxLength")
    if "pattern" in node:
        return text_that_fits(pattern=node["pattern"], shortest=shortest, longest=longest) or ""
    return "Beispiel"[:longest].ljust(shortest, "e")
