"""What has been used up in sign-ins with BundID."""

from __future__ import annotations

from django.db import models
from uuid_utils.compat import uuid7

from backend.tenancy import TenantModel


class SamlUse(TenantModel):
    """A question that was answered, or an assertion that was accepted: not again while it is valid.

    `fingerprint` hashes which of the two, and its id; it says nothing about a person.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    fingerprint = models.BinaryField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "saml_use"
        indexes = [models.Index(fields=["authority_id", "expires_at"], name="saml_use_expiry")]
        constraints = [models.UniqueConstraint(fields=["authority_id", "fingerprint"], name="saml_use_once")]
