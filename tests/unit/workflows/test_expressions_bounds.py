"""Nothing that can be written runs for ever or fills the memory."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.unit.workflows.drawn_tables import dmn
from workflows.decisions import DecisionProblems, read_decisions
from workflows.expressions import ExpressionProblem, compile_expression
from workflows.unary import CellError, read_test
from workflows.values import MAX_RESULT, bounded_result, same

LONG = {"l": list(range(1_000)), "t": "x" * 20_000}


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("map(l, " + "+".join(["sum(l)"] * 60) + ")", "too-much-work"),
        ("some(l, -1 in l)", "too-much-work"),
        ("map(l, [" + ",".join(["l"] * 190) + "])", "result-too-large"),
        ("map(l, " + "+".join(["t"] * 190) + ")", "text-too-long"),
        ("t + t", "text-too-long"),
        ("m", "result-too-large"),
    ],
)
def test_evaluations_without_measure_are_stopped(source: str, code: str) -> None:
    begun = time.monotonic()
    with pytest.raises(ExpressionProblem) as caught:
        compile_expression(source=source).evaluate(data={**LONG, "m": {"a": [[0] * 5_000] * 3}})
    assert caught.value.problems[0].code == code
    assert time.monotonic() - begun < 5


def test_lists_within_lists_are_not_written_out_for_the_engine() -> None:
    begun = time.monotonic()
    nested = "sum(map(l, [" + ",".join(["l"] * 190) + "]))"
    assert compile_expression(source=nested).evaluate(data=LONG) is None
    assert time.monotonic() - begun < 5


def test_an_operand_that_is_too_long_is_stopped() -> None:
    with pytest.raises(ExpressionProblem, match="20000 characters"):
        compile_expression(source="upper(t)").evaluate(data={"t": "x" * 20_001})


def test_results_within_bounds_pass() -> None:
    value: Any = {"a": [1, "b", None] * 100, "c": {"d": []}}
    assert bounded_result(value) is value
    with pytest.raises(ExpressionProblem):
        bounded_result([0] * MAX_RESULT)


def test_long_cells_are_read_quickly_and_not_deeply() -> None:
    begun = time.monotonic()
    values = ",".join("1" for _ in range(1_000))
    assert len(read_test(text=values).values or ()) == 1_000
    assert read_decisions(xml=dmn([[values, "1"]]))["fee"].decide(data={"x": 1}).matched == ("r1",)
    for cell in ("[" + "." * 1_998 + "]", "not(" * 400, '"' + "\\" * 1_990, "(" * 1_999):
        with pytest.raises(CellError):
            read_test(text=cell)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("cell", "advice"),
    [
        ("< today()", "context.received_on"), ('duration("P1D")', "deadlines"), ("if a then 1 else 2", "condition ?"),
        ("some x in y satisfies x", "some(list"), ("function(x) x", "own functions"), ('matches(?, "a")', "patterns"),
        ("2 ** 3", "product"), ("{a: 1}", "several output columns"), ("? > 5", "make the expression a column"),
        ("between 1 and 5", "[1..5]"), ("in (1, 2)", "values with commas"), ("> 1 and < 5", "several columns"),
        ("5,50 €", "5.50"), ("a + 1", "inputExpression"), ("§", ""),
    ],
)  # fmt: skip
def test_unsupported_feel_is_refused_with_what_to_use_instead(cell: str, advice: str) -> None:
    with pytest.raises(DecisionProblems) as caught:
        read_decisions(xml=dmn([["1", "1"], [cell, "1"]], policy="FIRST"))
    (problem,) = caught.value.problems
    assert problem.where == "fee/rule 2/x"
    assert advice in problem.text["en"]
    assert problem.text["de"] != problem.text["en"]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (1, 1.0, True), (True, 1, False), (None, None, True), (None, 0, False), ("1", 1, False),
        ([1, 2], (1, 2), True), ([1], [1, 2], False), ({"a": 1}, {"a": 1.0}, True), ({"a": 1}, {"b": 1}, False),
    ],
)  # fmt: skip
def test_the_same_value(left: Any, right: Any, expected: bool) -> None:
    assert same(left, right) is expected
