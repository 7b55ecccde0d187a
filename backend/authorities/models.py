"""Tables of authorities, units and clerks."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
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
    """An organisational unit that tasks are sent to, named by its key in processes.

    `also` are further keys that packages of others use for what this unit does here.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    key = models.SlugField(max_length=64)
    name = models.CharField(max_length=200)
    also = models.JSONField(default=list)

    class Meta:
        db_table = "unit"
        constraints = [models.UniqueConstraint(fields=["authority_id", "key"], name="unit_key")]


class Clerk(TenantModel):
    """A person who works for the authority, known by issuer and subject of the sign-in.

    `person` names the human being behind the account: two accounts of one person share it, and four
    eyes count persons, not accounts. `told_at`: when the newest token was issued that her issuer's groups
    were followed from; an older one changes nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=300)
    person = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())
    told_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1, db_default=1)
    idempotency_key = models.BinaryField(null=True)
    request_hash = models.BinaryField(null=True)

    class Meta:
        db_table = "clerk"
        constraints = [
            models.UniqueConstraint(fields=["authority_id", "issuer", "subject"], name="clerk_account"),
            models.UniqueConstraint(fields=["authority_id", "idempotency_key"], name="clerk_once_per_key"),
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


class Absence(TenantModel):
    """A clerk is away from `first_day` to `last_day` (both included), and somebody stands in.

    `unit` null: for all of her units. It counts until `ended_at`; nothing is deleted or overwritten, so that
    the record can always say who stood in for whom, and who declared it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(Clerk, null=True, on_delete=models.PROTECT, related_name="+")
    deputy_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    declared_by = models.CharField(max_length=64)
    declared_at = models.DateTimeField()
    ended_by = models.CharField(max_length=64, default="")
    ended_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)
    idempotency_key = models.BinaryField()
    request_hash = models.BinaryField()

    class Meta:
        db_table = "absence"
        constraints = [
            models.CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="absence_days_in_order"),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) ^ Q(deputy_unit__isnull=True), name="absence_one_deputy"
            ),
            models.UniqueConstraint(fields=["authority_id", "idempotency_key"], name="absence_once_per_key"),
        ]
        indexes = [
            models.Index(
                fields=["authority_id", "last_day"], name="absence_still_open", condition=Q(ended_at=None)
            )
        ]


class StaffChange(TenantModel):
    """An append-only fact: who changed which account or unit, and what it could do before and after.

    `before` (null: it is new) and `after` have no names of persons; `fields` says what changed, names too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    at = models.DateTimeField(db_default=Now())
    actor = models.CharField(max_length=320)
    kind = models.CharField(max_length=32)
    clerk = models.ForeignKey(Clerk, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=64, default="")
    fields = models.JSONField(default=list)
    before = models.JSONField(null=True)
    after = models.JSONField()

    class Meta:
        db_table = "staff_change"
        indexes = [models.Index(fields=["authority_id", "at"], name="staff_change_at")]
