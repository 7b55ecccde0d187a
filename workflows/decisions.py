"""Decide by tables: read a DMN file and prove its rules apart; open it when a fee or a routing is wrong.

`dmn` reads the files, `unary` the cells, `tables` applies the rules. Standard: OMG DMN 1.5, § 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from forms.problems import Problem
from workflows.dmn import Reader
from workflows.tables import Decision, DecisionProblem, DecisionProblems, DecisionTable, HitPolicy, Rule
from workflows.unary import Range

__all__ = [
    "Decision",
    "DecisionProblem",
    "DecisionProblems",
    "DecisionTable",
    "HitPolicy",
    "overlaps",
    "read_decisions",
]


def read_decisions(*, xml: bytes) -> Mapping[str, DecisionTable]:
    """Tables by decision id. Raises `DecisionProblems` with everything that is not understood."""
    reader = Reader(xml=xml)
    tables = {table.id: table for table in reader.tables()}
    problems = reader.problems or [problem for table in tables.values() for problem in overlaps(table=table)]
    if problems:
        raise DecisionProblems(problems)
    return MappingProxyType(tables)


def overlaps(*, table: DecisionTable) -> list[Problem]:
    """Pairs of rules that certainly match the same values although the policy is UNIQUE.

    Only what can be decided: literals and intervals; other cells are judged when they are used.
    """
    sources = [each.expression.source for each in table.inputs]
    if table.hit_policy is not HitPolicy.UNIQUE or len(set(sources)) < len(sources):
        return []
    return [
        _overlap(table, one, two)
        for index, one in enumerate(table.rules)
        for two in table.rules[index + 1 :]
        if all(_meet(left, right) for left, right in zip(one.ranges, two.ranges, strict=True))
    ]


def _overlap(table: DecisionTable, one: Rule, two: Rule) -> Problem:
    return Problem(
        f"{table.id}/rule {two.number}",
        "overlapping-rules",
        {
            "de": f"Tabelle „{table.name}“: Die Regeln {one.number} und {two.number} können zugleich "
            "zutreffen. Bitte trennen oder die Trefferregel FIRST wählen.",
            "en": f"Table '{table.name}': rules {one.number} and {two.number} can match at once. "
            "Separate them or choose hit policy FIRST.",
        },
    )


def _meet(left: tuple[Range, ...] | None, right: tuple[Range, ...] | None) -> bool:
    if left is None or right is None:
        return False
    if not left or not right:
        return True
    return any(_intersect(one, two) for one in left for two in right)


def _intersect(one: Range, two: Range) -> bool:
    if _is_null(one) or _is_null(two):
        return _is_null(one) and _is_null(two)
    kinds = {_kind(bound) for each in (one, two) for bound in (each.low, each.high) if bound is not None}
    return len(kinds) == 1 and _reaches(one, two) and _reaches(two, one)


def _is_null(each: Range) -> bool:
    return each.low is None and each.high is None


def _kind(value: Any) -> str:
    return "number" if not isinstance(value, (bool, str)) else type(value).__name__


def _reaches(lower: Range, upper: Range) -> bool:
    """Whether `lower` begins before `upper` ends."""
    low: Any = lower.low
    high: Any = upper.high
    if low is None or high is None:
        return True
    return bool(low < high) or bool(low == high and lower.low_in and upper.high_in)
