from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.workflows.drawn_tables import NAMESPACE, dmn, text
from workflows.decisions import DecisionProblem, DecisionProblems, DecisionTable, overlaps, read_decisions
from workflows.expressions import ExpressionProblem
from workflows.unary import CellError, read_test, read_value


def table(rules: Sequence[Sequence[str]], **options: Any) -> DecisionTable:
    return read_decisions(xml=dmn(rules, **options))["fee"]


def matches(cell: str, value: Any, **data: Any) -> bool:
    found = table([[cell, "1"]]).decide(data={"x": value, **data})
    return bool(found.matched)


def refusals(xml: bytes) -> list[tuple[str, str]]:
    with pytest.raises(DecisionProblems) as caught:
        read_decisions(xml=xml)
    assert all(problem.text["de"] and problem.text["en"] for problem in caught.value.problems)
    return [(problem.where, problem.code) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("cell", "yes", "no"),
    [
        ("-", [1, "a", None, True], []),
        ("", [1, None], []),
        ('"a"', ["a"], ["b", None, 1]),
        ('"a", "b,c"', ["a", "b,c"], ["b", None]),
        ('not("a", "b")', ["c"], ["a", "b", None]),
        ("not(null)", [1], [None]),
        ("null", [None], [1, "null"]),
        ('"a", null', ["a", None], ["b"]),
        ("18", [18, Decimal("18.0"), 18.0], [17, "18", None]),
        ("-1.5", [Decimal("-1.5")], [1.5]),
        (".5", [0.5], [5]),
        (">= 18", [18, 19], [Decimal("17.99"), None, "18"]),
        ("<18", [17], [18]),
        ("> 18", [19], [18]),
        ("<=18", [18], [19]),
        ("= 3", [3], [4]),
        ("!= 3", [4], [3, None]),
        ("[1..5]", [1, 5, Decimal("2.5")], [0, 6, None]),
        ("(1..5)", [2], [1, 5]),
        ("]1..5[", [2], [1, 5]),
        ("[1..5), > 10", [1, 11], [5, 10]),
        ("true", [True], [False, None, 1]),
        ('date("2025-01-31")', ["2025-01-31"], ["2025-02-01"]),
        ('>= @"2025-01-31"', ["2025-02-01"], ["2025-01-30"]),
        ('[date("2025-01-01")..date("2025-12-31")]', ["2025-06-01"], ["2026-01-01"]),
        ('["a".."c"]', ["b"], ["d"]),
        (r'"a\"b"', ['a"b'], ["a"]),
        ("< grenze", [1], [5, 9]),
        ("[0..grenze.nirgends]", [], [1]),
        ("grenze", [5], [1]),
    ],
)
def test_input_cells(cell: str, yes: list[Any], no: list[Any]) -> None:
    for value in yes:
        assert matches(cell, value, grenze=5), value
    for value in no:
        assert not matches(cell, value, grenze=5), value


@pytest.mark.parametrize(
    "cell",
    [
        "?> 5", "contains(?, 3)", "if x then y", '"a', "1..5", "[5..1]", '[1.."b"]', "[null..null]", "< null", "a + 1",
        "[now()..5]", 'date("2025-02-30")', r'"\q"', "#", "1,", "x" * 2001, "not(", "[true..true]", "< true",
    ],
)  # fmt: skip
def test_feel_that_is_not_supported_is_refused_by_cell(cell: str) -> None:
    assert refusals(dmn([["-", "1"], [cell, "1"]], policy="FIRST")) == [("fee/rule 2/x", "bad-cell")]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("12.50", Decimal("12.50")),
        ('"ja"', "ja"),
        ("true", True),
        ("", None),
        ("null", None),
        ('date("2025-01-31")', "2025-01-31"),
        ("anzahl * 7.50", Decimal("22.50")),
        ("fehlt * 7.50", None),
        ("-3", -3),
    ],
)
def test_output_cells_are_literals_or_expressions(cell: str, expected: Any) -> None:
    outputs = table([["-", cell]]).decide(data={"anzahl": 3}).outputs
    assert outputs is not None
    assert repr(outputs["y"]) == repr(expected)


