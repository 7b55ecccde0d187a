"""An instruction's life: written with its reason or not at all, taken by one, finished once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from backend.jobs import Queue
from backend.outbox.operations import LeaseLost, enqueue, fail, finish, retry, take
from backend.outbox.queries import needs_attention
from backend.tenancy import acting_for
from tests.integration.database import connect, ops
from tests.integration.door import at_once


@pytest.fixture
def command(town):
    with acting_for(authority_id=town.id):
        return enqueue(authority_id=town.id, case_id=uuid4(), kind="advance", queue=Queue.ROUTING)


def taken_in(town, command_id):
    with acting_for(authority_id=town.id):
        return take(command_id=command_id)


def test_an_instruction_without_its_reason_is_never_written(town):
    with pytest.raises(ZeroDivisionError), acting_for(authority_id=town.id):  # noqa: PT012 -- both belong to one transaction
        enqueue(authority_id=town.id, case_id=uuid4(), kind="advance", queue=Queue.ROUTING)
        _ = 1 / 0
    assert town.commands() == []


def test_the_commit_wakes_the_relay(town):
    with connect("RELAY") as connection:
        connection.execute("listen outbox")
        with acting_for(authority_id=town.id):
            enqueue(authority_id=town.id, case_id=uuid4(), kind="advance", queue=Queue.ROUTING)
            assert list(connection.notifies(timeout=0.1)) == []
        woken = list(connection.notifies(timeout=5, stop_after=1))
    assert [(one.channel, one.payload) for one in woken] == [("outbox", "")]


def test_of_many_takers_one_gets_it(town, command):
    found = at_once(*[lambda: taken_in(town, command)] * 4)
    assert len([one for one in found if one is not None]) == 1


@pytest.mark.parametrize("status", ["running", "done", "failed"])
def test_what_is_not_waiting_cannot_be_taken(town, command, status):
    ops("update command set status = %s where id = %s", status, command)
    assert taken_in(town, command) is None


def test_what_is_not_due_cannot_be_taken_even_if_it_was_handed_out(town, command):
    ops("update command set status = 'handed', due_at = now() + interval '1 hour' where id = %s", command)
    assert taken_in(town, command) is None


def test_the_lease_is_as_long_as_the_queue_says(town):
    for queue, seconds in (
        (Queue.ROUTING, 15),
        (Queue.DOCUMENTS, 30),
        (Queue.OUTBOUND, 60),
        (Queue.HOUSEKEEPING, 300),
    ):
        with acting_for(authority_id=town.id):
            command_id = enqueue(authority_id=town.id, case_id=uuid4(), kind="advance", queue=queue)
        taken_in(town, command_id)
        ((left,),) = ops("select lease_until - now() from command where id = %s", command_id)
        assert timedelta(seconds=seconds - 10) < left <= timedelta(seconds=seconds)


def test_a_finished_instruction_forgets_its_details(town, command):
    ops("update command set payload = 'sealed'::bytea, reason = 'earlier' where id = %s", command)
    taken = taken_in(town, command)
    with acting_for(authority_id=town.id):
        finish(taken=taken)
    (row,) = town.commands()
    assert (row.status, row.payload, row.reason, row.lease_until) == ("done", None, "", None)
    assert row.done_at is not None
    with pytest.raises(LeaseLost), acting_for(authority_id=town.id):
        finish(taken=taken)


def test_who_lost_the_lease_cannot_put_it_back_either(town, command):
    first = taken_in(town, command)
    ops("update command set status = 'waiting' where id = %s", command)
    taken_in(town, command)
    with pytest.raises(LeaseLost), acting_for(authority_id=town.id):
        fail(taken=first, reason="late", budget=0, random_part=0.5)
    (row,) = town.commands()
    assert (row.status, row.reason, row.attempts) == ("running", "", 2)


def test_a_retry_gives_a_fresh_budget_to_what_failed_and_to_nothing_else(town, command):
    with acting_for(authority_id=town.id):
        assert retry(command_id=command) is None
        assert retry(command_id=uuid4()) is None
    taken = taken_in(town, command)
    with acting_for(authority_id=town.id):
        fail(taken=taken, reason="x" * 500, budget=0, random_part=0.0)
        (listed,) = needs_attention()
        assert (listed.id, len(listed.reason)) == (command, 200)
        renewed = retry(command_id=command)
        assert renewed is not None
        assert (renewed.status, renewed.attempts) == ("waiting", 0)
        assert list(needs_attention()) == []
    assert taken_in(town, command) is not None


def test_the_relay_cannot_read_what_an_instruction_says(town, command):
    with connect("RELAY") as connection:
        for statement in (
            "select payload from command",
            "select case_id, kind from command",
            "select * from event",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
        assert connection.execute("select id from command where id = %s", [command]).fetchall() == [
            (command,)
        ]
