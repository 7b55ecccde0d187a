"""Nothing is stuck in silence: what attackers and accidents found, each with its way out."""

from __future__ import annotations

from copy import deepcopy
from uuid import uuid4

import pytest

from backend.cases.operations.attention import put_back
from backend.demo.applications import DECISION, PLAIN
from backend.outbox.operations import BUDGET, LeaseLost, take
from backend.tenancy import acting_for
from tests.integration.database import ops
from workflows.effects import carry_out


def test_a_command_without_its_case_ends_on_the_list(town):
    command_id = uuid4()
    ops(
        "insert into command (id, authority_id, case_id, kind, queue, status, attempts, fence, reason)"
        " values (%s, %s, %s, 'advance', 'routing', 'waiting', 0, 0, '')",
        command_id,
        town.id,
        uuid4(),
    )
    assert carry_out(authority_id=town.id, command_id=command_id, now=town.now)
    (command,) = town.commands(id=command_id)
    assert (command.status, command.reason) == ("failed", "the case or draft does not exist any more")


def test_whoever_lost_the_lease_records_no_failure(town, published):
    receipt = town.submit()
    (command,) = town.commands(case_id=receipt.case_id)
    with acting_for(authority_id=town.id):
        slow = take(command_id=command.id)
    ops("update command set status = 'waiting', lease_until = null where id = %s", command.id)
    town.work(kinds={"advance"})
    with pytest.raises(LeaseLost):
        put_back(taken=slow, reason="late", budget=0, now=town.now)
    assert "attention_needed" not in town.events(receipt.case_id)
    assert town.commands(id=command.id)[0].status == "done"


def test_an_emoji_in_a_dogs_name_does_not_stop_its_notice(town, published):
    answers = deepcopy(PLAIN)
    answers["hund"]["rufname"] = "Bella 😀"
    answers["person"]["strasse"] = "Heidestraße 犬"
    receipt = town.submit(answers)
    town.work(kinds={"advance"})
    town.do("clara", "pruefung", DECISION)
    town.work(kinds={"advance", "issue-notice"})
    assert town.case(receipt.case_id).status == "closed"


def test_an_expired_seal_waits_for_the_new_one(town, published):
    receipt = town.submit()
    town.work(kinds={"advance"})
    town.do("clara", "pruefung", DECISION)
    town.work(kinds={"advance"})
    (command,) = town.commands(kind="issue-notice", case_id=receipt.case_id)
    carry_out(authority_id=town.id, command_id=command.id, now=town.later(days=5000))
    (command,) = town.commands(kind="issue-notice", case_id=receipt.case_id)
    assert (command.status, command.reason[:22]) == ("waiting", "the seal cannot be use")
    assert command.attempts < BUDGET
    ops("update command set due_at = now() where id = %s", command.id)
    town.work(kinds={"advance", "issue-notice"})
    assert town.case(receipt.case_id).status == "closed"
