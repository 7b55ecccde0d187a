"""The needs-attention list: what failed for good is shown with its reason, and an operator can try again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog

from backend.cases import chain
from backend.cases.access import NotFound
from backend.cases.models import Case, CaseStatus
from backend.cases.operations.inviting import END
from backend.jobs import Queue
from backend.keys.queries import data_key, was_erased
from backend.keys.vault import CannotOpen
from backend.outbox import operations as outbox
from backend.outbox.models import Command, CommandStatus
from backend.outbox.operations import Taken
from backend.tenancy import acting_for

log = structlog.get_logger()


def put_back(*, taken: Taken, reason: str, budget: int, now: datetime) -> None:
    """After a failed attempt: later again, or, when `budget` is used up, on the list and on the record.

    `reason` names no person.
    """
    with acting_for(authority_id=taken.authority_id):
        case = Case.objects.select_for_update().filter(id=taken.case_id).first()
        if case is None and was_erased(owner_id=taken.case_id):
            reason, budget = "the case or draft does not exist any more", 0
        status = outbox.fail(taken=taken, reason=reason, budget=budget, random_part=outbox.jitter())
        log.warning(
            "command_failed", command=str(taken.id), kind=taken.kind, reason=reason, status=status.value
        )
        if status is CommandStatus.FAILED and case is not None:
            payload = {"command": str(taken.id), "kind": taken.kind, "reason": reason}
            _record(case, "attention_needed", "system", now, payload)


def retry(*, authority_id: UUID, command_id: UUID, actor: str, now: datetime) -> Command:
    """Give a failed command a fresh budget; who did so is on the record. Raises `NotFound`."""
    with acting_for(authority_id=authority_id):
        command = outbox.retry(command_id=command_id)
        if command is None:
            raise NotFound
        case = Case.objects.select_for_update().filter(id=command.case_id).first()
        if case is not None:  # A draft has no record yet.
            payload = {"command": str(command.id), "kind": command.kind}
            _record(case, "attention_retried", actor, now, payload)
        return command


def nudge(*, authority_id: UUID, case_id: UUID) -> None:
    """Wake a case that stands still without a reason (found by the sweep)."""
    with acting_for(authority_id=authority_id):
        unsigned = Case.objects.filter(id=case_id, status=CaseStatus.UNSIGNED).exists()
        kind = END if unsigned else "advance"
        outbox.enqueue(authority_id=authority_id, case_id=case_id, kind=kind, queue=Queue.ROUTING)


def _record(case: Case, kind: str, actor: str, now: datetime, payload: dict[str, str]) -> None:
    try:
        key = data_key(owner_id=case.id)
    except CannotOpen:
        # The case was erased meanwhile: there is no record to write to any more.
        log.warning("case_without_key", case=str(case.id), kind=kind)
        return
    chain.append(case=case, key=key, kind=kind, actor=actor, at=now, payload=payload)
    case.save(update_fields=["last_seq", "head"])
