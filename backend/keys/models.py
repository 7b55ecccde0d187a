"""Tables of wrapped keys: one per authority and one per case."""

from __future__ import annotations

from django.db import models
from uuid_utils.compat import uuid7

from backend.tenancy import TenantModel


class AuthorityKey(TenantModel):
    """Wraps the data keys of one authority; is itself wrapped by a master key from outside."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    master_key = models.CharField(max_length=64)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "authority_key"


class DataKey(TenantModel):
    """The key of one case (or draft). Deleting the row makes everything sealed with it unreadable."""

    owner_id = models.UUIDField(primary_key=True)
    authority_key = models.ForeignKey(AuthorityKey, on_delete=models.PROTECT)
    wrapped = models.BinaryField()

    class Meta:
        db_table = "data_key"
