"""Hostile schemas, layouts and answers: refused with a reason, within bounded time and memory."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.absence import costly_absence
from forms.definition import FormProblems, read_form
from forms.documents import DocumentProblems, read_json
from forms.validation import MOST_PROBLEMS, check_answers
from forms.validator import compile_schema
from tests.unit.forms.form_example import LANGUAGES, closed, column, control, titled

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def within(seconds: float):
    began = time.process_time()
    yield
    assert time.process_time() - began < seconds


def refused(ui=None, /, **properties):
    with pytest.raises(FormProblems) as problems:
        read_form(schema=closed([], **properties), ui=ui, languages=LANGUAGES)
    return {problem.code for problem in problems.value.problems}


@pytest.mark.parametrize(
    "reference",
    [
        "https://example.org/schema.json",
        "http://127.0.0.1:1/x",
        "file:///etc/passwd",
        "//example.org/x",
        "other.json",
        "#/properties/a",
        "#a",
        "",
        "#/$defs/a%2Fb",
        "#/$defs/a/b",
        "https://json-schema.org/draft/2020-12/schema",
    ],
)
def test_references_that_leave_the_file_are_refused_and_nothing_is_fetched(reference, monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("tried to connect"))
    assert "reference-not-local" in refused(
        a={"$ref": reference, "title": "A", "x-texts": {"en": {"title": "A"}}}
    )


def test_references_in_a_circle_end():
    loop = {"$ref": "#/$defs/a"}
    schema = {**closed([], a=titled("A", "A", **loop)), "$defs": {"a": {"$ref": "#/$defs/b"}, "b": loop}}
    with within(2):
        try:
            form = read_form(schema=schema, ui=None, languages=LANGUAGES)
        except FormProblems:
            return
        check_answers(form=form, answers={"a": 1}, today=None)


def test_a_section_within_itself_is_refused():
    knot = titled("A", "A", **closed([], a={"$ref": "#/$defs/a"}))
    with pytest.raises(FormProblems) as problems, within(2):
        read_form(
            schema={**closed([], a={"$ref": "#/$defs/a"}), "$defs": {"a": knot}}, ui=None, languages=LANGUAGES
        )
    assert "form-too-large" in {problem.code for problem in problems.value.problems}


def test_sections_that_double_at_each_level_are_refused():
    names = [f"s{level}" for level in range(15)]
    defs = {
        name: titled(name, name, **closed([], a={"$ref": f"#/$defs/{after}"}, b={"$ref": f"#/$defs/{after}"}))
        for name, after in pairwise(names)
    }
    defs[names[-1]] = titled("x", "x", type="string")
    with pytest.raises(FormProblems) as problems, within(3):
        read_form(
            schema={**closed([], a={"$ref": "#/$defs/s0"}), "$defs": defs}, ui=None, languages=LANGUAGES
        )
    assert [problem.code for problem in problems.value.problems] == ["form-too-large"]


@pytest.mark.parametrize(
    "pattern",
    [
        "(a)\\1",
        "(?=a)b",
        "(?<!a)b",
        "(?>a+)b",
        "(a{1000}){1000}",
        "((a{100}){100}){100}",
        "a" * 1_001,
        "[",
        "(?P<x>a)(?P=x)",
    ],
)
def test_patterns_that_could_take_any_time_are_refused(pattern):
    with within(2):
        assert "pattern-refused" in refused(a=titled("A", "A", type="string", pattern=pattern))
        ui = column(control("a", rule={"effect": "SHOW", "condition": {"scope": "#/properties/b", "schema": {"pattern": pattern}}}), control("b"))  # fmt: skip
        assert "pattern-refused" in refused(ui, a=titled("A", "A"), b=titled("B", "B"))


@pytest.mark.parametrize(
    "pattern",
    [
        "^(a+)+$",
        "^(a|a)*$",
        "^(a|aa)+$",
        "^(.*a){12}$",
        "(x+x+)+y",
        "^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*$",
    ],
)
def test_patterns_that_are_catastrophic_elsewhere_take_linear_time_here(pattern):
    validator = compile_schema({"pattern": pattern})
    with within(1):
        for text in ("a" * 20_000 + "!", "x" * 20_000, "aA0" * 6_000 + "!"):
            assert validator.is_valid(text) in {True, False}


def test_names_of_5000_characters():
    name = titled("Name", "Name", type="string", format="din-91379-name", maxLength=100)
    form = read_form(schema=closed(["name"], name=name), ui=None, languages=LANGUAGES)
    with within(0.5):
        (problem,) = check_answers(form=form, answers={"name": "Ö" * 5_000}, today=None).problems
    assert (problem.where, problem.code) == ("/name", "max-length")
    assert len(problem.text["de"]) < 200
    with within(0.5):
        found = check_answers(form=form, answers={"name": "A", "x" * 5_000: 1}, today=None).problems
    assert [p.code for p in found] == ["name-not-allowed"]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"[" * 100_000, "nested-too-deeply"),
        (b'{"a":' * 100_000, "nested-too-deeply"),
        (b"[" * 33 + b"]" * 33, "nested-too-deeply"),
        (b'{"a": 1, "a": 2}', "duplicate-key"),
        (b'{"a": 1, "\\u0061": 2}', "duplicate-key"),
        (b'{"x": [{"a": {}, "b": 1, "a": {}}]}', "duplicate-key"),
        (b"[" + b"1," * 600_000 + b"1]", "document-too-large"),
        (b"1e999999999", "number-not-allowed"),
        (b"9" * 100_000, "number-not-allowed"),
        (b"\xff\xfe", "not-utf-8"),
        (b'"\\ud800"', "half-character"),
        (b"NaN", "number-not-allowed"),
    ],
    ids=range(12),
)
def test_documents_no_reader_should_have_to_understand(document, code):
    with within(2), pytest.raises(DocumentProblems) as problems:
        read_json(document)
    assert [problem.code for problem in problems.value.problems] == [code]


def test_ten_thousand_wrong_entries_are_reported_up_to_a_limit():
    entry = closed(["a", "b"], a=titled("A", "A", type="string"), b=titled("B", "B", type="string"))
    form = read_form(
        schema=closed([], l=titled("L", "L", type="array", items=entry)), ui=None, languages=LANGUAGES
    )
    with within(4):
        problems = check_answers(
            form=form, answers={"l": [{"a": 1} for _ in range(9_000)]}, today=None
        ).problems
    assert len(problems) == MOST_PROBLEMS + 1
    assert problems[0].where == "/l/0/a"
    assert (problems[-1].where, problems[-1].code) == ("", "more-problems")
    assert problems[-1].text["de"].startswith(f"Es gibt noch {18_000 - MOST_PROBLEMS} weitere Hinweise.")


def test_ten_thousand_unknown_members_of_a_form_with_thousands_of_questions():
    schema = closed(
        [f"q{i}" for i in range(1_000)], **{f"q{i}": titled("Q", "Q", type="string") for i in range(1_000)}
    )
    form = read_form(schema=schema, ui=None, languages=LANGUAGES)
    with within(4):
        problems = check_answers(form=form, answers={f"x{i}": i for i in range(15_000)}, today=None).problems
    assert len(problems) == MOST_PROBLEMS + 1


def test_many_missing_answers_beside_a_huge_list():
    questions = {f"q{i}": titled("Q", "Q", type="string") for i in range(1_000)}
    entries = titled("L", "L", type="array", items=closed(["b"], b=titled("B", "B", type="string")))
    tuple_ = titled(
        "T", "T", type="array", prefixItems=[{"type": "integer"}], items=closed(["b"], b=titled("B", "B"))
    )
    form = read_form(
        schema=closed(list(questions), **questions, l=entries, t=tuple_), ui=None, languages=LANGUAGES
    )
    answers = {"l": [{"b": "x"} for _ in range(9_000)] + [{}, 5], "t": [1], "x": {"y": [1]}}
    with within(2):
        problems = check_answers(form=form, answers=answers, today=None).problems
    assert problems[0].where == "/q0"
    assert {p.code for p in problems} == {"required", "more-problems"}


def test_what_is_missing_is_found_only_where_the_form_says_so():
    entry = closed(["b"], b=titled("B", "B", type="string"))
    group = titled("G", "G", **closed(["a"], a=titled("A", "A")))
    lists = {"l": titled("L", "L", type="array", items=entry), "t": titled("T", "T", type="array", prefixItems=[{}], items=entry)}  # fmt: skip
    questions = {f"q{i}": titled("Q", "Q", type="string") for i in range(60)}
    form = read_form(
        schema=closed([*questions, "g"], **questions, g=group, **lists), ui=None, languages=LANGUAGES
    )
    answers = {"g": {}, "l": [{}], "t": [{}], "x": [[1] * 10_000, [2] * 8_000]}
    found = costly_absence(root=form.root, answers=answers)
    assert found[:2] == [("g", "a"), ("l", 0, "b")]
    assert found[2:] == [(name,) for name in questions]
    assert costly_absence(root=form.root, answers={**answers, "x": []}) == []


def test_a_limit_of_problems_is_no_problem_more():
    schema = closed([], **{f"q{i}": titled("Q", "Q", type="string") for i in range(MOST_PROBLEMS)})
    form = read_form(schema=schema, ui=None, languages=LANGUAGES)
    found = check_answers(form=form, answers={f"q{i}": i for i in range(MOST_PROBLEMS)}, today=None).problems
    assert [p.code for p in found] == ["type"] * MOST_PROBLEMS


def test_huge_lists_with_everything_stay_fast():
    entry = closed(
        [],
        a=titled("A", "A", type="string", default="x"),
        iban=titled("I", "I", type="string", format="iban"),
    )
    form = read_form(
        schema=closed([], l=titled("L", "L", type="array", uniqueItems=True, items=entry)),
        ui=None,
        languages=LANGUAGES,
    )
    with within(4):
        found = check_answers(
            form=form,
            answers={"l": [{"a": str(i), "iban": "DE89370400440532013000"} for i in range(6_000)]},
            today=None,
        )
    assert found.problems == ()


MEMORY = """
import json
from forms.absence import costly_absence
from forms.definition import read_form
from forms.documents import read_json
from forms.problems import Problems
from forms.validation import check_answers
entry = {"type": "object", "additionalProperties": False, "required": ["b"], "properties": {"b": {"title": "B", "type": "string"}}}
schema = {"type": "object", "additionalProperties": False, "properties": {"l": {"title": "L", "type": "array", "items": entry}}}
form = read_form(schema=schema, ui=None, languages=["de"])
for answers in ({"l": [{"a": 1}] * 9_999}, {"l": list(range(19_998))}, {"l": ["x" * 20_000] * 500}, {"l": [{"b": "x" * 45} for _ in range(9_000)]}):
    check_answers(form=form, answers=read_json(json.dumps(answers).encode(), most_bytes=20_000_000), today=None)
