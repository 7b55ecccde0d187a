"""Days that may lie only so far from the day on which somebody applies."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.date_limits import read_limits
from forms.definition import FormProblems, read_form
from forms.validation import check_answers
from tests.unit.forms.form_example import LANGUAGES, closed, column, control, rule, titled

TODAY = date(2026, 11, 23)


def day(limits, **more):
    return titled("Tag", "Day", **{"type": "string", "format": "date", "x-date": limits, **more})


def form(limits, **more):
    return read_form(schema=closed([], day=day(limits, **more)), ui=None, languages=LANGUAGES)


def faults(limits, value, today=TODAY):
    found = check_answers(form=form(limits), answers={"day": value}, today=today).problems
    assert all(problem.where == "/day" for problem in found)
    return [problem.code for problem in found]


@pytest.mark.parametrize(
    ("limits", "first", "last"),
    [
        ({"not-after": "today"}, None, "2026-11-23"),
        ({"not-before": "today"}, "2026-11-23", None),
        ({"not-before": "today-120Y", "not-after": "today-18Y"}, "1906-11-23", "2008-11-23"),
        ({"not-before": "today+14D", "not-after": "today+2W"}, "2026-12-07", "2026-12-07"),
        ({"not-after": "today+3M"}, None, "2027-02-23"),
        ({"not-before": "2024-01-01", "not-after": "today"}, "2024-01-01", "2026-11-23"),
        ({"not-before": "2024-01-01", "not-after": "2024-12-31"}, "2024-01-01", "2024-12-31"),
    ],
)
def test_the_days_on_both_sides_of_a_bound(limits, first, last):
    for bound, outward, code in ((first, -1, "date-too-early"), (last, 1, "date-too-late")):
        if bound is not None:
            beyond = date.fromisoformat(bound) + timedelta(days=outward)
            assert faults(limits, bound) == []
            assert faults(limits, beyond.isoformat()) == [code]


@pytest.mark.parametrize(
    ("bound", "today", "last"),
    [
        ("today-18Y", "2028-02-29", "2010-02-28"),
        ("today-18Y", "2026-02-28", "2008-02-28"),
        ("today+1M", "2026-01-31", "2026-02-28"),
        ("today-11M", "2026-11-30", "2025-12-30"),
    ],
)
def test_a_month_that_is_shorter_ends_with_its_last_day(bound, today, last):
    limits = read_limits({"not-after": bound})
    assert limits.not_after.on(date.fromisoformat(today)).isoformat() == last


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(0, 999), st.sampled_from("DWMY"))
def test_no_distance_fails_and_later_days_never_have_earlier_bounds(today, number, unit):
    limits = read_limits({"not-before": f"today-{number}{unit}", "not-after": f"today+{number}{unit}"})
    assert limits.not_before.on(today) <= today <= limits.not_after.on(today)
    assert limits.not_after.on(today) <= limits.not_after.on(today + timedelta(days=1))


def test_what_people_read():
    (late,) = check_answers(
        form=form({"not-after": "today"}), answers={"day": "2026-11-24"}, today=TODAY
    ).problems
    assert late.text == {
        "de": "Das Datum bei „Tag“ darf nicht in der Zukunft liegen.",
        "en": "The date of “Day” must not be in the future.",
    }
    (early,) = check_answers(
        form=form({"not-before": "today+14D"}), answers={"day": "2026-11-24"}, today=TODAY
    ).problems
    assert early.text == {
        "de": "Bitte geben Sie bei „Tag“ ein Datum ab dem 07.12.2026 an.",
        "en": "Please enter a date from 2026-12-07 on for “Day”.",
    }
    own = {"de": {"problem": "Sie müssen 18 sein."}, "en": {"title": "Day", "problem": "You must be 18."}}
    adult = form({"not-after": "today-18Y"}, **{"x-texts": own})
    (young,) = check_answers(form=adult, answers={"day": "2026-01-01"}, today=TODAY).problems
    assert young.text == {"de": "Sie müssen 18 sein.", "en": "You must be 18."}


def test_without_a_day_nothing_is_compared_and_no_date_is_no_day():
    assert faults({"not-after": "today"}, "2999-01-01", today=None) == []
    assert faults({"not-after": "today"}, "2999") == ["format"]
    assert faults({"not-after": "today"}, 7) == ["type"]
    assert check_answers(form=form({"not-after": "today"}), answers={}, today=TODAY).problems == ()


def test_in_lists_and_behind_rules():
    schema = closed(
        [],
        on=titled("An", "On", type="boolean"),
        day=day({"not-after": "today"}),
        dogs=titled("Hunde", "Dogs", type="array", items=closed([], born=day({"not-after": "today"}))),
    )
    ui = column(control("on"), control("day", rule=rule("SHOW", "on", {"const": True})), control("dogs"))
    made = read_form(schema=schema, ui=ui, languages=LANGUAGES)
    answers = {"day": "2999-01-01", "dogs": [{"born": "2026-01-01"}, {"born": "2999-01-01"}]}
    for on, places in ((False, ["/dogs/1/born"]), (True, ["/day", "/dogs/1/born"])):
        found = check_answers(form=made, answers={"on": on, **answers}, today=TODAY).problems
        assert [problem.where for problem in found] == places


@pytest.mark.parametrize(
    "limits",
    [
        {},
        None,
        "today",
        {"until": "today"},
        {"not-after": "tomorrow"},
        {"not-after": "today-"},
        {"not-after": "today-1000D"},
        {"not-after": "today-1y"},
        {"not-after": "2024-02-30"},
        {"not-after": 7},
        {"not-before": "today", "not-after": "today-1D"},
        {"not-before": "2024-01-02", "not-after": "2024-01-01"},
    ],
)
def test_limits_that_say_nothing_or_leave_no_day(limits):
    with pytest.raises(FormProblems) as refused:
        form(limits)
    assert [problem.code for problem in refused.value.problems] == ["date-shape"]


def test_only_a_question_for_a_day_has_limits():
    with pytest.raises(FormProblems) as refused:
        form({"not-after": "today"}, format="email")
    assert [problem.code for problem in refused.value.problems] == ["date-misplaced"]
    days = titled(
        "T", "D", type="array", items={"type": "string", "format": "date", "x-date": {"not-after": "today"}}
    )
    with pytest.raises(FormProblems) as refused:
        read_form(schema=closed([], days=days), ui=None, languages=LANGUAGES)
    assert [problem.code for problem in refused.value.problems] == ["date-misplaced"]
