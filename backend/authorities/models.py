"""Tables of authorities, units and clerks."""

from __future__ import annotations

from django.db import models
from uuid_utils.compat import uuid7

from backend.tenancy import TenantModel


class Authority(models.Model):
    """A municipality or office that runs services: the tenant itself. Public information only."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    slug = models.SlugField(max_length=64, unique=True)
    host = models.CharField(max_length=253, null=True, unique=True)  # noqa: DJ001 -- several have none
    name = models.CharField(max_length=200)
    land = models.CharField(max_length=2)
    letterhead = models.JSONField(default=dict)

    class Meta:
        db_table = "authority"


class Unit(TenantModel):
    """An organisational unit that tasks are sent to, named by its key in processes."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    key = models.SlugField(max_length=64)
    name = models.CharField(max_length=200)

    class Meta:
        db_table = "unit"
        constraints = [models.UniqueConstraint(fields=["authority_id", "key"], name="unit_key")]


class Clerk(TenantModel):
    """A person who works for the authority, known by issuer and subject of the sign-in.

    `person` names the human being behind the account: two accounts of one person share it, and four
    eyes count persons, not accounts.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=300)
    person = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    active = models.BooleanField(default=True)

    class Meta:
        db_table = "clerk"
        constraints = [
            models.UniqueConstraint(fields=["authority_id", "issuer", "subject"], name="clerk_account")
        ]


class Membership(TenantModel):
    """A clerk's role in a unit."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    clerk = models.ForeignKey(Clerk, on_delete=models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE)
    role = models.CharField(max_length=32)

    class Meta:
        db_table = "membership"
        constraints = [models.UniqueConstraint(fields=["clerk", "unit", "role"], name="membership_role")]
