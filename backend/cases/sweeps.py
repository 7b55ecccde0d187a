"""Housekeeping over all authorities: wakes silent cases, clears orphaned files (leases: `outbox.relay`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from backend.authorities.models import Authority
from backend.cases.models import Case, CaseStatus, Task, TaskStatus
from backend.cases.operations.attention import nudge
from backend.files.sweeps import clear_orphans
from backend.outbox.models import Command, CommandStatus
from backend.tenancy import acting_for

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
    removed = 0
    for authority_id in Authority.objects.values_list("id", flat=True):
        with acting_for(authority_id=authority_id):
            removed += clear_orphans(authority_id=authority_id, now=now)
    return removed


def silent_cases(*, authority_id: UUID, now: datetime) -> list[UUID]:
    """Open cases without an open task and without a command that is still to be carried out."""
    tasks = Task.objects.filter(case=OuterRef("pk"), status__in=[TaskStatus.OPEN, TaskStatus.CLAIMED])
    commands = (
        Command.objects.filter(case_id=OuterRef("pk"))
        .exclude(status=CommandStatus.DONE)
        .exclude(kind="pass-deadline")
    )
    with acting_for(authority_id=authority_id):
        silent = Case.objects.exclude(status=CaseStatus.CLOSED).filter(
            ~Exists(tasks), ~Exists(commands), opened_at__lt=now - PATIENCE
        )
        return list(silent.values_list("id", flat=True)[:1000])
