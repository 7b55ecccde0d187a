"""The relay: hands due commands to workers and takes back what a crash left behind.

Its own supervised process. PostgreSQL holds the backlog; the broker only ever gets a small window per
queue, so it may lose everything and nothing is lost. The relay sees ids and leases of all authorities and
nothing else (column grants of its database role).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

import psycopg
import structlog
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from backend.jobs import Queue, start_carry_out

log = structlog.get_logger()

CHANNEL = "outbox"
WINDOW = 48
HAND_OVER_SECONDS = 20
POLL_SECONDS = 1.0
BROKER_PAUSE_SECONDS = (0.5, 5.0)

_TAKE_BACK = """
update command set
    interruptions = least(interruptions + case when status = 'running' then 1 else 0 end, 1000),
    due_at = case when status = 'running' then now() + least(attempts - 1, 10) * interval '1 second'
        else due_at end,
    status = 'waiting',
    lease_until = null
where status in ('handed', 'running') and lease_until < now()
"""

_HAND_OUT = """
update command set status = 'handed', lease_until = now() + %(lease)s * interval '1 second'
where id in (
    select id from command where status = 'waiting' and queue = %(queue)s and due_at <= now()
    order by due_at limit greatest(0, %(window)s - (
        select count(*) from command where queue = %(queue)s and status in ('handed', 'running')))
    for update skip locked)
returning id, authority_id
"""

_TAKE_BACK_HANDED = "update command set status = 'waiting', lease_until = null where status = 'handed'"


class Relay:
    """One relay on one connection. `tick` does one round; `run` goes on until told to stop."""

    def __init__(self, *, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.broker_lost = False

    def tick(self) -> int:
        """Take back what expired and hand out what is due; returns how many commands were handed out."""
        if self.broker_lost:
            # The broker may have come back empty: whatever it was given may be gone.
            self.connection.execute(_TAKE_BACK_HANDED)
        self.connection.execute(_TAKE_BACK)
        return sum(self._hand_out(queue) for queue in Queue)

    def _hand_out(self, queue: Queue) -> int:
        rows = self.connection.execute(
            _HAND_OUT, {"queue": queue.value, "window": WINDOW, "lease": HAND_OVER_SECONDS}
        ).fetchall()
        for command_id, authority_id in rows:
            self._publish(command_id, authority_id, queue)
        return len(rows)

    def _publish(self, command_id: UUID, authority_id: UUID, queue: Queue) -> None:
        try:
            start_carry_out(command_id=command_id, authority_id=authority_id, queue=queue)
        except (OperationalError, RedisError, OSError) as error:
            self.broker_lost = True
            raise BrokerLost from error
        self.broker_lost = False

    def run(self, *, stopping: Callable[[], bool], beat: Callable[[], None]) -> None:
        """Go on until `stopping`; `beat` is called once a round, so that a monitor sees a living relay."""
        self.connection.execute(f"listen {CHANNEL}")
        pause = BROKER_PAUSE_SECONDS[0]
        while not stopping():
            beat()
            try:
                handed = self.tick()
            except BrokerLost:
                log.warning("broker_unreachable", retry_in_seconds=pause)
                time.sleep(pause)
                pause = min(BROKER_PAUSE_SECONDS[1], pause * 2)
                continue
            pause = BROKER_PAUSE_SECONDS[0]
            if not handed:
                self._wait()

    def _wait(self) -> None:
        for _ in self.connection.notifies(timeout=POLL_SECONDS, stop_after=1):
            pass


class BrokerLost(Exception):
    """The broker cannot be reached; commands stay in PostgreSQL until it can."""
