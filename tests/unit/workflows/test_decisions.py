from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.workflows.drawn_tables import NAMESPACE, dmn, text
from workflows.decisions import (
    DecisionProblem,
    DecisionProblems,
    DecisionTable,
    read_decisions,
)
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
    ("xml", "expected"),
    [
        (b"<x", [("line 1", "xml-broken")]),
        (b"<definitions/>", [("line 1", "not-dmn")]),
        (dmn([["1", "1"]], namespace="https://www.omg.org/spec/DMN/20990101/MODEL/"), [("line 1", "not-dmn")]),
        (dmn([["1", "1"]], namespace="urn:20191111"), [("line 1", "not-dmn")]),
        (f'<definitions xmlns="{NAMESPACE}"/>'.encode(), [("line 1", "no-decision")]),
        (f'<definitions xmlns="{NAMESPACE}"><decision id="d"/></definitions>'.encode(), [("d", "no-table")]),
        (
            f'<definitions xmlns="{NAMESPACE}"><decision id="d"/><decision id="d"/></definitions>'.encode(),
            [("d", "no-table"), ("d", "duplicate-id"), ("d", "no-table")],
        ),
        (dmn([["1", "1"]], policy="BEST"), [("fee", "unsupported-hit-policy")]),
        (dmn([["1", "1"]], policy="COLLECT", aggregation="AVG"), [("fee", "unsupported-aggregation")]),
        (
            dmn([["1", "1", "2"]], policy="COLLECT", aggregation="SUM", outputs=("a", "b")),
            [("fee", "aggregation-of-several")],
        ),
        (dmn([["1", "1"]], policy="PRIORITY"), [("fee", "priority-list-missing")]),
        (dmn([["1", "1"]], policy="OUTPUT ORDER", output_values=(">0",)), [("fee", "priority-list-missing")]),
        (dmn([["1", "3"]], output_values=("1, 2",)), [("fee/rule 1/y", "bad-cell")]),
        (dmn([["3", "1"]], input_values=("1, 2",)), [("fee/rule 1/x", "bad-cell")]),
        (dmn([['"a"', "1"]], types=("number",)), [("fee/rule 1/x", "bad-cell")]),
        (dmn([["1", "1"]], attributes=' expressionLanguage="juel"'), [("line 1", "expression-language")]),
        (
            dmn([["1", "1"]]).replace(b"<outputEntry", b'<outputEntry expressionLanguage="groovy"'),
            [("fee/rule 1/y", "bad-cell")],
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
