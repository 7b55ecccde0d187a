"""Reads documents back. Runs inside the caller's transaction; who may read was decided by the case."""

from __future__ import annotations

import hashlib
from uuid import UUID

from backend.files import storage
from backend.files.models import StoredFile
from backend.keys.vault import CannotOpen, Key


def content(*, authority_id: UUID, file_id: UUID, key: Key) -> bytes:
    """The readable bytes of a document.

    Raises `storage.MissingFile`, or `CannotOpen` if they are not the bytes that were stored.
    """
    row = StoredFile.objects.get(id=file_id)
    readable = key.open(storage.read(authority_id=authority_id, name=file_id), context=f"file:{file_id}")
    if hashlib.sha256(readable).hexdigest() != row.sha256:
        raise CannotOpen(f"file {file_id}")
    return readable
