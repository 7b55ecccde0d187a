"""Decide by tables: read a DMN file and prove its rules apart; open it when a fee or a routing is wrong.

`dmn` reads the files, `dmn_tables` and `unary` their tables and cells, `tables` and `hit_policies` apply the
rules, `overlaps` proves that they do not contradict each other. Standard: OMG DMN 1.5, § 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from workflows.dmn import read_tables
from workflows.overlaps import contradictions, meeting
from workflows.tables import (
    Aggregation,
    Decision,
    DecisionProblem,
    DecisionProblems,
    DecisionTable,
    HitPolicy,
    Rule,
)

__all__ = [
    "Aggregation",
    "Decision",
    "DecisionProblem",
    "DecisionProblems",
    "DecisionTable",
    "HitPolicy",
    "Rule",
    "contradictions",
    "meeting",
    "read_decisions",
]


def read_decisions(*, xml: bytes) -> Mapping[str, DecisionTable]:
    """Tables by decision id. Raises `DecisionProblems` with everything that is not understood.

    A table knows the tables it requires, so that each can be asked for itself.
    """
    tables = read_tables(xml=xml)
    problems = [problem for table in tables.values() for problem in contradictions(table=table)]
    if problems:
        raise DecisionProblems(problems)
    return MappingProxyType(dict(tables))
