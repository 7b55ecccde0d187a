"""JSON Schema draft 2020-12: our own selection of cases for every keyword a form may use.

The official test suite is not among the conformance material, so these cases are written by us from the
specification (Core and Validation, 2020-12): for each keyword values that are valid and values that are not,
with the borders where implementations differ. They run through the very function that makes a form's
validator. `test_the_selection_is_complete` lists all keywords of the vocabularies and says where each stands:
in the selection, refused in forms, or an annotation without effect on validity.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from forms.schema_checks import check_schema
from forms.validator import compile_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# keyword: [(schema, valid values, invalid values)]
CASES = {
    "type": [
        ({"type": "integer"}, [1, 0, -1, 1.0, Decimal("2.0"), 10**30], [1.5, "1", True, None, [], {}]),
        ({"type": "number"}, [1, 1.5, Decimal("0.1")], ["1", True, None]),
        ({"type": "string"}, ["", "x"], [1, None, True]),
        ({"type": "boolean"}, [True, False], [0, 1, "true"]),
        ({"type": "null"}, [None], [0, "", False]),
        ({"type": "array"}, [[]], [{}, ""]),
        ({"type": "object"}, [{}], [[], ""]),
        ({"type": ["string", "null"]}, ["x", None], [1, []]),
    ],
    "enum": [
        ({"enum": [1, "a", None]}, [1, 1.0, "a", None], [2, True, "1", "A"]),
        ({"enum": [False]}, [False], [0, None]),
        ({"enum": [[1], {"a": 1}]}, [[1], {"a": 1.0}], [[], {"a": 2}, [True]]),
    ],
    "const": [
        ({"const": 1}, [1, 1.0, Decimal("1.00")], [True, "1", 2]),
        ({"const": True}, [True], [1, "true"]),
        ({"const": {"a": [1]}}, [{"a": [1]}], [{"a": [1, 1]}, {}]),
    ],
    "multipleOf": [
        ({"multipleOf": 2}, [0, 4, -6, "x"], [1, 2.5]),
        ({"multipleOf": Decimal("0.01")}, [0.07, 4.35, Decimal("19.99"), 1.1], [0.015, Decimal("0.001")]),
    ],
    "maximum": [({"maximum": 3}, [3, 3.0, -5, "x"], [3.0001, Decimal("3.1"), 4])],
    "exclusiveMaximum": [({"exclusiveMaximum": 3}, [2.999, "x"], [3, 3.0, 4])],
    "minimum": [({"minimum": Decimal("1.1")}, [1.1, 2, "x"], [1, Decimal("1.09")])],
    "exclusiveMinimum": [({"exclusiveMinimum": 1}, [1.1, "x"], [1, 0])],
    "maxLength": [({"maxLength": 2}, ["", "ab", "💶💶", 100], ["abc", "ÄÖÜ"])],
    "minLength": [({"minLength": 2}, ["ab", "💶💶", 1], ["", "a", "💶"])],
    "pattern": [
        ({"pattern": "^a*$"}, ["", "aa", 5], ["ab"]),
        ({"pattern": "b"}, ["abc"], ["a", ""]),  # not anchored
        ({"pattern": "^\\p{L}+$"}, ["Äß"], ["1"]),
        ({"pattern": "^[0-9]+$"}, ["12"], ["1\n", "١٢"]),
    ],
    "maxItems": [({"maxItems": 1}, [[], [1], "xx"], [[1, 2]])],
    "minItems": [({"minItems": 1}, [[None], ""], [[]])],
    "uniqueItems": [
        ({"uniqueItems": True}, [[], [1, 2], [1, "1"], [1, True], [[1], [2]], [{"a": 1}, {"a": 2}]], [[1, 1], [1, 1.0], [{"a": 1, "b": 2}, {"b": 2, "a": 1}]]),
        ({"uniqueItems": False}, [[1, 1]], []),
    ],
    "contains": [({"contains": {"minimum": 5}}, [[1, 5], "x"], [[], [1]])],
    "minContains": [
        ({"contains": {"const": 1}, "minContains": 2}, [[1, 1]], [[1], []]),
        ({"contains": {"const": 1}, "minContains": 0}, [[]], []),
    ],
    "maxContains": [({"contains": {"const": 1}, "maxContains": 1}, [[1, 2]], [[1, 1], [2]])],
    "maxProperties": [({"maxProperties": 1}, [{}, {"a": 1}, []], [{"a": 1, "b": 2}])],
    "minProperties": [({"minProperties": 1}, [{"a": None}, []], [{}])],
    "required": [({"required": ["a", "b"]}, [{"a": 1, "b": None}, [], "x"], [{"a": 1}, {}])],
    "dependentRequired": [({"dependentRequired": {"a": ["b"]}}, [{}, {"b": 1}, {"a": 1, "b": 1}], [{"a": 1}])],
    "properties": [({"properties": {"a": {"type": "integer"}, "b": False}}, [{}, {"a": 1, "c": "x"}, []], [{"a": "x"}, {"b": 1}])],
    "additionalProperties": [
        ({"properties": {"a": True}, "additionalProperties": False}, [{"a": 1}, {}, "x"], [{"b": 1}]),
        ({"allOf": [{"properties": {"a": True}}], "additionalProperties": False}, [{}], [{"a": 1}]),
    ],
    "propertyNames": [({"propertyNames": {"maxLength": 2}}, [{"ab": 1}, {}, []], [{"abc": 1}])],
    "items": [
        ({"items": {"type": "integer"}}, [[], [1, 2], "x"], [[1, "x"]]),
        ({"prefixItems": [{"type": "string"}], "items": False}, [["x"], []], [["x", 1], [1]]),
    ],
    "prefixItems": [({"prefixItems": [{"type": "integer"}, {"type": "string"}]}, [[], [1], [1, "x", None]], [["x"], [1, 2]])],
    "unevaluatedProperties": [
        ({"allOf": [{"properties": {"a": True}}], "unevaluatedProperties": False}, [{"a": 1}, {}], [{"b": 1}]),
        ({"if": {"required": ["a"], "properties": {"a": {"const": 1}}}, "then": {"properties": {"b": True}}, "unevaluatedProperties": False}, [{"a": 1, "b": 2}], [{"b": 2}]),
    ],
    "unevaluatedItems": [({"prefixItems": [True], "unevaluatedItems": False}, [[1]], [[1, 2]])],
    "allOf": [({"allOf": [{"minimum": 1}, {"maximum": 3}]}, [1, 3, "x"], [0, 4])],
    "anyOf": [({"anyOf": [{"type": "string"}, {"minimum": 2}]}, ["x", 2], [1])],
    "oneOf": [({"oneOf": [{"type": "integer"}, {"minimum": 2}]}, [1, 2.5], [3, 1.5])],
    "not": [({"not": {"type": "string"}}, [1, None], ["x"]), ({"not": {"required": ["a"]}}, [{}], [{"a": 1}])],
    "if": [({"if": {"properties": {"a": {"const": 1}}, "required": ["a"]}, "then": {"required": ["b"]}}, [{}, {"a": 2}, {"a": 1, "b": 1}], [{"a": 1}])],
    "then": [({"then": {"required": ["b"]}}, [{}], []), ({"if": True, "then": {"minimum": 1}}, [1], [0])],
    "else": [({"if": {"type": "string"}, "else": {"minimum": 5}}, ["x", 5], [4]), ({"else": False}, [1], [])],
    "dependentSchemas": [({"dependentSchemas": {"a": {"required": ["b"]}}}, [{}, {"a": 1, "b": 1}], [{"a": 1}])],
    "$ref": [
        ({"$ref": "#/$defs/a", "$defs": {"a": {"type": "integer"}}}, [1], ["x"]),
        ({"$ref": "#/$defs/a", "maximum": 3, "$defs": {"a": {"minimum": 1}}}, [2], [0, 4]),  # siblings count
        ({"properties": {"a": {"$ref": "#/$defs/list"}}, "$defs": {"list": {"items": {"$ref": "#/$defs/list"}}}}, [{"a": [[], [[]]]}], []),
    ],
    "$defs": [({"$defs": {"a": False}}, [1, "x", {}], [])],
    "format": [
        ({"format": "date"}, ["2024-02-29", 5, None], ["2023-02-29", "", "x"]),
        ({"type": "number", "format": "money"}, [1, Decimal("1.25")], [Decimal("1.255"), "1"]),
    ],
    "$schema": [({"$schema": DIALECT, "type": "string"}, ["x"], [1])],
    "true and false": [({"properties": {"a": True, "b": False}}, [{"a": 1}], [{"b": 1}])],
}  # fmt: skip

ANNOTATIONS = {
    "title": "x", "description": "x", "default": 5, "examples": [5], "readOnly": True, "writeOnly": True,
    "deprecated": True, "$comment": "x", "contentEncoding": "base64", "contentMediaType": "application/json",
    "contentSchema": {"type": "integer"},
}  # fmt: skip
REFUSED = ("$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary", "patternProperties")
# Core, Applicator, Unevaluated, Validation, Meta-Data, Format, Content: all keywords of draft 2020-12.
VOCABULARIES = frozenset(["$schema", "$vocabulary", "$id", "$anchor", "$dynamicAnchor", "$ref", "$dynamicRef", "$defs", "$comment", "prefixItems", "items", "contains", "additionalProperties", "properties", "patternProperties", "dependentSchemas", "propertyNames", "if", "then", "else", "allOf", "anyOf", "oneOf", "not", "unevaluatedItems", "unevaluatedProperties", "type", "const", "enum", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "maxContains", "minContains", "maxProperties", "minProperties", "required", "dependentRequired", "title", "description", "default", "deprecated", "readOnly", "writeOnly", "examples", "format", "contentEncoding", "contentMediaType", "contentSchema"])  # fmt: skip

VALID = [(k, s, v) for k, cases in CASES.items() for s, good, _ in cases for v in good]
INVALID = [(k, s, v) for k, cases in CASES.items() for s, _, bad in cases for v in bad]


def test_the_selection_is_complete():
    assert {*CASES, *ANNOTATIONS, *REFUSED} - {"true and false"} == VOCABULARIES


@pytest.mark.parametrize(("keyword", "schema", "value"), VALID)
def test_valid(keyword, schema, value):
    assert compile_schema(schema).is_valid(value)
    assert list(compile_schema(schema).iter_errors(value)) == []


@pytest.mark.parametrize(("keyword", "schema", "value"), INVALID)
def test_invalid(keyword, schema, value):
    assert not compile_schema(schema).is_valid(value)
    assert list(compile_schema(schema).iter_errors(value))


@pytest.mark.parametrize("keyword", [name for name in CASES if name != "true and false"])
def test_forms_may_use_what_is_selected(keyword):
    for schema, _, _ in CASES[keyword]:
        assert [problem.code for problem in check_schema(schema=schema, file="form.json")] == []


@pytest.mark.parametrize("keyword", ANNOTATIONS)
def test_annotations_decide_nothing(keyword):
    validator = compile_schema({keyword: ANNOTATIONS[keyword]})
    assert all(validator.is_valid(value) for value in ("x", 5, None, [], {}))


@pytest.mark.parametrize("keyword", REFUSED)
def test_forms_may_not_use_the_rest(keyword):
    value = {"$vocabulary": {"https://example.org/v": False}, "patternProperties": {"a": {}}}.get(
        keyword, "a"
    )
    found = check_schema(schema={"properties": {"a": {keyword: value}}}, file="form.json")
    assert [problem.code for problem in found] == ["keyword-refused"]


@pytest.mark.parametrize(
    "faulty",
    [
        {"type": "text"},
        {"minLength": -1},
        {"required": "a"},
        {"enum": 5},
        {"multipleOf": 0},
        {"properties": []},
        {"items": [{}]},
    ],
)
def test_schemas_that_are_none_are_found(faulty):
    assert {problem.code for problem in check_schema(schema=faulty, file="form.json")} == {"schema-invalid"}


def test_errors_say_where():
    schema = {"properties": {"l": {"items": {"properties": {"a": {"type": "integer"}}}}}}
    (error,) = compile_schema(schema).iter_errors({"l": [{}, {"a": "x"}]})
    assert list(error.instance_path) == ["l", 1, "a"]
    assert error.kind.name == "type"
