"""Every hit policy against a second, naive evaluator, and what each does at its edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.workflows.drawn_tables import dmn
from workflows.decisions import (
    DecisionProblem,
    DecisionProblems,
    DecisionTable,
    HitPolicy,
    read_decisions,
)
from workflows.expressions import ExpressionProblem

RANKED = '"hoch", "mittel", "niedrig"'
RANK = ["hoch", "mittel", "niedrig"]


def table(rules: Sequence[Sequence[str]], policy: str, **options: Any) -> DecisionTable:
    return read_decisions(xml=dmn(rules, policy=policy, **options))["fee"]


def value(rules: Sequence[Sequence[str]], policy: str, aggregation: str | None = None, **options: Any) -> Any:
    return table(rules, policy, aggregation=aggregation, **options).decide(data={"x": 5}).value


ROWS = [["> 4", '"mittel"'], ["> 9", '"hoch"'], ["> 3", '"niedrig"'], ["> 2", '"mittel"']]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("FIRST", "mittel"),
        ("PRIORITY", "mittel"),
        ("RULE ORDER", ["mittel", "niedrig", "mittel"]),
        ("OUTPUT ORDER", ["mittel", "mittel", "niedrig"]),
        ("COLLECT", ["mittel", "niedrig", "mittel"]),
    ],
)
def test_the_same_rules_under_each_policy(policy: str, expected: Any) -> None:
    assert value(ROWS, policy, output_values=(RANKED,)) == expected


def test_the_rules_that_decided_are_named_in_their_order() -> None:
    ordered = table(ROWS, "OUTPUT ORDER", output_values=(RANKED,)).decide(data={"x": 5})
    assert ordered.matched == ("r1", "r4", "r3")
    assert dict(ordered.outputs or {}) == {"y": ["mittel", "mittel", "niedrig"]}
    assert table(ROWS, "PRIORITY", output_values=(RANKED,)).decide(data={"x": 5}).matched == ("r1",)


@pytest.mark.parametrize(
    ("aggregation", "cells", "expected"),
    [
        ("SUM", ("0.1", "0.2", "7"), Decimal("7.3")),
        ("MIN", ("3", "-2.5", "7"), Decimal("-2.5")),
        ("MAX", ("3", "-2.5", "7"), 7),
        ("COUNT", ("3", "3", '"a"'), 3),
        ("MIN", ('date("2025-02-01")', 'date("2025-01-31")'), "2025-01-31"),
        ("MAX", ('"a"', '"b"'), "b"),
        ("SUM", ("1", ""), None),
        ("MIN", ("1", '"a"'), None),
        ("SUM", ('"a"', '"b"'), None),
        ("SUM", ("12345678901234567890123456.78", "0.01"), Decimal("12345678901234567890123456.79")),
    ],
)
def test_collected_values_are_exact(aggregation: str, cells: tuple[str, ...], expected: Any) -> None:
    found = value([["> 1", cell] for cell in cells], "COLLECT", aggregation)
    assert found == expected
    assert isinstance(found, float) is False


def test_a_sum_beyond_the_exact_range_is_refused() -> None:
    with pytest.raises(ExpressionProblem, match="28 digits"):
        value([["> 1", "9" * 28]] * 9, "COLLECT", "SUM")


def test_several_outputs_become_rows_for_dmn_and_lists_for_the_process() -> None:
    found = table([["> 1", "1", '"a"'], ["> 2", "2", '"b"']], "RULE ORDER", outputs=("n", "t"))
    decided = found.decide(data={"x": 5})
    assert decided.value == [{"n": 1, "t": "a"}, {"n": 2, "t": "b"}]
    assert dict(decided.outputs or {}) == {"n": [1, 2], "t": ["a", "b"]}


def test_the_second_output_decides_between_equal_first_ones() -> None:
    rows = [["> 1", '"mittel"', "2"], ["> 1", '"hoch"', "1"], ["> 1", '"hoch"', "2"]]
    ranked = table(rows, "PRIORITY", outputs=("a", "b"), output_values=(RANKED, "2, 1"))
    assert ranked.decide(data={"x": 5}).matched == ("r3",)
    half = table(rows, "PRIORITY", outputs=("a", "b"), output_values=(RANKED,))
    assert half.decide(data={"x": 5}).matched == ("r2",)


def code(
    rules: Sequence[Sequence[str]], policy: str, data: dict[str, Any], **options: Any
) -> tuple[str, str]:
    found = table(rules, policy, **options)
    with pytest.raises(DecisionProblem) as caught:
        found.decide(data=data)
    (problem,) = caught.value.problems
    assert problem.text["de"] != problem.text["en"]
    return problem.where, problem.code


def test_contradictions_that_only_show_with_data_are_told() -> None:
    disagree = [["> 1", "z"], ["> 2", '"b"']]
    assert code(disagree, "ANY", {"x": 5, "z": "a"}) == ("fee", "rules-disagree")
    assert table(disagree, "ANY").decide(data={"x": 5, "z": "b"}).matched == ("r1",)
    number = table([["> 1", "z"], ["> 2", "1"]], "ANY")
    assert number.decide(data={"x": 5, "z": Decimal("1.0")}).value == 1
    assert code([["> 1", "z"], ["> 2", "1"]], "ANY", {"x": 5, "z": True}) == ("fee", "rules-disagree")


def test_values_outside_the_allowed_ones_are_told_without_the_value() -> None:
    rules, listed = [["> 1", "z"]], {"output_values": ("1, 2",)}
    assert code(rules, "UNIQUE", {"x": 5, "z": 3}, **listed) == ("fee/y", "value-not-allowed")
    assert table(rules, "UNIQUE", **listed).decide(data={"x": 5}).value is None
    assert code([["-", "1"]], "UNIQUE", {"x": "geheim"}, input_values=('"a", "b"',)) == (
        "fee/x",
        "value-not-allowed",
    )
    with pytest.raises(DecisionProblem) as caught:
        table([["-", "1"]], "UNIQUE", input_values=("[0..9]",)).decide(data={"x": 77})
    assert "77" not in str(caught.value)
    missing = table([["-", "1"]], "UNIQUE", input_values=("[0..9]",)).decide(data={})
    assert missing.value == 1


def test_a_missing_result_has_no_rank() -> None:
    assert code([["> 1", "z"]], "PRIORITY", {"x": 5}, output_values=("1, 2",)) == (
        "fee",
        "value-without-rank",
    )


@pytest.mark.parametrize(
    ("policy", "aggregation", "nothing", "default"),
    [
        ("FIRST", None, None, 9), ("PRIORITY", None, None, 9), ("ANY", None, None, 9), ("RULE ORDER", None, [], [9]),
        ("OUTPUT ORDER", None, [], [9]), ("COLLECT", None, [], [9]), ("COLLECT", "COUNT", 0, 9),
        ("COLLECT", "SUM", None, 9), ("COLLECT", "MIN", None, 9),
    ],
)  # fmt: skip
def test_when_nothing_matches(policy: str, aggregation: str | None, nothing: Any, default: Any) -> None:
    options = {"aggregation": aggregation, "output_values": ("1, 9",)}
    bare = table([["> 9", "1"]], policy, **options).decide(data={"x": 1})
    assert (bare.matched, bare.value) == ((), nothing)
    assert (bare.outputs is None) == (nothing is None)
    filled = table([["> 9", "1"]], policy, defaults=("9",), **options).decide(data={"x": 1})
    assert (filled.value, dict(filled.outputs or {})) == (default, {"y": default})


def test_priorities_may_come_from_the_type_of_the_column() -> None:
    listed = (
        f'<itemDefinition name="tRang"><allowedValues><text>{RANKED}</text></allowedValues></itemDefinition>'
    )
    xml = dmn(ROWS, policy="PRIORITY", before=listed, extra='<variable name="rang" typeRef="tns:tRang"/>')
    assert read_decisions(xml=xml)["fee"].decide(data={"x": 5}).value == "mittel"
    wrong = dmn([["1", '"anders"']], before=listed, extra='<variable name="rang" typeRef="tRang"/>')
    with pytest.raises(DecisionProblems, match="not allowed in this column"):
        read_decisions(xml=wrong)


# A second reading of the standard: cells are pairs (text, predicate), nothing is shared with the product.
SMALL = st.integers(0, 5)
CELLS = st.one_of(
    st.just(("-", lambda _: True)),
    st.just(("null", lambda x: x is None)),
    SMALL.map(lambda n: (str(n), lambda x: x == n)),
    SMALL.map(lambda n: (f"> {n}", lambda x: x is not None and x > n)),
    SMALL.map(lambda n: (f"<= {n}", lambda x: x is not None and x <= n)),
    SMALL.map(lambda n: (f"not({n})", lambda x: x is not None and x != n)),
    st.tuples(SMALL, SMALL).map(
        lambda two: (
            f"[{min(two)}..{max(two)}], {max(two) + 1}",
            lambda x: x is not None and min(two) <= x <= max(two) + 1 and x != max(two) + Decimal("0.5"),
        )
    ),
)
RULES = st.lists(st.tuples(CELLS, CELLS, st.sampled_from(RANK), st.integers(-3, 3)), min_size=1, max_size=6)
POINT = st.none() | st.sampled_from([Decimal(n) / 2 for n in range(14)])


def naive(policy: str, aggregation: str | None, hits: list[tuple[str, int]]) -> Any:
    """What DMN says, or the exception it stands for."""
    if not hits:
        return (
            []
            if policy in {"RULE ORDER", "OUTPUT ORDER", "COLLECT"} and not aggregation
            else (0 if aggregation == "COUNT" else None)
        )
    if policy == "UNIQUE":
        return hits[0] if len(hits) == 1 else DecisionProblem
    if policy == "ANY":
        return hits[0] if len(set(hits)) == 1 else DecisionProblem
    ordered = sorted(hits, key=lambda hit: (RANK.index(hit[0]), -hit[1]))
    numbers = [number for _, number in hits]
    return {
        ("FIRST", None): hits[0],
        ("PRIORITY", None): ordered[0],
        ("OUTPUT ORDER", None): ordered,
        ("RULE ORDER", None): hits,
        ("COLLECT", None): hits,
        ("COLLECT", "SUM"): sum(numbers),
        ("COLLECT", "MIN"): min(numbers),
        ("COLLECT", "MAX"): max(numbers),
        ("COLLECT", "COUNT"): len(numbers),
    }[policy, aggregation]


@pytest.mark.parametrize(
    ("policy", "aggregation"),
    [
        *((policy.value, None) for policy in HitPolicy),
        *(("COLLECT", each) for each in ("SUM", "MIN", "MAX", "COUNT")),
    ],
)
@settings(max_examples=150)
@given(rules=RULES, x=POINT, z=POINT)
def test_each_policy_agrees_with_a_naive_evaluator(
    policy: str, aggregation: str | None, rules: list[Any], x: Any, z: Any
) -> None:
    hits = [(rank, number) for one, two, rank, number in rules if one[1](x) and two[1](z)]
    expected = naive(policy, aggregation, hits)
    aggregated = aggregation is not None
    rows = [[one[0], two[0], *([] if aggregated else [f'"{rank}"']), str(n)] for one, two, rank, n in rules]
    order = ", ".join(map(str, range(3, -4, -1)))
    options: dict[str, Any] = {
        "inputs": ("x", "z"),
        "outputs": ("n",) if aggregated else ("r", "n"),
        "output_values": (order,) if aggregated else (RANKED, order),
    }
    collecting = table(rows, "COLLECT", aggregation=aggregation, **options)
    # Not read under its policy: UNIQUE and ANY would be judged before they are used, see the overlap tests.
    found = replace(collecting, hit_policy=HitPolicy(policy))
    try:
        got = found.decide(data={"x": x, "z": z}).value
    except DecisionProblem:
        got = DecisionProblem

    def plain(each: Any) -> Any:
        return (each["r"], each["n"]) if isinstance(each, dict) else each

    assert (list(map(plain, got)) if isinstance(got, list) else plain(got)) == expected
