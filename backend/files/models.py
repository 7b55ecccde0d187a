"""The tables of files and uploads; the bytes lie in the storage."""

from __future__ import annotations

from django.db import models
from uuid_utils.compat import uuid7

from backend.tenancy import TenantModel


class AttachmentStatus(models.TextChoices):
    """Where an attachment stands, and who moves it on.

    uploading: its owner, until it expires. checking: the worker. unscanned: its content is fine, the virus
    scanner was away; the worker, when the scanner is back. stored: clean, can be downloaded. refused: it has
    a reason, and its bytes are gone.
    """

    UPLOADING = "uploading"
    CHECKING = "checking"
    UNSCANNED = "unscanned"
    STORED = "stored"
    REFUSED = "refused"


class StoredFile(TenantModel):
    """A notice, or an accepted attachment. `sha256` and `size` are those of the readable bytes.

    `case_id` is the draft's id while there is no case: both are the same.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case_id = models.UUIDField(db_index=True)
    purpose = models.CharField(max_length=32)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_at = models.DateTimeField()

    class Meta:
        db_table = "stored_file"


class Attachment(TenantModel):
    """A file that a citizen uploads for one question; `holder_id` is the draft, later the case (same id).

    `field` is the question as a JSON pointer, `rule` what it takes: `types` and `max_bytes`. `length` and
    `received` are bytes; `file` is set once the content was accepted. `reason` has `code` and texts.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    holder_id = models.UUIDField(db_index=True)
    owner = models.BinaryField()
    field = models.CharField(max_length=500)
    sealed_name = models.BinaryField()
    rule = models.JSONField()
    length = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    status = models.CharField(
        max_length=9, choices=AttachmentStatus.choices, default=AttachmentStatus.UPLOADING
    )
    reason = models.JSONField(null=True)
    file = models.OneToOneField(StoredFile, null=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "attachment"
        indexes = [
            models.Index(
                fields=["authority_id", "expires_at"],
                name="attachment_unfinished",
                condition=models.Q(status="uploading"),
            ),
        ]


class AttachmentPart(TenantModel):
    """Bytes of an upload as they arrived; `id` names them in the storage."""

    id = models.UUIDField(primary_key=True)
    attachment = models.ForeignKey(Attachment, on_delete=models.CASCADE)
    offset = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()

    class Meta:
        db_table = "attachment_part"
        constraints = [
            models.UniqueConstraint(fields=["attachment", "offset"], name="attachment_part_once_per_offset")
        ]
