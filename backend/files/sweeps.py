"""Clears away what nobody needs: uploads that were given up, half-written files, files of no document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

import structlog

from backend.files import storage
from backend.files.errors import StoreAway
from backend.files.models import AttachmentPart, StoredFile
from backend.files.storage import StoredObject
from backend.tenancy import acting_for

log = structlog.get_logger()

# Longer than any lease: whoever writes now has committed or given up by then.
PATIENCE = timedelta(hours=24)
BATCH = 1000


def clear_orphans(*, authority_id: UUID, now: datetime) -> int:
    """Remove old files that no document names; returns how many. Raises `StoreAway` if it cannot list them.

    The store is asked outside of any transaction: listing a bucket takes its time.
    """
    old = (found for found in storage.listed(authority_id=authority_id) if now - found.written_at > PATIENCE)
    removed = 0
    for batch in _batches(old):
        known = _known(authority_id, batch)
        for orphan in (found for found in batch if found.id not in known):
            removed += _removed(authority_id, orphan)
    return removed


def _removed(authority_id: UUID, orphan: StoredObject) -> bool:
    try:
        storage.remove_path(path=orphan.path)
    except StoreAway as error:
        log.warning("orphan_not_removed", authority=str(authority_id), file=str(orphan.id), error=str(error))
        return False
    return True


def _known(authority_id: UUID, batch: list[StoredObject]) -> set[UUID]:
    ids = [found.id for found in batch if found.id is not None]
    with acting_for(authority_id=authority_id):
        return {
            *StoredFile.objects.filter(id__in=ids).values_list("id", flat=True),
            *AttachmentPart.objects.filter(id__in=ids).values_list("id", flat=True),
        }


def _batches(found: Iterable[StoredObject]) -> Iterator[list[StoredObject]]:
    remaining = iter(found)
    while batch := list(islice(remaining, BATCH)):
        yield batch
