"""A form changes while somebody fills it in: every answer keeps a place or is shown as lost."""

from __future__ import annotations

import copy

from forms.carrying import REASONS, carry_over
from forms.definition import read_form
from tests.unit.forms.form_changes import FILE_ID, form, listed, lost, one, section, text
from tests.unit.forms.form_example import (
    ANSWERS,
    LANGUAGES,
    SCHEMA,
    UI,
    closed,
    column,
    control,
    rule,
    titled,
)

DOG_FORM = read_form(schema=SCHEMA, ui=UI, languages=LANGUAGES)


def test_the_same_form_changes_nothing():
    carried = carry_over(old=DOG_FORM, new=DOG_FORM, answers=ANSWERS)
    assert carried.answers == ANSWERS
    assert (carried.lost, carried.moved, carried.added) == ((), {}, ())


def test_the_old_answers_stay_as_they_are():
    before = copy.deepcopy(ANSWERS)
    carried = carry_over(old=DOG_FORM, new=DOG_FORM, answers=ANSWERS)
    carried.answers["hunde"][0]["name"] = "Bello"
    carried.answers["adresse"]["ort"] = "Emden"
    assert before == ANSWERS


def test_a_question_that_is_gone_is_named_with_its_answer():
    carried = carry_over(old=form(a=text("Alt"), b=text()), new=form(b=text()), answers={"a": "x", "b": "y"})
    assert carried.answers == {"b": "y"}
    (gone,) = carried.lost
    assert (gone.pointer, gone.title, gone.value) == ("/a", {"de": "Alt", "en": "Alt"}, "x")
    assert gone.reason == REASONS["gone"]


def test_an_id_finds_its_question_anywhere():
    old = form(a=text(**{"x-id": "n"}), s=section(identity="s", b=text(), c=text(**{"x-id": "c"})))
    new = form(
        p=section(a=text(), x=text(**{"x-id": "n"}), t=section(identity="s", b=text())),
        c=text(**{"x-id": "c"}),
    )
    carried = carry_over(old=old, new=new, answers={"a": "1", "s": {"b": "2", "c": "3"}})
    assert carried.answers == {"p": {"x": "1", "t": {"b": "2"}}, "c": "3"}
    assert carried.moved == {"/a": "/p/x", "/s/b": "/p/t/b", "/s/c": "/c"}
    assert [each.pointer for each in carried.added] == ["/p/a"]


def test_two_questions_change_places():
    old = form(a=text(**{"x-id": "1"}), b=text(**{"x-id": "2"}))
    new = form(a=text(**{"x-id": "2"}), b=text(**{"x-id": "1"}))
    assert carry_over(old=old, new=new, answers={"a": "x", "b": "y"}).answers == {"a": "y", "b": "x"}


def test_another_question_at_the_same_place_does_not_get_the_answer():
    for old, new in (({"x-id": "1"}, {"x-id": "2"}), ({}, {"x-id": "b"})):
        before = form(q=text(**old), b=text(**{"x-id": "b"}))
        carried = carry_over(old=before, new=form(q=text(**new)), answers={"q": "x"})
        assert lost(carried) == [("/q", "x", "gone")]


def test_an_id_that_is_new_at_an_old_place_is_the_same_question():
    assert one(text(), text(**{"x-id": "1"}), "x") == "x"
    assert one(text(**{"x-id": "1"}), text(), "x") == "x"


def test_a_section_that_moved_keeps_its_questions_from_one_of_the_same_name():
    old = form(s=section(identity="s", a=text()), t=section(a=text()))
    new = form(t=section(identity="s", a=text()))
    carried = carry_over(old=old, new=new, answers={"t": {"a": "2"}, "s": {"a": "1"}})
    assert carried.answers == {"t": {"a": "1"}}
    assert lost(carried) == [("/t/a", "2", "gone")]


def test_entries_keep_their_positions():
    old = form(dogs=listed(closed([], a=text(**{"x-id": "a"}), b=text()), **{"x-id": "d"}))
    new = form(s=section(pets=listed(closed([], n=text(**{"x-id": "a"})), **{"x-id": "d"})))
    answers = {"dogs": [{"a": "1", "b": "2"}, {}, {"b": "3"}, {"a": "4"}]}
    carried = carry_over(old=old, new=new, answers=answers)
    assert carried.answers == {"s": {"pets": [{"n": "1"}, {}, {}, {"n": "4"}]}}
    assert lost(carried) == [("/dogs/0/b", "2", "gone"), ("/dogs/2/b", "3", "gone")]
    assert carried.moved == {
        "/dogs": "/s/pets",
        "/dogs/0/a": "/s/pets/0/n",
        "/dogs/3/a": "/s/pets/3/n",
    }


