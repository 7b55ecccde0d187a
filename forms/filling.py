"""What the server adds to answers or takes away: declared defaults, read-only values, normal forms.

A default is used where the question is optional and its section is there; a required question is never
answered by the server. Read-only answers of the client are dropped before anything looks at them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from forms.conditions import Place
from forms.datatypes import DATATYPES, Datatype
from forms.pointers import Path
from forms.schema import Field

ENTRY = "*"


@dataclass(frozen=True, slots=True)
class Spot:
    """One place where an answer stands or could stand: member `name` of `holder`, which is there.

    `entry` is the entry of the innermost list around it, None outside lists.
    """

    path: Path
    holder: dict[str, Any]
    name: str
    entry: dict[str, Any] | None


@dataclass(frozen=True, slots=True, eq=False)
class Default:
    place: Place
    value: Any


def spots(
    answers: dict[str, Any], place: Place, *, create: AbstractSet[Place] = frozenset()
) -> Iterator[Spot]:
    """All spots of a question in answers, one for each entry of the lists on the way (`*`).

    Missing sections end the way, except those named in `create`, which are added.
    """
    yield from _spots(answers, place, 0, (), None, create)


def _spots(  # noqa: PLR0917  (one step of a walk)
    value: Any, place: Place, at: int, path: Path, entry: dict[str, Any] | None, create: AbstractSet[Place]
) -> Iterator[Spot]:
    if place[at] == ENTRY:
        for position, each in enumerate(value if isinstance(value, list) else ()):
            inner = each if isinstance(each, dict) else None
            yield from _spots(each, place, at + 1, (*path, position), inner, create)
    elif isinstance(value, dict) and at + 1 == len(place):
        yield Spot((*path, place[at]), value, place[at], entry)
    elif isinstance(value, dict):
        if place[: at + 1] in create:
            value.setdefault(place[at], {})
        yield from _spots(value.get(place[at]), place, at + 1, (*path, place[at]), entry, create)


def defaults_of(root: Field) -> tuple[Default, ...]:
    """The defaults that are used, outer ones first: of optional questions, and of read-only ones.

    A read-only question without `default` has its `const`.
    """
    found: list[Default] = []
    for place, field in root.places():
        holder = root.at([0 if step == ENTRY else step for step in place[:-1]])
        read_only = field.keywords.get("readOnly") is True
        if holder is None or place[-1] == ENTRY or (place[-1] in holder.required and not read_only):
            continue
        for keyword in ("default", "const") if read_only else ("default",):
            if keyword in field.keywords:
                found.append(Default(place, field.keywords[keyword]))
                break
    return tuple(found)


def drop(answers: dict[str, Any], places: Iterable[Place]) -> set[Path]:
    """Take out what the client sent for places it has no say in; their paths."""
    dropped = set()
    for place in places:
        for spot in spots(answers, place):
            if spot.name in spot.holder:
                del spot.holder[spot.name]
                dropped.add(spot.path)
    return dropped


def fill(answers: dict[str, Any], defaults: Iterable[Default]) -> list[Path]:
    """Put defaults where nothing stands; their paths."""
    filled = []
    for default in defaults:
        for spot in spots(answers, default.place):
            if spot.name not in spot.holder:
                spot.holder[spot.name] = copy.deepcopy(default.value)
                filled.append(spot.path)
    return filled


def normal_forms_of(root: Field) -> tuple[tuple[Place, Datatype], ...]:
    """The questions whose answers are kept in a normal form of their format."""
    kinds = ((place, DATATYPES.get(str(field.keywords.get("format")))) for place, field in root.places())
    return tuple((place, kind) for place, kind in kinds if kind is not None and kind.normal is not None)


def normalise(answers: dict[str, Any], forms: Iterable[tuple[Place, Datatype]]) -> None:
    """Put answers that fit their form into normal form, in place."""
    for place, kind in forms:
        _normalise(answers, place, kind)


def _normalise(value: Any, place: Place, kind: Datatype) -> Any:
    """`value`, changed in place where it holds the question; its normal form if it is the answer itself."""
    if not place:
        return kind.kept(value)
    if place[0] == ENTRY and isinstance(value, list):
        value[:] = [_normalise(each, place[1:], kind) for each in value]
    elif isinstance(value, dict) and place[0] in value:
        value[place[0]] = _normalise(value[place[0]], place[1:], kind)
    return value
