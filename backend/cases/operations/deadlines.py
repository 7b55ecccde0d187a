"""What happens when a deadline passes."""

from __future__ import annotations

from datetime import datetime

from backend.cases import chain
from backend.cases.models import Case, Deadline, DeadlineStatus, TaskStatus
from backend.keys.queries import data_key
from backend.outbox.operations import Taken, finish
from backend.tenancy import acting_for


def pass_deadline(*, taken: Taken, now: datetime) -> None:
    """Record that a task is overdue, unless it was done in time (deadline and command share one id)."""
    with acting_for(authority_id=taken.authority_id):
        case = Case.objects.select_for_update().get(id=taken.case_id)
        deadline = Deadline.objects.select_related("task").get(id=taken.id)
        if deadline.status == DeadlineStatus.ARMED:
            _act(case, deadline, now)
        finish(taken=taken)


def _act(case: Case, deadline: Deadline, now: datetime) -> None:
    waited_for = deadline.task is not None and deadline.task.status in (TaskStatus.OPEN, TaskStatus.CLAIMED)
    deadline.status = DeadlineStatus.PASSED if waited_for else DeadlineStatus.MET
    deadline.save(update_fields=["status"])
    if waited_for:
        payload = {"deadline": deadline.name, "task": str(deadline.task_id)}
        key = data_key(owner_id=case.id)
        chain.append(case=case, key=key, kind="deadline_passed", actor="system", at=now, payload=payload)
        case.save(update_fields=["last_seq", "head"])
