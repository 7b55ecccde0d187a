"""Several people sign one application: each with her own sign-in, until a last day, and exactly once."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.cases.sweeps import silent_cases, wake_silent_cases
from backend.demo.applications import DECISION, PLAIN
from backend.embedded.mails import plan_failure
from tests.integration.cases.signers import (
    act,
    applied,
    mail_count,
    offer,
    order,
    package,
    person,
    read,
    secrets_from,
    signatures,
    somebody,
    waiting,
)
from tests.integration.database import due_now, ops
from tests.integration.door import at_once, problem, same_answer
from tests.integration.town import TestTown

ROOT = Path(__file__).resolve().parents[3]
CLOSING = package(when_missing="close")
PROCEEDING = package(when_missing="proceed", least=1)
MAIL = {"invite-co-signer", "remind-co-signer", "end-co-signing", "advance"}


@pytest.fixture
def closing(published):
    offer(published, CLOSING)
    return published


@pytest.fixture
def proceeding(published):
    offer(published, PROCEEDING)
    return published


@pytest.fixture
def who(town):
    """`who("max")`: somebody with an account of that name. Her clock is the real one, and so is the town's."""
    town.now = datetime.now(UTC)
    return lambda name, **more: somebody(town.authority.host, name, **more)


def invited(town, folder, erika, count=2, **more):
    """An application with that many co-signers: the case's id and the secret of each."""
    people = [person(f"Person {chr(65 + i)}") for i in range(count)]
    case_id = applied(erika, *people, **more)
    town.work(kinds={"invite-co-signer"})
    return case_id, [secrets_from(folder, one)[0] for one in people]


def overdue(town, case_id):
    """The last day passes."""
    (row, *_) = signatures(town, case_id)
    town.now = row.due_at + timedelta(minutes=1)
    due_now(*waiting(town, case_id, "end-co-signing"))
    town.work(kinds=MAIL)


def test_the_case_waits_until_everybody_has_signed(closing, who, mail_sink):
    erika = who("erika")
    case_id, (one, two) = invited(closing, mail_sink, erika)
    closing.work(kinds=MAIL)
    shown = erika.get(f"/api/v1/applications/{case_id}").json()
    assert shown["status"] == "waiting_for_signatures"
    assert [each["status"] for each in shown["co_signers"]] == ["invited", "invited"]
    assert closing.tasks(case_id=case_id) == []
    seen_by_max = read(who("max"), one)
    assert seen_by_max.status_code == 200
    assert seen_by_max.json()["answers"] == PLAIN
    assert "no-store" in seen_by_max["Cache-Control"]
    assert act(who("max"), one, "sign").json()["status"] == "signed"
    closing.work(kinds=MAIL)
    assert closing.case(case_id).status == "waiting_for_signatures"
    assert act(who("moritz", level="substantial"), two, "sign").status_code == 200
    closing.work(kinds=MAIL)
    assert closing.case(case_id).status == "in_progress"
    shown = erika.get(f"/api/v1/applications/{case_id}").json()
    assert [entry["kind"] for entry in shown["timeline"]][:6] == [
        "submitted",
        "co_signature_invited",
        "co_signature_invited",
        "co_signature_signed",
        "co_signature_signed",
        "signatures_complete",
    ]
    assert [each["trust_level"] for each in shown["co_signers"]] == ["low", "substantial"]


def test_the_clerk_sees_who_signed_and_how_sure(closing, who, clerk, mail_sink):
    case_id, (one,) = invited(closing, mail_sink, who("erika"), count=1)
    act(who("max"), one, "sign")
    closing.work(kinds=MAIL)
    (signer,) = clerk("clara").get(f"/api/v1/cases/{case_id}").json()["co_signers"]
    assert (signer["name"], signer["status"], signer["trust_level"]) == ("Person A", "signed", "low")
    closing.do("clara", "pruefung", DECISION)
    closing.work(kinds={"advance", "issue-notice"})
    assert closing.case(case_id).outcome == "granted"


def test_without_co_signers_nothing_waits(closing, who):
    case_id = applied(who("erika"))
    closing.work(kinds={"advance"})
    assert closing.case(case_id).status == "in_progress"


def test_signing_again_changes_nothing(closing, who, mail_sink, rows):
    _, (one, _) = invited(closing, mail_sink, who("erika"))
    first = act(who("max"), one, "sign")
    before = rows()
    again = act(who("max"), one, "sign")
    assert (again.status_code, again.json()) == (200, first.json())
    assert rows() == before
    problem(act(who("max"), one, "decline"), 409, "signing-over")


def test_each_person_signs_once(closing, who, mail_sink):
    case_id, (one, two) = invited(closing, mail_sink, who("erika"))
    problem(act(who("erika"), one, "sign"), 409, "one-signature-each")
    act(who("max"), one, "sign")
    problem(act(who("max"), two, "sign"), 409, "one-signature-each")
    problem(act(who("max"), two, "decline"), 409, "one-signature-each")
    assert [row.status for row in signatures(closing, case_id)] == ["signed", "invited"]