def test_what_stood_in_a_list_does_not_move_out_of_it_nor_into_another():
    inside = listed(closed([], a=text(**{"x-id": "a"}), b=text()))
    outside = form(a=text(**{"x-id": "a"}), dogs=listed(closed([], b=text())))
    carried = carry_over(old=form(dogs=inside), new=outside, answers={"dogs": [{"a": "1", "b": "2"}]})
    assert carried.answers == {"dogs": [{"b": "2"}]}
    assert lost(carried) == [("/dogs/0/a", "1", "gone")]
    carried = carry_over(old=form(dogs=inside), new=form(cats=inside), answers={"dogs": [{"a": "1"}]})
    assert lost(carried) == [("/dogs/0/a", "1", "gone")]
    back = carry_over(old=outside, new=form(dogs=inside), answers={"a": "1"})
    assert lost(back) == [("/a", "1", "gone")]


def test_a_section_that_became_a_question_or_a_list():
    old = form(q=section(a=text()), r=text())
    for new in (
        form(q=text(), r=section(a=text())),
        form(q=listed(closed([], a=text())), r=listed(closed([], a=text()))),
    ):
        carried = carry_over(old=old, new=new, answers={"q": {"a": "1"}, "r": "2"})
        assert lost(carried) == [("/q/a", "1", "gone"), ("/r", "2", "kind")]


def test_files_keep_their_questions():
    old = form(p=text(format="file"), l=listed({"type": "string", "format": "file"}, **{"x-id": "l"}))
    new = form(
        p=text(format="file", **{"x-file": {"max-bytes": 9}}),
        m=listed({"type": "string", "format": "file"}, **{"x-id": "l"}),
    )
    carried = carry_over(old=old, new=new, answers={"p": FILE_ID, "l": ["x", FILE_ID]})
    assert carried.answers == {"p": FILE_ID, "m": ["x", FILE_ID]}
    assert carried.moved == {"/l": "/m", "/l/0": "/m/0", "/l/1": "/m/1"}


def test_what_the_server_said_is_neither_carried_nor_lost():
    old = form(
        a=titled("A", "A", type="number"),
        c=titled("C", "C", type="number", readOnly=True, **{"x-calculate": "answers.a"}),
        d=text(readOnly=True, default="x"),
    )
    new = form(a=titled("A", "A", type="number"), d=text())
    carried = carry_over(old=old, new=new, answers={"a": 1, "c": 1, "d": "x"})
    assert (carried.answers, carried.lost) == ({"a": 1}, ())
    assert [each.pointer for each in carry_over(old=new, new=old, answers={}).added] == []


def test_answers_of_the_wrong_shape_are_lost_and_told():
    old = form(s=section(a=text()), l=listed(closed([], a=text())), t=text())
    answers = {"s": "x", "l": ["y", {"a": "z"}], "t": {"deep": 1}, "other": 7}
    carried = carry_over(old=old, new=old, answers=answers)
    assert carried.answers == {"l": [{}, {"a": "z"}]}
    assert lost(carried) == [
        ("/s", "x", "unfit"),
        ("/l/0", "y", "unfit"),
        ("/t", {"deep": 1}, "kind"),
        ("/other", 7, "unknown"),
    ]
    assert carried.lost[3].title == {"de": "other", "en": "other"}
    assert carry_over(old=old, new=old, answers={"s": {}, "l": "x"}).answers == {"s": {}}


def test_new_questions_are_named_where_they_are_asked():
    old = form(a=text(), dogs=listed(closed([], n=text())), s=section(x=text()))
    ui = column(
        control("a"),
        control("dogs"),
        control("hidden", rule=rule("SHOW", "a", {"const": "show"})),
        control("s.x"),
        control("s.y"),
        control("o.z"),
        control("cats"),
    )
    new = form(
        required=["hidden", "s", "cats"],
        ui=ui,
        a=text(),
        dogs=listed(closed(["chip"], n=text(), chip=text("Chip"))),
        hidden=text(),
        s=section(x=text(), y=text(), required=["y"]),
        o=section(z=text(), required=["z"]),
        cats=listed(closed(["n"], n=text())),
    )
    answers = {"a": "show", "dogs": [{"n": "Rex"}, {}]}
    found = carry_over(old=old, new=new, answers=answers).added
    assert [(each.pointer, each.required) for each in found] == [
        ("/dogs/0/chip", True),
        ("/dogs/1/chip", True),
        ("/hidden", True),
        ("/s/y", True),
        ("/o/z", False),
        ("/cats", True),
    ]
    assert found[0].title == {"de": "Chip", "en": "Chip"}
    without = carry_over(old=old, new=new, answers={}).added
    assert [each.pointer for each in without] == ["/s/y", "/o/z", "/cats"]
