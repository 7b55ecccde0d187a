"""Stores documents. The bytes are written before the transaction, the row inside it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from backend.files import storage
from backend.files.models import StoredFile
from backend.keys.vault import Key


def write_content(*, authority_id: UUID, file_id: UUID, content: bytes, key: Key) -> None:
    """Encrypt and write the bytes; repeating it with the same id replaces the same file."""
    storage.write(
        authority_id=authority_id, name=file_id, content=key.seal(content, context=f"file:{file_id}")
    )


def record(
    *,
    authority_id: UUID,
    case_id: UUID,
    file_id: UUID,
    content: bytes,
    content_type: str,
    purpose: str,
    now: datetime,
) -> StoredFile:
    """Make a written document part of its case (inside the caller's transaction)."""
    return StoredFile.objects.create(
        id=file_id,
        authority_id=authority_id,
        case_id=case_id,
        purpose=purpose,
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        stored_at=now,
    )
