"""What comes of an upload that is complete: accepted or refused (in the caller's transaction)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.files.models import Attachment, AttachmentStatus
from backend.files.operations import drop_bytes, drop_parts, record
from backend.files.queries import StoredContent, stored_content
from backend.files.uploads import Part, assemble, name_context, parts_of
from backend.keys.vault import Key

TO_CHECK = (AttachmentStatus.CHECKING, AttachmentStatus.UNSCANNED)


@dataclass(frozen=True, slots=True)
class ToCheck:
    """An attachment whose content is to be judged, and where its bytes are.

    `file` is set when the content was accepted before and only the virus scan is missing.
    """

    id: UUID
    authority_id: UUID
    name: str
    types: Sequence[str]
    parts: Sequence[Part]
    file: StoredContent | None
    key: Key

    def content(self) -> bytes:
        """The readable bytes, outside of any transaction. Raises `MissingFile`, `StoreAway`, `CannotOpen`."""
        if self.file is not None:
            return self.file.read()
        return assemble(authority_id=self.authority_id, attachment_id=self.id, parts=self.parts, key=self.key)


def to_check(*, attachment_id: UUID, key: Key) -> ToCheck | None:
    """What is to be judged; None if the attachment is gone or was judged already."""
    row = Attachment.objects.filter(id=attachment_id, status__in=TO_CHECK).select_related("file").first()
    if row is None:
        return None
    return ToCheck(
        id=row.id,
        authority_id=row.authority_id,
        name=key.open(bytes(row.sealed_name), context=name_context(row.id)).decode(),
        types=tuple(row.rule["types"]),
        parts=parts_of(attachment=row),
        file=stored_content(file=row.file, key=key) if row.file else None,
        key=key,
    )


def locked(*, attachment_id: UUID) -> Attachment | None:
    """The attachment while it can still be judged, locked until the end of the transaction."""
    return Attachment.objects.select_for_update().filter(id=attachment_id, status__in=TO_CHECK).first()


def take_in(
    *, attachment: Attachment, file_id: UUID, content: bytes, content_type: str, now: datetime
) -> None:
    """The content is fine and was written: it replaces the parts, and waits for the virus scan."""
    attachment.file = record(
        authority_id=attachment.authority_id,
        case_id=attachment.holder_id,
        file_id=file_id,
        content=content,
        content_type=content_type,
        purpose="attachment",
        now=now,
    )
    attachment.status = AttachmentStatus.UNSCANNED
    attachment.save(update_fields=["file", "status"])
    drop_parts(authority_id=attachment.authority_id, attachment=attachment)


def release(*, attachment: Attachment) -> None:
    """The virus scanner found nothing: it can be downloaded."""
    attachment.status = AttachmentStatus.STORED
    attachment.save(update_fields=["status"])


def refuse(*, attachment: Attachment, code: str, texts: Mapping[str, str]) -> None:
    """It is not accepted; its bytes go at once, the reason stays."""
    attachment.status = AttachmentStatus.REFUSED
    attachment.reason = {"code": code, "texts": dict(texts)}
    attachment.save(update_fields=["status", "reason"])
    drop_bytes(authority_id=attachment.authority_id, attachment=attachment)
