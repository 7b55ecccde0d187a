"""The relay: what it hands out, what it takes back, and that a lost broker loses nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import redis

from backend.embedded.ports import claim_ports
from backend.embedded.processes import end_child, wait_until
from backend.embedded.valkey import Valkey
from backend.jobs import Queue
from backend.outbox.operations import BUDGET, LeaseLost, finish, take
from backend.outbox.relay import HAND_OVER_SECONDS, WINDOW, BrokerLost
from backend.tenancy import acting_for
from tests.integration.database import all_tables, columns, connect, ops

ROOT = Path(__file__).resolve().parents[3]
SEEN = {"id", "authority_id", "queue", "status", "due_at", "attempts", "lease_until", "interruptions"}
CHANGED = {"status", "due_at", "lease_until", "interruptions"}


def states(town):
    return [row.status for row in town.commands()]


def messages(broker, queue):
    return [json.loads(raw) for raw in broker.lrange(queue.value, 0, -1)]


@pytest.mark.parametrize("queue", list(Queue))
def test_a_due_instruction_arrives_in_its_queue_with_ids_only(relay, broker, make, town, queue):
    (command_id,) = make(queue=queue)
    assert relay.tick() == 1
    (message,) = messages(broker, queue)
    assert message["headers"]["task"] == "workflows.carry_out"
    assert json.loads(message["headers"]["kwargsrepr"].replace("'", '"')) == {
        "command_id": str(command_id),
        "authority_id": str(town.id),
    }
    assert [len(messages(broker, other)) for other in Queue if other is not queue] == [0, 0, 0]
    (command,) = town.commands()
    assert command.status == "handed"
    ((now,),) = ops("select now()")
    assert (
        timedelta(seconds=HAND_OVER_SECONDS - 10)
        < command.lease_until - now
        <= timedelta(seconds=HAND_OVER_SECONDS)
    )


def test_only_what_is_due_and_waiting_is_handed_out(relay, make, town):
    make(due="1 hour")
    make(status="failed")
    make(status="done")
    make(status="running", lease="1 minute")
    make(status="handed", lease="1 minute")
    assert relay.tick() == 0
    assert states(town) == ["waiting", "failed", "done", "running", "handed"]


def test_the_broker_gets_a_window_and_the_oldest_first(relay, broker, make, town):
    late = make(2, due="-1 second")
    early = make(WINDOW, due="-1 minute")
    make(queue=Queue.DOCUMENTS)
    assert relay.tick() == WINDOW + 1, "each queue has a window of its own"
    assert relay.tick() == 0
    handed = {str(row.id) for row in town.commands(status="handed", queue="routing")}
    assert handed == {str(one) for one in early}
    ops("update command set status = 'done' where id = %s", early[0])
    assert relay.tick() == 1
    assert {row.id for row in town.commands(status="waiting")} < set(late)


def test_two_relays_never_hand_out_the_same(relay, broker, make):
    make(20)
    with connect("RELAY") as connection:
        second = type(relay)(connection=connection)
        assert relay.tick() + second.tick() == 20
    assert broker.llen("routing") == 20


def test_what_no_worker_took_is_handed_out_again(relay, broker, make, town):
    make(status="handed", lease="-1 second")
    assert relay.tick() == 1
    assert states(town) == ["handed"]
    assert town.commands()[0].reason == ""


def test_a_worker_that_died_gets_its_work_taken_away(relay, make, town):
    (command_id,) = make()
    with acting_for(authority_id=town.id):
        taken = take(command_id=command_id)
    assert relay.tick() == 0, "the lease still runs"
    ops("update command set lease_until = now() - interval '1 second' where id = %s", command_id)
    relay.tick()
    assert town.commands()[0].interruptions == 1
    with acting_for(authority_id=town.id):
        again = take(command_id=command_id)
    assert (again.attempts, again.fence) == (2, taken.fence + 1)
    with pytest.raises(LeaseLost), acting_for(authority_id=town.id):
        finish(taken=taken)
    with acting_for(authority_id=town.id):
        finish(taken=again)
    assert states(town) == ["done"]


def test_each_interrupted_attempt_waits_longer(relay, make, town):
    make(status="running", attempts=BUDGET, lease="-1 second")
    relay.tick()
    (command,) = town.commands()
    ((now,),) = ops("select now()")
    assert (command.status, command.interruptions) == ("waiting", 1)
    assert command.due_at > now


def test_an_unreachable_broker_keeps_everything_here(relay, broker, broker_away, make, town):
    make(3)
    with pytest.raises(BrokerLost):
        relay.tick()
    assert len(states(town)) == 3
    assert set(states(town)) <= {"waiting", "handed"}
    from backend.celery import app  # noqa: PLC0415 -- the broker comes back

    app.set_current()
    assert relay.tick() == 3
    assert broker.llen("routing") == 3
    assert states(town) == ["handed"] * 3


def test_a_relay_process_waits_for_the_broker_and_ends_when_told(relay, make, town, tmp_path):
    """`python -m backend relay` with the environment it has in production: the relay's role and no other."""
    port = claim_ports(file=tmp_path / "ports.json", wanted={"valkey": None})["valkey"]
    valkey = Valkey(base=tmp_path, port=port)
    valkey.start()
    valkey.stop()
    environment = {
        **os.environ,
        "DATABASE_URL": os.environ["TEST_DATABASE_RELAY"],
        "REDIS_URL": valkey.port_url(),
        "LAUFZETTEL_HEARTBEAT_FILE": str(tmp_path / "heartbeat"),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "backend", "relay"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        assert wait_until((tmp_path / "heartbeat").exists, seconds=30)
        make()
        valkey.start()
        with redis.Redis.from_url(valkey.url()) as client:
            assert wait_until(lambda: client.llen("routing") == 1, seconds=20)
        assert states(town) == ["handed"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        end_child(process, how=signal.SIGKILL, seconds=5)
        valkey.stop()


def test_the_relay_sees_ids_and_leases_and_nothing_else():
    with connect("RELAY") as connection:
        right = b"select has_column_privilege(%s, %s, %s)"
        allowed = {
            (table, column, kind)
            for table in all_tables()
            for column in columns(table)
            for kind in ("SELECT", "UPDATE", "INSERT", "REFERENCES")
            if connection.execute(right, [table, column, kind]).fetchone() == (True,)
        }
    seen = {("command", column, "SELECT") for column in SEEN}
    assert allowed == seen | {("command", column, "UPDATE") for column in CHANGED}


def test_the_relay_may_not_delete_or_empty_anything():
    with connect("RELAY") as connection:
        for table in all_tables():
            for kind in ("DELETE", "TRUNCATE", "TRIGGER"):
                assert connection.execute(
                    b"select has_table_privilege(%s, %s)", [table, kind]
                ).fetchone() == (False,)
        (role,) = connection.execute(
            "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user"
        ).fetchall()
    assert role == (False, False, False, False)
