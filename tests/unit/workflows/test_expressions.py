from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.expressions import ExpressionProblem, compile_expression


def value(source: str, **data: Any) -> Any:
    return compile_expression(source=source).evaluate(data=data)


def refusal(source: str) -> str:
    with pytest.raises(ExpressionProblem) as caught:
        compile_expression(source=source)
    (problem,) = caught.value.problems
    assert problem.text["de"]
    assert problem.text["en"]
    return problem.code


@pytest.mark.parametrize(
    ("source", "data", "expected"),
    [
        ("fee * 1.19", {"fee": Decimal("10.05")}, Decimal("11.9595")),
        ("fee * 1.19", {"fee": 100}, Decimal("119.00")),
        ("0.1 + 0.2 == 0.3", {}, True),
        ("a + b == 0.3", {"a": 0.1, "b": 0.2}, True),
        ("n + 1", {"n": 2**60}, 2**60 + 1),
        ("n == 9007199254740993", {"n": 9007199254740993}, True),
        ("n == 9007199254740992", {"n": 9007199254740993}, False),
        ("n > 9007199254740992", {"n": 9007199254740993}, True),
        ("1 / 3", {}, Decimal("0.3333333333333333333333333333")),
        ("10 % 4 - -3", {}, 5),
        ("-(2 + 3) * 2", {}, -10),
        ("round(2.345, 2)", {}, Decimal("2.35")),
        ("round(-2.5)", {}, -3),
        ("sum(map(l, #.x))", {"l": [{"x": 0.1}, {"x": Decimal("0.2")}]}, Decimal("0.3")),
        ("max(l) - min(l)", {"l": [3, Decimal("1.5")]}, Decimal("1.5")),
        ("floor(2.9) + ceil(2.1) + abs(-1) + trunc(1.9)", {}, 7),
        ("number(t) + 1", {"t": "1.10"}, Decimal("2.10")),
        ("1 == 1.00", {}, True),
    ],
)
def test_numbers_are_exact(source: str, data: dict[str, Any], expected: Any) -> None:
    result = value(source, **data)
    assert result == expected
    assert type(result) is type(expected)


@given(st.decimals(-(10**9), 10**9, places=4), st.decimals(-(10**9), 10**9, places=4))
def test_arithmetic_agrees_with_decimal(a: Decimal, b: Decimal) -> None:
    # Fractions, because Python's own decimals would round to 28 digits.
    assert Fraction(value("a * b + a - b", a=a, b=b)) == Fraction(a) * Fraction(b) + Fraction(a) - Fraction(b)
    assert value("a <= b", a=a, b=b) is (a <= b)


@given(st.integers(-(10**27), 10**27))
def test_great_integers_stay_exact(n: int) -> None:
    assert value("n + 0", n=n) == n
    assert value("n == m", n=n, m=n + 1) is False


@pytest.mark.parametrize("n", [10**28, Decimal("0.00000000000000000000000000001"), Decimal("9" * 29)])
def test_beyond_28_digits_is_refused_not_rounded(n: Any) -> None:
    with pytest.raises(ExpressionProblem, match="28 digits"):
        value("n + 1", n=n)


def test_overflow_while_calculating_is_refused() -> None:
    with pytest.raises(ExpressionProblem, match="28 digits"):
        value("n * n", n=10**20)


@pytest.mark.parametrize(
    "source",
    [
        "a > 3", "a == 3", "a != 3", "not (a > 3)", "not (a == 3)", "not (a != 3)", "a in [1, 2]",
        "a not in [1, 2]", "not (a in [1])", "1 in a", "a and true", "true and a", "a or false", "!a",
        "a + 1 == 1", "a.b.c < 1", "a == b", "a <= b", "len(a) < 3", 'startsWith(a, "x")', "some(a, # > 1)",
        "none(a, # > 1)", "all(a, # > 1)", "count(a, # > 1) == 0", "a > 3 ? true : false", "1 / 0 == 1",
        "contains(a, 1)", "-a < 0", "sum(a) == 0", "all(l, #.x > 1)", "none(l, #.x > 1)", "a[0] == 1",
    ],
)  # fmt: skip
def test_missing_never_makes_a_condition_true(source: str) -> None:
    expression = compile_expression(source=source)
    for data in ({}, {"a": None}, {"a": {}}, {"l": [{}]}):
        assert expression.holds(data=data) is False


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a.b == null", True), ("a.b != null", False), ("null == null", True), ("1 != null", True),
        ("a ?? 3", 3), ("null or true", True), ("a > 1 or true", True), ("a > 1 and false", False),
        ("true or a", True), ("false and a", False), ("a or true ? 1 : 2", 1), ("a + 1", None),
        ("a[0].b", None), ("true and true", True), ("false or false", False), ("not false", True),
    ],
)  # fmt: skip
def test_what_is_asked_about_missing_values_is_answered(source: str, expected: Any) -> None:
    assert value(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('"10" == 10', None), ('"10" < 9', None), ("true == 1", None), ("true < false", None),
        ('"2024-12-31" < "2025-01-01"', True), ('"a" + "b"', "ab"), ('"a" + 1', None), ("[1] == [1]", None),
        ("2 in [1, 2.0]", True), ('1 in ["1"]', None), ('1 not in ["1"]', None), ("3 not in [1, 2]", True),
        ('len("äöü")', 3), ("len([1, 2])", 2), ("len(1)", None), ('upper("ä") + lower("B") + trim(" c ")', "Äbc"),
        ('startsWith("abc", "a") and endsWith("abc", "c") and contains("abc", "b")', True),
        ("filter([1, 2, 3], # > 1)", [2, 3]), ("map([1, 2], # * 2)", [2, 4]), ("count([1, 2], # > 1)", 1),
        ("some([1, 2], # > 1)", True), ("all([1, 2], # > 1)", False), ("none([1, 2], # > 5)", True),
        ("none([1, 2], # > 1)", False), ("all([1], # > 0)", True), ("filter([1, 2], # > 1)[0]", 2), ("max([])", None),
        ("filter(1, # > 1)", None), ("string(1.10)", "1.10"), ("sum([1, null])", None), ("sum([1, [2]])", None), ("1 in [2, null]", None), ("2 in [2, null]", True), ("a > 1 ? 1 : 2", 2),
    ],
)  # fmt: skip
def test_values(source: str, expected: Any) -> None:
    assert value(source) == expected


