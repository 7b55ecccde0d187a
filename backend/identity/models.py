"""Tables of sign-ins at the portal, of what was ended before its time, and of guests."""

from __future__ import annotations

from django.db import models
from uuid_utils.compat import uuid7

from backend.tenancy import TenantModel


class SignIn(TenantModel):
    """Somebody is signed in at the portal, with one browser.

    The browser holds the secret. Only its hash is stored, and who it is can be read only with the secret:
    whoever copies the table has neither. The keys are fingerprints with which an issuer ends the sign-in.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    secret_hash = models.BinaryField(unique=True)
    session_key = models.BinaryField(null=True)
    account_key = models.BinaryField()
    subject_key = models.BinaryField()
    sealed_identity = models.BinaryField()
    created_at = models.DateTimeField()
    used_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "sign_in"
        indexes = [models.Index(fields=["authority_id", "ends_at"], name="sign_in_ends")]


class Revocation(models.Model):
    """What is no longer valid: a token, or everything of a person or sign-in that is older than `before`.

    It belongs to an issuer, not to an authority: one sign-in may be known to many. `value` is a keyed
    fingerprint.
    """

    value = models.BinaryField(primary_key=True)
    before = models.DateTimeField()
    keep_until = models.DateTimeField()

    class Meta:
        db_table = "revocation"
        indexes = [models.Index(fields=["keep_until"], name="revocation_keep_until")]


class Guest(TenantModel):
    """Somebody without an account: an e-mail address, confirmed by a code, and from then on a status code.

    Of the codes and the mailbox only keyed fingerprints are here. `mailed_at` is set before the mail with the
    confirmation code leaves: without it no code is right. `renews`: this one only asks for a new status code
    of that guest.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    applicant = models.BinaryField()
    mailbox = models.BinaryField()
    sealed_email = models.BinaryField()
    language = models.CharField(max_length=8)
    confirmation = models.BinaryField()
    confirmation_until = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)
    renews = models.UUIDField(null=True)
    status_code = models.BinaryField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "guest"
        constraints = [
            models.UniqueConstraint(fields=["authority_id", "applicant"], name="guest_one_per_applicant"),
            models.UniqueConstraint(fields=["authority_id", "status_code"], name="guest_one_per_status_code"),
        ]
        indexes = [
            models.Index(fields=["authority_id", "mailbox", "mailed_at"], name="guest_of_mailbox"),
            models.Index(fields=["authority_id", "expires_at"], name="guest_by_expiry"),
        ]
