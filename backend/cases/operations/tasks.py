"""What a clerk does with a task: claim, release, complete. Each is one transaction and one event."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.authorities.queries import ClerkAccount
from backend.cases import chain
from backend.cases.access import task_of_clerk
from backend.cases.models import Deadline, DeadlineStatus, Task, TaskStatus
from backend.cases.operations.submission import InvalidAnswers
from backend.jobs import Queue
from backend.keys.queries import data_key
from backend.outbox.operations import enqueue
from backend.services import queries as services
from backend.tenancy import acting_for
from forms.validation import check_answers
from workflows.routing import ClerkView, Refusal, TaskView, may_do


class NotYours(Exception):
    """The clerk may not do this task; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.code)


class AlreadyClaimed(Exception):
    """A colleague was faster."""


class AlreadyDone(Exception):
    """The task is finished or no longer needed."""


class NotClaimed(Exception):
    """Only whoever has claimed a task can release or complete it."""


def claim(*, authority_id: UUID, clerk: ClerkAccount, task_id: UUID, now: datetime) -> Task:
    """Take a task. Claiming one's own again changes nothing.

    Raises `NotFound`, `NotYours`, `AlreadyClaimed` or `AlreadyDone`.
    """
    with acting_for(authority_id=authority_id):
        task = task_of_clerk(clerk=clerk, task_id=task_id, lock=True)
        _refuse_if_over(task)
        if task.assignee_id == clerk.id:
            return task
        if task.status == TaskStatus.CLAIMED:
            raise AlreadyClaimed
        _refuse_if_not_entitled(clerk, task)
        task.status, task.assignee_id = TaskStatus.CLAIMED, clerk.id
        return _record(task, clerk, kind="task_claimed", now=now, payload={})


def release(*, authority_id: UUID, clerk: ClerkAccount, task_id: UUID, now: datetime) -> Task:
    """Give a task back to the unit. Raises `NotFound`, `NotClaimed` or `AlreadyDone`."""
    with acting_for(authority_id=authority_id):
        task = task_of_clerk(clerk=clerk, task_id=task_id, lock=True)
        _refuse_if_over(task)
        if task.assignee_id != clerk.id:
            raise NotClaimed
        task.status, task.assignee_id = TaskStatus.OPEN, None
        return _record(task, clerk, kind="task_released", now=now, payload={})


def complete(*, authority_id: UUID, clerk: ClerkAccount, task_id: UUID, result: Any, now: datetime) -> Task:
    """Finish a claimed task with what the clerk entered; the case then goes on by itself.

    Raises `NotFound`, `NotClaimed`, `NotYours`, `AlreadyDone`, or `InvalidAnswers` when `result` breaks
    the form of the task.
    """
    with acting_for(authority_id=authority_id):
        task = task_of_clerk(clerk=clerk, task_id=task_id, lock=True)
        _refuse_if_over(task)
        if task.assignee_id != clerk.id:
            raise NotClaimed
        # Asked again: roles may have changed since the claim.
        _refuse_if_not_entitled(clerk, task)
        checked = _check(task, result)
        task.status, task.done_at = TaskStatus.DONE, now
        task.done_by_id, task.done_by_person = clerk.id, clerk.person
        payload = {"step": task.step, "result": checked}
        _record(task, clerk, kind="task_completed", now=now, payload=payload)
        Deadline.objects.filter(task=task, status=DeadlineStatus.ARMED).update(status=DeadlineStatus.MET)
        enqueue(authority_id=authority_id, case_id=task.case_id, kind="advance", queue=Queue.ROUTING)
        return task


def _check(task: Task, result: Any) -> Any:
    compiled = services.compiled(authority_id=task.authority_id, version_id=task.case.service_version_id)
    if not task.form:
        return {}
    checked = check_answers(form=compiled.task_forms[task.form], answers=result)
    if checked.problems:
        raise InvalidAnswers(checked.problems)
    return checked.answers


def _refuse_if_over(task: Task) -> None:
    if task.status in (TaskStatus.DONE, TaskStatus.CANCELLED):
        raise AlreadyDone


def _refuse_if_not_entitled(clerk: ClerkAccount, task: Task) -> None:
    refusal = entitlement(clerk=clerk, task=task)
    if refusal is not None:
        raise NotYours(refusal)


def entitlement(*, clerk: ClerkAccount, task: Task) -> Refusal | None:
    """Why the clerk may not do the task, or None."""
    return may_do(
        clerk=ClerkView(
            account=str(clerk.id), person=clerk.person, units=clerk.units, roles=clerk.roles_in(task.unit)
        ),
        task=TaskView(
            element=task.element,
            unit=task.unit,
            role=task.role,
            four_eyes=frozenset(task.four_eyes),
            assigned_to=str(task.assignee_id) if task.assignee_id else None,
        ),
        done_by=_done_by(task),
    )


def _done_by(task: Task) -> dict[str, frozenset[str]]:
    """Which persons did the steps that four eyes look at."""
    done = Task.objects.filter(case_id=task.case_id, element__in=task.four_eyes, status=TaskStatus.DONE)
    persons: dict[str, set[str]] = {}
    for element, person in done.values_list("element", "done_by_person"):
        persons.setdefault(element, set()).add(person)
    return {element: frozenset(found) for element, found in persons.items()}


def _record(task: Task, clerk: ClerkAccount, *, kind: str, now: datetime, payload: dict[str, Any]) -> Task:
    case = task.case
    details = {"task": str(task.id), "element": task.element, **payload}
    chain.append(
        case=case, key=data_key(owner_id=case.id), kind=kind, actor=clerk.actor, at=now, payload=details
    )
    case.save(update_fields=["last_seq", "head"])
    task.revision += 1
    task.save()
    return task
