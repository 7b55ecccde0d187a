"""Housekeeping over all authorities: reminds of drafts that expire soon, deletes those that have expired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from backend.authorities.models import Authority
from backend.drafts.models import Draft
from backend.drafts.operations.reminding import REMIND_BEFORE, expire, order_reminder
from backend.tenancy import acting_for

log = structlog.get_logger()

# One sweep does at most this many of each for one authority; the next one goes on.
BATCH = 1000


@dataclass(slots=True)
class Swept:
    """How many drafts a sweep has reminded of and deleted."""

    reminded: int = 0
    expired: int = 0


def sweep_drafts(*, now: datetime) -> Swept:
    """Each draft in a transaction of its own: one that is in use or cannot be read holds up no other."""
    swept = Swept()
    for authority_id in Authority.objects.values_list("id", flat=True):
        for draft_id in _due(authority_id, before=now):
            swept.expired += _tried(expire, authority_id, draft_id, now)
        for draft_id in _due(authority_id, before=now + REMIND_BEFORE, unreminded=True):
            swept.reminded += _tried(order_reminder, authority_id, draft_id, now)
    return swept


def _tried(do: Callable[..., bool], authority_id: UUID, draft_id: UUID, now: datetime) -> bool:
    """Whatever is wrong with one draft is logged, and the others have their turn."""
    try:
        return do(authority_id=authority_id, draft_id=draft_id, now=now)
    except Exception as error:  # noqa: BLE001 - whatever it is; the next sweep tries this one again
        log.warning(
            "draft_not_swept",
            doing=do.__name__,
            authority=str(authority_id),
            draft=str(draft_id),
            error=type(error).__name__,
        )
        return False


def _due(authority_id: UUID, *, before: datetime, unreminded: bool = False) -> list[UUID]:
    with acting_for(authority_id=authority_id):
        drafts = Draft.objects.filter(authority_id=authority_id, expires_at__lte=before)
        if unreminded:
            drafts = drafts.filter(reminded_at=None)
        return list(drafts.order_by("expires_at").values_list("id", flat=True)[:BATCH])
