"""What can happen to a command: enqueued, taken, finished, failed, retried (in the caller's transaction)."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Value
from django.db.models.functions import Now
from uuid_utils.compat import uuid7

from backend.jobs import Queue
from backend.keys.vault import Key
from backend.outbox.models import Command, CommandStatus

# Waits double from 2 s to at most an hour, each with jitter. A fault of ours is on the list within minutes;
# the world outside, such as a mail server that is down for a night, gets about a day.
BUDGET = 8
BUDGET_OUTSIDE = 40
FIRST_WAIT, LONGEST_WAIT = 2.0, 3600.0


class LeaseLost(Exception):
    """Somebody else has the command now, or has finished it; what was done under the lease is rolled back."""


class PermanentFailure(Exception):
    """Trying again cannot help; `reason` goes to the needs-attention list and names no person."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class TryLater(Exception):
    """The world outside is not ready; `reason` says who and names no person."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Taken:
    """A command under a lease. Whoever holds it must finish or fail it before `lease_until`."""

    id: UUID
    authority_id: UUID
    case_id: UUID
    kind: str
    payload: bytes | None
    attempts: int
    interruptions: int
    fence: int

    def read(self, key: Key) -> dict[str, Any]:
        """The instruction's details, decrypted with the key of the case."""
        return {} if self.payload is None else key.open_json(self.payload, context=f"command:{self.id}")


def enqueue(
    *,
    authority_id: UUID,
    case_id: UUID,
    kind: str,
    queue: Queue,
    key: Key | None = None,
    details: dict[str, Any] | None = None,
    due_at: datetime | None = None,
) -> UUID:
    """Write an instruction. It will be carried out at least once after the commit, never without it."""
    command_id = uuid7()
    sealed = key.seal_json(details, context=f"command:{command_id}") if key and details is not None else None
    Command.objects.create(
        id=command_id,
        authority_id=authority_id,
        case_id=case_id,
        kind=kind,
        queue=queue.value,
        payload=sealed,
        due_at=due_at or Now(),
    )
    return command_id


def take(*, command_id: UUID) -> Taken | None:
    """Lease a command that is due, or None: it is done, or in other hands, and there is nothing to do.

    Leases are measured by the database's clock: one clock for all machines.
    """
    row = Command.objects.filter(id=command_id).values("queue").first()
    if row is None:
        return None
    lease = timedelta(seconds=settings.ENVIRONMENT.lease_seconds[row["queue"]])
    taken = Command.objects.filter(
        id=command_id, status__in=[CommandStatus.WAITING, CommandStatus.HANDED], due_at__lte=Now()
    ).update(
        status=CommandStatus.RUNNING,
        attempts=F("attempts") + 1,
        fence=F("fence") + 1,
        lease_until=Now() + Value(lease),
    )
    if not taken:
        return None
    command = Command.objects.get(id=command_id)
    return Taken(
        id=command.id,
        authority_id=command.authority_id,
        case_id=command.case_id,
        kind=command.kind,
        payload=bytes(command.payload) if command.payload is not None else None,
        attempts=command.attempts,
        interruptions=command.interruptions,
        fence=command.fence,
    )


def finish(*, taken: Taken) -> None:
    """Mark a command as done, in the same transaction as its result.

    Raises `LeaseLost` when the lease went to somebody else: the caller's transaction must roll back.
    """
    done = Command.objects.filter(id=taken.id, status=CommandStatus.RUNNING, fence=taken.fence).update(
        status=CommandStatus.DONE, lease_until=None, payload=None, reason="", done_at=Now()
    )
    if done != 1:
        raise LeaseLost(str(taken.id))


def fail(*, taken: Taken, reason: str, budget: int, random_part: float) -> CommandStatus:
    """Put a command back for later, or on the needs-attention list when `budget` attempts are used up.

    `reason` names no person; `random_part` (0 to 1) spreads the retries of many commands over time. Raises
    `LeaseLost`: then somebody else has the command, and nothing may be recorded.
    """
    final = taken.attempts >= budget
    status = CommandStatus.FAILED if final else CommandStatus.WAITING
    changed = Command.objects.filter(id=taken.id, status=CommandStatus.RUNNING, fence=taken.fence).update(
        status=status,
        reason=reason[:200],
        lease_until=None,
        due_at=Now() + Value(backoff(attempts=taken.attempts, random_part=random_part)),
    )
    if changed != 1:
        raise LeaseLost(str(taken.id))
    return status


def renew(*, taken: Taken, lease: timedelta) -> None:
    """Hold a command for `lease` from now on, or learn that it is in other hands. Raises `LeaseLost`."""
    held = Command.objects.filter(id=taken.id, status=CommandStatus.RUNNING, fence=taken.fence).update(
        lease_until=Now() + Value(lease)
    )
    if held != 1:
        raise LeaseLost(str(taken.id))


def hasten(*, kind: str, reason: str) -> int:
    """What these commands waited for is back: due now, with a fresh budget; returns how many."""
    return Command.objects.filter(
        kind=kind, reason=reason, status__in=[CommandStatus.WAITING, CommandStatus.FAILED]
    ).update(status=CommandStatus.WAITING, attempts=0, interruptions=0, reason="", due_at=Now())


def retry(*, command_id: UUID) -> Command | None:
    """Give a command of the needs-attention list a fresh budget; None when it is not on the list."""
    renewed = Command.objects.filter(id=command_id, status=CommandStatus.FAILED).update(
        status=CommandStatus.WAITING, attempts=0, interruptions=0, due_at=Now()
    )
    return Command.objects.get(id=command_id) if renewed else None


def backoff(*, attempts: int, random_part: float) -> timedelta:
    """The wait before the next attempt: doubling, limited, with full jitter."""
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** max(0, attempts - 1))
    return timedelta(seconds=longest * (0.1 + 0.9 * random_part))


def jitter() -> float:
    """A random part for `fail`."""
    return random.random()  # noqa: S311 -- spreads load, protects nothing
