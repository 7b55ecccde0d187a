"""What needs the operator's attention. Runs inside the caller's transaction."""

from __future__ import annotations

from django.db.models import QuerySet

from backend.outbox.models import Command, CommandStatus


def needs_attention() -> QuerySet[Command]:
    """Commands that nobody will try again unless a person says so, oldest first."""
    return Command.objects.filter(status=CommandStatus.FAILED).order_by("created_at")


def is_waiting(*, kind: str, reason: str) -> bool:
    """Whether such a command was put back for this reason, or ended on the needs-attention list with it."""
    put_back = [CommandStatus.WAITING, CommandStatus.FAILED]
    return Command.objects.filter(kind=kind, reason=reason, status__in=put_back).exists()
