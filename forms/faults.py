"""What an error of the validator means to a person: our code, the place, and what the sentence needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from forms.pointers import Path
from forms.schema import Field
from forms.validator import CODE_LIST


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one answer; `code` and `variant` choose the sentence of `messages`."""

    path: Path
    code: str
    variant: str = ""
    limit: object = ""
    actual: object = ""
    format_name: str = ""


# Keyword → our code, where limit and value need no more than being named.
_LIMITS = {
    "maxLength": "max-length",
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive-minimum",
    "exclusiveMaximum": "exclusive-maximum",
    "multipleOf": "multiple-of",
    "minItems": "min-items",
    "maxItems": "max-items",
}
_PLAIN = {"pattern": "pattern", "uniqueItems": "unique-items", "enum": "enum", "const": "const"}


def faults_of(*, error: jsonschema_rs.ValidationError, root: Field, answers: Any) -> Iterator[Fault]:
    """What the validator's error means for the people who gave `answers` to the form of `root`."""
    path, keyword, value = tuple(error.instance_path), error.kind.name, error.kind.value
    if keyword == "required":
        yield missing((*path, value), root)
    elif keyword in {"additionalProperties", "unevaluatedProperties", "falseSchema"}:
        yield from _forbidden(error, path, answers)
    elif keyword == "minLength":
        short = Fault(path, "min-length", limit=value, actual=len(str(error.instance)))
        yield short if error.instance else missing(path, root)
    elif keyword in {"minProperties", "maxProperties"}:
        yield _members_fault(path, keyword, value, root)
    elif keyword in _LIMITS:
        actual = len(error.instance) if isinstance(error.instance, str) else ""
        yield Fault(path, _LIMITS[keyword], limit=value, actual=actual)
    elif keyword == "type":
        yield Fault(path, "type", variant=_wanted(value))
    elif keyword == "format":
        yield Fault(path, "format", format_name=value)
    elif keyword in _PLAIN:
        yield Fault(path, _PLAIN[keyword], variant="true" if keyword == "const" and value is True else "")
    else:
        yield Fault(path, _alternative(root.at(path)) if keyword == "oneOf" else _own(error))


def _own(error: jsonschema_rs.ValidationError) -> str:
    return "enum" if error.schema_path[-1:] == [CODE_LIST] else "combination"


def _members_fault(path: Path, keyword: str, limit: Any, root: Field) -> Fault:
    asked = root.at(path)
    one = (
        asked is not None and asked.keywords.get("minProperties") == asked.keywords.get("maxProperties") == 1
    )
    code = "choose-one" if one else "min-properties" if keyword == "minProperties" else "max-properties"
    return Fault(path, code, limit=limit)


def _alternative(asked: Field | None) -> str:
    """What a failed `oneOf` means: a choice that is not offered, or not exactly one of several sections."""
    if asked is None:
        return "combination"
    branches = asked.keywords.get("oneOf", ())
    sections = all(isinstance(branch, Mapping) and branch.keys() == {"required"} for branch in branches)
    return "enum" if asked.choices else "choose-one" if sections else "combination"


def _forbidden(error: jsonschema_rs.ValidationError, path: Path, answers: Any) -> Iterator[Fault]:
    """Unknown members; `false` as a schema, which a closed object without properties reports as a whole."""
    if error.kind.name != "falseSchema":
        yield from (Fault((*path, name), "unknown-property") for name in error.kind.value)
        return
    if error.schema_path[-1] != "additionalProperties":
        yield Fault(path, "not-allowed")
        return
    for step in path:
        answers = answers[step]
    yield from (Fault((*path, name), "unknown-property") for name in answers)


def missing(path: Path, root: Field) -> Fault:
    """A required answer that is not there; worded by what kind of answer it is."""
    asked = root.at(path)
    variant = ""
    if asked is not None:
        kind = asked.keywords.get("type")
        chosen = asked.choices or CODE_LIST in asked.keywords
        variant = "choice" if chosen else kind if isinstance(kind, str) else ""
    return Fault(path, "required", variant=variant)


def _wanted(kinds: list[str]) -> str:
    return next((kind for kind in sorted(kinds) if kind != "null"), "null")
