"""The table of commands."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from uuid_utils.compat import uuid7

from backend.tenancy import TenantModel


class CommandStatus(models.TextChoices):
    """Where a command stands. Every status but `done` has somebody who moves it on.

    waiting: the relay hands it out when it is due. handed: a worker takes it, or the relay takes it back
    when the hand-over expires. running: the worker finishes it, or the relay takes it back when the lease
    expires. failed: on the operator's needs-attention list, with a reason and a retry.
    """

    WAITING = "waiting"
    HANDED = "handed"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Command(TenantModel):
    """One instruction for one side effect, written in the same transaction as its reason.

    `interruptions` counts the attempts that ended with a lost worker. `fence` counts how often the command
    was taken: only the latest taker can finish it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case_id = models.UUIDField()
    kind = models.CharField(max_length=32)
    queue = models.CharField(max_length=16)
    payload = models.BinaryField(null=True)
    status = models.CharField(max_length=8, choices=CommandStatus.choices, default=CommandStatus.WAITING)
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    interruptions = models.PositiveSmallIntegerField(db_default=0)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, default="")
    created_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "command"
        indexes = [
            models.Index(fields=["queue", "due_at"], name="command_due", condition=Q(status="waiting")),
            models.Index(
                fields=["queue", "lease_until"],
                name="command_leased",
                condition=Q(status__in=["handed", "running"]),
            ),
            models.Index(
                fields=["authority_id", "created_at"], name="command_attention", condition=Q(status="failed")
            ),
            models.Index(fields=["case_id"], name="command_of_case"),
        ]
