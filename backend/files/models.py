"""The table of stored documents; their bytes lie in the storage."""

from __future__ import annotations

from django.db import models
from uuid_utils.compat import uuid7

from backend.tenancy import TenantModel


class StoredFile(TenantModel):
    """A document of a case. `sha256` and `size` are those of the readable bytes."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    case_id = models.UUIDField(db_index=True)
    purpose = models.CharField(max_length=32)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_at = models.DateTimeField()

    class Meta:
        db_table = "stored_file"
