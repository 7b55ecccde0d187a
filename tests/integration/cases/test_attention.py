"""What fails is tried again later, and what fails for good is on the operator's list with a reason and a retry."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from backend.embedded.mails import plan_failure, read_index
from backend.outbox.operations import BUDGET, BUDGET_OUTSIDE
from tests.integration.database import due_now, ops
from tests.integration.door import problem, same_answer
from workflows.effects import carry_out

ATTENTION = "/api/v1/attention"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def mailing(published, mail_sink):
    """A case whose first mail is to be sent now, and the instruction."""
    receipt = published.submit()
    published.work(kinds={"advance"})
    (command,) = published.commands(kind="send-mail")
    return published, receipt.case_id, command.id


def arrived(mail_sink, command_id):
    return [mail for mail in read_index(mail_sink) if str(command_id) in mail.message_id]


def attempt(town, command_id):
    due_now(command_id)
    carry_out(authority_id=town.id, command_id=command_id, now=town.now)
    (command,) = town.commands(id=command_id)
    return command


def test_a_mail_says_that_something_came_and_never_what(mailing, mail_sink):
    town, case_id, command_id = mailing
    town.work()
    (mail,) = arrived(mail_sink, command_id)
    assert mail.to == ("erika@example.org",)
    assert town.case(case_id).reference in mail.subject
    content = (mail_sink / mail.file).read_text()
    assert "Bella" not in content
    assert "Mustermann" not in content
    assert town.events(case_id)[-1] == "mail_sent"


def test_a_server_that_is_busy_is_asked_again_later(mailing, mail_sink):
    town, case_id, command_id = mailing
    plan_failure(folder=mail_sink, kind="fail-next", count=1)
    failed = attempt(town, command_id)
    ((now,),) = ops("select now()")
    assert (failed.status, failed.attempts) == ("waiting", 1)
    assert failed.reason.startswith("the mail server cannot be reached")
    assert timedelta(0) < failed.due_at - now <= timedelta(seconds=2)
    assert town.work(kinds={"send-mail"}) == [], "not before it is due"
    assert attempt(town, command_id).status == "done"
    assert len(arrived(mail_sink, command_id)) == 1
    assert "attention_needed" not in town.events(case_id)


def test_a_lost_answer_gives_the_same_mail_again_not_another_one(mailing, mail_sink):
    town, case_id, command_id = mailing
    plan_failure(folder=mail_sink, kind="lose-reply-next", count=1)
    assert attempt(town, command_id).status == "waiting"
    assert attempt(town, command_id).status == "done"
    mails = arrived(mail_sink, command_id)
    assert len(mails) == 2
    assert len({mail.message_id for mail in mails}) == 1
    assert town.events(case_id).count("mail_sent") == 1


def test_an_address_that_does_not_exist_is_not_tried_again(mailing, mail_sink):
    town, case_id, command_id = mailing
    plan_failure(folder=mail_sink, kind="refuse-next", count=1)
    failed = attempt(town, command_id)
    assert (failed.status, failed.reason) == ("failed", "the mail server refuses the citizen's address")
    assert town.events(case_id)[-1] == "attention_needed"
    assert arrived(mail_sink, command_id) == []


def test_what_kills_every_worker_ends_on_the_list(mailing, mail_sink):
    town, case_id, command_id = mailing
    ops("update command set interruptions = %s where id = %s", BUDGET, command_id)
    failed = attempt(town, command_id)
    assert (failed.status, failed.reason.split(":")[0]) == ("failed", "interrupted")
    assert arrived(mail_sink, command_id) == [], "it is not tried again by itself"
    assert town.events(case_id)[-1] == "attention_needed"


@pytest.fixture
def exhausted(mailing, mail_sink):
    """The same, after the mail server was away for all attempts."""
    town, case_id, command_id = mailing
    plan_failure(folder=mail_sink, kind="fail-next", count=BUDGET_OUTSIDE)
    for number in range(1, BUDGET_OUTSIDE + 1):
        failed = attempt(town, command_id)
        assert failed.attempts == number
        assert (failed.status == "failed") == (number == BUDGET_OUTSIDE)
    return town, case_id, command_id


def test_after_all_attempts_it_is_listed_with_its_reason(exhausted, clerk):
    town, case_id, command_id = exhausted
    (entry,) = clerk("anna").get(ATTENTION).json()
    assert (entry["id"], entry["case"], entry["kind"]) == (str(command_id), str(case_id), "send-mail")
    assert entry["reference"] == town.case(case_id).reference
    assert (entry["attempts"], entry["reason"][:15]) == (BUDGET_OUTSIDE, "the mail server")
    assert "erika" not in str(entry).lower()
    assert town.events(case_id).count("attention_needed") == 1
    assert not carry_out(authority_id=town.id, command_id=command_id, now=town.now), (
        "nobody tries it by himself"
    )


def test_a_configurator_tries_again_and_it_is_on_the_record(exhausted, clerk, mail_sink):
    town, case_id, command_id = exhausted
    problem(clerk("clara").get(ATTENTION), 403, "forbidden")
    problem(clerk("clara").post(f"{ATTENTION}/{command_id}/retry"), 403, "forbidden")
    anna = clerk("anna")
    assert anna.post(f"{ATTENTION}/{command_id}/retry").status_code == 202
    assert anna.get(ATTENTION).json() == []
    answer = anna.post(f"{ATTENTION}/{command_id}/retry")
    problem(answer, 404, "not-found")
    assert same_answer(answer, anna.post(f"{ATTENTION}/{uuid4()}/retry"))
    assert town.work() == ["send-mail"]
    assert town.events(case_id)[-2:] == ["attention_retried", "mail_sent"]
    assert len(arrived(mail_sink, command_id)) == 1


def test_another_town_neither_sees_nor_retries_it(exhausted, clerk, now):
    town, case_id, command_id = exhausted
    anna = clerk("anna")
    neighbour = type(town).found(now=now)
    there = type(anna)(host=neighbour.authority.host, token=anna.token)
    assert there.get(ATTENTION).json() == []
    problem(there.post(f"{ATTENTION}/{command_id}/retry"), 404, "not-found")
    assert "attention_retried" not in town.events(case_id)


def test_the_operator_at_the_terminal(mailing, mail_sink):
    town, case_id, command_id = mailing
    plan_failure(folder=mail_sink, kind="refuse-next", count=1)
    attempt(town, command_id)

    def run(*arguments):
        command = [
            sys.executable,
            "-m",
            "backend",
            "attention",
            "--authority",
            town.authority.slug,
            *arguments,
        ]
        return subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)

    listed = run()
    assert listed.returncode == 1
    assert str(command_id) in listed.stdout
    assert run("--retry", str(command_id)).returncode == 0
    assert town.commands(id=command_id)[0].status == "waiting"
    assert town.events(case_id)[-1] == "attention_retried"


def test_an_error_nobody_expected_names_the_place_and_quotes_nobody(published):
    receipt = published.submit()
    ops("update application set sealed_answers = 'garbage'::bytea where case_id = %s", receipt.case_id)
    assert published.work(rounds=1) == ["advance"]
    (command,) = published.commands()
    assert (command.status, command.attempts) == ("waiting", 1)
    assert command.reason.startswith("CannotOpen in open, line ")
    assert published.events(receipt.case_id) == ["submitted"]
