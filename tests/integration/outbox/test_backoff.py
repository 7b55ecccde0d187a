"""How long a failed instruction waits: longer each time, never too long, never all at once."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.outbox.operations import BUDGET, BUDGET_OUTSIDE, FIRST_WAIT, LONGEST_WAIT, backoff, jitter

ATTEMPTS, PARTS = st.integers(0, 1000), st.floats(0, 1)


@given(ATTEMPTS, PARTS)
def test_the_wait_has_limits(attempts, part):
    assert (
        timedelta(seconds=FIRST_WAIT / 10)
        <= backoff(attempts=attempts, random_part=part)
        <= timedelta(seconds=LONGEST_WAIT)
    )


@given(ATTEMPTS, PARTS)
def test_it_never_gets_shorter(attempts, part):
    assert backoff(attempts=attempts, random_part=part) <= backoff(attempts=attempts + 1, random_part=part)


@given(ATTEMPTS)
def test_chance_spreads_it_tenfold(attempts):
    shortest, longest = (backoff(attempts=attempts, random_part=part) for part in (0, 1))
    assert abs(longest / shortest - 10) < 0.001


def test_it_doubles_from_two_seconds():
    waits = [backoff(attempts=number, random_part=1).total_seconds() for number in (1, 2, 3, 11, 12, 16)]
    assert waits == [2, 4, 8, 2048, 3600, 3600]


def waited(budget, part):
    return sum((backoff(attempts=number, random_part=part) for number in range(1, budget)), timedelta())


def test_a_fault_of_ours_is_on_the_list_within_minutes():
    assert waited(BUDGET, 1) < timedelta(minutes=5)


def test_the_world_outside_gets_a_night_at_the_least_on_average():
    assert timedelta(hours=12) < waited(BUDGET_OUTSIDE, 0.5) < timedelta(hours=24)


def test_the_random_part_is_one():
    drawn = {jitter() for _ in range(100)}
    assert len(drawn) > 90
    assert all(0 <= part <= 1 for part in drawn)
