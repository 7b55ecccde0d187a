"""The needs-attention list: what failed for good is shown with its reason, and an operator can try again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog

from backend.cases import chain
from backend.cases.access import NotFound
from backend.cases.models import Case
from backend.jobs import Queue
from backend.keys.queries import data_key
from backend.outbox import operations as outbox
from backend.outbox.models import Command, CommandStatus
from backend.outbox.operations import Taken
from backend.tenancy import acting_for

log = structlog.get_logger()


def put_back(*, taken: Taken, reason: str, permanent: bool, now: datetime) -> None:
    """After a failed attempt: later again, or on the list with an event in the case's record.

    `reason` names no person.
    """
    with acting_for(authority_id=taken.authority_id):
        case = Case.objects.select_for_update().get(id=taken.case_id)
        status = outbox.fail(taken=taken, reason=reason, permanent=permanent, random_part=outbox.jitter())
        log.warning(
            "command_failed", command=str(taken.id), kind=taken.kind, reason=reason, status=status.value
        )
        if status is CommandStatus.FAILED:
            payload = {"command": str(taken.id), "kind": taken.kind, "reason": reason}
            _record(case, "attention_needed", "system", now, payload)


def retry(*, authority_id: UUID, command_id: UUID, actor: str, now: datetime) -> Command:
    """Give a failed command a fresh budget; who did so is on the record. Raises `NotFound`."""
    with acting_for(authority_id=authority_id):
        command = outbox.retry(command_id=command_id)
        if command is None:
            raise NotFound
        case = Case.objects.select_for_update().get(id=command.case_id)
        _record(case, "attention_retried", actor, now, {"command": str(command.id), "kind": command.kind})
        return command


def nudge(*, authority_id: UUID, case_id: UUID) -> None:
    """Wake a case that stands still without a reason (found by the sweep)."""
    with acting_for(authority_id=authority_id):
        outbox.enqueue(authority_id=authority_id, case_id=case_id, kind="advance", queue=Queue.ROUTING)


def _record(case: Case, kind: str, actor: str, now: datetime, payload: dict[str, str]) -> None:
    chain.append(case=case, key=data_key(owner_id=case.id), kind=kind, actor=actor, at=now, payload=payload)
    case.save(update_fields=["last_seq", "head"])
