"""Housekeeping over all authorities: silent cases, files, waiting scans (leases: `outbox.relay`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from backend.authorities.models import Authority
from backend.cases.models import Case, CaseStatus, CoSignature, SignatureStatus, Task, TaskStatus
from backend.cases.operations.attention import nudge
from backend.cases.operations.guests import expire_guests
from backend.cases.operations.inviting import END, REMIND
from backend.files.scanner import ping
from backend.files.sweeps import clear_orphans
from backend.files.uploads import INSPECT, SCANNER_AWAY, expire
from backend.outbox.models import Command, CommandStatus
from backend.outbox.operations import hasten
from backend.outbox.queries import is_waiting
from backend.tenancy import acting_for

log = structlog.get_logger()

PATIENCE = timedelta(minutes=2)


def wake_silent_cases(*, now: datetime) -> int:
    """Wake each open case for which nobody has a task and no instruction is under way; returns how many."""
    woken = 0
    for authority_id in Authority.objects.values_list("id", flat=True):
        for case_id in silent_cases(authority_id=authority_id, now=now):
            nudge(authority_id=authority_id, case_id=case_id)
            woken += 1
    return woken


def clear_files(*, now: datetime) -> int:
    """Remove what crashed writers left in the storage; returns how many files."""
    return _in_each("clear_files", lambda authority_id: clear_orphans(authority_id=authority_id, now=now))


def expire_uploads(*, now: datetime) -> int:
    """Remove uploads that nobody went on with for a day; returns how many."""

    def clear(authority_id: UUID) -> int:
        with acting_for(authority_id=authority_id):
            return expire(authority_id=authority_id, now=now)

    return _in_each("expire_uploads", clear)


def hasten_scans() -> int:
    """Once the virus scanner is back: what waits for it is due now; returns how many files."""
    return _in_each("hasten_scans", _hasten)


def _hasten(authority_id: UUID) -> int:
    with acting_for(authority_id=authority_id):
        waiting = is_waiting(kind=INSPECT, reason=SCANNER_AWAY)
    if not waiting or ping(address=settings.ENVIRONMENT.clamd) is not None:
        return 0
    with acting_for(authority_id=authority_id):
        return hasten(kind=INSPECT, reason=SCANNER_AWAY)


def _in_each(sweep: str, work: Callable[[UUID], int]) -> int:
    """Do it for every authority; one for which it fails holds up no other."""
    done = 0
    for authority_id in Authority.objects.values_list("id", flat=True):
        try:
            done += work(authority_id)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next sweep tries again
            log.warning("sweep_failed", sweep=sweep, authority=str(authority_id), error=type(error).__name__)
    return done


def clear_guests(*, now: datetime) -> int:
    """Delete guests whose time is over and who have nothing here; returns how many."""
    return sum(
        expire_guests(authority_id=authority_id, now=now)
        for authority_id in Authority.objects.values_list("id", flat=True)
    )


def silent_cases(*, authority_id: UUID, now: datetime) -> list[UUID]:
    """Open cases without an open task and without a command that is still to be carried out.

    While people have time to sign, a case waits for them.
    """
    tasks = Task.objects.filter(case=OuterRef("pk"), status__in=[TaskStatus.OPEN, TaskStatus.CLAIMED])
    commands = (
        Command.objects.filter(case_id=OuterRef("pk"))
        .exclude(status=CommandStatus.DONE)
        .exclude(kind__in=["pass-deadline", INSPECT, END, REMIND])
    )
    signing = CoSignature.objects.filter(
        case=OuterRef("pk"), status=SignatureStatus.INVITED, due_at__gt=now - PATIENCE
    )
    with acting_for(authority_id=authority_id):
        silent = Case.objects.exclude(status=CaseStatus.CLOSED).filter(
            ~Exists(tasks), ~Exists(commands), opened_at__lt=now - PATIENCE
        )
        silent = silent.exclude(Q(status=CaseStatus.UNSIGNED) & Exists(signing))
        return list(silent.values_list("id", flat=True)[:1000])
