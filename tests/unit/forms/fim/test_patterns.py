"""Patterns of FIM: made to fit the whole text, refused beyond linear time, and with a text that fits."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.fim.patterns import text_that_fits, whole_pattern

POSTCODE = "([0]{1}[1-9]{1}|[1-9]{1}[0-9]{1})[0-9]{3}"
MAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{1,63}$"


@pytest.mark.parametrize("pattern", ["(?=a)b", r"(a)\1", "(?<!a)b", "(", "", "a" * 2_000])
def test_what_cannot_run_in_linear_time_is_no_pattern(pattern):
    assert whole_pattern(pattern=pattern) is None


@pytest.mark.parametrize(
    ("pattern", "shortest", "longest"),
    [
        (POSTCODE, 5, 5),
        (MAIL, 6, 254),
        (r"\d{4}-\d\d", 0, None),
        (r"[^abc]+", 3, 9),
        (r"DE\d{20}", 22, 22),
        (r"(?:\+|00)[1-9]\d*", 0, 20),
        ("a|bc|def", 3, 3),
        (r"[\d\-/]{3,}?x?", 4, None),
        ("[]]+", 1, 2),
        (r"\(\w \S.\)", 0, None),
    ],
)
def test_a_text_that_fits_is_found(pattern, shortest, longest):
    whole = whole_pattern(pattern=pattern)
    text = text_that_fits(pattern=whole, shortest=shortest, longest=longest)
    assert re.fullmatch(pattern, text)
    assert shortest <= len(text) <= (longest or 100)


@pytest.mark.parametrize(
    ("pattern", "shortest", "longest"),
    [("abc", 0, 2), ("a{3}", 4, 9), (r"\p{Lu}", 0, None), (r"a\b", 0, None)],
)
def test_no_text_is_invented_where_none_is_found(pattern, shortest, longest):
    assert text_that_fits(pattern=f"^(?:{pattern})$", shortest=shortest, longest=longest) is None


PARTS = st.sampled_from(["a", r"\d", "[x-z]", r"\.", "[^0-9]", r"\w"])
REPEATS = st.sampled_from(["", "?", "*", "+", "{2}", "{1,3}", "{2,}"])
SIMPLE = st.lists(st.tuples(PARTS, REPEATS).map("".join), min_size=1, max_size=5).map("".join)


@given(st.lists(SIMPLE, min_size=1, max_size=3).map("|".join))
def test_every_simple_pattern_gets_a_text_that_fits(pattern):
    text = text_that_fits(pattern=whole_pattern(pattern=pattern))
    assert text is not None
    assert re.fullmatch(pattern, text, re.ASCII)
