"""When a clerk is shut out, her work goes back to its unit in the same moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from backend.authorities.models import Clerk
from backend.authorities.staff import shut_out
from backend.cases import chain
from backend.cases.models import Case, Task, TaskStatus
from backend.keys.queries import data_key
from backend.tenancy import acting_for


@dataclass(frozen=True, slots=True)
class Deactivated:
    """The account, and the tasks that are free again."""

    clerk: Clerk
    released: tuple[UUID, ...]


def deactivate(
    *, authority_id: UUID, clerk_id: UUID, revision: int, actor: str, now: datetime
) -> Deactivated:
    """From the next request on she is nobody here; what she or a deputy of hers holds goes back.

    Raises `authorities.errors.NoSuchClerk` or `ChangedMeanwhile`.
    """
    with acting_for(authority_id=authority_id):
        held = Q(assignee_id=clerk_id) | Q(assigned_for_id=clerk_id)
        tasks = Task.objects.filter(held, status=TaskStatus.CLAIMED)
        # Cases before the account, and always in the same order: nobody waits for somebody who waits.
        cases = Case.objects.select_for_update().filter(id__in=tasks.values("case_id")).order_by("id")
        by_id = {case.id: case for case in cases}
        clerk = shut_out(clerk_id=clerk_id, revision=revision, actor=actor)
        released = []
        for task in tasks.filter(case_id__in=by_id).select_for_update().order_by("id"):
            _release(task, by_id[task.case_id], actor, now)
            released.append(task.id)
        return Deactivated(clerk=clerk, released=tuple(released))


def _release(task: Task, case: Case, actor: str, now: datetime) -> None:
    details = {"task": str(task.id), "element": task.element, "from": str(task.assignee_id)}
    if task.assigned_for_id is not None:
        details["for"] = str(task.assigned_for_id)
    task.status, task.assignee_id, task.assigned_for_id = TaskStatus.OPEN, None, None
    task.revision += 1
    task.save(update_fields=["status", "assignee_id", "assigned_for_id", "revision"])
    key = data_key(owner_id=case.id)
    chain.append(case=case, key=key, kind="task_released", actor=actor, at=now, payload=details)
    case.save(update_fields=["last_seq", "head"])
