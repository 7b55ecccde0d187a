"""The table of published service packages: one row is one immutable version."""

from __future__ import annotations

from django.db import models
from uuid_utils.compat import uuid7

from backend.tenancy import TenantModel


class ServiceVersion(TenantModel):
    """A published package (design: "Fassung"). A running case keeps its version.

    `files` maps file name → text, as the package had it; `content_hash` is `package.hash_of` over them.
    The database lets the application change `withdrawn_at` and nothing else.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    files = models.JSONField()
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "service_version"
        constraints = [
            models.UniqueConstraint(fields=["authority_id", "slug", "number"], name="service_version_number"),
        ]

    def __str__(self) -> str:
        return f"{self.slug} {self.number}"
