from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.documents import DocumentProblems, read_json


def refusal(data: bytes, **limits) -> tuple[str, str]:
    with pytest.raises(DocumentProblems) as refused:
        read_json(data, **limits)
    (problem,) = refused.value.problems
    assert all("{" not in problem.text[language] for language in ("de", "en"))
    return problem.where, problem.code


def test_good_json_is_read_exactly():
    assert read_json('{"a": [1, 0.1, -2e3, true, null, "ü😀"]}'.encode()) == {
        "a": [1, Decimal("0.1"), Decimal(-2000), True, None, "ü😀"]
    }
    assert read_json(b'["\\ud83d\\ude00", "[[[[{{{{", "\\"["]') == ["😀", "[[[[{{{{", '"[']


@pytest.mark.parametrize(
    ("data", "where", "code"),
    [
        (b'{"a": 1,\n "a": 2}', "line 2, column 2", "duplicate-key"),
        (b'[{"b": {"x\\u0061": [], "xa": 2}}]', "line 1, column 24", "duplicate-key"),
        (b'{"a": {"a": 1}, "b": {"a": 1}, "b": 2}', "line 1, column 32", "duplicate-key"),
        (b'{"\\ud800": 1, "\\ud800": 2}', "line 1, column 15", "duplicate-key"),
        (b'{"a": "x", "b": "\\"a", "a": []}', "line 1, column 24", "duplicate-key"),
        (b"[1,\n NaN]", "line 2, column 2", "number-not-allowed"),
        (b"-Infinity", "line 1, column 1", "number-not-allowed"),
        (b"1" * 61, "line 1, column 1", "number-not-allowed"),
        (b"0." + b"1" * 60, "line 1, column 1", "number-not-allowed"),
        (b"1e61", "line 1, column 1", "number-not-allowed"),
        (b"1e99999999999999999999", "line 1, column 1", "number-not-allowed"),
        (b"", "line 1, column 1", "not-json"),
        (b"[1,]", "line 1, column 4", "not-json"),
        (b'{"a": 1} x', "line 1, column 10", "not-json"),
        (b"\xef\xbb\xbf[]", "line 1, column 1", "not-json"),
        (b'["\x01"]', "line 1, column 3", "not-json"),
        (b'[\n"\xff"]', "line 2, column 2", "not-utf-8"),
        (b'["a", "\\ud800"]', "line 1, column 8", "half-character"),
        (b'{"\\udfff": 0.5}', "line 1, column 3", "half-character"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_with_its_place(data, where, code):
    assert refusal(data) == (where, code)


def test_size_and_depth_are_limited():
    assert refusal(b" " * 11, most_bytes=10) == ("", "document-too-large")
    assert read_json(b"[" * 32 + b"]" * 32)
    assert refusal(b"[" * 33 + b"]" * 33) == ("line 1, column 33", "nested-too-deeply")
    assert refusal(b'{"a":' * 200_000) == ("line 1, column 161", "nested-too-deeply")
    assert read_json(b"[" + b"[]," * 100 + b'"[[["]', most_depth=2)
    assert refusal(b'["' + b"\\" * 99_999)[1] == "not-json"


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**50), 10**50) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(_VALUES, st.booleans())
def test_what_was_written_is_read_again(value, escape):
    assert read_json(json.dumps(value, ensure_ascii=escape).encode()) == value


@given(st.binary(max_size=60) | st.text('[]{}":,\\u0aNIinf1.eE-" \n', max_size=60).map(str.encode))
def test_nothing_makes_reading_fail_otherwise(data):
    try:
        read_json(data)
    except DocumentProblems as refused:
        assert refused.problems  # noqa: PT017
