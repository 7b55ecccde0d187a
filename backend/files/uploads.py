"""What can happen to an upload: begun, continued, finished (in the caller's transaction).

Bytes are written before the transaction in which they count: whoever loses a race, or dies in between,
leaves only an object that nothing names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Sum
from uuid_utils.compat import uuid7

from backend.files import storage
from backend.files.errors import MissingFile, OffsetConflict, TooManyUploads, UnknownUpload, UploadTooLarge
from backend.files.models import Attachment, AttachmentPart, AttachmentStatus
from backend.files.operations import discard, drop_parts
from backend.jobs import Queue
from backend.keys.vault import Key
from backend.outbox.operations import enqueue

log = structlog.get_logger()

INSPECT = "inspect-file"
SCANNER_AWAY = "the virus scanner does not answer"
PART_BYTES = 8_000_000
HOLDER_FILES, HOLDER_BYTES = 20, 200_000_000
# Enough for 50 MB over a line that breaks after every 25 kB.
MOST_PARTS = 2_000
PATIENCE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class NewUpload:
    """What somebody wants to send: for which question, how it is called, how many bytes, what is allowed."""

    holder_id: UUID
    owner: bytes
    field: str
    name: str
    length: int
    types: Sequence[str]
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes that were written; they count once `append` has taken them."""

    id: UUID
    offset: int
    size: int


def begin(*, authority_id: UUID, wanted: NewUpload, key: Key, now: datetime) -> Attachment:
    """Open an upload. The caller holds the lock of the draft, so that its limits hold.

    A file that was refused for the same question makes room. Raises `UploadTooLarge`, `TooManyUploads`.
    """
    if wanted.length > wanted.max_bytes:
        raise UploadTooLarge(wanted.max_bytes)
    siblings = Attachment.objects.filter(holder_id=wanted.holder_id)
    for refused in siblings.filter(field=wanted.field, status=AttachmentStatus.REFUSED):
        discard(authority_id=authority_id, attachment=refused)
    used = siblings.exclude(status=AttachmentStatus.REFUSED).aggregate(bytes=Sum("length"))["bytes"] or 0
    if siblings.count() >= HOLDER_FILES or used + wanted.length > HOLDER_BYTES:
        raise TooManyUploads
    attachment = Attachment(
        authority_id=authority_id,
        holder_id=wanted.holder_id,
        owner=wanted.owner,
        field=wanted.field,
        rule={"types": list(wanted.types), "max_bytes": wanted.max_bytes},
        length=wanted.length,
        created_at=now,
        expires_at=now + PATIENCE,
    )
    attachment.sealed_name = key.seal(wanted.name.encode(), context=name_context(attachment.id))
    attachment.save(force_insert=True)
    _finish_if_whole(attachment, key)
    return attachment


def owned(*, owner: bytes, attachment_id: UUID, now: datetime, lock: bool = False) -> Attachment:
    """Somebody's own attachment. Raises `UnknownUpload`, also for an upload that has expired."""
    # With its file in one look: it may be refused, and its file deleted, between two.
    rows = Attachment.objects.select_for_update() if lock else Attachment.objects.select_related("file")
    found = rows.filter(id=attachment_id, owner=owner).first()
    if found is None or (found.status == AttachmentStatus.UPLOADING and found.expires_at <= now):
        raise UnknownUpload
    return found


def check_offset(*, attachment: Attachment, offset: int, size: int) -> None:
    """Whether `size` bytes may follow at `offset`. Raises `OffsetConflict` or `UploadTooLarge`."""
    if offset != attachment.received:
        raise OffsetConflict(attachment.received)
    if offset + size > attachment.length:
        raise UploadTooLarge(attachment.length)


def write_part(*, authority_id: UUID, attachment_id: UUID, offset: int, content: bytes, key: Key) -> Part:
    """Encrypt and write a part, outside of any transaction. Raises `StoreAway`."""
    part = Part(id=uuid7(), offset=offset, size=len(content))
    sealed = key.seal(content, context=_part_context(attachment_id, offset))
    storage.write(authority_id=authority_id, name=part.id, content=sealed)
    return part


def append(*, attachment: Attachment, part: Part, key: Key, now: datetime) -> None:
    """Let a written part count; with the last one the worker is asked to look at the file.

    The caller holds the lock of the row. Raises what `check_offset` raises, `OffsetConflict` also for an
    upload that is complete, and `TooManyUploads`.
    """
    if attachment.status != AttachmentStatus.UPLOADING:
        raise OffsetConflict(attachment.received)
    check_offset(attachment=attachment, offset=part.offset, size=part.size)
    if AttachmentPart.objects.filter(attachment=attachment).count() >= MOST_PARTS:
        raise TooManyUploads
    AttachmentPart.objects.create(
        id=part.id,
        authority_id=attachment.authority_id,
        attachment=attachment,
        offset=part.offset,
        size=part.size,
    )
    attachment.received += part.size
    attachment.expires_at = now + PATIENCE
    attachment.save(update_fields=["received", "expires_at"])
    _finish_if_whole(attachment, key)


def _finish_if_whole(attachment: Attachment, key: Key) -> None:
    if attachment.received < attachment.length:
        return
    attachment.status = AttachmentStatus.CHECKING
    attachment.save(update_fields=["status"])
    enqueue(
        authority_id=attachment.authority_id,
        case_id=attachment.holder_id,
        kind="inspect-file",
        queue=Queue.DOCUMENTS,
        key=key,
        details={"file": str(attachment.id)},
    )


def parts_of(*, attachment: Attachment) -> list[Part]:
    """The parts of an upload in order."""
    rows = AttachmentPart.objects.filter(attachment=attachment).order_by("offset")
    return [Part(id=row.id, offset=row.offset, size=row.size) for row in rows]


def assemble(*, authority_id: UUID, attachment_id: UUID, parts: Sequence[Part], key: Key) -> bytes:
    """The bytes that were uploaded, outside of any transaction.

    Raises `MissingFile` (also when a part is missing in between), `StoreAway`, `CannotOpen`.
    """
    content = bytearray()
    for part in parts:
        if part.offset != len(content):
            raise MissingFile(f"the part of {attachment_id} at {len(content)}")
        sealed = storage.read(authority_id=authority_id, name=part.id)
        content += key.open(sealed, context=_part_context(attachment_id, part.offset))
    return bytes(content)


def expire(*, authority_id: UUID, now: datetime) -> int:
    """Remove uploads that nobody went on with; returns how many."""
    late = Attachment.objects.filter(
        authority_id=authority_id, status=AttachmentStatus.UPLOADING, expires_at__lte=now
    )
    attachments = list(late.select_for_update(skip_locked=True).order_by("expires_at")[:500])
    return sum(_expired(authority_id, attachment) for attachment in attachments)


def _expired(authority_id: UUID, attachment: Attachment) -> bool:
    attachment_id = attachment.id
    try:
        with transaction.atomic():
            drop_parts(authority_id=authority_id, attachment=attachment)
            attachment.delete()
    except Exception as error:  # noqa: BLE001 - one that cannot be removed holds up no other
        log.warning("upload_not_removed", attachment=str(attachment_id), error=type(error).__name__)
        return False
    return True


def name_context(attachment_id: UUID) -> str:
    return f"attachment-name:{attachment_id}"


def _part_context(attachment_id: UUID, offset: int) -> str:
    return f"attachment-part:{attachment_id}:{offset}"
