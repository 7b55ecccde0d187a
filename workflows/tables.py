"""One decision table: which rules match and what comes out; open it to add a hit policy.

Standard: OMG DMN 1.5, § 8. Numbers are exact, see `expressions`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from forms.problems import Problem, Problems
from workflows.expressions import Expression
from workflows.unary import CELL, Range


class DecisionProblems(Problems):
    """The table is refused; every problem names table, rule and column."""


class DecisionProblem(Problems):
    """A table cannot decide about this data, because several rules match where only one may."""


class HitPolicy(StrEnum):
    UNIQUE = "UNIQUE"
    FIRST = "FIRST"


@dataclass(frozen=True, slots=True)
class Input:
    label: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Output:
    """`default` is what comes out if no rule matches."""

    name: str
    default: Expression | None


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
    """Ids of the rules that decided, and the outputs by name; `outputs` is None if nothing matched."""

    matched: tuple[str, ...]
    outputs: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class DecisionTable:
    id: str
    name: str
    hit_policy: HitPolicy
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    @property
    def names(self) -> frozenset[str]:
        """Dotted paths of the process data the table reads."""
        expressions = [
            *(each.expression for each in self.inputs),
            *(each.default for each in self.outputs if each.default is not None),
            *(cell for rule in self.rules for cell in (*rule.tests, *rule.outputs)),
        ]
        return frozenset().union(*(expression.names for expression in expressions)) - {CELL}

    def decide(self, *, data: Mapping[str, Any]) -> Decision:
        """Apply the table.

        Raises `DecisionProblem` if several rules match under UNIQUE, and `ExpressionProblem` if a number
        leaves the exact range.
        """
        values = [each.expression.evaluate(data=data) for each in self.inputs]
        scopes = [{**data, CELL: value} for value in values]
        matches = [rule for rule in self.rules if _matches(rule, scopes)]
        if not matches:
            return self._default(data)
        rules = _POLICIES[self.hit_policy](self, matches)
        return Decision(tuple(rule.id for rule in rules), self._outputs(rules[0].outputs, data))

    def _default(self, data: Mapping[str, Any]) -> Decision:
        defaults = [each.default for each in self.outputs if each.default is not None]
        if len(defaults) < len(self.outputs):
            return Decision((), None)
        return Decision((), self._outputs(defaults, data))

    def _outputs(self, cells: Sequence[Expression], data: Mapping[str, Any]) -> Mapping[str, Any]:
        pairs = zip(self.outputs, cells, strict=True)
        return MappingProxyType({each.name: cell.evaluate(data=data) for each, cell in pairs})


def _matches(rule: Rule, scopes: Sequence[Mapping[str, Any]]) -> bool:
    return all(test.holds(data=scope) for test, scope in zip(rule.tests, scopes, strict=True))


def _unique(table: DecisionTable, matches: list[Rule]) -> list[Rule]:
    if len(matches) > 1:
        numbers = ", ".join(str(rule.number) for rule in matches)
        text = {
            "de": f"In der Tabelle „{table.name}“ treffen mehrere Regeln zugleich zu: {numbers}. "
            "Bitte die Regeln trennen.",
            "en": f"In table '{table.name}' several rules match at once: {numbers}. Separate them.",
        }
        raise DecisionProblem([Problem(table.id, "several-rules-match", text)])
    return matches


def _first(_table: DecisionTable, matches: list[Rule]) -> list[Rule]:
    return matches[:1]


# One more policy: one member of HitPolicy and one function here.
_POLICIES: Mapping[HitPolicy, Callable[[DecisionTable, list[Rule]], list[Rule]]] = {
    HitPolicy.UNIQUE: _unique,
    HitPolicy.FIRST: _first,
}
