"""The questions that a new version of a form asks and the old one did not."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from forms.conditions import Place
from forms.definition import FormDefinition
from forms.filling import ENTRY, fill
from forms.matching import Shape, matching_places, shape_of
from forms.pointers import Path, pointer
from forms.schema import Field

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A question that the old form did not have and that is open with these answers.

    `required`: it must be answered. A list that is new stands for all that is asked in it.
    """

    pointer: str
    title: Texts
    required: bool


def new_questions(
    *, form: FormDefinition, matched: AbstractSet[Place], answers: Mapping[str, Any]
) -> tuple[Question, ...]:
    """All questions that are not `matched` by one of the old form, in the form's order.

    Left out are those that are closed with these answers. What is asked in a list is named once for each of
    its entries.
    """
    filled = copy.deepcopy(dict(answers))
    fill(filled, form.defaults)
    closed = form.questions.close(filled)
    return tuple(
        Question(pointer(path), dict(found.titles), _required(form.root, place))
        for place, found in matching_places(form.root)
        if place not in matched and not is_server_set(form=form, place=place)
        if shape_of(found) is not Shape.SECTION
        for path in _paths(answers, place, 0, ())
        if not any(path[:length] in closed for length in range(1, len(path) + 1))
    )


def is_server_set(*, form: FormDefinition, place: Place) -> bool:
    """Whether the place, or a section around it, is calculated or read-only."""
    return any(place[:length] in form.server_set for length in range(1, len(place) + 1))


def _paths(value: Any, place: Place, at: int, path: Path) -> Iterator[Path]:
    if at == len(place):
        yield path
    elif place[at] == ENTRY:
        for position, each in enumerate(value if isinstance(value, list) else ()):
            yield from _paths(each, place, at + 1, (*path, position))
    else:
        inner = value.get(place[at]) if isinstance(value, Mapping) else None
        yield from _paths(inner, place, at + 1, (*path, place[at]))


def _required(root: Field, place: Place) -> bool:
    """Whether it is demanded, and so is every section around it up to the list it stands in."""
    holders: list[tuple[Field | None, str]] = []
    holder: Field | None = root
    for step in place:
        holders = [] if step == ENTRY else [*holders, (holder, step)]
        holder = holder and holder.at((0 if step == ENTRY else step,))
    return all(each is not None and name in each.required for each, name in holders)
