"""Finds and sets values in answers by JSON pointer (RFC 6901)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from forms.pointers import Path, pointer, steps_of


class Absent:
    """Stands for a value that is not there; `None` is a value."""


ABSENT = Absent()


def value_at(*, answers: Any, where: str) -> Any:
    """The value a pointer leads to, or `ABSENT`."""
    value = answers
    for step in steps_of(where) or ():
        if isinstance(value, Mapping):
            value = value.get(step, ABSENT)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return ABSENT
    return value


def put(*, answers: dict[str, Any], where: str, value: Any) -> bool:
    """Set a value, making the objects on the way; False if something else stands in the way."""
    *way, last = steps_of(where) or ("",)
    holder: Any = answers
    for step in way:
        holder = holder.setdefault(step, {}) if isinstance(holder, dict) else None
    if not isinstance(holder, dict):
        return False
    holder[last] = value
    return True


def leaves(*, answers: Mapping[str, Any], at: Path = ()) -> Iterator[tuple[str, Any]]:
    """Every value in nested objects with its pointer; a list counts as one value."""
    for name, value in answers.items():
        if isinstance(value, Mapping):
            yield from leaves(answers=value, at=(*at, name))
        else:
            yield pointer((*at, name)), value
