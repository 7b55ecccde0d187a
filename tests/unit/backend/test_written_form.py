"""Which sign-in replaces written form: what the statutes name, from the day on which they do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.identity.written_form import UnknownLaw, replaces_written_form, written_form_table
from signing.levels import TrustLevel

LAW = "vwvfg-3a"
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
LEVELS = st.sampled_from(list(TrustLevel))
MEANS = st.sampled_from(
    ["eID", "eIDAS", "Smart-eID", "Elster", "Benutzername", "FINK", "Diia", "", "unbekannt"]
)
OF_BUNDID = ("eIDAS", "Smart-eID", "Elster", "Benutzername", "FINK", "Diia", "")


def ask(proved_by="eID", level=TrustLevel.HIGH, on=date(2026, 11, 22), law=LAW):
    return replaces_written_form(proved_by=proved_by, level=level, law=law, on=on)


def test_the_online_id_card_replaces_it():
    assert ask().replaces
    assert ask().basis == "§ 3a Abs. 3 Nr. 1 VwVfG"
    assert ask(proved_by=" EID ").replaces


@pytest.mark.parametrize(("day", "replaces"), [(date(2023, 12, 31), False), (date(2024, 1, 1), True)])
def test_a_rule_holds_from_its_day_on(day, replaces):
    assert ask(on=day).replaces is replaces


@pytest.mark.parametrize("means", OF_BUNDID)
def test_a_high_level_by_other_means_does_not(means):
    answer = ask(proved_by=means)
    assert not answer.replaces
    assert answer.means == ("eid",)


def test_before_there_was_a_rule():
    answer = ask(on=date(2023, 12, 31))
    assert (answer.replaces, answer.means, answer.basis) == (False, (), "§ 3a VwVfG")


def test_a_law_that_the_table_does_not_know():
    with pytest.raises(UnknownLaw, match="ao-87a"):
        ask(law="ao-87a")


@given(MEANS, LEVELS, DAYS)
def test_a_stronger_sign_in_never_replaces_less(means, level, day):
    stronger = [one for one in TrustLevel if one >= level]
    if ask(means, level, day).replaces:
        assert all(ask(means, one, day).replaces for one in stronger)


@given(MEANS, LEVELS, DAYS)
def test_every_answer_names_its_basis_and_only_listed_means_replace(means, level, day):
    answer = ask(means, level, day)
    assert answer.basis.startswith("§")
    assert not answer.replaces or means.lower() in answer.means


@given(MEANS, LEVELS, DAYS)
def test_the_answer_changes_only_on_days_that_the_table_names(means, level, day):
    starts = {row.since for row in written_form_table().rows}
    if day not in starts:
        assert ask(means, level, day) == ask(means, level, day - timedelta(days=1))


def test_the_table_is_sound():
    table = written_form_table()
    assert {row.law for row in table.rows} <= table.laws.keys()
    once = [(row.law, means, row.since) for row in table.rows for means in row.means]
    assert len(once) == len(set(once))
    assert all(means == means.strip().lower() for _, means, _ in once)
