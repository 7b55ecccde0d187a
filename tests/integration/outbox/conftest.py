"""The relay serves all authorities at once: its tests begin with nothing of other tests under way."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import celery
import pytest
import redis
from uuid_utils.compat import uuid7

from backend.jobs import Queue
from tests.integration.database import connect, ops


@pytest.fixture
def broker():
    """The broker itself, emptied, to see what arrived: a list for each queue."""
    with redis.Redis(unix_socket_path=urlsplit(os.environ["REDIS_URL"]).path) as client:
        client.flushall()
        yield client


@pytest.fixture
def relay(broker):
    """A relay with its own role's connection."""
    import backend.celery  # noqa: F401, PLC0415 -- needs settings
    from backend.outbox.relay import Relay  # noqa: PLC0415 -- needs settings

    ops("update command set status = 'done' where status <> 'done'")
    with connect("RELAY") as connection:
        yield Relay(connection=connection)


@pytest.fixture
def broker_away():
    """While this is used, nothing listens where the broker should be."""
    from backend.celery import app  # noqa: PLC0415 -- needs settings

    away = celery.Celery("away", broker="redis://127.0.0.1:1/0")
    away.conf.update(
        broker_transport_options=app.conf.broker_transport_options,
        broker_connection_timeout=app.conf.broker_connection_timeout,
    )
    away.set_current()
    yield away
    away.close()
    app.set_current()


@pytest.fixture
def make(town):
    """`make(3, due="1 hour")`: instructions of the town in any state, as a crash may have left them."""

    def make(number=1, *, queue=Queue.ROUTING, due="-1 second", lease=None, **columns):
        made = []
        for _ in range(number):
            values = {
                "id": uuid7(),
                "authority_id": town.id,
                "case_id": uuid7(),
                "kind": "advance",
                "queue": queue.value,
            }
            values |= {"status": "waiting", "attempts": 0, "fence": 0, "reason": "", **columns}
            names = ", ".join(values)
            places = ", ".join(["%s"] * len(values))
            ops(
                f"insert into command ({names}, due_at, lease_until, created_at)"  # noqa: S608
                f" values ({places}, now() + %s::interval, now() + %s::interval, now())",
                *values.values(),
                due,
                lease,
            )
            made.append(values["id"])
        return made

    return make
