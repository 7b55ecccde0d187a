"""Whatever two forms look like: nothing that was entered disappears without being named."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from forms.carrying import carry_over
from forms.definition import read_form
from forms.validation import check_answers

NAMES = ("a", "b", "c")
IDS = ("1", "2", "3", "4")
QUESTIONS = (
    {"type": "string"},
    {"type": "string", "maxLength": 2},
    {"type": "integer"},
    {"type": "boolean"},
    {"type": "string", "format": "file"},
    {"oneOf": [{"const": "x", "title": "X"}, {"const": "y", "title": "Y"}]},
    {"oneOf": [{"const": "y", "title": "Y"}]},
    {"type": "array", "items": {"type": "string"}},
    {"type": "array", "items": {"oneOf": [{"const": "x", "title": "X"}]}},
    {"type": "string", "readOnly": True},
)
VALUES = st.sampled_from(
    ["x", "y", "5", "long text", 5, 5.5, True, None, ["x"], ["x", "y", "5"], [], {"k": 1}]
)


def sections(inner):
    members = st.dictionaries(st.sampled_from(NAMES), inner, min_size=1, max_size=3)
    return members.map(lambda found: {"type": "object", "additionalProperties": False, "properties": found})


NODES = st.recursive(
    st.sampled_from(QUESTIONS),
    lambda inner: sections(inner) | sections(inner).map(lambda entry: {"type": "array", "items": entry}),
    max_leaves=6,
)
PLANS = st.tuples(sections(NODES), st.permutations(IDS))


@cache
def _form(written, ids):
    schema = json.loads(written)
    _name(schema, list(ids))
    return read_form(schema=schema, ui=None, languages=("de",))


@st.composite
def changed(draw, plan):
    """The form as somebody edits it: questions replaced, dropped or given other ids, or a wholly new one."""
    schema, ids = plan
    if draw(st.integers(0, 3)) == 0:
        return draw(PLANS)
    return draw(edited(schema)), draw(st.sampled_from([ids, ids[::-1], ids[:1]]))


@st.composite
def edited(draw, node):
    if "properties" in node:
        kept = {name: member for name, member in node["properties"].items() if draw(st.integers(0, 4))}
        members = {name: draw(edited(member)) for name, member in kept.items()}
        return {**node, "properties": members or {"b": {"type": "string"}}}
    if "properties" in node.get("items", {}):
        return {**node, "items": draw(edited(node["items"]))}
    return draw(st.sampled_from([node, node, *QUESTIONS]))


def form(plan):
    schema, ids = plan
    return _form(json.dumps(schema), tuple(ids))


def _name(node, ids):
    for name, member in node.get("properties", {}).items():
        member["title"] = name
        if ids and name != "c":
            member["x-id"] = ids.pop()
        _name(member, ids)
        _name(member.get("items", {}), ids)


@st.composite
def begun_forms(draw):
    """A form, answers to it, and the form that comes after it."""
    plan = draw(PLANS)
    return plan, draw(answers_of(plan[0])), draw(changed(plan))


def answers_of(node):
    """Answers somebody could have entered, some of them half, some wrong."""
    if "properties" in node:
        members = {name: answers_of(member) for name, member in node["properties"].items()}
        return st.fixed_dictionaries({}, optional={**members, "z": VALUES})
    if "properties" in node.get("items", {}):
        return st.lists(answers_of(node["items"]), max_size=3)
    return VALUES


def leaves(value):
    """Every single value, and the boxes that are empty, with nothing of where they stand."""
    if isinstance(value, dict | list) and value:
        for each in value.values() if isinstance(value, dict) else value:
            yield from leaves(each)
    elif not isinstance(value, dict | list):
        yield str(value)


def entered(form, answers):
    """The answers without what only the server may say."""
    return _without(form.root, answers)


def _without(field, value):
    if isinstance(value, dict) and field.members:
        return {
            name: _without(field.members[name], each) if name in field.members else each
            for name, each in value.items()
            if name not in field.members or field.members[name].keywords.get("readOnly") is not True
        }
    if isinstance(value, list) and field.items is not None and field.items.members:
        return [_without(field.items, each) for each in value]
    return value


@settings(deadline=None)
@given(begun_forms())
def test_every_answer_is_carried_or_lost_and_none_comes_from_nowhere(begun):
    plan, answers, other = begun
    old = form(plan)
    carried = carry_over(old=old, new=form(other), answers=answers)
    kept = Counter(leaves(carried.answers)) + Counter(leaves([each.value for each in carried.lost]))
    assert kept == Counter(leaves(entered(old, answers)))


@settings(deadline=None)
@given(begun_forms())
def test_onto_the_same_form_everything_that_fits_stays(begun):
    plan, answers, _ = begun
    here = form(plan)
    carried = carry_over(old=here, new=here, answers=answers)
    assert carried.moved == {} or carried.lost
    assert carried.added == ()
    if not carried.lost:
        assert without_empty(carried.answers) == without_empty(entered(here, answers))
    for each in carried.lost:
        assert each.code == "unknown" or isinstance(each.value, dict | list)


def without_empty(value):
    """Sections in which nothing is left count as not there."""
    if isinstance(value, dict):
        kept = {name: without_empty(each) for name, each in value.items()}
        return {name: each for name, each in kept.items() if each != {}}
    return [without_empty(each) for each in value] if isinstance(value, list) else value


@settings(deadline=None)
@given(begun_forms())
def test_the_new_form_knows_everything_it_is_given(begun):
    plan, answers, other = begun
    new = form(other)
    carried = carry_over(old=form(plan), new=new, answers=answers)
    problems = check_answers(form=new, answers=carried.answers, today=None).problems
    assert "unknown-property" not in {problem.code for problem in problems}


@settings(deadline=None)
@given(begun_forms())
def test_what_is_carried_again_stays_where_it_is(begun):
    plan, answers, other = begun
    new = form(other)
    carried = carry_over(old=form(plan), new=new, answers=answers)
    again = carry_over(old=new, new=new, answers=carried.answers)
    assert (again.answers, again.lost, again.moved) == (carried.answers, (), {})
