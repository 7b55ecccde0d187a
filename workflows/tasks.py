"""Celery's entry points: each parses ids, makes one call, ends."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from celery import shared_task

from backend import jobs
from backend.cases.sweeps import clear_files, wake_silent_cases
from workflows.effects import carry_out

log = structlog.get_logger()


@shared_task(name=jobs.CARRY_OUT)
def carry_out_command(*, command_id: str, authority_id: str, **_: Any) -> None:
    """Carry out one command. Unknown extra arguments come from a newer release and are ignored."""
    carry_out(authority_id=UUID(authority_id), command_id=UUID(command_id), now=datetime.now(UTC))


@shared_task(name=jobs.SWEEP)
def sweep(**_: Any) -> None:
    """Wake cases that stand still without a reason."""
    woken = wake_silent_cases(now=datetime.now(UTC))
    if woken:
        log.warning("silent_cases_woken", count=woken)


@shared_task(name=jobs.CLEAR_FILES)
def clear_orphaned_files(**_: Any) -> None:
    """Remove files that belong to no document."""
    removed = clear_files(now=datetime.now(UTC))
    if removed:
        log.warning("orphaned_files_removed", count=removed)
