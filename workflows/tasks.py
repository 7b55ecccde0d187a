"""Celery's entry points: each parses ids, makes one call, ends."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from celery import shared_task

from backend import jobs
from backend.cases.sweeps import clear_files, clear_guests, expire_uploads, hasten_scans, wake_silent_cases
from backend.drafts.sweeps import sweep_drafts
from workflows.effects import carry_out

log = structlog.get_logger()


@shared_task(name=jobs.CARRY_OUT)
def carry_out_command(*, command_id: str, authority_id: str, **_: Any) -> None:
    """Carry out one command. Unknown extra arguments come from a newer release and are ignored."""
    carry_out(authority_id=UUID(authority_id), command_id=UUID(command_id), now=datetime.now(UTC))


@shared_task(name=jobs.SWEEP)
def sweep(**_: Any) -> None:
    """Wake cases that stand still without a reason; look after drafts that nobody goes on with."""
    woken = wake_silent_cases(now=datetime.now(UTC))
    if woken:
        log.warning("silent_cases_woken", count=woken)
    swept = sweep_drafts(now=datetime.now(UTC))
    if swept.reminded or swept.expired:
        log.info("drafts_swept", reminded=swept.reminded, expired=swept.expired)


@shared_task(name=jobs.CLEAR_FILES)
def clear_orphaned_files(**_: Any) -> None:
    """Remove files that belong to no document."""
    removed = clear_files(now=datetime.now(UTC))
    if removed:
        log.warning("orphaned_files_removed", count=removed)


@shared_task(name=jobs.LOOK_AFTER_UPLOADS)
def look_after_uploads(**_: Any) -> None:
    """Remove uploads that were given up; have files scanned that waited for the virus scanner."""
    expired = expire_uploads(now=datetime.now(UTC))
    hastened = hasten_scans()
    if expired or hastened:
        log.info("uploads_looked_after", expired=expired, hastened=hastened)


@shared_task(name=jobs.EXPIRE_GUESTS)
def expire_guests(**_: Any) -> None:
    """Delete guests whose time is over."""
    deleted = clear_guests(now=datetime.now(UTC))
    if deleted:
        log.info("guests_deleted", count=deleted)
