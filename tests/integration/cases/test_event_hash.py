"""The hash of an event covers everything it says; no two different events share one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from backend.cases.chain import event_hash

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
EVENTS = st.fixed_dictionaries(
    {
        "previous": st.just(b"") | st.binary(min_size=32, max_size=32),
        "case_id": st.uuids(),
        "seq": st.integers(1, 10**6),
        "kind": st.text("ab1", max_size=4),
        "actor": st.text("ab1", max_size=4),
        "at": st.integers(0, 10**15).map(lambda moment: EPOCH + timedelta(microseconds=moment)),
        "sealed_payload": st.binary(max_size=8),
    }
)
EXAMPLE = {
    "previous": b"",
    "case_id": UUID(int=1),
    "seq": 1,
    "kind": "submitted",
    "actor": "citizen",
    "at": datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    "sealed_payload": b"sealed",
}


@given(EVENTS, EVENTS)
def test_equal_hashes_mean_equal_events(one, other):
    assert (event_hash(**one) == event_hash(**other)) == (one == other)


@given(st.text("ab", max_size=6), st.integers(0, 6), st.integers(0, 6))
def test_a_letter_cannot_move_from_one_part_to_the_next(text, first, second):
    def split(at):
        return event_hash(**{**EXAMPLE, "kind": text[:at], "actor": text[at:]})

    assert (split(first) == split(second)) == (text[:first] == text[:second])


def test_the_time_zone_in_which_a_time_is_written_does_not_matter():
    berlin = EXAMPLE["at"].astimezone(timezone(timedelta(hours=1)))
    assert event_hash(**{**EXAMPLE, "at": berlin}) == event_hash(**EXAMPLE)


def test_the_way_of_hashing_is_never_changed_by_accident():
    """Old records must be provable for ever: a change here needs a version in the record."""
    assert event_hash(**EXAMPLE).hex() == "e753a56ea44c92e52d178c03fe716f15fb26705134a6badb8d464769669e3d31"
