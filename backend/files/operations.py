"""Stores documents and takes them away. The bytes are written before the transaction, the row inside it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog
from django.db import transaction

from backend.files import storage
from backend.files.errors import StoreAway
from backend.files.models import Attachment, AttachmentPart, StoredFile
from backend.keys.vault import Key
from backend.tenancy import acting_for

log = structlog.get_logger()


def write_content(*, authority_id: UUID, file_id: UUID, content: bytes, key: Key) -> None:
    """Encrypt and write the bytes; repeating it with the same id replaces the same file."""
    storage.write(
        authority_id=authority_id, name=file_id, content=key.seal(content, context=f"file:{file_id}")
    )


@contextmanager
def counting(*, authority_id: UUID, name: UUID) -> Iterator[None]:
    """The transaction in which bytes that were written begin to count (`acting_for`).

    Whoever fails inside takes them away again. If the commit itself fails, nobody knows whether it happened:
    they stay, and the sweep takes them if nothing names them.
    """
    committing = False
    try:
        with acting_for(authority_id=authority_id):
            yield
            committing = True
    except Exception:
        if not committing:
            remove_quietly(authority_id=authority_id, name=name)
        raise


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


def discard_all(*, authority_id: UUID, holder_id: UUID, keep: Collection[UUID] = ()) -> int:
    """Remove the attachments of a draft or case but those of `keep`; returns how many.

    Runs inside the caller's transaction; the bytes go after its commit.
    """
    found = Attachment.objects.filter(holder_id=holder_id).exclude(id__in=keep)
    attachments = list(found.select_for_update().order_by("id"))
    for attachment in attachments:
        discard(authority_id=authority_id, attachment=attachment)
    return len(attachments)


def discard(*, authority_id: UUID, attachment: Attachment) -> None:
    """Remove one attachment that the caller has locked."""
    drop_bytes(authority_id=authority_id, attachment=attachment)
    attachment.delete()


def drop_bytes(*, authority_id: UUID, attachment: Attachment) -> None:
    """Remove what an attachment the caller has locked has in the storage; its row stays."""
    drop_parts(authority_id=authority_id, attachment=attachment)
    file_id = attachment.file_id
    if file_id is not None:
        Attachment.objects.filter(id=attachment.id).update(file=None)
        attachment.file = None
        StoredFile.objects.filter(id=file_id).delete()
        remove_after_commit(authority_id=authority_id, names=[file_id])


def drop_parts(*, authority_id: UUID, attachment: Attachment) -> None:
    """Remove the parts of an upload that the caller has locked."""
    parts = AttachmentPart.objects.filter(attachment=attachment)
    names = list(parts.values_list("id", flat=True))
    parts.delete()
    remove_after_commit(authority_id=authority_id, names=names)


def remove_after_commit(*, authority_id: UUID, names: Iterable[UUID]) -> None:
    """Delete bytes once nothing names them any more; what a crash leaves is found by the sweep."""
    for name in names:
        transaction.on_commit(partial(remove_quietly, authority_id=authority_id, name=name))


def remove_quietly(*, authority_id: UUID, name: UUID) -> None:
    """Delete bytes that nothing names. A store that is away keeps them until the sweep."""
    try:
        storage.remove(authority_id=authority_id, name=name)
    except StoreAway as error:
        log.warning("file_left_for_the_sweep", file=str(name), error=str(error))
