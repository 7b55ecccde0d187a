"""Which question of a new form is which question of the old one.

The same `x-id` decides; without one, the same name in what the section around it has become. A question that
bears an id of its own is never taken for another one's successor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum, auto

from forms.conditions import Place
from forms.filling import ENTRY
from forms.keyword_checks import IDENTITY
from forms.schema import Field


class Shape(Enum):
    """How answers at a place are carried: member by member, entry by entry, or as they are."""

    SECTION = auto()
    ENTRIES = auto()
    VALUE = auto()


def shape_of(field: Field) -> Shape:
    if field.members:
        return Shape.SECTION
    if field.items is not None and field.items.members:
        return Shape.ENTRIES
    return Shape.VALUE


def matching_places(field: Field, path: Place = ()) -> Iterator[tuple[Place, Field]]:
    """Sections, lists and questions below `field`, outer ones first; what is in a list stands below `*`."""
    for name, member in field.members.items():
        yield (*path, name), member
        yield from matching_places(member, (*path, name))
    if shape_of(field) is Shape.ENTRIES and field.items is not None:
        yield from matching_places(field.items, (*path, ENTRY))


def match(*, old: Field, new: Field) -> Mapping[Place, Place]:
    """Old place → new place, for all that have the same shape and stand in the same lists."""
    return _Matcher(old, new).match()


class _Matcher:
    def __init__(self, old: Field, new: Field) -> None:
        self.old = dict(matching_places(old))
        self.new = dict(matching_places(new))
        self.identified = {_id(field): place for place, field in self.new.items() if _id(field)}
        self.claimed = {_id(field) for field in self.old.values() if _id(field)} & self.identified.keys()
        self.found: dict[Place, Place] = {}

    def match(self) -> Mapping[Place, Place]:
        taken: set[Place] = set()
        for place, field in self.old.items():
            for target in self._candidates(place, field):
                fits = target not in taken and self._fits(place, target)
                if fits:
                    self.found[place] = target
                    taken.add(target)
                    break
        return self.found

    def _candidates(self, place: Place, field: Field) -> Iterator[Place]:
        if _id(field) in self.claimed:
            yield self.identified[_id(field)]
            return
        in_list = place[-2:-1] == (ENTRY,)
        around = place[:-2] if in_list else place[:-1]
        for holder in (self.found.get(around), around):
            target = () if holder is None else (*holder, *place[len(around) :])
            other = _id(self.new[target]) if target in self.new else ""
            if target in self.new and other not in self.claimed and not (other and _id(field)):
                yield target

    def _fits(self, place: Place, target: Place) -> bool:
        """Entries keep their positions, so everything stays in what its own lists have become."""
        same_lists = [self.found.get(each) for each in _lists(place)] == list(_lists(target))
        return same_lists and shape_of(self.old[place]) is shape_of(self.new[target])


def _id(field: Field) -> str:
    return str(field.keywords.get(IDENTITY, ""))


def _lists(place: Place) -> Iterator[Place]:
    return (place[:position] for position, step in enumerate(place) if step == ENTRY)
