"""Calculated fields: a property with `x-calculate` gets its value from the server, never from the client.

The expression language belongs to `workflows`, above this package; so whoever reads a form passes in what
compiles an expression (`Compile`). Expressions read `answers.…`: the answers of the same form. Within a list
they also read `entry.…`: the other answers of the same entry; of the rest only single answers, so that the
work grows with the number of entries and no faster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any, Protocol

from forms.conditions import Place
from forms.filling import ENTRY, spots
from forms.pointers import Path, pointer
from forms.problems import Problem, Problems
from forms.schema import Field

KEYWORD = "x-calculate"


class Formula(Protocol):
    """A compiled expression. `names` are the dotted paths it reads."""

    @property
    def names(self) -> frozenset[str]: ...

    def evaluate(self, *, data: Mapping[str, Any]) -> Any:
        """Its value, None where something is missing. Raises `Problems` beyond the range of exact numbers."""


Compile = Callable[[str], Formula]


@dataclass(frozen=True, slots=True, eq=False)
class Calculation:
    """One calculated field. `own_groups` are the groups above it that hold nothing but calculated fields."""

    place: Place
    formula: Formula
    reads: frozenset[Place] = frozenset()
    own_groups: frozenset[Place] = frozenset()


def calculate(
    *, calculations: Sequence[Calculation], answers: dict[str, Any], closed: AbstractSet[Path]
) -> tuple[list[Path], list[Path]]:
    """Write the values of all calculated fields that are open into `answers`; (filled, impossible) paths.

    Impossible are those whose value leaves the range of exact numbers.
    """
    filled: list[Path] = []
    impossible: list[Path] = []
    for calculation in calculations:
        for spot in spots(answers, calculation.place, create=calculation.own_groups):
            if any(spot.path[:length] in closed for length in range(1, len(spot.path) + 1)):
                continue
            try:
                value = calculation.formula.evaluate(data={"answers": answers, "entry": spot.entry})
            except Problems:
                impossible.append(spot.path)
                continue
            if value is not None:
                spot.holder[spot.name] = value
                filled.append(spot.path)
    return filled, impossible


@dataclass(slots=True)
class CalculationReader:
    """Finds the calculated fields of a form, in the order of calculating, and all `problems` with them."""

    root: Field
    file: str
    compile: Compile | None
    problems: list[Problem] = field(default_factory=list)

    def read(self) -> tuple[Calculation, ...]:
        fields = dict(self.root.places())
        calculated = {place for place, found in fields.items() if KEYWORD in found.keywords}
        own = frozenset(_own_groups(fields, calculated))
        found = [self._calculation(place, fields[place], own) for place in fields if place in calculated]
        return self._ordered([calculation for calculation in found if calculation is not None])

    def _calculation(self, place: Place, target: Field, own: frozenset[Place]) -> Calculation | None:
        source = target.keywords[KEYWORD]
        if target.members or target.items is not None or place[-1] == ENTRY:
            self._complain(place, "calculation-not-single")
            return None
        if self.compile is None:
            self._complain(place, "calculation-not-possible")
            return None
        try:
            formula = self.compile(str(source))
        except Problems as error:
            for problem in error.problems:
                self._complain(place, "calculation-invalid", problem.text)
            return None
        reads = {self._read(name, place) for name in sorted(formula.names)}
        groups = frozenset(place[:length] for length in range(1, len(place))) & own
        return Calculation(place, formula, frozenset(read for read in reads if read is not None), groups)

    def _read(self, name: str, place: Place) -> Place | None:
        """Which place a name in an expression means; complains if there is none."""
        first, *rest = name.split(".")
        inside = ENTRY in place
        start: Place = ()
        if first == "entry" and inside:
            start = place[: len(place) - place[::-1].index(ENTRY)]
        elif first != "answers":
            self._complain(place, "calculation-unknown-name", name)
            return None
        meant = (*start, *rest)
        target = self.root.at([0 if step == ENTRY else step for step in meant])
        if target is None:
            self._complain(place, "calculation-unknown-name", name)
            return None
        if inside and first == "answers" and (target.members or target.items is not None):
            self._complain(place, "calculation-too-wide", name)
        return meant

    def _ordered(self, found: list[Calculation]) -> tuple[Calculation, ...]:
        graph: TopologicalSorter[Calculation] = TopologicalSorter()
        for calculation in found:
            before = [each for each in found if any(overlap(read, each.place) for read in calculation.reads)]
            graph.add(calculation, *before)
        try:
            return tuple(graph.static_order())
        except CycleError as error:
            circle = [pointer(calculation.place) for calculation in error.args[1]]
            self._complain(error.args[1][0].place, "calculations-circular", " → ".join(circle))
            return ()

    def _complain(self, place: Place, code: str, detail: str | Mapping[str, str] = "") -> None:
        german, english = _TEXTS[code]
        details = {"de": detail, "en": detail} if isinstance(detail, str) else detail
        text = {"de": german.format(detail=details["de"]), "en": english.format(detail=details["en"])}
        self.problems.append(Problem(where=f"{self.file}#{schema_pointer(place)}", code=code, text=text))


def overlap(one: Place, other: Place) -> bool:
    """Whether one place is the other or holds it."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def schema_pointer(place: Place) -> str:
    """Where a schema describes a place, as long as it does so without references."""
    return pointer(step for name in place for step in (("items",) if name == ENTRY else ("properties", name)))


def _own_groups(fields: Mapping[Place, Field], calculated: AbstractSet[Place]) -> Iterator[Place]:
    for place, group in fields.items():
        if group.members and place[-1] != ENTRY:
            leaves = {(*place, *leaf) for leaf in group.leaves()}
            if leaves <= calculated:
                yield place


def server_set(root: Field) -> tuple[Place, ...]:
    """The places whose answers never come from the client: calculated and read-only fields."""
    return tuple(
        place
        for place, found in root.places()
        if place[-1] != ENTRY and (found.keywords.get("readOnly") is True or KEYWORD in found.keywords)
    )


_TEXTS = {
    "calculation-not-single": (
        "Nur eine einzelne Angabe kann berechnet werden, kein Abschnitt und keine Liste.",
        "Only a single value can be calculated, no section and no list.",
    ),
    "calculation-not-possible": (
        "In diesem Formular sind berechnete Felder nicht möglich. Bitte entfernen Sie „x-calculate“.",
        "Calculated fields are not possible in this form. Please remove “x-calculate”.",
    ),
    "calculation-invalid": (
        "Der Ausdruck in „x-calculate“ ist nicht erlaubt: {detail}",
        "The expression in “x-calculate” is not allowed: {detail}",
    ),
    "calculation-unknown-name": (
        "„{detail}“ gibt es nicht. Ein berechnetes Feld liest „answers.…“, in einer Liste auch „entry.…“.",
        "There is no “{detail}”. A calculated field reads “answers.…”, within a list also “entry.…”.",
    ),
    "calculation-too-wide": (
        "In einer Liste liest ein berechnetes Feld aus „answers“ nur einzelne Angaben, nicht „{detail}“.",
        "Within a list a calculated field may read only single values of “answers”, not “{detail}”.",
    ),
    "calculations-circular": (
        "Berechnete Felder drehen sich im Kreis: {detail}. Bitte lösen Sie eine der Abhängigkeiten auf.",
        "Calculated fields go in a circle: {detail}. Please remove one of the dependencies.",
    ),
}
