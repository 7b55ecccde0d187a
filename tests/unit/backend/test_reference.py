"""The reference number: survives dictation, and a mistyped one is recognised."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from backend.cases.reference import RANDOM_DIGITS, is_reference, new_reference

NUMBERS = st.integers(0, 10**RANDOM_DIGITS - 1)
DAYS = st.dates(date(2020, 1, 1), date(2099, 12, 31))


def test_how_it_looks():
    reference = new_reference(prefix="HUND", today=date(2026, 11, 23), number=738204915)
    assert reference.startswith("HUND-2026-738-204-915-")
    assert len(reference) == len("HUND-2026-738-204-915-4")


@given(number=NUMBERS, today=DAYS)
def test_every_reference_is_right_and_belongs_to_its_year(number, today):
    reference = new_reference(prefix="HUND", today=today, number=number)
    assert is_reference(reference)
    assert reference.split("-")[1] == str(today.year)
    assert "".join(reference.split("-")[2:5]) == f"{number:09d}"


@given(number=NUMBERS, today=DAYS, place=st.integers(0, 13), shift=st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number, today, place, shift):
    digits = "".join(new_reference(prefix="", today=today, number=number).split("-"))
    wrong = digits[:place] + str((int(digits[place]) + shift) % 10) + digits[place + 1 :]
    assert not is_reference(wrong)


@given(number=NUMBERS, today=DAYS)
def test_spaces_and_dashes_do_not_matter(number, today):
    reference = new_reference(prefix="HUND", today=today, number=number)
    assert is_reference(reference.replace("-", " "))
    assert is_reference(reference.replace("-", "").lower())


@given(st.text(max_size=30))
def test_any_text_gets_an_answer(text):
    assert is_reference(text) in (True, False)


def test_references_are_not_counted_upwards():
    drawn = {new_reference(prefix="HUND", today=date(2026, 1, 1)) for _ in range(200)}
    assert len(drawn) == 200
    assert sorted(drawn) != list(drawn)
