from __future__ import annotations

import copy
from typing import Any

import pytest

from forms.definition import FormProblems, closing, read_form
from forms.validation import check_answers
from forms.validator import compile_schema
from tests.unit.forms.form_example import LANGUAGES, SCHEMA, UI, closed, column, control, group, rule, titled

TEXT = titled("A", "A", type="string")


def found(schema: Any, ui: Any = None, languages=LANGUAGES) -> list[tuple[str, str]]:
    try:
        read_form(schema=schema, ui=ui, languages=languages)
    except FormProblems as refused:
        for problem in refused.problems:
            assert problem.text["de"]
            assert problem.text["en"]
            assert "{detail}" not in problem.text["de"] + problem.text["en"]
        return [(problem.where, problem.code) for problem in refused.problems]
    return []


def with_property(keywords: object, **more: Any) -> dict[str, Any]:
    return {**closed([], a=keywords), **more}


def test_a_sound_form_is_read_whole():
    form = read_form(schema=SCHEMA, ui=UI, languages=LANGUAGES)
    assert form.root.at(("hunde", 3, "rasse")).titles == {"de": "Rasse", "en": "Breed"}
    assert form.root.at(("adresse", "ort")).titles["en"] == "Town"
    assert form.root.at(("nichts", "ort")) is None
    assert form.root.at(("art",)).choices[1] == ("um", {"de": "Umzug", "en": "Move"})
    assert closing(form.questions) == {
        ("grund",),
        ("nachweis",),
        ("hunde", "*", "rasse"),
        ("adresse",),
        ("adresse", "ort"),
        ("adresse", "straße"),
    }


def test_a_form_needs_a_language():
    with pytest.raises(ValueError, match="language"):
        read_form(schema=SCHEMA, ui=UI, languages=[])


@pytest.mark.parametrize(
    ("schema", "where", "code"),
    [
        (True, "#", "schema-invalid"),
        ([], "#", "schema-invalid"),
        ({"type": {1}}, "#", "schema-invalid"),
        ({"type": "strin"}, "#/type", "schema-invalid"),
        (with_property({"minLength": -1}), "#/properties/a/minLength", "schema-invalid"),
        ({"type": "array"}, "#", "root-not-object"),
        ({"type": "object"}, "#", "object-open"),
        ({"properties": {}, "type": ["object", "null"], "additionalProperties": {}}, "#", "object-open"),
        (with_property(titled("A", "A", type="object", properties={})), "#/properties/a", "object-open"),
        (with_property({"type": "string"}), "#/properties/a", "text-missing"),
        (with_property({"title": "A"}), "#/properties/a", "text-missing"),
        (with_property({"title": " ", "x-texts": {"en": {"title": "A"}}}), "#/properties/a", "text-missing"),
        (with_property({"title": "A", "x-texts": {"en": "A"}}), "#/properties/a", "text-missing"),
        (with_property({"title": "A", "x-texts": ["en"]}), "#/properties/a", "text-missing"),
        (
            with_property(titled("A", "A") | {"x-texts": {"en": {"title": "A", "problem": "No."}}}),
            "#/properties/a",
            "text-missing",
        ),
        (with_property(titled("A", "A", enum=["x"])), "#/properties/a", "choices-without-texts"),
        (with_property(titled("A", "A", oneOf=[{"const": 1}])), "#/properties/a/oneOf/0", "text-missing"),
        (with_property(titled("A", "A", pattern="(")), "#/properties/a", "pattern-refused"),
        (with_property(titled("A", "A", pattern="a(?=b)")), "#/properties/a", "pattern-refused"),
        (with_property(titled("A", "A", pattern="(a)\\1")), "#/properties/a", "pattern-refused"),
        (with_property(titled("A", "A", pattern="a" * 1001)), "#/properties/a", "pattern-refused"),
        (
            with_property(titled("A", "A", pattern="((a{1,99}){1,99}){1,99}")),
            "#/properties/a",
            "pattern-refused",
        ),
        (with_property(titled("A", "A", format="ipv4")), "#/properties/a", "format-unknown"),
        (with_property(titled("A", "A", **{"$ref": "https://e/x"})), "#/properties/a", "reference-not-local"),
        (with_property(titled("A", "A", **{"$ref": "#"})), "#/properties/a", "reference-not-local"),
        (with_property(titled("A", "A", **{"$ref": "#/$defs/a/b"})), "#/properties/a", "reference-not-local"),
        (with_property(titled("A", "A", **{"$ref": "#/$defs/b"})), "#/properties/a", "reference-unknown"),
        (with_property(titled("A", "A", **{"$id": "x"})), "#/properties/a", "keyword-refused"),
        (with_property(titled("A", "A", **{"$schema": "x:y"})), "#/properties/a", "keyword-refused"),
        (with_property(TEXT, patternProperties={}), "#", "keyword-refused"),
        (with_property(TEXT, **{"$schema": "https://e/"}), "#/$schema", "dialect-unknown"),
        (with_property(TEXT, required=["b"]), "#/required", "required-unknown"),
        (with_property(True), "#/properties/a", "text-missing"),
        (with_property(False, required=["a"]), "#/required", "required-unknown"),
        (with_property({}, allOf=[True]), "#/properties/a", "text-missing"),
        (with_property(TEXT, allOf=[{"if": {"format": "x"}}]), "#/allOf/0/if", "format-unknown"),
    ],
)
def test_what_is_wrong_with_a_schema_is_found(schema, where, code):
    assert (f"form.json{where}", code) in found(schema)


