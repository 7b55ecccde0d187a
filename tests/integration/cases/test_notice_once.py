"""One instruction, one notice: whoever lost the lease stores nothing, and the winner's file stays readable."""

from __future__ import annotations

from uuid import uuid5

import pytest
from django.conf import settings
from django.db import OperationalError

from backend.cases.documents import compose
from backend.cases.models import Notice
from backend.cases.operations import notices
from backend.cases.operations.mailbox import fetch_notice
from backend.cases.operations.notices import read_order, store_notice
from backend.demo.applications import DECISION
from backend.files.operations import write_content
from backend.outbox.operations import LeaseLost, take
from backend.tenancy import acting_for
from signing.seal import Seal
from tests.integration.database import ops
from tests.integration.door import at_once
from tests.integration.lost_answers import answer_lost_after
from workflows.effects import carry_out


class Worker:
    """Takes the notice's instruction and composes the document; stores it when told to."""

    def __init__(self, town, command_id):
        self.town = town
        with acting_for(authority_id=town.id):
            self.taken = take(command_id=command_id)
        environment = settings.ENVIRONMENT
        seal = Seal.load(
            key_pem=environment.seal_key_file.read_bytes(),
            certificate_pem=environment.seal_certificate_file.read_bytes(),
        )
        self.order = read_order(taken=self.taken, now=town.now)
        self.pdf = compose(order=self.order, seal=seal, now=town.now)

    def store(self):
        store_notice(taken=self.taken, order=self.order, pdf=self.pdf, now=self.town.now)


@pytest.fixture
def ordered(published):
    """A decided case whose notice is to be issued, and the instruction."""
    receipt = published.submit()
    published.work(kinds={"advance"})
    published.do("clara", "pruefung", DECISION)
    published.work(kinds={"advance"})
    (command,) = published.commands(kind="issue-notice")
    return published, receipt.case_id, command.id


def stored_files(town):
    return [path for path in (settings.ENVIRONMENT.files_folder / str(town.id)).rglob("*") if path.is_file()]


def lease_runs_out(command_id):
    ops(
        "update command set status = 'waiting', lease_until = null where id = %s and status = 'running'",
        command_id,
    )


def the_notice(town, case_id):
    with acting_for(authority_id=town.id):
        notice = Notice.objects.get(case_id=case_id)
    return fetch_notice(authority_id=town.id, citizen=town.citizen(), notice_id=notice.id, now=town.now)[1]


def test_the_slow_worker_comes_first_and_leaves_nothing(ordered):
    town, case_id, command_id = ordered
    slow = Worker(town, command_id)
    lease_runs_out(command_id)
    fast = Worker(town, command_id)
    with pytest.raises(LeaseLost):
        slow.store()
    assert stored_files(town) == []
    fast.store()
    assert the_notice(town, case_id) == fast.pdf
    assert len(stored_files(town)) == 1


def test_the_slow_worker_comes_last_and_does_not_touch_what_is_stored(ordered, rows):
    town, case_id, command_id = ordered
    slow = Worker(town, command_id)
    lease_runs_out(command_id)
    fast = Worker(town, command_id)
    fast.store()
    before = rows()
    with pytest.raises(LeaseLost):
        slow.store()
    assert rows() == before
    assert the_notice(town, case_id) == fast.pdf
    assert len(stored_files(town)) == 1


def test_a_notice_whose_commit_was_not_answered_keeps_its_file(ordered, monkeypatch):
    town, case_id, command_id = ordered
    worker = Worker(town, command_id)
    answer_lost_after(monkeypatch, notices, "enqueue_mail")
    with pytest.raises(OperationalError):
        worker.store()
    assert the_notice(town, case_id) == worker.pdf


def test_what_a_killed_worker_left_on_the_disk_is_cleared_away(ordered):
    town, case_id, command_id = ordered
    killed = Worker(town, command_id)
    file_id = uuid5(command_id, str(killed.taken.fence))
    write_content(authority_id=town.id, file_id=file_id, content=killed.pdf, key=killed.order.key)
    lease_runs_out(command_id)
    Worker(town, command_id).store()
    assert len(stored_files(town)) == 1
    assert the_notice(town, case_id).startswith(b"%PDF-")


def test_workers_that_take_the_same_instruction_at_the_same_moment(ordered):
    town, case_id, command_id = ordered
    results = at_once(*[lambda: carry_out(authority_id=town.id, command_id=command_id, now=town.now)] * 3)
    assert sorted(results) == [False, False, True]
    town.work(kinds={"advance"})
    assert town.events(case_id).count("command_done") == 1
    assert len(town.commands(kind="send-mail")) == 2, "one mail each for the receipt and the notice"
    assert the_notice(town, case_id).startswith(b"%PDF-")
