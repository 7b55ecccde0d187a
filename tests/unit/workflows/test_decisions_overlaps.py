"""Contradictions of rules are found before publishing, and only real ones."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.workflows.drawn_tables import dmn
from workflows.decisions import DecisionProblems, DecisionTable, contradictions, meeting, read_decisions
from workflows.ranges import ANYTHING, Range, example, kind_of, meet, only, others


def table(rules: Sequence[Sequence[str]], **options: Any) -> DecisionTable:
    """A table whose contradictions are not judged while it is read."""
    return read_decisions(xml=dmn(rules, policy="COLLECT", **options))["fee"]


def refusals(xml: bytes) -> list[tuple[str, str]]:
    with pytest.raises(DecisionProblems) as caught:
        read_decisions(xml=xml)
    return [(problem.where, problem.code) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("one", "two", "overlap"),
    [
        ("1", "1", True), ("1", "2", False), ("1", "1.0", True), ('"a","b"', '"b"', True), ('"a"', "1", False),
        ("<18", ">=18", False), ("<=18", ">=18", True), ("> 17", "< 18", True), ("[1..5]", "[5..9]", True),
        ("[1..5)", "[5..9]", False), ("(1..5]", "1", False), ("-", "3", True), ("null", "-", True),
        ("null", "< 3", False), ("null", "null", True), ("true", "false", False), ("true", "true", True),
        ('"a"', '< "b"', True), ("not(3)", "4", True), ("not(3)", "3", False), ("not(3)", '"a"', False),
        ("not(null)", "null", False), ("not(null)", "true", True), ("!= 3", "[3..3]", False), ("!= 3", "null", False),
        ("not(true)", "true", False), ("not(true)", "false", True), ("not([1..5])", "[2..3]", False),
        ('not("a", "b")', '"c"', True), ('not("a", 3)', '"c"', False), ("< grenze", "3", False),
        ("[1..2], [8..9]", "[2..3]", True), ("(3..3)", "-", False), ("(3..4)", "(3..4)", True),
        ('< ""', "-", False), ('("a".."b")', '> "a"', True), ("true", "1", False), ("-", "-", True),
    ],
)  # fmt: skip
def test_overlapping_unique_rules_are_found_before_publishing(one: str, two: str, overlap: bool) -> None:
    xml = dmn([[one, "-", "1"], [two, "-", "2"]], inputs=("x", "z"))
    if overlap:
        assert refusals(xml) == [("fee/rule 2", "overlapping-rules")]
    else:
        read_decisions(xml=xml)


def message(xml: bytes) -> str:
    with pytest.raises(DecisionProblems) as caught:
        read_decisions(xml=xml)
    text = caught.value.problems[0].text
    assert text["de"] != text["en"]
    return text["en"]


def test_an_overlap_comes_with_an_example() -> None:
    two = dmn([["> 9", '"a"', "1"], ["< 12.5", "-", "2"]], inputs=("x", "z"))
    assert 'rules 1 and 2 can match at once, for instance with x = 10, z = "a".' in message(two)
    assert "with any values" in message(dmn([["-", "1"], ["-", "1"]]))


def test_rules_under_any_may_overlap_but_not_disagree() -> None:
    xml = dmn([["> 5", '"ja"'], ["> 7", '"nein"']], policy="ANY")
    assert "rules 1 and 2 disagree, for instance with x = 8" in message(xml)
    for other in ('"ja"', "z"):
        read_decisions(xml=dmn([["> 5", '"ja"'], ["> 7", other]], policy="ANY"))
    read_decisions(xml=dmn([["> 5", '"ja"'], ["< 3", '"nein"']], policy="ANY"))


def test_overlaps_are_judged_over_all_columns_and_allowed_values() -> None:
    read_decisions(xml=dmn([["1", "1", "1"], ["1", "2", "2"]], inputs=("x", "z")))
    # The same input twice is one value.
    read_decisions(xml=dmn([["> 5", "-", "1"], ["-", "< 3", "2"]], inputs=("x", "x")))
    assert refusals(dmn([["> 5", "-", "1"], ["-", "< 9", "2"]], inputs=("x", "x")))
    listed = [['not("a")', "1"], ['not("b")', "2"]]
    assert refusals(dmn(listed))
    read_decisions(xml=dmn(listed, input_values=('"a", "b"',)))
    assert contradictions(table=table([["1", "1"], ["1", "2"]])) == []


def test_many_contradictions_are_not_all_told_and_too_many_rules_are_not_compared() -> None:
    assert len(refusals(dmn([["-", "1"]] * 60))) == 20
    large = dmn(
        [["[1..2], [3..4], [5..6], [7..8], [9..10]", "1"]] + [[f"> 100, ({n}..{n}]", "1"] for n in range(998)]
    )
    assert refusals(large)[-1][1] in {"overlapping-rules", "overlaps-not-decided"}
    spread = dmn([[", ".join(f"[{n * 9 + k}..{n * 9 + k}.5]" for k in range(8)), "1"] for n in range(600)])
    assert refusals(spread) == [("fee", "overlaps-not-decided")]


def test_a_street_list_of_a_thousand_rules_is_compared() -> None:
    streets = [[", ".join(f'"Straße {n}-{k}"' for k in range(10)), "1"] for n in range(1_000)]
    read_decisions(xml=dmn(streets))
    streets[999][0] += ', "Straße 0-7"'
    assert refusals(dmn(streets)) == [("fee/rule 1000", "overlapping-rules")]


NUMBER = st.integers(0, 4).map(str)
TEXT = st.sampled_from(['"a"', '"b"', '"c"'])
PLAIN = st.one_of(
    NUMBER,
    TEXT,
    st.sampled_from(["true", "false", "null"]),
    st.tuples(st.sampled_from(["<", "<=", ">", ">=", "!="]), NUMBER | TEXT).map("".join),
    st.tuples(st.sampled_from("[(]"), NUMBER, NUMBER, st.sampled_from(")][")).filter(
        lambda parts: parts[1] <= parts[2]
    ).map(lambda parts: f"{parts[0]}{parts[1]}..{parts[2]}{parts[3]}"),
)  # fmt: skip
CELL = st.one_of(
    st.just("-"),
    st.lists(PLAIN, min_size=1, max_size=3).map(", ".join),
    st.lists(PLAIN, min_size=1, max_size=2).map(lambda parts: f"not({', '.join(parts)})"),
)
# Every region that cells built of these bounds can tell apart holds one of these values.
WORLD: list[Any] = [
    None, True, False, *(Decimal(n) / 2 for n in range(-1, 10)),
    "", "0", "a", "a0", "b", "b0", "c", "c0",
]  # fmt: skip


@settings(max_examples=120)
@given(st.lists(st.tuples(CELL, CELL), min_size=2, max_size=4))
def test_overlaps_are_those_that_brute_force_finds(cells: list[tuple[str, str]]) -> None:
    found = table([[*row, "1"] for row in cells], inputs=("x", "z"))
    matched = [set(found.decide(data={"x": x, "z": z}).matched) for x, z in itertools.product(WORLD, WORLD)]
    for one, two in itertools.combinations(found.rules, 2):
        overlap = any({one.id, two.id} <= ids for ids in matched)
        # Cells that nothing can match are left open; two such rules never meet anyway.
        values = meeting(table=found, one=one, two=two)
        assert (values is not None) == overlap
        if values is not None:
            both = found.decide(data=values).matched
            assert {one.id, two.id} <= set(both), values


@settings(max_examples=100)
@given(
    st.lists(st.tuples(CELL, st.sampled_from(["1", "2"])), min_size=2, max_size=4),
    st.sampled_from(["UNIQUE", "ANY"]),
)
def test_a_table_is_refused_exactly_if_brute_force_finds_a_contradiction(
    cells: list[tuple[str, str]], policy: str
) -> None:
    free = table(cells)
    said = {rule.id: rule.outputs[0].source for rule in free.rules}
    expected = False
    for value in WORLD:
        ids = free.decide(data={"x": value}).matched
        expected |= len(ids) > 1 if policy == "UNIQUE" else len({said[key] for key in ids}) > 1
    try:
        read_decisions(xml=dmn(cells, policy=policy))
        refused = False
    except DecisionProblems:
        refused = True
    assert refused is expected


def bounds() -> Iterator[Any]:
    yield from (None, "", "a", "a\x00", "a\x00\x00", "2025-01-31", 0, 1, Decimal("1.5"))


def test_ranges_that_meet_show_a_value_of_both() -> None:
    ranges = [
        Range(low, low_in, high, high_in)
        for low, high in itertools.product(bounds(), bounds())
        if (low is not None or high is not None) and (None in (low, high) or kind_of(low) == kind_of(high))
        for low_in, high_in in itertools.product((True, False), repeat=2)
    ]
    met = 0
    for one, two in itertools.product([*ranges, *ANYTHING], repeat=2):
        both = meet(one, two)
        if both is not None:
            met += 1
            value = example(both)
            assert meet(one, only(value)) == meet(two, only(value)) == only(value)
    assert met > 500


def test_a_day_is_shown_as_a_day() -> None:
    after = meet(Range("2025-01-31", False, None, False), Range(None, False, "2026-01-01", False))
    assert after is not None
    assert example(after) == "2025-02-01"
    assert example(Range(None, False, "0001-01-01", False)) < "0001-01-01"  # type: ignore[operator]


def test_beside_nothing_is_everything() -> None:
    assert others(()) == tuple(each for each in ANYTHING if each.kind != "null")