@pytest.mark.parametrize("cell", ["now()", "[1..2]", "if a then b", 'date("x")'])
def test_output_cells_outside_the_language_are_refused(cell: str) -> None:
    assert refusals(dmn([["1", cell]])) == [("fee/rule 1/y", "bad-cell")]


def test_unique_with_two_matches_names_the_rules() -> None:
    both = table([["< grenze", "1"], ["5", "2"]])
    assert both.decide(data={"x": 4, "grenze": 9}).matched == ("r1",)
    with pytest.raises(DecisionProblem, match="several rules match at once: 1, 2"):
        both.decide(data={"x": 5, "grenze": 9})


def test_first_takes_the_first_match_only() -> None:
    first = table([["> 9", '"viel"'], ["> 0", '"etwas"']], policy="FIRST")
    found = first.decide(data={"x": 10})
    assert (found.matched, dict(found.outputs or {})) == (("r1",), {"y": "viel"})


def test_without_a_match_defaults_or_nothing() -> None:
    assert table([["1", "2"]]).decide(data={}).outputs is None
    some = table([["1", "2", "3"]], outputs=("a", "b"), defaults=("0",))
    assert some.decide(data={}).outputs is None
    full = table([["1", "2", "3"]], outputs=("a", "b"), defaults=("0", "x + 1"))
    assert dict(full.decide(data={"x": 4}).outputs or {}) == {"a": 0, "b": 5}
    assert full.decide(data={"x": 4}).matched == ()


def test_unique_is_the_default_policy_and_an_unnamed_output_is_the_variable() -> None:
    assert dict(table([["-", "1"]], policy=None, outputs=("",)).decide(data={}).outputs or {}) == {
        "Gebühr": 1
    }
    named = table([["-", "1"]], outputs=("",), extra='<variable name="betrag"/>')
    assert dict(named.decide(data={}).outputs or {}) == {"betrag": 1}


def test_inputs_are_expressions_or_names_with_spaces() -> None:
    names = '<inputData id="i" name="Alter des Kindes"/>'
    found = table([["< 18", "> 10", "1"]], inputs=("Alter des Kindes", "a.b * 2"), before=names)
    assert found.decide(data={"Alter des Kindes": 17, "a": {"b": 6}}).matched == ("r1",)
    assert found.names == {"Alter des Kindes", "a.b"}


def test_names_include_defaults_and_cells() -> None:
    found = table([["< c.d", "e"]], defaults=("f + 1",))
    assert found.names == {"x", "c.d", "e", "f"}


def test_numbers_beyond_the_exact_range_are_refused() -> None:
    with pytest.raises(ExpressionProblem, match="28 digits"):
        table([["-", "x * 1"]]).decide(data={"x": 10**30})


@pytest.mark.parametrize(
    ("one", "two", "overlap"),
    [
        ("1", "1", True), ("1", "2", False), ("1", "1.0", True), ('"a","b"', '"b"', True), ('"a"', "1", False),
        ("<18", ">=18", False), ("<=18", ">=18", True), ("> 17", "< 18", True), ("[1..5]", "[5..9]", True),
        ("[1..5)", "[5..9]", False), ("(1..5]", "1", False), ("-", "3", True), ("null", "-", True),
        ("null", "< 3", False), ("null", "null", True), ("true", "false", False), ("true", "true", True),
        ('"a"', '< "b"', True), ("not(3)", "4", False), ("< grenze", "3", False), ("[1..2], [8..9]", "[2..3]", True),
    ],
)  # fmt: skip
def test_overlapping_unique_rules_are_found_before_publishing(one: str, two: str, overlap: bool) -> None:
    xml = dmn([[one, "-", "1"], [two, "-", "2"]], inputs=("x", "z"))
    if overlap:
        assert refusals(xml) == [("fee/rule 2", "overlapping-rules")]
    else:
        read_decisions(xml=xml)