for document in (b"[" * 50_000_000, b'{"a":"' + b"x" * 999_000 + b'"}', b"[" + b"[],"*300_000 + b"[]]"):
    try:
        check_answers(form=form, answers=read_json(document), today=None)
    except Problems:
        pass
# Not ru_maxrss: it begins with what the parent had when it started this process.
print(next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux' account of memory")
def test_memory_stays_below_300_megabytes():
    shown = subprocess.run(
        [sys.executable, "-c", MEMORY], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(shown.stdout) < 300


NAMES = st.sampled_from(["a", "b", "type", "properties", "$ref", "items", "x-calculate", "format", "*"])
KEYWORDS = st.sampled_from([
    "type", "properties", "items", "required", "$ref", "$defs", "format", "pattern", "default", "const", "enum", "oneOf",
    "allOf", "not", "if", "then", "readOnly", "x-calculate", "x-texts", "title", "additionalProperties", "minimum",
    "prefixItems", "contains", "dependentSchemas", "uniqueItems", "minProperties",
])  # fmt: skip
VALUES = st.sampled_from([
    "object", "array", "string", "number", "money", "date-range", "iban", "#/$defs/a", "answers.a", "entry.a", "1", "(a+)+$",
    True, False, None, 1, ["a"], ["string", "null"], {}, [], [{}], {"a": {"$ref": "#/$defs/a"}},
])  # fmt: skip
SCHEMAS = st.recursive(
    st.dictionaries(KEYWORDS, VALUES, max_size=4),
    lambda inner: st.dictionaries(KEYWORDS, VALUES | inner | st.dictionaries(NAMES, inner, max_size=3) | st.lists(inner, max_size=2), max_size=5),
    max_leaves=8,
)  # fmt: skip
ANSWERS = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


@given(SCHEMAS, SCHEMAS, ANSWERS)
@settings(deadline=None, max_examples=300)
def test_any_schema_is_a_form_or_refused_with_reasons(inner, other, answers):
    schema = closed([], a=inner, b=other) | {"$defs": {"a": other}}
    form, problems = None, ()
    try:
        form = read_form(schema=schema, ui=None, languages=["de"])
    except FormProblems as error:
        problems = error.problems
    assert bool(problems) is (form is None)
    assert all(problem.text["de"] and problem.text["en"] for problem in problems)
    if form is None:
        return
    for each in (answers, {"a": answers}, {"a": answers, "b": answers}):
        found = check_answers(form=form, answers=each, today=None)
        assert all(problem.text["de"] and problem.text["en"] for problem in found.problems)


@given(st.binary(max_size=200) | st.recursive(st.integers() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_any_bytes_are_json_or_refused(data):
    try:
        value, problems = read_json(data), ()
    except DocumentProblems as error:
        value, problems = None, error.problems
    if problems:
        assert [bool(problem.text["de"] and problem.text["en"]) for problem in problems] == [True]
    else:
        assert json.loads(json.dumps(value, default=float)) == json.loads(data)
