"""Clears away what crashed writers left behind: half-written files, and files that belong to no document."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings

from backend.files.models import StoredFile

# Longer than any lease: whoever writes now has committed or given up by then.
PATIENCE = timedelta(hours=24)


def clear_orphans(*, authority_id: UUID, now: datetime) -> int:
    """Remove old files that no document names; returns how many (in the caller's transaction)."""
    removed = 0
    for folder in sorted((settings.ENVIRONMENT.files_folder / str(authority_id)).glob("*")):
        old = [file for file in folder.iterdir() if _age(file, now) > PATIENCE]
        names = [UUID(file.name) for file in old if not file.name.startswith(".")]
        known = set(StoredFile.objects.filter(id__in=names).values_list("id", flat=True))
        for file in old:
            if file.name.startswith(".") or UUID(file.name) not in known:
                file.unlink(missing_ok=True)
                removed += 1
    return removed


def _age(file: Path, now: datetime) -> timedelta:
    return timedelta(seconds=now.timestamp() - file.stat().st_mtime)
