"""Processes are killed at moments seen in the database; the case finishes, everything exactly once."""

from __future__ import annotations

from contextlib import suppress

import psycopg
import pytest

from tests.chaos.checker import mails
from tests.journeys.people import until

pytestmark = pytest.mark.timeout(180)


def test_a_worker_child_while_it_routes(town, ends_well):
    with town.nobody_writes("task"):
        receipt = town.apply()
        town.wait_for_command(receipt, "advance")
        assert town.sabotage.kill_children("worker") > 0
    ends_well(receipt, decided=False)


def test_a_worker_child_between_the_file_and_the_record_of_a_notice(town, ends_well):
    """The first attempt's file must not stay behind."""
    receipt = town.apply()
    town.people.find_task("s.berger", receipt.case, "pruefung")
    files = town.layout.base / "files"
    before = set(files.rglob("*"))
    with town.nobody_writes("notice"):
        town.decide(receipt)
        until(lambda: [path for path in set(files.rglob("*")) - before if path.is_file()], "the first file")
        town.wait_for_command(receipt, "issue-notice")
        assert town.sabotage.kill_children("worker") > 0
    ends_well(receipt)


def test_a_worker_child_between_sending_a_mail_and_its_record(town, ends_well):
    """The mail goes out again, as the same one: one Message-ID."""

    def sent():
        return [mail for mail in mails(town.layout.mail_folder) if receipt.reference in mail["subject"]]

    with town.auditor(autocommit=False) as auditor:
        with town.sabotage.frozen("mail"):
            receipt = town.apply()
            town.people.find_task("s.berger", receipt.case, "pruefung")
            town.wait_for_command(receipt, "send-mail")
            auditor.execute("select 1 from case_file where id = %s for update", (receipt.case,))
        until(sent, "the mail of the first attempt")
        town.wait_for_command(receipt, "send-mail")
        assert town.sabotage.kill_children("outbound") > 0
    ends_well(receipt, decided=False)
    assert len([mail for mail in sent() if "angekommen" in mail["subject"]]) == 2, "the kill came too late"


def test_the_whole_worker_while_it_routes(town, ends_well):
    with town.nobody_writes("task"):
        receipt = town.apply()
        town.wait_for_command(receipt, "advance")
        assert town.sabotage.kill("worker")
    ends_well(receipt, decided=False)


def test_the_relay_before_it_hands_out(town, ends_well):
    with town.sabotage.frozen("relay"):
        receipt = town.apply()
        town.wait_for_command(receipt, "advance", status="waiting")
        assert town.sabotage.kill("relay")
    ends_well(receipt, decided=False)


def test_the_broker_while_a_task_runs(town, ends_well):
    with town.nobody_writes("task"):
        receipt = town.apply()
        town.wait_for_command(receipt, "advance")
        town.restart_broker(emptied=False)
    ends_well(receipt, decided=False)


def test_the_broker_while_a_task_runs_and_its_data_too(town, ends_well):
    with town.nobody_writes("task"):
        receipt = town.apply()
        town.wait_for_command(receipt, "advance")
        town.restart_broker(emptied=True)
    ends_well(receipt, decided=False)


def test_the_database_while_a_task_runs(town, ends_well):
    with suppress(psycopg.OperationalError), town.nobody_writes("task"):
        receipt = town.apply()
        town.wait_for_command(receipt, "advance")
        assert town.sabotage.kill_all("postgres")
    until(lambda: town.people.citizen().try_call("GET", "/health/ready").is_success, "a ready web")
    ends_well(receipt, decided=False)


def test_the_web_right_after_its_answer(town, ends_well):
    receipt = town.apply()  # asserts 201
    killed = town.sabotage.pid("web")
    assert town.sabotage.kill_all("web")
    until(lambda: town.sabotage.pid("web") not in (None, killed), "a new web")
    assert town.running.processes.wait_healthy(seconds=60)
    ends_well(receipt, decided=False)
