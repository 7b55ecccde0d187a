"""Which of the rules that match decide, and what becomes of their results; open it to add a hit policy.

Standard: OMG DMN 1.5, § 8.2.10. zen-engine knows two of these policies only, so all of them are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NoReturn

from forms.problems import Problem, Problems
from workflows.expressions import compile_expression
from workflows.values import exact, kind, same


class DecisionProblem(Problems):
    """A table cannot decide about this data: rules contradict each other, or a value is not allowed."""


class HitPolicy(StrEnum):
    """As DMN writes them."""

    UNIQUE = "UNIQUE"
    ANY = "ANY"
    FIRST = "FIRST"
    PRIORITY = "PRIORITY"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"
    COLLECT = "COLLECT"

    @property
    def many(self) -> bool:
        """Whether several rules may decide together; then each output is a list."""
        return self in {HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT}

    @property
    def ranked(self) -> bool:
        """Whether the order of the allowed output values decides."""
        return self in {HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER}


class Aggregation(StrEnum):
    """What COLLECT makes of its list."""

    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matches; `values` computes its results when they are needed."""

    number: int
    id: str
    values: Callable[[], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rules that decide, in their order, with their results."""

    ids: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def choose(
    *, policy: HitPolicy, hits: Sequence[Hit], ranks: Sequence[Sequence[Any] | None], table: str, name: str
) -> Chosen:
    """Apply a policy to the rules that match. `ranks`: per output its values, the most important first.

    Raises `DecisionProblem` if rules contradict each other; `table` and `name` tell where.
    """
    match policy:
        case HitPolicy.UNIQUE if len(hits) > 1:
            _contradict(table, name, "several-rules-match", hits)
        case HitPolicy.UNIQUE | HitPolicy.FIRST:
            deciding = hits[:1]
        case _:
            deciding = hits
    rows = [(hit.id, hit.values()) for hit in deciding]
    if policy is HitPolicy.ANY:
        if any(not same(row, rows[0][1]) for _, row in rows[1:]):
            _contradict(table, name, "rules-disagree", hits)
        rows = rows[:1]
    if policy.ranked:
        # Sorting is stable: rules of the same rank stay in the order of the table.
        rows.sort(key=lambda row: _rank(row[1], ranks, table=table, name=name))
    if policy is HitPolicy.PRIORITY:
        rows = rows[:1]
    return Chosen(tuple(key for key, _ in rows), tuple(row for _, row in rows))


def aggregate(*, aggregation: Aggregation, values: Sequence[Any]) -> Any:
    """One value out of many: exact, and `null` where one is missing or of another kind.

    Raises `ExpressionProblem` if the sum leaves the exact range.
    """
    if aggregation is Aggregation.COUNT:
        return len(values)
    if aggregation is not Aggregation.SUM and {kind(value) for value in values} == {"text"}:
        return min(values) if aggregation is Aggregation.MIN else max(values)
    return _NUMERIC[aggregation].evaluate(data={"values": list(values)})


_NUMERIC = {
    each: compile_expression(source=f"{each.lower()}(values)")
    for each in (Aggregation.SUM, Aggregation.MIN, Aggregation.MAX)
}


def _rank(row: Sequence[Any], ranks: Sequence[Sequence[Any] | None], *, table: str, name: str) -> list[int]:
    found = []
    for value, rank in zip(row, ranks, strict=True):
        if rank is None:
            continue
        place = next((index for index, each in enumerate(rank) if same(each, value)), None)
        if place is None:
            stop(
                table,
                "value-without-rank",
                f"In der Tabelle „{name}“ steht ein Ergebnis nicht in der Liste der erlaubten Werte und hat "
                "darum keinen Rang. Bitte outputValues ergänzen.",
                f"In table '{name}' a result is not in the list of allowed values and so has no rank. "
                "Complete outputValues.",
            )
        found.append(place)
    return found


def _contradict(table: str, name: str, code: str, hits: Sequence[Hit]) -> NoReturn:
    numbers = ", ".join(str(hit.number) for hit in hits)
    if code == "rules-disagree":
        german = f"treffen die Regeln {numbers} zugleich zu und sagen Verschiedenes. Bitte angleichen."
        english = f"rules {numbers} match at once and say different things. Make them agree."
    else:
        german = f"treffen mehrere Regeln zugleich zu: {numbers}. Bitte die Regeln trennen."
        english = f"several rules match at once: {numbers}. Separate them."
    stop(table, code, f"In der Tabelle „{name}“ {german}", f"In table '{name}' {english}")


def stop(where: str, code: str, german: str, english: str) -> NoReturn:
    """Refuse to decide."""
    raise DecisionProblem([Problem(where, code, {"de": german, "en": english})])


def shaped(
    *, names: Sequence[str], chosen: Chosen, many: bool, aggregation: Aggregation | None
) -> tuple[Mapping[str, Any], Any]:
    """The results by output name, and the one value that DMN makes of them.

    With `many`, each name holds the list of its values; DMN's value is then a list of rows.
    """
    rows = [dict(zip(names, map(exact, row), strict=True)) for row in chosen.rows]
    if aggregation is not None:
        total = aggregate(aggregation=aggregation, values=[row[names[0]] for row in rows])
        return {names[0]: total}, total
    values = [row[names[0]] if len(names) == 1 else row for row in rows]
    if many:
        return {name: [row[name] for row in rows] for name in names}, values
    return rows[0], values[0]
