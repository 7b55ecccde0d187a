from __future__ import annotations

import pytest

from forms.conditions import reads
from forms.definition import read_form
from forms.validation import check_answers
from tests.unit.forms.form_example import LANGUAGES, closed, column, control, group, rule, titled

TEXT = titled("T", "T", type="string")
FLAG = titled("F", "F", type="boolean")


def kept(schema: dict, ui: dict, answers: dict) -> dict:
    form = read_form(schema=schema, ui=ui, languages=LANGUAGES)
    return dict(check_answers(form=form, answers=answers, today=None).answers)


@pytest.mark.parametrize(
    ("effect", "value", "stays"),
    [
        ("SHOW", True, True),
        ("SHOW", False, False),
        ("HIDE", True, False),
        ("HIDE", False, True),
        ("ENABLE", True, True),
        ("ENABLE", False, False),
        ("DISABLE", True, False),
        ("DISABLE", False, True),
    ],
)
def test_effects(effect, value, stays):
    ui = column(control("f"), control("t", rule=rule(effect, "f", {"const": True})))
    assert ("t" in kept(closed([], f=FLAG, t=TEXT), ui, {"f": value, "t": "x"})) is stays


@pytest.mark.parametrize(
    ("effect", "schema", "more", "stays"),
    [
        ("SHOW", {"const": True}, {}, False),
        ("SHOW", {"not": {"const": True}}, {}, True),
        ("SHOW", {"not": {"const": True}}, {"failWhenUndefined": True}, False),
        ("HIDE", {"not": {"const": True}}, {"failWhenUndefined": True}, True),
        ("HIDE", {"const": None}, {}, False),
    ],
)
def test_a_missing_answer_counts_as_null(effect, schema, more, stays):
    ui = column(control("f"), control("t", rule=rule(effect, "f", schema, **more)))
    assert ("t" in kept(closed([], f=FLAG, t=TEXT), ui, {"t": "x"})) is stays


def test_a_rule_looks_only_at_answers_that_count():
    """c closes b, and b would close a: with b gone, a stays; the order in the file does not matter."""
    schema = closed([], a=TEXT, b=TEXT, c=FLAG)
    elements = [
        control("a", rule=rule("HIDE", "b", {"type": "string"})),
        control("b", rule=rule("HIDE", "c", {"const": True})),
        control("c"),
    ]
    answers = {"a": "x", "b": "y", "c": True}
    for ordered in (elements, elements[::-1]):
        assert kept(schema, column(*ordered), answers) == {"a": "x", "c": True}
        assert kept(schema, column(*ordered), {**answers, "c": False}) == {"b": "y", "c": False}


def test_rules_of_all_elements_around_count():
    inner = group(
        "G",
        "G",
        control("t", rule=rule("SHOW", "g", {"const": True})),
        rule=rule("SHOW", "f", {"const": True}),
    )
    schema = closed([], f=FLAG, g=FLAG, t=TEXT)
    ui = column(control("f"), control("g"), inner)
    for f in (True, False):
        for g in (True, False):
            assert ("t" in kept(schema, ui, {"f": f, "g": g, "t": "x"})) is (f and g)


def test_a_question_asked_in_two_places_is_open_if_one_of_them_is():
    schema = closed([], f=FLAG, t=TEXT)
    ui = column(
        control("f"),
        control("t", rule=rule("SHOW", "f", {"const": True})),
        control("t", rule=rule("SHOW", "f", {"const": False})),
    )
    assert "t" in kept(schema, ui, {"f": True, "t": "x"})
    assert "t" in kept(schema, ui, {"f": False, "t": "x"})
    assert "t" not in kept(schema, ui, {"t": "x"})


def test_a_section_can_be_looked_at_and_closed_as_a_whole():
    section = titled("S", "S", **closed([], a=TEXT, inner=titled("I", "I", **closed([], b=TEXT))))
    schema = closed([], f=FLAG, s=section, t=TEXT)
    ui = column(
        control("t", rule=rule("SHOW", "s", {"type": "object", "minProperties": 1})),
        control("s", rule=rule("SHOW", "f", {"const": True})),
        control("f"),
    )
    answers = {"s": {"a": "x", "inner": {"b": "y"}}, "t": "z"}
    assert kept(schema, ui, {**answers, "f": True}) == {**answers, "f": True}
    assert kept(schema, ui, {**answers, "f": False}) == {"f": False}
    assert kept(schema, ui, {"f": False, "s": "broken", "t": 1}) == {"f": False}
    assert kept(schema, ui, {"f": False, "s": {"inner": 5}}) == {"f": False}


def test_a_list_with_rules_inside_is_settled_before_others_look_at_it():
    entry = closed([], f=FLAG, t=TEXT)
    schema = closed([], z=TEXT, l=titled("L", "L", type="array", items=entry))
    detail = column(control("f"), control("t", rule=rule("SHOW", "f", {"const": True})))
    ui = column(
        control("z", rule=rule("SHOW", "l", {"contains": {"required": ["t"]}})),
        control("l", options={"detail": detail}),
    )
    assert kept(schema, ui, {"l": [{"f": False, "t": "x"}], "z": "z"}) == {"l": [{"f": False}]}
    assert "z" in kept(schema, ui, {"l": [{"f": True, "t": "x"}], "z": "z"})


@pytest.mark.parametrize(
    ("schema", "places"),
    [
        (True, set()),
        ({"const": 1}, {("p",)}),
        ({"required": ["a", "b"]}, {("p", "a"), ("p", "b")}),
        ({"properties": {"a": {"const": 1}, "b": True}}, {("p", "a")}),
        ({"allOf": [{"required": ["a"]}], "not": {"required": ["b"]}}, {("p", "a"), ("p", "b")}),
        ({"type": "object"}, {("p",)}),
    ],
)
def test_what_a_condition_reads_is_kept_narrow(schema, places):
    assert reads(("p",), schema) == places
