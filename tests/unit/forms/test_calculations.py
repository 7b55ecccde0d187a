"""Calculated fields: the server's value counts, whatever the client sends."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.calculations import Calculation, calculate
from forms.definition import FormProblems, read_form
from forms.validation import check_answers
from tests.unit.forms.form_example import LANGUAGES, closed, column, control, rule, titled
from workflows.expressions import compile_expression


def formula(source):
    return compile_expression(source=source)


read = partial(read_form, languages=LANGUAGES, compile_formula=formula)


def number(title="Zahl", **keywords):
    return titled(title, title, type="number", **keywords)


def calculated(expression, **keywords):
    return titled(
        "Summe", "Sum", **{"type": "number", "readOnly": True, "x-calculate": expression, **keywords}
    )


def form(required=(), /, **properties):
    return read(schema=closed(list(required), **properties), ui=None)


def codes(required=(), /, **properties):
    with pytest.raises(FormProblems) as refused:
        form(required, **properties)
    return [(problem.where, problem.code) for problem in refused.value.problems]


def checked(of, **answers):
    return check_answers(form=of, answers=answers, today=None)


def test_the_servers_value_stands_whatever_was_sent():
    of = form(["summe"], a=number(), summe=calculated("answers.a * 2"))
    for sent in ({}, {"summe": 1}, {"summe": "\x00"}, {"summe": {"x": ["y"]}}, {"summe": "x" * 30_000}):
        found = check_answers(form=of, answers={"a": Decimal("1.25"), **sent}, today=None)
        assert (found.problems, found.answers) == ((), {"a": Decimal("1.25"), "summe": Decimal("2.50")})
        assert found.filled == ("/summe",)


def test_chains_are_calculated_in_their_order_not_the_files():
    of = form(c=calculated("answers.b + 1"), b=calculated("answers.a + 1"), a=number())
    assert checked(of, a=1).answers == {"a": 1, "b": 2, "c": 3}


def test_lists_entry_by_entry_and_their_sum():
    entry = closed(
        [],
        menge=number(),
        preis=number(format="money"),
        gesamt=calculated("entry.menge * entry.preis * answers.satz"),
    )
    of = form(satz=number(), posten=titled("Posten", "Items", type="array", items=entry), summe=calculated("sum(map(answers.posten, #.gesamt))", format="money"))  # fmt: skip
    posten = [{"menge": 2, "preis": Decimal("1.10"), "gesamt": 99}, {"menge": 1, "preis": Decimal("0.05")}]
    found = checked(of, satz=3, posten=posten)
    assert found.problems == ()
    assert [each["gesamt"] for each in found.answers["posten"]] == [Decimal("6.60"), Decimal("0.15")]
    assert str(found.answers["summe"]) == "6.75"
    assert str(found.answers["posten"][1]["preis"]) == "0.05"
    assert found.filled == ("/posten/0/gesamt", "/posten/1/gesamt", "/summe")


def test_what_is_missing_is_asked_for_and_not_the_sum():
    of = form(["a", "summe"], a=number(), b=number(), summe=calculated("answers.a + answers.b"))
    assert [(p.where, p.code) for p in checked(of).problems] == [("/a", "required")]
    (problem,) = checked(of, a=1).problems
    assert (problem.where, problem.code) == ("/summe", "not-calculable")
    assert problem.text["de"].startswith("„Summe“ kann aus Ihren Angaben nicht berechnet werden.")


def test_a_value_out_of_the_exact_range_is_a_problem_and_no_error():
    of = form(a=number(), summe=calculated("answers.a * answers.a * answers.a * answers.a"))
    found = checked(of, a=10**12)
    assert [(p.where, p.code) for p in found.problems] == [("/summe", "not-calculable")]


def test_calculated_values_meet_the_schema():
    of = form(a=number(), summe=calculated("answers.a * 2", maximum=10))
    assert [(p.where, p.code) for p in checked(of, a=6).problems] == [("/summe", "maximum")]


def test_sections_of_calculated_fields_only_need_not_be_sent():
    section = titled("Ergebnis", "Result", **closed(["summe"], summe=calculated("answers.a + 1")))
    mixed = titled("Teil", "Part", **closed([], x=number(), summe=calculated("answers.a + 1")))
    of = form(["ergebnis"], a=number(), ergebnis=section, teil=mixed)
    assert checked(of, a=1).answers == {"a": 1, "ergebnis": {"summe": 2}}
    assert checked(of, a=1, ergebnis=5, teil={}).problems[0].where == "/ergebnis"


def test_hidden_calculated_fields_are_not_calculated():
    schema = closed(["summe"], a=number(), summe=calculated("answers.a + 1"))
    of = read(
        schema=schema, ui=column(control("a"), control("summe", rule=rule("SHOW", "a", {"minimum": 5})))
    )
    assert checked(of, a=1).answers == {"a": 1}
    assert checked(of, a=5).answers == {"a": 5, "summe": 6}


def test_formulas_see_no_answers_to_hidden_questions():
    schema = closed([], a=number(), b=number(), summe=calculated("answers.b ?? 7"))
    ui = column(control("a"), control("b", rule=rule("SHOW", "a", {"minimum": 5})), control("summe"))
    assert checked(read(schema=schema, ui=ui), a=1, b=3).answers == {"a": 1, "summe": 7}


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"s": calculated("answers.b")}, "calculation-unknown-name"),
        ({"s": calculated("context.land")}, "calculation-unknown-name"),
        ({"s": calculated("entry.a"), "a": number()}, "calculation-unknown-name"),
        ({"s": calculated("1 +")}, "calculation-invalid"),
        ({"s": calculated("now()")}, "calculation-invalid"),
        ({"s": calculated("answers.s")}, "calculations-circular"),
        ({"s": calculated("answers.t"), "t": calculated("answers.s")}, "calculations-circular"),
        ({"s": calculated("answers.a", readOnly=False), "a": number()}, "calculation-not-read-only"),
        ({"s": calculated("1", default=1)}, "calculation-not-read-only"),
        ({"s": calculated(5)}, "calculation-no-text"),
        ({"s": calculated("1", type="array", items=number())}, "calculation-not-single"),
        ({"s": calculated("1", anyOf=[{"x-calculate": "1", "readOnly": True}])}, "calculation-misplaced"),
        ({"s": titled("S", "S", type="array", items=calculated("1"))}, "calculation-misplaced"),
    ],
)  # fmt: skip
def test_what_cannot_be_calculated_is_found_before_anybody_answers(properties, code):
    found = codes((), **properties)
    assert code in [each for _, each in found], found
    assert all(where.startswith("form.json#/properties/s") for where, each in found if each == code)


def test_in_a_list_a_formula_reads_its_entry_and_single_answers_only():
    def problems(expression):
        entry = closed([], x=number(), s=calculated(expression))
        return codes((), l=titled("L", "L", type="array", items=entry), a=number())

    wide = ("form.json#/properties/l/items/properties/s", "calculation-too-wide")
    assert wide in problems("sum(map(answers.l, #.x))")
    assert wide in problems("len(answers.l)")
    assert ("form.json#/properties/l/items/properties/s", "calculation-unknown-name") in problems("entry.y")
    assert [code for _, code in problems("entry.s")] == ["calculations-circular"]


def test_a_definition_that_is_calculated_is_no_entry_of_a_list():
    schema = {**closed([], l=titled("L", "L", type="array", items={"$ref": "#/$defs/s"})), "$defs": {"s": calculated("1")}}  # fmt: skip
    with pytest.raises(FormProblems) as refused:
        read(schema=schema, ui=None)
    assert [p.code for p in refused.value.problems] == ["calculation-not-single"]


def test_rules_do_not_read_calculated_fields():
    entry = closed([], x=number(), y=number(), s=calculated("entry.x"))
    schema = closed([], a=number(), l=titled("L", "L", type="array", items=entry), s=calculated("answers.a"))
    detail = column(control("x"), control("s"), control("y", rule=rule("SHOW", "s", {"minimum": 1})))
    ui = column(control("a", rule=rule("HIDE", "s", {"const": 1})), control("s"), control("l", options={"detail": detail}))  # fmt: skip
    with pytest.raises(FormProblems) as refused:
        read(schema=schema, ui=ui)
    assert {(p.where, p.code) for p in refused.value.problems} == {
        ("form.json#/properties/s", "rule-reads-calculated"),
        ("form.json#/properties/l/items/properties/s", "rule-reads-calculated"),
    }
    assert "/l/*/y" in "".join(p.text["de"] for p in refused.value.problems)


def test_a_form_that_is_read_without_formulas_has_none():
    with pytest.raises(FormProblems) as refused:
        read_form(schema=closed([], s=calculated("1")), ui=None, languages=LANGUAGES)
    assert [p.code for p in refused.value.problems] == ["calculation-not-possible"]


def test_groups_can_be_named_in_formulas_of_the_top():
    group = titled("G", "G", **closed([], x=number()))
    of = form(g=group, s=calculated("answers.g != null ? 1 : 0"))
    assert checked(of, g={}).answers == {"g": {}, "s": 1}


def test_calculating_leaves_alone_what_is_no_list_of_objects():
    of = Calculation(("l", "*", "s"), formula("entry.x"))
    for wild in ({"l": 5}, {"l": [5, None]}, {"l": {"s": 1}}, {}):
        assert calculate(calculations=[of], answers=wild, closed=frozenset()) == ([], [])


JSON = st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("axsl"), inner, max_size=3), max_leaves=8)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["a", "s", "l", "g"]), JSON))
def test_no_client_ever_sets_a_calculated_value(answers):
    entry = closed([], x=number(), s=calculated("entry.x"))
    group = titled("G", "G", **closed([], s=calculated("answers.a + 1")))
    of = form(a=number(), l=titled("L", "L", type="array", items=entry), g=group, s=calculated("answers.a"))
    found = check_answers(form=of, answers=answers, today=None)
    if not found.problems:
        assert found.answers.get("s") == answers.get("a")
        for each in found.answers.get("l", []):
            assert each.get("s") == each.get("x")
        again = check_answers(form=of, answers=found.answers, today=None)
        assert again.answers == found.answers