def test_all_problems_come_at_once():
    schema = with_property({"format": "x"}, required=["b"])
    ui = column(control("c"), {"type": "Box"})
    codes = {code for _, code in found(schema, ui)}
    assert {"format-unknown", "required-unknown", "text-missing", "scope-unknown", "element-unknown"} <= codes
    codes = {code for _, code in found({"type": "strin"}, column(control("c"), {"type": "Box"}))}
    assert codes == {"schema-invalid", "element-unknown"}


def test_texts_come_together_from_where_the_title_stands():
    schema = closed([], a={"$ref": "#/$defs/a", "title": "Eigen", "x-texts": {"en": {"title": "Own"}}})
    schema["$defs"] = {"a": titled("Fremd", "Foreign", type="string")}
    form = read_form(schema=schema, ui=None, languages=LANGUAGES)
    assert form.root.at(("a",)).titles == {"de": "Eigen", "en": "Own"}


def test_recursive_and_exploding_schemas_are_refused():
    tree = {**closed([], kind=titled("K", "C", **{"$ref": "#/$defs/t"})), "$defs": {}}
    tree["$defs"]["t"] = closed([], kind=titled("K", "C", **{"$ref": "#/$defs/t"}))
    assert [code for _, code in found(tree)] == ["form-too-large"]
    loop = {**with_property(titled("A", "A", **{"$ref": "#/$defs/x"})), "$defs": {"x": {"$ref": "#/$defs/x"}}}
    assert (
        found(loop) == []
    )  # a reference to itself and nothing else allows everything; no question hangs on it
    bomb = {**closed([], a=titled("A", "A", **{"$ref": "#/$defs/d0"})), "$defs": {}}
    for level in range(14):
        both = {name: titled("A", "A", **{"$ref": f"#/$defs/d{level + 1}"}) for name in "ab"}
        bomb["$defs"][f"d{level}"] = closed([], **both)
    bomb["$defs"]["d14"] = TEXT
    assert [code for _, code in found(bomb)] == ["form-too-large"]


def test_a_schema_may_not_be_too_deep():
    deep: dict[str, Any] = {}
    for _ in range(70):
        deep = {"not": deep}
    assert "schema-too-deep" in {code for _, code in found(with_property(titled("A", "A", **deep)))}


