"""Whole cases, carried out as workers would: the ways through the town hall and what they leave behind."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.cases.models import Event, Message, Notice, Task
from backend.cases.operations.advance import advance
from backend.cases.operations.attention import nudge
from backend.cases.sweeps import silent_cases, wake_silent_cases
from backend.demo.applications import DECISION, EXEMPTION, OPINION, PREPARED
from backend.files import queries as files
from backend.keys.queries import data_key
from backend.outbox.operations import take
from backend.tenancy import acting_for
from tests.integration.database import due_now, ops
from workflows.effects import carry_out

DOCUMENTS = {"advance", "issue-notice"}
NOT_LIABLE = {"ergebnis": "keine_steuerpflicht", "begruendung": "Der Hund lebt nicht in unserer Stadt."}
REFUSED = {**PREPARED, **DECISION, "ergebnis": "befreiung_ablehnen"}
del REFUSED["befreit_ab"]


@pytest.fixture
def prepared(published):
    """An exemption up to the approval."""
    receipt = published.submit(EXEMPTION)
    published.work(kinds={"advance"})
    published.do("adam", "stellungnahme", OPINION)
    published.work(kinds={"advance"})
    published.do("anna", "vorbereitung", PREPARED)
    published.work(kinds={"advance"})
    return published, receipt


def notices(town, case_id):
    with acting_for(authority_id=town.id):
        return list(Notice.objects.filter(case_id=case_id))


def test_the_plain_way_from_submission_to_notice(published):
    receipt = published.finish_plain()
    assert published.events(receipt.case_id) == [
        "submitted",
        "routed",
        "task_opened",
        "task_claimed",
        "task_completed",
        "routed",
        "command_done",
        "routed",
        "closed",
    ]
    case = published.case(receipt.case_id)
    assert (case.status, case.outcome, case.closed_at) == ("closed", "granted", published.now)
    (notice,) = notices(published, case.id)
    assert notice.letter == "hundesteuerbescheid"
    with acting_for(authority_id=published.id):
        assert Message.objects.get(case=case).notice_id == notice.id
        key = data_key(owner_id=case.id)
        assert files.content(file_id=notice.file_id, key=key).startswith(b"%PDF-")


def test_a_breed_that_the_by_law_lists_takes_the_same_way(published):
    listed = {
        **EXEMPTION,
        "befreiung": {"art": "keine"},
        "hund": {**EXEMPTION["hund"], "rasse": "Staffordshire-Bullterrier"},
    }
    receipt = published.submit(listed)
    published.work(kinds={"advance"})
    assert [task.element for task in published.tasks(case_id=receipt.case_id)] == ["pruefung"]


def test_an_exemption_is_returned_by_the_approver_and_approved_the_second_time(prepared):
    town, receipt = prepared
    town.do("adam", "freigabe", {"ergebnis": "zurueckgeben", "hinweis": "Bitte das Datum prüfen."})
    town.work(kinds=DOCUMENTS)
    assert notices(town, receipt.case_id) == []
    town.do("clara", "vorbereitung", PREPARED)
    town.work(kinds={"advance"})
    town.do("adam", "freigabe", {"ergebnis": "freigeben"})
    town.work(kinds=DOCUMENTS)
    elements = [(task.element, task.status) for task in town.tasks(case_id=receipt.case_id)]
    assert elements == [
        (name, "done") for name in ("stellungnahme", "vorbereitung", "freigabe", "vorbereitung", "freigabe")
    ]
    (notice,) = notices(town, receipt.case_id)
    assert notice.letter == "befreiungsbescheid"
    assert town.case(receipt.case_id).outcome == "granted"


def test_a_refused_exemption_ends_with_its_own_notice(published):
    receipt = published.submit(EXEMPTION)
    published.work(kinds={"advance"})
    published.do("adam", "stellungnahme", OPINION)
    published.work(kinds={"advance"})
    published.do("clara", "vorbereitung", REFUSED)
    published.work(kinds={"advance"})
    published.do("adam", "freigabe", {"ergebnis": "freigeben"})
    published.work(kinds=DOCUMENTS)
    (notice,) = notices(published, receipt.case_id)
    assert notice.letter == "ablehnung-befreiung"
    assert published.case(receipt.case_id).status == "closed"


def test_nobody_liable_gets_no_tax_notice(published):
    receipt = published.submit()
    published.work(kinds={"advance"})
    published.do("clara", "pruefung", NOT_LIABLE)
    published.work(kinds=DOCUMENTS)
    letters = [notice.letter for notice in notices(published, receipt.case_id)]
    assert letters != ["hundesteuerbescheid"]
    assert published.case(receipt.case_id).status == "closed"


def test_carrying_out_a_command_again_changes_nothing(published, rows):
    published.finish_plain()
    before = rows()
    for command in published.commands(status="done"):
        assert not carry_out(authority_id=published.id, command_id=command.id, now=published.now)
    assert rows() == before


def test_advancing_without_news_changes_nothing(published):
    receipt = published.submit()
    published.work(kinds={"advance"})
    events, state = published.events(receipt.case_id), published.case(receipt.case_id).sealed_state
    for _ in range(2):
        nudge(authority_id=published.id, case_id=receipt.case_id)
    assert published.work(kinds={"advance"}) == ["advance", "advance"]
    assert published.events(receipt.case_id) == events
    assert bytes(published.case(receipt.case_id).sealed_state) == bytes(state)


def test_another_authority_cannot_carry_out_a_command(published, now):
    published.submit()
    (command,) = published.commands()
    stranger = type(published).found(now=now)
    assert not carry_out(authority_id=stranger.id, command_id=command.id, now=now)
    assert published.commands()[0].status == "waiting"


def test_two_cases_do_not_share_anything(published):
    first, second = published.submit(), published.submit(EXEMPTION)
    published.work(kinds={"advance"})
    assert {task.element for task in published.tasks(case_id=first.case_id)} == {"pruefung"}
    assert {task.element for task in published.tasks(case_id=second.case_id)} == {"stellungnahme"}


def test_a_deadline_that_passes_is_recorded_and_the_task_stays_open(published):
    receipt = published.submit()
    published.work(kinds={"advance"})
    (task,) = published.tasks(case_id=receipt.case_id)
    (wake,) = published.commands(kind="pass-deadline")
    assert wake.due_at == task.due_at > published.later(days=14)
    due_now(wake.id)
    assert published.work(kinds={"pass-deadline"}) == ["pass-deadline"]
    assert published.events(receipt.case_id)[-1] == "deadline_passed"
    assert published.tasks(case_id=receipt.case_id)[0].status == "open"
    published.do("clara", "pruefung", DECISION)
    published.work(kinds=DOCUMENTS)
    assert published.case(receipt.case_id).status == "closed"


def test_a_deadline_that_was_met_does_nothing(published):
    receipt = published.finish_plain()
    events = published.events(receipt.case_id)
    (wake,) = published.commands(kind="pass-deadline")
    due_now(wake.id)
    assert published.work(kinds={"pass-deadline"}) == ["pass-deadline"]
    assert published.events(receipt.case_id) == events
    assert ops("select status from deadline where case_id = %s", receipt.case_id) == [("met",)]


def test_what_a_restore_or_an_operator_lost_is_woken_by_the_sweep(published):
    receipt = published.submit()
    later = published.now + timedelta(hours=1)
    assert silent_cases(authority_id=published.id, now=later) == [], "an instruction is under way"
    ops("delete from command where authority_id = %s", published.id)
    assert silent_cases(authority_id=published.id, now=published.now) == [], "too early to worry"
    assert silent_cases(authority_id=published.id, now=later) == [receipt.case_id]
    assert wake_silent_cases(now=later) >= 1
    assert published.work(kinds={"advance"}) == ["advance"]
    assert silent_cases(authority_id=published.id, now=later) == [], "a clerk has it"
    assert [task.element for task in published.tasks()] == ["pruefung"]


def test_a_step_is_rolled_back_whole_when_the_lease_was_lost(published, rows):
    receipt = published.submit()
    (command,) = published.commands()
    with acting_for(authority_id=published.id):
        taken = take(command_id=command.id)
    ops("update command set status = 'waiting', lease_until = null where id = %s", command.id)
    with acting_for(authority_id=published.id):
        take(command_id=command.id)
    before = rows()
    with pytest.raises(Exception, match=str(command.id)):
        advance(taken=taken, now=published.now)
    assert rows() == before
    with acting_for(authority_id=published.id):
        assert not Task.objects.exists()
        assert Event.objects.count() == 1
    assert published.case(receipt.case_id).status == "received"
