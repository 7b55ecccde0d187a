from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.deadlines import LAENDER, Duration, Holidays
from workflows.notification import FICTIONS, Channel, Law, notified_by_fiction, notified_by_retrieval

NI = Holidays("NI")


def notified(law: Law, channel: Channel, dispatched: date, land: str = "NI") -> date:
    return notified_by_fiction(law=law, channel=channel, dispatched=dispatched, days_off=Holidays(land)).day


@pytest.mark.parametrize("channel", [Channel.POST, Channel.ELECTRONIC])
@pytest.mark.parametrize("law", [Law.ADMINISTRATIVE, Law.TAX, Law.SOCIAL])
def test_the_day_of_dispatch_decides_between_third_and_fourth_day(law: Law, channel: Channel) -> None:
    # 30 December 2024 + 3 = Thursday; 6 January 2025 + 4 = Friday.
    assert notified(law, channel, date(2024, 12, 30)) == date(2025, 1, 2)
    assert notified(law, channel, date(2025, 1, 6)) == date(2025, 1, 10)


def test_the_fiction_is_shifted_in_tax_law_only() -> None:
    tuesday = date(2025, 6, 3)
    assert notified(Law.ADMINISTRATIVE, Channel.POST, tuesday) == date(2025, 6, 7)
    assert notified(Law.SOCIAL, Channel.POST, tuesday) == date(2025, 6, 7)
    # Saturday → over Whitsun to Tuesday.
    assert notified(Law.TAX, Channel.POST, tuesday) == date(2025, 6, 10)


def test_provision_for_retrieval_and_the_mailbox_of_a_user_account() -> None:
    assert notified(Law.TAX, Channel.RETRIEVAL, date(2024, 12, 30)) == date(2025, 1, 2)
    assert notified(Law.TAX, Channel.RETRIEVAL, date(2025, 1, 6)) == date(2025, 1, 10)
    assert notified(Law.ADMINISTRATIVE, Channel.ACCOUNT, date(2025, 1, 6)) == date(2025, 1, 9)


@pytest.mark.parametrize(
    ("law", "channel", "day"),
    [
        (Law.ADMINISTRATIVE, Channel.RETRIEVAL, date(2025, 1, 6)),
        (Law.ADMINISTRATIVE, Channel.ACCOUNT, date(2024, 7, 23)),
        (Law.SOCIAL, Channel.RETRIEVAL, date(2025, 1, 6)),
    ],
)
def test_where_the_law_knows_no_fiction_none_is_invented(law: Law, channel: Channel, day: date) -> None:
    with pytest.raises(LookupError, match="no fiction"):
        notified(law, channel, day)


def test_laender_with_their_own_text_are_marked_unconfirmed() -> None:
    def rule(land: str) -> bool:
        return notified_by_fiction(
            law=Law.ADMINISTRATIVE, channel=Channel.POST, dispatched=date(2025, 3, 3), days_off=Holidays(land)
        ).fiction.confirmed

    assert {land for land in LAENDER if rule(land)} == {"BE", "BB", "HB", "NI", "NW", "RP", "SN"}


def test_an_own_table_replaces_ours() -> None:
    own = [rule for rule in FICTIONS if rule.after == Duration(days=3)]
    found = notified_by_fiction(
        law=Law.ADMINISTRATIVE, channel=Channel.POST, dispatched=date(2026, 3, 2), days_off=NI, table=own
    )
    assert found.day == date(2026, 3, 5)


def test_retrieval_notifies_the_day_after_within_ten_days() -> None:
    provided = date(2025, 3, 3)
    assert notified_by_retrieval(provided=provided, retrieved=provided) == date(2025, 3, 4)
    assert notified_by_retrieval(provided=provided, retrieved=date(2025, 3, 13)) == date(2025, 3, 14)
    assert notified_by_retrieval(provided=provided, retrieved=date(2025, 3, 14)) is None
    assert notified_by_retrieval(provided=provided, retrieved=date(2025, 3, 2)) is None


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.sampled_from(sorted(LAENDER)))
def test_tax_notices_never_count_on_a_day_off(dispatched: date, land: str) -> None:
    day = notified(Law.TAX, Channel.POST, dispatched, land)
    assert Holidays(land).is_working_day(day=day)
    assert dispatched + timedelta(days=3) <= day
