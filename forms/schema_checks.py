"""What a JSON Schema must not contain to be safe and complete, keyword by keyword; nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from forms.datatypes import DATATYPES
from forms.pointers import Path, pointer
from forms.problems import Problem

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_META = jsonschema_rs.Draft202012Validator({"$ref": _DIALECT}, offline=True)
_LONGEST_PATTERN = 1_000
_DEEPEST = 64

_MAPS = ("properties", "$defs", "dependentSchemas")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLES = (
    "items",
    "additionalProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "contains",
    "not",
    "if",
    "then",
    "else",
    "propertyNames",
)
# Keywords that would let a schema reach outside, change its own meaning, or allow names nobody listed.
_REFUSED = ("$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary", "patternProperties")

_TEXTS = {
    "schema-invalid": (
        "Das ist kein gültiges JSON Schema (Entwurf 2020-12): {detail}",
        "This is not valid JSON Schema (draft 2020-12): {detail}",
    ),
    "schema-too-deep": (
        "Das Schema ist zu tief verschachtelt. Bitte verwenden Sie „$defs“.",
        "The schema is nested too deeply. Please use “$defs”.",
    ),
    "keyword-refused": (
        "„{detail}“ ist in Formularen nicht erlaubt. Bitte entfernen Sie es.",
        "“{detail}” is not allowed in forms. Please remove it.",
    ),
    "dialect-unknown": (
        'Bitte setzen Sie "$schema" auf "' + _DIALECT + '" oder lassen Sie es weg.',
        'Please set "$schema" to "' + _DIALECT + '" or leave it out.',
    ),
    "reference-not-local": (
        "Der Verweis „{detail}“ führt aus der Datei heraus. Erlaubt ist nur „#/$defs/…“.",
        "The reference “{detail}” leads out of the file. Only “#/$defs/…” is allowed.",
    ),
    "reference-unknown": (
        "Der Verweis „{detail}“ hat kein Ziel. Bitte ergänzen Sie es unter „$defs“.",
        "The reference “{detail}” has no target. Please add it under “$defs”.",
    ),
    "format-unknown": (
        "Das Format „{detail}“ gibt es nicht. Möglich sind: " + ", ".join(sorted(DATATYPES)) + ".",
        "There is no format “{detail}”. Possible are: " + ", ".join(sorted(DATATYPES)) + ".",
    ),
    "pattern-refused": (
        (
            "Das Muster „{detail}“ ist nicht erlaubt: zu lang, fehlerhaft, oder es braucht Rückverweise oder "
            "Umschau (?=, ?!, ?<), die beliebig lange dauern können."
        ),
        (
            "The pattern “{detail}” is not allowed: too long, faulty, or it needs back references or "
            "look-around (?=, ?!, ?<), which can take any length of time."
        ),
    ),
}


def check_schema(*, schema: object, file: str) -> list[Problem]:
    """All that is wrong with the schema on its own. `where` is `file#pointer`.

    If one of the codes is `schema-invalid`, the schema must not be read any further. Patterns are only
    accepted if the engine that runs them later takes linear time for them.
    """
    if isinstance(schema, bool):
        return [_problem(file, (), "schema-invalid", "true/false")]
    try:
        invalid = [
            _problem(file, tuple(error.instance_path), "schema-invalid", error.message[:200])
            for error in _META.iter_errors(schema)
        ]
    except ValueError as error:  # not made of JSON values at all
        invalid = [_problem(file, (), "schema-invalid", str(error)[:200])]
    if invalid or not isinstance(schema, Mapping):
        return invalid
    problems = [
        _problem(file, where, code, detail)
        for where, node in _nodes(schema, ())
        for code, detail in _faults(node, schema, where)
    ]
    dialect = schema.get("$schema", _DIALECT)
    return (
        problems if dialect == _DIALECT else [_problem(file, ("$schema",), "dialect-unknown", ""), *problems]
    )


def _nodes(node: Any, where: Path) -> Iterator[tuple[Path, Mapping[str, Any] | None]]:
    """Every subschema that is an object; None for one that is too deep, which ends the walk there."""
    if not isinstance(node, Mapping):
        return
    if len(where) > _DEEPEST:
        yield where, None
        return
    yield where, node
    for keyword in _MAPS:
        for name, child in node.get(keyword, {}).items():
            yield from _nodes(child, (*where, keyword, name))
    for keyword in _LISTS:
        for position, child in enumerate(node.get(keyword, ())):
            yield from _nodes(child, (*where, keyword, position))
    for keyword in _SINGLES:
        yield from _nodes(node.get(keyword), (*where, keyword))


def _faults(
    node: Mapping[str, Any] | None, schema: Mapping[str, Any], where: Path
) -> Iterator[tuple[str, str]]:
    if node is None:
        yield "schema-too-deep", ""
        return
    for keyword in _REFUSED:
        if keyword in node:
            yield "keyword-refused", keyword
    if where and "$schema" in node:
        yield "keyword-refused", "$schema"
    if "$ref" in node:
        yield from _reference_faults(node["$ref"], schema)
    if "format" in node and node["format"] not in DATATYPES:
        yield "format-unknown", str(node["format"])[:100]
    if "pattern" in node and not _linear(node["pattern"]):
        yield "pattern-refused", node["pattern"][:100]


def _reference_faults(reference: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name = reference.removeprefix("#/$defs/")
    if name == reference or any(sign in name for sign in "/~%"):
        yield "reference-not-local", reference[:100]
    elif name not in schema.get("$defs", {}):
        yield "reference-unknown", reference[:100]


def _linear(pattern: str) -> bool:
    if len(pattern) > _LONGEST_PATTERN:
        return False
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions())
    except ValueError:
        return False
    return True


def _problem(file: str, where: Path, code: str, detail: str) -> Problem:
    german, english = _TEXTS[code]
    text = {"de": german.format(detail=detail), "en": english.format(detail=detail)}
    return Problem(where=f"{file}#{pointer(where)}", code=code, text=text)
