"""Questions answered with a file: what each takes, and which files some answers name.

A file question is `{"type": "string", "format": "file"}`; its answer is the id of an uploaded file. What it
takes stands in `x-file`: `{"types": ["application/pdf"], "max-bytes": 5000000}`; both may be left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forms.definition import FormDefinition
from forms.file_types import DEFAULT_BYTES, DEFAULT_TYPES, KEYWORD
from forms.pointers import Path, pointer, steps_of
from forms.schema import Field

_LONGEST_POSITION = 5


@dataclass(frozen=True, slots=True)
class FileRule:
    """What a question takes: media types, and the size of one file in bytes."""

    types: tuple[str, ...]
    max_bytes: int


def file_rule(*, form: FormDefinition, pointer: str) -> FileRule | None:
    """What the question at a JSON pointer into the answers takes; None where no file is asked for.

    In a list the pointer names one entry (`/proofs/0`), whether it is there already or not.
    """
    steps = steps_of(pointer)
    found = None if steps is None else _question(form.root, steps)
    return rule_of(found) if found is not None and is_file_question(found) else None


def rule_of(question: Field) -> FileRule:
    """What a file question takes, the defaults put in."""
    written = question.keywords.get(KEYWORD, {})
    return FileRule(
        types=tuple(written.get("types", DEFAULT_TYPES)),
        max_bytes=int(written.get("max-bytes", DEFAULT_BYTES)),
    )


def is_file_question(field: Field) -> bool:
    return field.keywords.get("format") == "file"


def attached(*, form: FormDefinition, answers: Mapping[str, Any]) -> Mapping[str, str]:
    """JSON pointer → file id of every file question that is answered with a text, in the form's order.

    Whether the text is an id at all is for `check_answers` to say.
    """
    return {pointer(path): value for path, value in _answered(form.root, answers, ())}


def _question(root: Field, steps: tuple[str, ...]) -> Field | None:
    found: Field | None = root
    for step in steps:
        if found is None:
            return None
        found = _entry(found, step) if found.items is not None else found.members.get(step)
    return found


def _entry(listed: Field, step: str) -> Field | None:
    """The field of one entry. Positions are written without leading zeros (RFC 6901 § 4)."""
    number = step.isascii() and step.isdecimal() and len(step) <= _LONGEST_POSITION
    if not number or str(int(step)) != step:
        return None
    most = listed.keywords.get("maxItems")
    return listed.items if most is None or int(step) < most else None


def _answered(field: Field, value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, Mapping):
        for name, member in field.members.items():
            if name in value:
                yield from _answered(member, value[name], (*path, name))
    elif isinstance(value, list) and field.items is not None:
        for position, entry in enumerate(value):
            yield from _answered(field.items, entry, (*path, position))
    elif isinstance(value, str) and is_file_question(field):
        yield path, value