def test_two_at_once_start_the_process_exactly_once(closing, who, mail_sink):
    case_id, (one, two) = invited(closing, mail_sink, who("erika"))
    answers = at_once(lambda: act(who("max"), one, "sign"), lambda: act(who("moritz"), two, "sign"))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(closing.commands(case_id=case_id, kind="advance")) == 1
    assert closing.events(case_id).count("signatures_complete") == 1


def test_one_person_at_once_with_both_invitations(closing, who, mail_sink):
    case_id, (one, two) = invited(closing, mail_sink, who("erika"))
    answers = at_once(lambda: act(who("max"), one, "sign"), lambda: act(who("max"), two, "sign"))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert closing.case(case_id).status == "waiting_for_signatures"


def test_whoever_signed_keeps_it_for_herself(closing, who, mail_sink):
    _, (one, _) = invited(closing, mail_sink, who("erika"))
    act(who("max"), one, "sign")
    assert read(who("max"), one).status_code == 200
    problem(read(who("moritz"), one), 404, "not-found")
    problem(act(who("moritz"), one, "decline"), 404, "not-found")


def test_a_stranger_with_a_guessed_secret(closing, who, mail_sink):
    _, (one, two) = invited(closing, mail_sink, who("erika"))
    nowhere = read(who("max"), ("00000000-0000-7000-8000-000000000000", one[1]))
    problem(nowhere, 404, "not-found")
    for secret in ((one[0], two[1]), (one[0], "guessed"), (one[0], "")):
        assert same_answer(read(who("max"), secret), nowhere)
        problem(act(who("max"), secret, "sign"), 404, "not-found")
    problem(read(somebody(closing.authority.host, "x").with_token(None), one), 401, "not-signed-in")


def test_an_invitation_is_worth_nothing_at_another_authority(closing, who, mail_sink):
    _, (one, _) = invited(closing, mail_sink, who("erika"))
    other = TestTown.found(now=closing.now)
    offer(other, CLOSING)
    problem(read(somebody(other.authority.host, "max"), one), 404, "not-found")
    problem(act(somebody(other.authority.host, "max"), one, "sign"), 404, "not-found")


def test_a_weak_sign_in_is_asked_to_step_up(closing, who, mail_sink):
    _, (one, _) = invited(closing, mail_sink, who("erika"))
    for answer in (read(who("max", level="none"), one), act(who("max", level="none"), one, "sign")):
        assert problem(answer, 401, "level-too-low")["needed"] == "low"
        assert "insufficient_user_authentication" in answer["WWW-Authenticate"]
    problem(read(who("max", level="none"), (one[0], "guessed")), 404, "not-found")


def test_the_case_ends_when_somebody_declines(closing, who, mail_sink):
    erika = who("erika")
    case_id, (one, two) = invited(closing, mail_sink, erika)
    assert act(who("max"), one, "decline").json()["status"] == "declined"
    shown = erika.get(f"/api/v1/applications/{case_id}").json()
    assert (shown["status"], shown["outcome"]) == ("closed", "not_signed")
    (message,) = erika.get(f"/api/v1/applications/{case_id}/messages").json()
    assert "Unterschrift" in message["subject"]["de"]
    assert "neu stellen" in message["text"]["de"]
    problem(read(who("moritz"), two), 409, "signing-over")
    problem(act(who("moritz"), two, "sign"), 409, "signing-over")
    problem(read(who("max"), one), 409, "signing-over")


def test_the_last_day_passes_and_the_case_ends(closing, who, mail_sink):
    case_id, (one, _) = invited(closing, mail_sink, who("erika"))
    act(who("max"), one, "sign")
    overdue(closing, case_id)
    case = closing.case(case_id)
    assert (case.status, case.outcome, case.closed_at) == ("closed", "not_signed", closing.now)
    assert [row.status for row in signatures(closing, case_id)] == ["signed", "expired"]
    closing.work(kinds=MAIL)
    assert closing.tasks(case_id=case_id) == [], "the process never began"


def test_the_last_day_passes_and_the_case_goes_on(proceeding, who, mail_sink):
    case_id, (one, _) = invited(proceeding, mail_sink, who("erika"))
    act(who("max"), one, "sign")
    overdue(proceeding, case_id)
    assert proceeding.case(case_id).status == "in_progress"
    assert "co_signature_expired" in proceeding.events(case_id)


def test_with_too_few_signatures_it_does_not_go_on(proceeding, who, mail_sink):
    case_id, _ = invited(proceeding, mail_sink, who("erika"))
    overdue(proceeding, case_id)
    assert proceeding.case(case_id).outcome == "not_signed"


def test_it_goes_on_as_soon_as_all_have_answered(proceeding, who, clerk, mail_sink):
    case_id, (one, two) = invited(proceeding, mail_sink, who("erika"))
    act(who("max"), one, "decline")
    assert proceeding.case(case_id).status == "waiting_for_signatures"
    act(who("moritz"), two, "sign")
    proceeding.work(kinds=MAIL)
    assert proceeding.case(case_id).status == "in_progress"
    events = clerk("clara").get(f"/api/v1/cases/{case_id}").json()["events"]
    (complete,) = [event for event in events if event["kind"] == "signatures_complete"]
    assert complete["payload"] == {"signed": [two[0]], "not_signed": [one[0]]}


