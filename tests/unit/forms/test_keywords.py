"""`x-id`, `x-file` and `x-prefill` are refused where they say nothing or something impossible."""

from __future__ import annotations

import pytest

from forms.definition import FormProblems, read_form
from forms.file_types import MEDIA_TYPES
from tests.unit.forms.form_example import LANGUAGES, choice, closed, titled


def question(**keywords):
    return titled("Frage", "Question", **{"type": "string", **keywords})


def refused(schema):
    try:
        read_form(schema=schema, ui=None, languages=LANGUAGES)
    except FormProblems as problems:
        return [(each.where.removeprefix("form.json#"), each.code) for each in problems.problems]
    return []


def codes(**keywords):
    return [code for _, code in refused(closed([], q=question(**keywords)))]


def test_a_name_of_digits_would_be_taken_for_a_position():
    assert refused(closed([], **{"2024": question()})) == [("", "name-is-number")]
    assert refused(closed([], **{"a2024": question(), "2024a": question()})) == []


@pytest.mark.parametrize("value", ["F60000227", "a", "a.b-c_1", "x" * 64])
def test_an_id_that_can_be_kept(value):
    assert codes(**{"x-id": value}) == []


@pytest.mark.parametrize("value", ["", "ä", "a b", ".a", "x" * 65, 7, None, ["a"]])
def test_an_id_that_cannot(value):
    assert codes(**{"x-id": value}) == ["id-shape"]


def test_sections_and_lists_may_bear_an_id_and_so_may_questions_in_lists():
    inner = titled("I", "I", type="array", items=closed([], a=question(**{"x-id": "a"})), **{"x-id": "b"})
    assert refused(closed([], i=inner, s=titled("S", "S", **closed([]), **{"x-id": "c"}))) == []


def test_an_id_counts_once():
    same = question(**{"x-id": "same"})
    assert refused(closed([], a=same, b=same)) == [("/properties/b", "id-twice")]


def test_an_id_belongs_to_one_place():
    shared = {"$defs": {"d": {"type": "string", "x-id": "a"}}}
    assert refused(closed([], q={**titled("Q", "Q"), "$ref": "#/$defs/d"}) | shared) == [
        ("/$defs/d", "id-misplaced")
    ]
    assert refused(closed([], q=question()) | {"x-id": "root"}) == [("", "id-misplaced")]
    listed = titled("L", "L", type="array", items={"type": "string", "x-id": "a"})
    assert refused(closed([], l=listed)) == [("/properties/l/items", "id-misplaced")]
    branch = {"if": {"properties": {"q": {"x-id": "a"}}}}
    assert refused(closed([], q=question()) | branch) == [("/if/properties/q", "id-misplaced")]


@pytest.mark.parametrize(
    "limits",
    [{}, {"types": list(MEDIA_TYPES)}, {"max-bytes": 1}, {"types": ["text/csv"], "max-bytes": 50_000_000}],
)
def test_limits_of_files_that_can_be_kept(limits):
    assert codes(format="file", **{"x-file": limits}) == []


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (None, "file-shape"),
        ([], "file-shape"),
        ({"maxSize": 10}, "file-shape"),
        ({"types": "application/pdf"}, "file-shape"),
        ({"types": []}, "file-shape"),
        ({"types": ["text/html"]}, "file-type-unknown"),
        ({"types": [7]}, "file-type-unknown"),
        ({"max-bytes": 0}, "file-size"),
        ({"max-bytes": 50_000_001}, "file-size"),
        ({"max-bytes": 1.5}, "file-size"),
        ({"max-bytes": True}, "file-size"),
    ],
)
def test_limits_of_files_that_cannot(limits, code):
    assert codes(format="file", **{"x-file": limits}) == [code]


def test_only_a_question_for_a_file_has_limits_of_files():
    assert codes(**{"x-file": {}}) == ["file-misplaced"]
    branch = {"then": {"properties": {"q": {"format": "file", "type": "string", "x-file": {}}}}}
    assert refused(closed([], q=question()) | branch) == [("/then/properties/q", "file-misplaced")]


@pytest.mark.parametrize(
    ("attribute", "keywords"),
    [
        ("given_name", {}),
        ("given_name", {"format": "din-91379-name"}),
        ("birth_date", {"format": "date"}),
        ("email", {"format": "email"}),
        ("country", {"oneOf": [choice("DE", "Deutschland", "Germany")]}),
    ],
)
def test_attributes_that_fit_the_question(attribute, keywords):
    assert codes(**{"x-prefill": attribute}, **keywords) == []


@pytest.mark.parametrize(
    ("attribute", "keywords", "code"),
    [
        ("shoe_size", {}, "prefill-unknown"),
        (["given_name"], {}, "prefill-unknown"),
        ("birth_date", {}, "prefill-kind"),
        ("city", {"format": "email"}, "prefill-kind"),
        ("postcode", {"type": "integer"}, "prefill-kind"),
        ("city", {"readOnly": True}, "prefill-misplaced"),
    ],
)
def test_attributes_that_do_not(attribute, keywords, code):
    assert codes(**{"x-prefill": attribute}, **keywords) == [code]


def test_one_person_fills_in_a_form_and_no_list():
    name = question(**{"x-prefill": "given_name"})
    listed = titled("L", "L", type="array", items=closed([], a=name))
    assert refused(closed([], l=listed)) == [("/properties/l/items/properties/a", "prefill-misplaced")]
    branch = {"else": {"properties": {"a": {"type": "string", "x-prefill": "city"}}}}
    assert refused(closed([], a=question()) | branch) == [("/else/properties/a", "prefill-misplaced")]