@pytest.mark.parametrize(
    ("ui", "where", "code"),
    [
        (None, "", ""),
        ("x", "#", "element-unknown"),
        ({"type": ["Control"]}, "#", "element-unknown"),
        ({"type": "VerticalLayout"}, "#", "elements-missing"),
        (column(control("a")), "", ""),
        (column(), "#", "field-unreachable"),
        (column(control("b")), "#/elements/0", "scope-unknown"),
        (column({"type": "Control"}), "#/elements/0", "scope-unknown"),
        (column({"type": "Control", "scope": "#"}), "#/elements/0", "scope-unknown"),
        (column({"type": "Control", "scope": "a"}), "#/elements/0", "scope-unknown"),
        (column({"type": "Control", "scope": "#/items/a"}), "#/elements/0", "scope-unknown"),
        (column({"type": "Control", "scope": "#a/properties/a"}), "#/elements/0", "scope-unknown"),
        (column({"type": "Group", "elements": [control("a")]}), "#/elements/0", "text-missing"),
        (column(control("a", label="A")), "#/elements/0", "text-missing"),
        (column(control("a", label=False)), "", ""),
        (column(control("a"), {"type": "Label", "text": "T"}), "#/elements/1", "text-missing"),
        (column(control("a"), {"type": "Label", "text": "T", "x-texts": {"en": {"text": "T"}}}), "", ""),
        ({"type": "Categorization", "elements": [control("a")]}, "#/elements/0", "category-expected"),
        ({"type": "Categorization", "elements": ["x"]}, "#/elements/0", "category-expected"),
        (
            {"type": "Categorization", "elements": [group("S", "P", control("a")) | {"type": "Category"}]},
            "",
            "",
        ),
        (column(control("a", rule="x")), "#/elements/0/rule", "rule-invalid"),
        (column(control("a", rule={"effect": "SHOW"})), "#/elements/0/rule", "rule-invalid"),
        (column(control("a", rule={"effect": "FLY", "condition": {}})), "#/elements/0/rule", "rule-invalid"),
        (
            column(control("a", rule={"effect": "SHOW", "condition": {"type": "AND"}})),
            "#/elements/0/rule/condition",
            "rule-invalid",
        ),
        (
            column(control("a", rule=rule("SHOW", "b", {"const": 1}))),
            "#/elements/0/rule/condition",
            "scope-unknown",
        ),
        (
            column(control("a", rule=rule("SHOW", "a", {"properties": {"x": {"format": "x"}}}))),
            "#/elements/0/rule/condition/schema/properties/x",
            "format-unknown",
        ),
        (
            column(control("a", rule=rule("SHOW", "a", {"type": "strin"}))),
            "#/elements/0/rule/condition/schema/type",
            "schema-invalid",
        ),
        (column(control("a", rule=rule("SHOW", "a", {"const": 1}))), "#", "rules-circular"),
        (column(control("a", rule=rule("SHOW", "", {"minProperties": 1}))), "#", "rules-circular"),
        (column(control("a", rule=rule("SHOW", "", {"type": "object"}))), "", ""),
    ],
)
def test_what_is_wrong_with_a_layout_is_found(ui, where, code):
    expected = [(f"form.ui.json{where}", code)] if code else []
    assert set(expected) <= set(found(with_property(TEXT), ui))
    if not code:
        assert found(with_property(TEXT), ui) == []


def test_a_layout_may_not_be_too_deep():
    ui = column(control("a"))
    for _ in range(40):
        ui = column(ui)
    assert "layout-too-deep" in {code for _, code in found(with_property(TEXT), ui)}


def test_rules_in_a_circle_are_named():
    schema = closed([], a=TEXT, b=TEXT)
    ui = column(
        control("a", rule=rule("SHOW", "b", {"const": "x"})),
        control("b", rule=rule("HIDE", "a", {"const": "x"})),
    )
    with pytest.raises(FormProblems) as refused:
        read_form(schema=schema, ui=ui, languages=LANGUAGES)
    (problem,) = refused.value.problems
    assert problem.code == "rules-circular"
    assert "#/properties/a" in problem.text["de"]
    assert "#/properties/b" in str(refused.value) + problem.text["de"]


def test_a_whole_section_or_list_can_be_one_control():
    schema = closed(
        [], s=titled("S", "S", **closed([], a=TEXT, b=TEXT)), l=titled("L", "L", type="array", items=TEXT)
    )
    assert found(schema, column(control("s"), control("l"))) == []
    assert found(schema, column(control("s.a"), control("l"))) == [("form.ui.json#", "field-unreachable")]