def test_the_period_is_a_legal_one(closing, who, mail_sink):
    case_id, _ = invited(closing, mail_sink, who("erika"))
    (row, _) = signatures(closing, case_id)
    opened = closing.case(case_id).opened_at
    assert row.due_at - opened >= timedelta(days=14)
    assert (row.due_at - timedelta(seconds=1)).astimezone().weekday() < 5


def test_nobody_signs_after_the_last_day_even_before_the_worker_comes(closing, who, mail_sink):
    case_id, (one, _) = invited(closing, mail_sink, who("erika"))
    ops("update co_signature set due_at = now() - interval '1 second' where case_id = %s", case_id)
    problem(act(who("max"), one, "sign"), 409, "signing-over")
    problem(read(who("max"), one), 409, "signing-over")


def test_a_worker_whose_clock_is_behind_comes_once_more(closing, who, mail_sink):
    case_id, _ = invited(closing, mail_sink, who("erika"))
    due_now(*waiting(closing, case_id, "end-co-signing"))
    closing.work(kinds=MAIL)
    assert closing.case(case_id).status == "waiting_for_signatures"
    assert len(waiting(closing, case_id, "end-co-signing")) == 1
    overdue(closing, case_id)
    assert closing.case(case_id).outcome == "not_signed"


def test_one_reminder_for_whoever_has_not_answered(closing, who, mail_sink):
    people = [person("Person A"), person("Person B")]
    case_id = applied(who("erika"), *people)
    closing.work(kinds=MAIL)
    (secret,) = secrets_from(mail_sink, people[0])
    act(who("max"), secret, "sign")
    for _ in range(2):
        due_now(*waiting(closing, case_id, "remind-co-signer"))
        closing.work(kinds=MAIL)
    assert [mail_count(mail_sink, one) for one in people] == [1, 2]
    first, second = secrets_from(mail_sink, people[1])
    assert first == second, "the reminder has the same secret"
    assert [row.reminded_at for row in signatures(closing, case_id)] == [None, closing.now]
    assert closing.events(case_id).count("co_signature_reminded") == 1


def test_the_reminder_comes_at_half_time(closing, who):
    case_id = applied(who("erika"), person())
    (reminder,) = closing.commands(case_id=case_id, kind="remind-co-signer")
    (row,) = signatures(closing, case_id)
    half = closing.case(case_id).opened_at + (row.due_at - closing.case(case_id).opened_at) / 2
    assert abs(reminder.due_at - half) < timedelta(seconds=1)


def test_an_address_that_is_refused_is_told_to_the_applicant(closing, who, mail_sink):
    wrong = person()
    case_id = applied(who("erika"), wrong)
    plan_failure(folder=mail_sink, kind="refuse-next", count=1)
    closing.work(kinds={"invite-co-signer"})
    kinds = [e["kind"] for e in who("erika").get(f"/api/v1/applications/{case_id}").json()["timeline"]]
    assert "co_signature_unreachable" in kinds
    assert closing.commands(case_id=case_id, status="failed") == []


def test_the_sweep_lets_it_wait_and_wakes_it_when_it_is_late(closing, who, mail_sink):
    case_id, _ = invited(closing, mail_sink, who("erika"))
    ops("delete from command where case_id = %s", case_id)
    assert silent_cases(authority_id=closing.id, now=closing.later(days=3)) == []
    (row, _) = signatures(closing, case_id)
    late = row.due_at + timedelta(hours=1)
    assert [str(each) for each in silent_cases(authority_id=closing.id, now=late)] == [case_id]
    wake_silent_cases(now=late)
    closing.now = late
    closing.work(kinds=MAIL)
    assert closing.case(case_id).outcome == "not_signed"


def test_what_waits_for_the_last_day_hides_no_silent_case(closing, who, mail_sink):
    case_id, (one,) = invited(closing, mail_sink, who("erika"), count=1)
    act(who("max"), one, "sign")
    ops("delete from command where case_id = %s and kind in ('advance', 'send-mail')", case_id)
    assert [str(each) for each in silent_cases(authority_id=closing.id, now=closing.later(days=1))] == [
        case_id
    ]


def test_an_advance_that_comes_too_early_does_nothing(closing, who):
    case_id = applied(who("erika"), person())
    order(closing, case_id, "advance")
    assert closing.work(kinds={"advance"}) == ["advance"]
    assert closing.case(case_id).status == "waiting_for_signatures"


def test_the_record_holds_and_names_nobody(closing, who, mail_sink):
    case_id, (one, two) = invited(closing, mail_sink, who("erika"))
    act(who("max"), one, "sign")
    act(who("moritz"), two, "decline")
    closing.work(kinds=MAIL)
    command = [
        sys.executable, "-m", "backend", "verify-audit", "--reference", closing.case(case_id).reference
    ]  # fmt: skip
    environment = {**os.environ, "DATABASE_URL": os.environ["TEST_DATABASE_OPS"]}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "1 records checked, 0 broken.", done.stderr
