"""Whether one answer stays when its question changes, and in which form."""

from __future__ import annotations

from decimal import Decimal

import pytest

from forms.carrying import REASONS, carry_over
from forms.codelists import CodeList, Entry
from tests.unit.forms.form_changes import FILE_ID, form, listed, lost, one, text
from tests.unit.forms.form_example import choice, titled


@pytest.mark.parametrize(
    ("old", "new", "value", "kept"),
    [
        ({"type": "string"}, {"type": "integer"}, "5", 5),
        ({"type": "string"}, {"type": "number"}, "12.5", 12.5),
        ({"type": "string"}, {"type": "integer"}, "-3", -3),
        ({"type": "integer"}, {"type": "string"}, 5, "5"),
        ({"type": "number"}, {"type": "string"}, 12.5, "12.5"),
        ({"type": "number"}, {"type": "string"}, Decimal("12.50"), "12.50"),
        ({"type": "number"}, {"type": "integer"}, 5.0, 5),
        ({"type": "integer"}, {"type": "number", "format": "money"}, 5, 5),
        ({"type": "string"}, {"type": "array", "items": {"type": "string"}}, "a", ["a"]),
        ({"type": "array", "items": {"type": "string"}}, {"type": "string"}, ["a"], "a"),
        ({"type": "array", "items": {"type": "string"}}, {"type": "integer"}, ["7"], 7),
        ({"type": "string"}, {"type": "string", "format": "date"}, "2024-02-29", "2024-02-29"),
        ({"type": "string"}, {"type": ["string", "null"]}, "a", "a"),
        (
            {"type": "object", "additionalProperties": False},
            {"type": "object", "additionalProperties": False},
            {},
            {},
        ),
    ],
)
def test_an_answer_becomes_another_kind_where_that_is_exact(old, new, value, kept):
    found = one(titled("Q", "Q", **old), titled("Q", "Q", **new), value)
    assert found == kept
    assert type(found) is type(kept) or isinstance(found, float)


@pytest.mark.parametrize(
    ("old", "new", "value", "code"),
    [
        ({"type": "string"}, {"type": "integer"}, "05", "kind"),
        ({"type": "string"}, {"type": "integer"}, "fünf", "kind"),
        ({"type": "string"}, {"type": "integer"}, "5.5", "kind"),
        ({"type": "string"}, {"type": "number"}, "12,5", "kind"),
        ({"type": "string"}, {"type": "boolean"}, "true", "kind"),
        ({"type": "boolean"}, {"type": "integer"}, True, "kind"),
        ({"type": "boolean"}, {"type": "string"}, True, "kind"),
        ({"type": "number"}, {"type": "integer"}, 5.5, "kind"),
        ({"type": "number"}, {"type": "string"}, 1e30, "kind"),
        ({"type": "array", "items": {"type": "string"}}, {"type": "string"}, ["a", "b"], "kind"),
        ({"type": "string"}, {"type": "string", "maxLength": 2}, "abc", "unfit"),
        ({"type": "string"}, {"type": "string", "format": "date"}, "gestern", "unfit"),
        ({"type": "string"}, {"type": "string", "format": "file"}, FILE_ID, "kind"),
        ({"type": "string", "format": "file"}, {"type": "string"}, FILE_ID, "kind"),
        ({"type": "object", "additionalProperties": False}, {"type": "string"}, {"x": 1}, "kind"),
        ({"oneOf": [choice("a", "A", "A")]}, {"oneOf": [choice("b", "B", "B")]}, "a", "choice"),
        ({"type": "string"}, {"enum": [1, 2]}, "3", "choice"),
        ({"type": "string"}, {"type": "string", "readOnly": True}, "x", "server"),
        ({"type": "string"}, titled("C", "C", type="number", readOnly=True, **{"x-calculate": "a"}), "1", "server"),
    ],
)  # fmt: skip
def test_an_answer_that_does_not_fit_any_more_is_lost_with_its_reason(old, new, value, code):
    found = one(titled("Q", "Q", **old), titled("Q", "Q", **new), value)
    assert found == REASONS[code]


def test_a_choice_that_only_got_new_words_stays():
    old = titled("Q", "Q", oneOf=[choice("a", "A", "A"), choice("b", "B", "B")])
    assert one(old, titled("Q", "Q", oneOf=[choice("a", "Neu", "New")]), "a") == "a"


def test_a_choice_of_several_loses_only_what_is_gone():
    old, new = ({"oneOf": [choice(each, each, each) for each in names]} for names in ("abc", "acd"))
    carried = carry_over(old=form(q=listed(old)), new=form(q=listed(new)), answers={"q": ["a", "b", "c"]})
    assert carried.answers == {"q": ["a", "c"]}
    assert lost(carried) == [("/q/1", "b", "choice")]
    assert carried.lost[0].title == {"de": "Liste", "en": "Liste"}
    assert carried.moved == {"/q/2": "/q/1"}
    carried = carry_over(old=form(q=listed(old)), new=form(q=listed(new)), answers={"q": ["b"]})
    assert carried.answers == {}
    carried = carry_over(old=form(q=listed(old)), new=form(q=listed(new)), answers={"q": []})
    assert carried.answers == {"q": []}


def test_an_entry_of_a_code_list_that_is_gone_is_lost():
    def listing(*codes):
        found = CodeList(
            uri="urn:x", version="1", title="X", entries=tuple(Entry(each, each) for each in codes)
        )
        return form(q=text(**{"x-codelist": "x"}), code_lists={"x": found})

    carried = carry_over(old=listing("a", "b"), new=listing("a", "c"), answers={"q": "b"})
    assert lost(carried) == [("/q", "b", "choice")]
    assert carry_over(old=listing("a", "b"), new=listing("a"), answers={"q": "a"}).answers == {"q": "a"}
    assert carry_over(old=listing("a"), new=listing("a"), answers={"q": "half"}).answers == {"q": "half"}


def test_a_change_behind_a_reference_counts():
    question = {**titled("Q", "Q"), "$ref": "#/$defs/d"}
    old = form(q=question, definitions={"d": {"type": "string"}})
    new = form(q=question, definitions={"d": {"type": "string", "maxLength": 1}})
    assert lost(carry_over(old=old, new=new, answers={"q": "ab"})) == [("/q", "ab", "unfit")]


def test_what_is_half_typed_stays_half_typed():
    old, new = text(format="email"), text(format="email", maxLength=50)
    assert one(old, new, "erika@") == "erika@"
    assert one(text(format="email"), text(format="date"), "erika@") == "erika@"
    assert one(old, new, None) == REASONS["kind"]
    assert (
        one(titled("Q", "Q", type="integer"), titled("Q", "Q", type="string", maxLength=9), True)
        == REASONS["kind"]
    )
