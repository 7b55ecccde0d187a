"""One decision table: which rules match and what comes out; hit policies are in `hit_policies`.

Standard: OMG DMN 1.5, § 8. Numbers are exact, see `expressions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from forms.problems import Problems
from workflows.expressions import Expression
from workflows.hit_policies import (
    Aggregation,
    Chosen,
    DecisionProblem,
    Hit,
    HitPolicy,
    choose,
    shaped,
    stop,
)
from workflows.ranges import Range, Value
from workflows.unary import CELL

__all__ = [
    "Aggregation",
    "Allowed",
    "Decision",
    "DecisionProblem",
    "DecisionProblems",
    "DecisionTable",
    "HitPolicy",
    "Input",
    "Output",
    "Rule",
]


class DecisionProblems(Problems):
    """The table is refused; every problem names table, rule and column."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """The values a column may have: the test over `CELL`, its ranges if known, its list if it is one.

    The order of `values` is the order of priority.
    """

    test: Expression
    ranges: tuple[Range, ...] | None
    values: tuple[Value, ...] | None

    def holds(self, *, value: Any) -> bool:
        """Whether a value is allowed; a missing one always is."""
        return value is None or self.test.holds(data={CELL: value})


@dataclass(frozen=True, slots=True)
class Input:
    label: str
    expression: Expression
    allowed: Allowed | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """`default` is what comes out if no rule matches."""

    name: str
    default: Expression | None
    allowed: Allowed | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """`number` counts from 1, as people see it; `ranges` are the values each test matches, if known."""

    number: int
    id: str
    tests: tuple[Expression, ...]
    ranges: tuple[tuple[Range, ...] | None, ...]
    outputs: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """Ids of the rules that decided, and what came out.

    `outputs` by name (with RULE ORDER, OUTPUT ORDER and COLLECT each a list), None if nothing matched.
    `value` is the same as DMN sees it, when another decision asks: the only output itself, a mapping of
    several, a list of either.
    """

    matched: tuple[str, ...]
    outputs: Mapping[str, Any] | None
    value: Any = None


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """`variable` is the name under which tables that require this one read its value."""

    id: str
    name: str
    hit_policy: HitPolicy
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    aggregation: Aggregation | None = None
    variable: str = ""
    requires: tuple[DecisionTable, ...] = ()

    @property
    def lists(self) -> bool:
        """Whether each output is a list of values."""
        return self.hit_policy.many and self.aggregation is None

    @property
    def own_names(self) -> frozenset[str]:
        """Dotted paths this table reads, of process data and of the decisions it requires."""
        expressions = [
            *(each.expression for each in self.inputs),
            *(each.default for each in self.outputs if each.default is not None),
            *(cell for rule in self.rules for cell in (*rule.tests, *rule.outputs)),
        ]
        return frozenset().union(*(expression.names for expression in expressions)) - {CELL}

    @property
    def names(self) -> frozenset[str]:
        """Dotted paths of the process data that are read by the table and by those it requires."""
        return frozenset().union(*(table.data_names for table in self.family))

    @property
    def data_names(self) -> frozenset[str]:
        """Dotted paths of the process data that this table itself reads."""
        inner = {each.variable for each in self.requires}
        return frozenset(name for name in self.own_names if not _belongs(name, inner))

    @property
    def family(self) -> tuple[DecisionTable, ...]:
        """The table and all it requires, each once."""
        found: dict[str, DecisionTable] = {}
        rest: list[DecisionTable] = [self]
        while rest:
            table = rest.pop()
            if table.id not in found:
                found[table.id] = table
                rest += table.requires
        return tuple(found.values())

    def decide(self, *, data: Mapping[str, Any]) -> Decision:
        """Apply the table, and before it those it requires, each once.

        Raises `DecisionProblem` if rules contradict each other or a value is not allowed, and
        `ExpressionProblem` if a number leaves the exact range or an expression its bounds.
        """
        return self._decide(data, {})

    def _decide(self, data: Mapping[str, Any], known: dict[str, Decision]) -> Decision:
        if self.id not in known:
            inner = {each.variable: each._decide(data, known).value for each in self.requires}  # noqa: SLF001
            known[self.id] = self._apply({**data, **inner})
        return known[self.id]

    def _apply(self, data: Mapping[str, Any]) -> Decision:
        values = [each.expression.evaluate(data=data) for each in self.inputs]
        for column, value in zip(self.inputs, values, strict=True):
            self._check(column.label, column.allowed, value)
        scopes = [{**data, CELL: value} for value in values]
        hits = [self._hit(rule, data) for rule in self.rules if _matches(rule, scopes)]
        if not hits:
            return self._without_hits(data)
        ranks = [None if each.allowed is None else each.allowed.values for each in self.outputs]
        chosen = choose(policy=self.hit_policy, hits=hits, ranks=ranks, table=self.id, name=self.name)
        return self._decision(chosen)

    def _hit(self, rule: Rule, data: Mapping[str, Any]) -> Hit:
        return Hit(rule.number, rule.id, lambda: self._row(rule.outputs, data))

    def _without_hits(self, data: Mapping[str, Any]) -> Decision:
        defaults = [each.default for each in self.outputs if each.default is not None]
        if len(defaults) == len(self.outputs):
            outputs, value = shaped(
                names=[each.name for each in self.outputs],
                chosen=Chosen((), (self._row(defaults, data),)),
                many=self.lists,
                aggregation=None,
            )
            return Decision((), MappingProxyType(outputs), value)
        if self.lists or self.aggregation is Aggregation.COUNT:
            return self._decision(Chosen((), ()))
        return Decision((), None)

    def _decision(self, chosen: Chosen) -> Decision:
        outputs, value = shaped(
            names=[each.name for each in self.outputs],
            chosen=chosen,
            many=self.lists,
            aggregation=self.aggregation,
        )
        return Decision(chosen.ids, MappingProxyType(outputs), value)

    def _row(self, cells: Sequence[Expression], data: Mapping[str, Any]) -> tuple[Any, ...]:
        row = tuple(cell.evaluate(data=data) for cell in cells)
        for column, value in zip(self.outputs, row, strict=True):
            self._check(column.name, column.allowed, value)
        return row

    def _check(self, column: str, allowed: Allowed | None, value: Any) -> None:
        # The value itself stays out of the message: it may be a person's.
        if allowed is not None and not allowed.holds(value=value):
            stop(
                f"{self.id}/{column}",
                "value-not-allowed",
                f"In der Tabelle „{self.name}“ hat „{column}“ einen Wert, der dort nicht erlaubt ist.",
                f"In table '{self.name}', '{column}' has a value that is not allowed there.",
            )


def _matches(rule: Rule, scopes: Sequence[Mapping[str, Any]]) -> bool:
    return all(test.holds(data=scope) for test, scope in zip(rule.tests, scopes, strict=True))


def _belongs(name: str, roots: set[str]) -> bool:
    return any(name == root or name.startswith(f"{root}.") for root in roots)


def names_of(table: DecisionTable, variable: str) -> Iterator[str]:
    """What this table reads of one decision that it requires: the paths after its variable."""
    for name in sorted(table.own_names):
        if _belongs(name, {variable}):
            yield name.removeprefix(variable).removeprefix(".")