def test_details_of_a_list_are_checked_relative_to_the_entry():
    schema = closed([], l=titled("L", "L", type="array", items=closed([], a=TEXT, b=TEXT)))
    where = "form.ui.json#/elements/0/options/detail"
    half = control("l", options={"detail": column(control("a"))})
    assert found(schema, column(half)) == [(where, "field-unreachable")]
    wrong = control("l", options={"detail": column(control("a"), control("b"), control("l"))})
    assert found(schema, column(wrong)) == [(f"{where}/elements/2", "scope-unknown")]
    assert found(schema, column(control("l", options={"detail": "GENERATED"}))) == []
    assert (where, "element-unknown") in found(schema, column(control("l", options={"detail": "MAGIC"})))
    circle = column(
        control("a", rule=rule("SHOW", "b", {})), control("b", rule=rule("SHOW", "a", {"const": 1}))
    )
    assert found(schema, column(control("l", options={"detail": circle}))) == []
    scalars = closed([], l=titled("L", "L", type="array", items={"type": "string"}))
    assert found(scalars, column(control("l", options={"detail": column()}))) == []
    assert (
        found(
            closed([], l=titled("L", "L", type="array")), column(control("l", options={"detail": column()}))
        )
        == []
    )


@pytest.mark.parametrize(
    "keywords",
    [
        {"anyOf": [{"required": ["b"]}, {"required": ["a"]}]},
        {"oneOf": [{"allOf": [{"required": ["b"]}]}]},
        {"not": {"required": ["b"]}},
        {"allOf": [{"anyOf": [True, {"required": ["b"]}]}]},
        {"if": True, "then": {"anyOf": [{"required": ["b"]}]}},
    ],
)
def test_requirements_that_cannot_be_lifted_are_refused(keywords):
    schema = closed([], a=titled("A", "A", type="boolean"), b=TEXT) | keywords
    ui = column(control("a"), control("b", rule=rule("SHOW", "a", {"const": True})))
    assert found(schema, ui) == [("form.json#", "requirement-not-liftable")]
    assert found(schema, column(control("a"), control("b"))) == []


def test_requirements_that_cannot_be_lifted_are_found_within_sections_and_lists():
    section = titled("S", "S", **closed([], a=TEXT))
    ui = column(control("f"), control("s.a", rule=rule("SHOW", "f", {"const": True})))
    schema = closed([], f=TEXT, s=section) | {"anyOf": [{"properties": {"s": {"required": ["a"]}}}]}
    assert found(schema, ui) == [("form.json#", "requirement-not-liftable")]
    dogs = titled("L", "L", type="array", items=closed([], a=TEXT, b=TEXT), contains={"required": ["b"]})
    detail = column(control("a"), control("b", rule=rule("SHOW", "a", {"const": "x"})))
    lists = column(control("l", options={"detail": detail}))
    assert found(closed([], l=dogs), lists) == [("form.json#", "requirement-not-liftable")]


def test_conditional_requirements_are_lifted_with_the_question():
    conditional = {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}}
    schema = closed([], a=titled("A", "A", type="boolean"), b=TEXT) | conditional
    ui = column(control("a"), control("b", rule=rule("ENABLE", "a", {"const": True})))
    form = read_form(schema=schema, ui=ui, languages=LANGUAGES)
    assert check_answers(form=form, answers={"a": False}, today=None).problems == ()
    assert [p.where for p in check_answers(form=form, answers={"a": True}, today=None).problems] == ["/b"]
    assert [p.where for p in check_answers(form=form, answers={}, today=None).problems] == ["/c"]


def test_patterns_run_on_the_engine_with_linear_time():
    with pytest.raises(ValueError, match="regex"):
        compile_schema({"pattern": "a(?=b)"})


def test_reading_does_not_change_what_it_reads():
    schema, ui = copy.deepcopy(SCHEMA), copy.deepcopy(UI)
    read_form(schema=schema, ui=ui, languages=LANGUAGES)
    assert (schema, ui) == (SCHEMA, UI)
