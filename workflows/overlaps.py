"""Prove before publishing that rules do not contradict each other; open it when a table is wrongly refused.

UNIQUE: no two rules may match the same values. ANY: rules that do may not say different things. Only what
can be decided is judged (literals, intervals, negation); cells that read other data are judged at use.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from forms.problems import Problem
from workflows.ranges import ANYTHING, NULL, Range, Value, example, meet, only
from workflows.syntax import Literal
from workflows.tables import DecisionTable, HitPolicy, Rule
from workflows.values import same

MAX_COMPARISONS = 500_000
MAX_REPORTED = 20


@dataclass(frozen=True, slots=True)
class _Domain:
    """What a rule matches in all columns of one expression: single values, and ranges beside them."""

    singles: frozenset[tuple[str, Value]]
    spans: tuple[Range, ...]
    free: bool

    @property
    def ranges(self) -> Iterator[Range]:
        yield from (only(value) for _, value in sorted(self.singles, key=repr))
        yield from self.spans


class _TooMany(Exception):
    """The table is too large to be compared rule by rule."""


class _Prover:
    """Compares the rules of one table within a budget."""

    def __init__(self, table: DecisionTable) -> None:
        self._table = table
        self._left = MAX_COMPARISONS
        sources = [each.expression.source for each in table.inputs]
        # The same expression in two columns is one value: its cells are read together.
        self._columns = {source: [i for i, one in enumerate(sources) if one == source] for source in sources}

    def domains(self, rule: Rule) -> list[_Domain] | None:
        """By expression; None if a cell reads other data."""
        found = []
        for columns in self._columns.values():
            cells = [rule.ranges[column] for column in columns]
            if None in cells:
                return None
            wanted = [cell for cell in cells if cell]
            declared = [self._table.inputs[column].allowed for column in columns]
            allowed = [each.ranges for each in declared if each is not None and each.ranges]
            parts: Sequence[Range] = ANYTHING
            for ranges in (*wanted, *((*each, NULL) for each in allowed)):
                parts = [both for one in parts for two in ranges if (both := self._meet(one, two))]
            singles = frozenset((each.kind, each.low) for each in parts if each.single)
            found.append(_Domain(singles, tuple(each for each in parts if not each.single), not wanted))
        return found

    def candidates(self, rules: Sequence[Sequence[_Domain]]) -> Iterator[tuple[int, int]]:
        """Pairs that may meet: long lists of single values are looked up, not compared one by one."""
        plain = [sum(not each.spans for each in column) for column in zip(*rules, strict=True)]
        column = plain.index(max(plain)) if plain else None
        with_value: dict[tuple[str, Value], list[int]] = {}
        with_span: list[int] = []
        for second, domains in enumerate(rules):
            domain = None if column is None else domains[column]
            if domain is None or domain.spans:
                earlier: Iterable[int] = range(second)
                with_span.append(second)
            else:
                found = {first for value in domain.singles for first in with_value.get(value, ())}
                earlier = sorted(found | set(with_span))
            for value in domain.singles if domain else ():
                with_value.setdefault(value, []).append(second)
            for first in earlier:
                self._spend(1)
                yield first, second

    def meeting(self, one: Sequence[_Domain], two: Sequence[_Domain]) -> Mapping[str, Value] | None:
        """An input that both match, by expression; expressions that do not matter are left out."""
        found: dict[str, Value] = {}
        for source, left, right in zip(self._columns, one, two, strict=True):
            both = self._common(left, right)
            if both is None:
                return None
            if not (left.free and right.free):
                found[source] = example(both)
        return MappingProxyType(found)

    def _common(self, left: _Domain, right: _Domain) -> Range | None:
        self._spend(1 + min(len(left.singles), len(right.singles)) // 8)
        for _, value in sorted(left.singles & right.singles, key=repr):
            return only(value)
        pairs = (
            *((one, two) for one in right.spans for two in left.ranges),
            *((one, two) for one in left.spans for two in right.ranges if two.single),
        )
        return next((both for one, two in pairs if (both := self._meet(one, two))), None)

    def _meet(self, one: Range, two: Range) -> Range | None:
        self._spend(1)
        return meet(one, two)

    def _spend(self, amount: int) -> None:
        self._left -= amount
        if self._left < 0:
            raise _TooMany


def meeting(*, table: DecisionTable, one: Rule, two: Rule) -> Mapping[str, Value] | None:
    """An input that two rules certainly both match, by expression; None if there is none we can find."""
    prover = _Prover(table)
    left, right = prover.domains(one), prover.domains(two)
    return None if left is None or right is None else prover.meeting(left, right)


def contradictions(*, table: DecisionTable) -> list[Problem]:
    """Pairs of rules that certainly contradict each other, at most 20, each with an example."""
    if table.hit_policy not in {HitPolicy.UNIQUE, HitPolicy.ANY}:
        return []
    found: list[Problem] = []
    try:
        for problem in _pairs(table):
            found.append(problem)
            if len(found) == MAX_REPORTED:
                break
    except _TooMany:
        found.append(_not_decided(table))
    return found


def _pairs(table: DecisionTable) -> Iterator[Problem]:
    prover = _Prover(table)
    read = [(rule, domains) for rule in table.rules if (domains := prover.domains(rule)) is not None]
    for first, second in prover.candidates([domains for _, domains in read]):
        (one, left), (two, right) = read[first], read[second]
        if table.hit_policy is HitPolicy.ANY and not _differ(one, two):
            continue
        values = prover.meeting(left, right)
        if values is not None:
            yield _contradiction(table, one, two, values)


def _differ(one: Rule, two: Rule) -> bool:
    """Whether two rules certainly say different things."""
    cells = [(left.node, right.node) for left, right in zip(one.outputs, two.outputs, strict=True)]
    return any(
        isinstance(left, Literal) and isinstance(right, Literal) and not same(left.value, right.value)
        for left, right in cells
    )


def _contradiction(table: DecisionTable, one: Rule, two: Rule, values: Mapping[str, Value]) -> Problem:
    shown = ", ".join(f"{source} = {_shown(value)}" for source, value in values.items())
    german = f", zum Beispiel bei {shown}" if shown else " (bei allen Werten)"
    english = f", for instance with {shown}" if shown else " (with any values)"
    pair = f"{one.number} und {two.number}", f"{one.number} and {two.number}"
    if table.hit_policy is HitPolicy.ANY:
        code = "rules-disagree"
        german = f"Die Regeln {pair[0]} widersprechen einander{german}. Bitte angleichen oder trennen."
        english = f"rules {pair[1]} disagree{english}. Make them agree or separate them."
    else:
        code = "overlapping-rules"
        german = f"Die Regeln {pair[0]} können zugleich zutreffen{german}. Bitte trennen oder FIRST wählen."
        english = f"rules {pair[1]} can match at once{english}. Separate them or choose hit policy FIRST."
    text = {"de": f"Tabelle „{table.name}“: {german}", "en": f"Table '{table.name}': {english}"}
    return Problem(f"{table.id}/rule {two.number}", code, text)


def _shown(value: Value) -> str:
    match value:
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return format(value, "f") if not isinstance(value, int) else str(value)


def _not_decided(table: DecisionTable) -> Problem:
    return Problem(
        table.id,
        "overlaps-not-decided",
        {
            "de": f"Die Tabelle „{table.name}“ ist zu groß, um ihre Regeln zu vergleichen. Bitte teilen "
            "oder die Trefferregel FIRST wählen.",
            "en": f"Table '{table.name}' is too large to compare its rules. Split it or choose hit policy "
            "FIRST.",
        },
    )
