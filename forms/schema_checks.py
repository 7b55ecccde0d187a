"""What a JSON Schema must not contain to be safe and complete, keyword by keyword; nothing is fetched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from forms.datatypes import DATATYPES
from forms.keyword_checks import IDENTITY, TEXTS, keyword_faults
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

# Steps on the way to a subschema that holds only under conditions, or for no question of its own.
_ALTERNATIVES = frozenset(
    {"anyOf", "oneOf", "allOf", "not", "if", "then", "else", "contains", "dependentSchemas", "prefixItems"}
)

_TEXTS = {
    **TEXTS,
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
    "format-of-other-type": (
        'Das Format passt nicht zur Art der Angabe. Bitte setzen Sie "type" passend: {detail}.',
        'The format does not fit the kind of value. Please set "type" to match: {detail}.',
    ),
    "format-shape": (
        "Ein Objekt dieses Formats hat genau diese „properties“ mit mindestens diesen Angaben: {detail}.",
        "An object of this format has exactly these “properties” with at least these keywords: {detail}.",
    ),
    "calculation-misplaced": (
        "„x-calculate“ gehört an eine Frage unter „properties“, nicht in anyOf, if, then und Ähnliches.",
        "“x-calculate” belongs to a question under “properties”, not into anyOf, if, then and the like.",
    ),
    "calculation-no-text": (
        '„x-calculate“ muss ein Ausdruck als Text sein, zum Beispiel "answers.menge * 2".',
        '“x-calculate” must be an expression as text, for example "answers.menge * 2".',
    ),
    "calculation-not-read-only": (
        'Ein berechnetes Feld braucht "readOnly": true und kein „default“: Sein Wert kommt nur vom Server.',
        'A calculated field needs "readOnly": true and no “default”: its value comes only from the server.',
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
        for where, node in subschemas(schema)
        for code, detail in _faults(node, schema, where)
    ]
    problems += [_problem(file, where, "id-twice", name) for where, name in _ids_again(schema)]
    dialect = schema.get("$schema", _DIALECT)
    return (
        problems if dialect == _DIALECT else [_problem(file, ("$schema",), "dialect-unknown", ""), *problems]
    )


def subschemas(node: Any, where: Path = ()) -> Iterator[tuple[Path, Mapping[str, Any] | None]]:
    """Every subschema that is an object; None for one that is too deep, which ends the walk there."""
    if not isinstance(node, Mapping):
        return
    if len(where) > _DEEPEST:
        yield where, None
        return
    yield where, node
    for keyword in _MAPS:
        for name, child in node.get(keyword, {}).items():
            yield from subschemas(child, (*where, keyword, name))
    for keyword in _LISTS:
        for position, child in enumerate(node.get(keyword, ())):
            yield from subschemas(child, (*where, keyword, position))
    for keyword in _SINGLES:
        yield from subschemas(node.get(keyword), (*where, keyword))


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
    if "format" in node:
        yield from _format_faults(node)
    steps = list(_keywords_of(where))
    alternative = not _ALTERNATIVES.isdisjoint(steps)
    if "x-calculate" in node:
        yield from _calculation_faults(node, steps, alternative=alternative)
    yield from keyword_faults(node=node, steps=steps, alternative=alternative)
    if "pattern" in node and not is_linear(node["pattern"]):
        yield "pattern-refused", node["pattern"][:100]


def _reference_faults(reference: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name = reference.removeprefix("#/$defs/")
    if name == reference or any(sign in name for sign in "/~%"):
        yield "reference-not-local", reference[:100]
    elif name not in schema.get("$defs", {}):
        yield "reference-unknown", reference[:100]


def _format_faults(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kind = DATATYPES.get(node["format"])
    if kind is None:
        yield "format-unknown", str(node["format"])[:100]
        return
    declared = node.get("type", None if kind.kind != "string" else "string")
    kinds = [declared] if isinstance(declared, str) else declared or ()
    if not {kind.kind, "integer" if kind.kind == "number" else kind.kind} & set(kinds):
        yield "format-of-other-type", f"{node['format']} ({kind.kind})"
    properties = node.get("properties", {})
    fits = properties.keys() == kind.members.keys() and all(
        isinstance(properties[name], Mapping) and keywords.items() <= properties[name].items()
        for name, keywords in kind.members.items()
    )
    if kind.members and not fits:
        yield "format-shape", f"{node['format']}: {json.dumps(dict(kind.members))}"


def _calculation_faults(
    node: Mapping[str, Any], steps: list[str | int], *, alternative: bool
) -> Iterator[tuple[str, str]]:
    """`x-calculate` stands at a question itself: in an alternative nobody could say when it counts."""
    if alternative or steps[-1:] not in (["properties"], ["$defs"]):
        yield "calculation-misplaced", ""
    if not isinstance(node["x-calculate"], str):
        yield "calculation-no-text", ""
    if node.get("readOnly") is not True or "default" in node:
        yield "calculation-not-read-only", ""


def _ids_again(schema: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Every `x-id` but the first of its name."""
    seen: set[str] = set()
    for where, node in subschemas(schema):
        name = node.get(IDENTITY) if node is not None else None
        if isinstance(name, str):
            if name in seen:
                yield where, name[:100]
            seen.add(name)


def _keywords_of(where: Path) -> Iterator[str | int]:
    """The keywords on the way to a subschema, without names of properties and definitions."""
    steps = iter(where)
    for step in steps:
        yield step
        if step in _MAPS:
            next(steps)


def is_linear(pattern: str) -> bool:
    """Whether the pattern is in order and takes linear time: no back references, no look-around."""
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