def test_overlaps_are_judged_over_all_columns() -> None:
    read_decisions(xml=dmn([["1", "1", "1"], ["1", "2", "2"]], inputs=("x", "z")))
    # The same input twice: a joint reading would be needed, so it is left to the moment of use.
    same = table([["> 5", "-", "1"], ["-", "< 3", "2"]], inputs=("x", "x"))
    assert overlaps(table=same) == []
    first = table([["1", "1"], ["1", "2"]], policy="FIRST")
    assert overlaps(table=first) == []


_NUMBER = st.integers(0, 6).map(str)
_CELL = st.one_of(
    _NUMBER,
    st.tuples(st.sampled_from(["<", "<=", ">", ">="]), _NUMBER).map("".join),
    st.tuples(st.sampled_from("[("), _NUMBER, _NUMBER, st.sampled_from(")]"))
    .filter(lambda parts: parts[1] <= parts[2])
    .map(lambda parts: f"{parts[0]}{parts[1]}..{parts[2]}{parts[3]}"),
    st.sampled_from(["-", "null", "1, 3", "not(2)"]),
)


@given(_CELL, _CELL)
def test_without_a_reported_overlap_literal_rules_never_meet(one: str, two: str) -> None:
    xml = dmn([[one, "1"], [two, "2"]])
    try:
        found = read_decisions(xml=xml)["fee"]
    except DecisionProblems:
        return
    if "not" not in one + two:
        for half in (None, *(Decimal(n) / 2 for n in range(-2, 16))):
            assert len(found.decide(data={"x": half}).matched) <= 1


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (b"<x", [("line 1", "xml-broken")]),
        (b"<definitions/>", [("line 1", "not-dmn")]),
        (dmn([["1", "1"]], namespace="https://www.omg.org/spec/DMN/20180521/MODEL/"), [("line 1", "not-dmn")]),
        (f'<definitions xmlns="{NAMESPACE}"/>'.encode(), [("line 1", "no-decision")]),
        (f'<definitions xmlns="{NAMESPACE}"><decision id="d"/></definitions>'.encode(), [("d", "no-table")]),
        (
            f'<definitions xmlns="{NAMESPACE}"><decision id="d"/><decision id="d"/></definitions>'.encode(),
            [("d", "no-table"), ("d", "duplicate-id"), ("d", "no-table")],
        ),
        (dmn([["1", "1"]], policy="COLLECT"), [("fee", "unsupported-hit-policy")]),
        (
            dmn([["1", "1"]], extra='<informationRequirement><requiredDecision href="#x"/></informationRequirement>'),
            [("fee", "required-decision")],
        ),
        (dmn([]), [("fee", "table-extent")]),
        (dmn([["1"]], outputs=()), [("fee", "table-extent")]),
        (dmn([["1", "1", "1"]], outputs=("a", "a")), [("fee", "output-names")]),
        (dmn([["1"]]), [("fee/rule 1", "cells-missing")]),
        (dmn([["1", "1"]], inputs=("now()",)), [("fee/now()", "bad-cell")]),
        (dmn([["1", "1"]], defaults=("rand(3)",)), [("fee/default/y", "bad-cell")]),
    ],
)  # fmt: skip
def test_files_that_cannot_be_used_are_refused(xml: bytes, expected: list[tuple[str, str]]) -> None:
    assert refusals(xml) == expected


def test_an_input_without_expression_is_refused() -> None:
    xml = dmn([["1", "1"]]).replace(text("inputExpression", "x").encode(), b"").replace(b'label="x"', b"")
    assert refusals(xml) == [("fee/column 1", "bad-cell")]


def test_cells_say_why_in_both_languages() -> None:
    with pytest.raises(CellError) as caught:
        read_test(text="foo(3)")
    assert caught.value.de
    assert caught.value.en == str(caught.value)
    with pytest.raises(CellError, match="character 1"):
        read_value(text="now()")
