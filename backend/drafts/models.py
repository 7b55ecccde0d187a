"""The table of drafts: answers that are still being filled in.

Fields named `sealed_…` hold ciphertext under the draft's own key, which the case keeps after submission.
"""

from __future__ import annotations

from django.db import models
from uuid_utils.compat import uuid7

from backend.tenancy import TenantModel


class Draft(TenantModel):
    """What somebody has entered so far. Its id becomes the id of the case when it is submitted.

    `revision` counts the changes; whoever saves names the one she has seen. `sealed_prefilled`: pointer →
    value, source and level of what was filled in for her. `sealed_lost`: what found no place in a newer form.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    applicant = models.BinaryField()
    service = models.SlugField(max_length=64)
    service_version_id = models.UUIDField()
    idempotency_key = models.BinaryField()
    request_hash = models.BinaryField()
    sealed_answers = models.BinaryField()
    sealed_prefilled = models.BinaryField()
    sealed_lost = models.BinaryField()
    revision = models.PositiveIntegerField(default=1)
    language = models.CharField(max_length=8)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "draft"
        constraints = [
            models.UniqueConstraint(
                fields=["authority_id", "applicant", "idempotency_key"], name="draft_once_per_key"
            )
        ]
        indexes = [
            models.Index(fields=["authority_id", "applicant", "-created_at"], name="draft_of_applicant"),
            models.Index(fields=["authority_id", "expires_at"], name="draft_by_expiry"),
        ]
