"""Finding and setting values in answers by JSON pointer."""

from __future__ import annotations

from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from backend.drafts.places import ABSENT, leaves, put, value_at

NAMES = st.text(min_size=1, max_size=6) | st.sampled_from(["a/b", "m~n", "~1", "0", "ä ö"])
VALUES = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers(), max_size=3)
ANSWERS = st.recursive(
    st.dictionaries(NAMES, VALUES, max_size=4),
    lambda inner: st.dictionaries(NAMES, VALUES | inner, max_size=4),
    max_leaves=12,
)


@given(ANSWERS)
def test_every_leaf_is_found_where_it_says(answers):
    for where, value in leaves(answers=answers):
        assert value_at(answers=answers, where=where) == value


@given(ANSWERS)
def test_the_leaves_put_together_are_the_answers_without_empty_groups(answers):
    copy = {}
    for where, value in leaves(answers=answers):
        assert put(answers=copy, where=where, value=value)
    assert list(leaves(answers=copy)) == list(leaves(answers=answers))


@given(ANSWERS, st.lists(NAMES, min_size=1, max_size=3), VALUES)
def test_what_was_put_is_found_and_nothing_else_changes(answers, names, value):
    where = "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names)
    before = deepcopy(answers)
    if put(answers=answers, where=where, value=value):
        assert value_at(answers=answers, where=where) == value
    for place, each in leaves(answers=before):
        if place != where and not place.startswith(where + "/"):
            assert value_at(answers=answers, where=place) == each


def test_absent_is_not_null():
    answers = {"a": None, "b": [{"c": 1}], "d": "text"}
    assert value_at(answers=answers, where="/a") is None
    assert value_at(answers=answers, where="/b/0/c") == 1
    for where in ("/x", "/b/1", "/b/-", "/b/c", "/d/0", "/a/x"):
        assert value_at(answers=answers, where=where) is ABSENT


def test_nothing_is_put_below_a_text():
    answers = {"d": "text"}
    assert put(answers=answers, where="/d/e", value=1) is False
    assert answers == {"d": "text"}
