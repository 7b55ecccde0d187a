"""What needs the operator's attention. Runs inside the caller's transaction."""

from __future__ import annotations

from django.db.models import QuerySet

from backend.outbox.models import Command, CommandStatus


def needs_attention() -> QuerySet[Command]:
    """Commands that nobody will try again unless a person says so, oldest first."""
    return Command.objects.filter(status=CommandStatus.FAILED).order_by("created_at")
