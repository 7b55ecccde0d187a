"""From FIM's structure to places in a form: what is asked, what is only read, what is left out.

Every place is known by its path of element ids, because FIM uses the same element under several parents.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from forms.fim.model import FieldKind, FimField, FimGroup, FimSchema, Use
from forms.fim.notes import Notes


class Role(Enum):
    GROUP = auto()
    QUESTION = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Place:
    """One element where it stands. `maximum` None: any number of times."""

    path: tuple[str, ...]
    element: FimField | FimGroup
    role: Role
    minimum: int
    maximum: int | None
    members: tuple[Place, ...] = ()

    @property
    def many(self) -> bool:
        return self.maximum is None or self.maximum > 1

    @property
    def choice(self) -> bool:
        """Whether exactly one of the members is to be answered."""
        return isinstance(self.element, FimGroup) and self.element.choice

    @property
    def asks(self) -> bool:
        """Whether an answer comes from here: a group of nothing but texts has none."""
        if self.role is Role.GROUP:
            return any(member.asks for member in self.members)
        return self.role is Role.QUESTION

    @property
    def demanded(self) -> bool:
        """Whether the answers must have it.

        A group that FIM demands but in which nothing is demanded is not: an empty object tells nobody
        anything, and no form sends one.
        """
        if self.minimum == 0 or not self.asks:
            return False
        inner = self.choice or any(member.demanded for member in self.members)
        return self.role is Role.QUESTION or self.many or inner

    def below(self) -> Iterator[Place]:
        """The place itself and all within it."""
        yield self
        for member in self.members:
            yield from member.below()


def plan(*, schema: FimSchema, notes: Notes) -> tuple[Place, ...]:
    """The places of a schema in its order; what is left out is noted."""
    return _places(schema.children, (), notes)


def _places(uses: tuple[Use, ...], path: tuple[str, ...], notes: Notes) -> tuple[Place, ...]:
    found = (_place(use, (*path, use.element.id), notes) for use in _merged(uses, path, notes))
    return tuple(place for place in found if place is not None)


def _merged(uses: tuple[Use, ...], path: tuple[str, ...], notes: Notes) -> list[Use]:
    """Answers are kept by id, so an element twice in the same parent is one that occurs more often."""
    merged: dict[str, Use] = {}
    times: dict[str, int] = {}
    for use in uses:
        key = use.element.id
        times[key] = times.get(key, 0) + 1
        before = merged.get(key)
        if before is None:
            merged[key] = use
        else:
            open_end = before.maximum is None or use.maximum is None
            most = None if open_end else (before.maximum or 0) + (use.maximum or 0)
            merged[key] = replace(before, minimum=before.minimum + use.minimum, maximum=most)
    for key, count in times.items():
        if count > 1:
            notes.add((*path, key), "same-place", str(count))
    return list(merged.values())


def _place(use: Use, path: tuple[str, ...], notes: Notes) -> Place | None:
    element = use.element
    if use.maximum == 0:
        notes.add(path, "never-left-out")
        return None
    if isinstance(element, FimGroup):
        members = _places(element.children, path, notes)
        if not members:
            notes.add(path, "empty-left-out")
            return None
        return Place(path, element, Role.GROUP, use.minimum, use.maximum, members)
    role = _role(element, path, notes)
    return None if role is None else Place(path, element, role, use.minimum, use.maximum)


def _role(field: FimField, path: tuple[str, ...], notes: Notes) -> Role | None:
    if field.kind is FieldKind.HIDDEN:
        notes.add(path, "hidden-left-out")
        return None
    if field.kind is FieldKind.LOCKED:
        notes.add(path, "locked-shown" if field.content else "locked-left-out")
        return Role.TEXT if field.content else None
    if field.kind is FieldKind.LABEL:
        return Role.TEXT
    if field.prefill in {"optional", "verpflichtend"}:
        notes.add(path, "prefill", field.prefill)
    return Role.QUESTION