def test_members_are_reached_by_name_text_and_index() -> None:
    data = {"a": {"b c": [{"d": 1.5}]}}
    assert value('a["b c"][0].d', **data) == Decimal("1.5")
    assert value('a["b c"][1].d', **data) is None
    assert value("a[0]", **data) is None
    assert value("n", n=float("nan")) is None


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("now()", "clock-function"), ('date("now")', "clock-function"), ("d()", "clock-function"),
        ("rand(3)", "random-function"), ("x in [1..5]", "range-literal"), ("[1..5]", "range-literal"),
        ("(a..b)", "range-literal"), ("map(a, filter(b, #))", "nested-closure"), ("a" * 2001, "expression-too-long"),
        ("1" + "+1" * 300, "expression-too-long"), ("(" * 40 + "1" + ")" * 40, "nested-too-deep"),
        ("# > 1", "item-outside-closure"), ("a = 1", "not-allowed"), ('"a', "not-allowed"), ("a;b", "not-allowed"),
        ("2 ^ 3", "not-allowed"), ("`${a}`", "not-allowed"), ("{a: 1}", "not-allowed"), ("a && b", "not-allowed"),
        ("a.b()", "syntax"), ("a.1", "syntax"), ("a[b]", "syntax"), ("", "syntax"), ("1 2", "syntax"), ("(1", "syntax"),
        ("a ? 1", "syntax"), ("a not b", "syntax"), ("1 +", "syntax"), ("a.", "syntax"), ("and", "syntax"),
        ("1 < 2 < 3", "ambiguous"), ("not a == 3", "ambiguous"), ("round(1, 2, 3)", "wrong-number-of-arguments"),
        ("len()", "wrong-number-of-arguments"), ("__import__('os').system('x')", "unknown-function"),
        ("matches(a, b)", "unknown-function"),
    ],
)  # fmt: skip
def test_what_is_not_in_the_language_is_refused(source: str, code: str) -> None:
    assert refusal(source) == code


def test_a_refusal_names_the_position() -> None:
    with pytest.raises(ExpressionProblem) as caught:
        compile_expression(source="a == now()")
    assert caught.value.problems[0].where == "character 6"


def test_long_lists_are_refused() -> None:
    with pytest.raises(ExpressionProblem, match="1000 entries"):
        value("some(l, # > 1)", l=[0] * 1001)
    with pytest.raises(ExpressionProblem, match="1000 entries"):
        value("sum(l)", l=[0] * 1001)


def test_names_are_dotted_paths() -> None:
    source = 'not a.b ? c["d"].e + 1 : some(f, #.g == h[0].i) and 1 in [j] and x'
    assert compile_expression(source=source).names == {"a.b", "c.d.e", "f", "h", "j", "x"}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, places=2) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
_SOURCES = st.recursive(
    st.sampled_from(["a", "b.c", "a.b", "1", "2.50", "true", "null", '"x"', "[1, a]", "a[0]"]),
    lambda inner: st.one_of(
        st.tuples(
            inner,
            st.sampled_from(["+", "-", "*", "/", "%", "==", "!=", "<", ">=", "and", "or", "??", "in"]),
            inner,
        ).map(lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"),
        inner.map(lambda one: f"not ({one})"),
        inner.map(lambda one: f"-({one})"),
        inner.map(lambda one: f"len({one})"),
        st.tuples(inner, inner, inner).map(lambda parts: "({}) ? ({}) : ({})".format(*parts)),
    ),
    max_leaves=8,
)


@given(_SOURCES, st.dictionaries(st.sampled_from("abc"), _JSON))
def test_no_data_makes_evaluation_raise_but_great_numbers(source: str, data: dict[str, Any]) -> None:
    expression = compile_expression(source=source)
    try:
        json.dumps(expression.evaluate(data=data), default=str)
    except ExpressionProblem as problem:
        if problem.problems[0].code != "number-out-of-range":
            raise
