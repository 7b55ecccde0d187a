"""What a clerk does with a task: claim, release, complete. Each is one transaction and one event."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from backend.authorities.deputies import Substitution
from backend.authorities.queries import ClerkAccount, clerk_by_id, persons_of
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
from workflows.routing import ClerkView, Refusal, RefusalCode, TaskView, may_do


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

    A task in other hands is taken over by the deputy of an absent holder, by whoever it was held for, and by
    anybody entitled once its holder may not do it any more. Raises `NotFound`, `NotYours`, `AlreadyClaimed`
    or `AlreadyDone`.
    """
    with acting_for(authority_id=authority_id):
        task = task_of_clerk(clerk=clerk, task_id=task_id, lock=True)
        _refuse_if_over(task)
        if task.assignee_id == clerk.id:
            return task
        holder = task.assignee_id
        if holder is None:
            stood_in_for = capacity(clerk=clerk, task=task)
        else:
            stood_in_for = _take_over(clerk, task, localdate(now))
        task.status, task.assignee_id = TaskStatus.CLAIMED, clerk.id
        task.assigned_for_id = stood_in_for.clerk if stood_in_for else None
        if holder is None:
            return _record(task, clerk, kind="task_claimed", now=now, payload={})
        return _record(task, clerk, kind="task_taken_over", now=now, payload={"from": str(holder)})


def release(*, authority_id: UUID, clerk: ClerkAccount, task_id: UUID, now: datetime) -> Task:
    """Give a task back to the unit. Raises `NotFound`, `NotClaimed` or `AlreadyDone`."""
    with acting_for(authority_id=authority_id):
        task = task_of_clerk(clerk=clerk, task_id=task_id, lock=True)
        _refuse_if_over(task)
        if task.assignee_id != clerk.id:
            raise NotClaimed
        task.status, task.assignee_id, task.assigned_for_id = TaskStatus.OPEN, None, None
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
        # Asked again: roles may have changed since the claim, and an absence may be over.
        stood_in_for = capacity(clerk=clerk, task=task)
        checked = _check(task, result, localdate(now))
        task.status, task.done_at = TaskStatus.DONE, now
        task.done_by_id, task.done_by_person = clerk.id, clerk.person
        task.assigned_for_id = stood_in_for.clerk if stood_in_for else None
        task.done_for_person = stood_in_for.person if stood_in_for else ""
        payload = {"step": task.step, "result": checked}
        _record(task, clerk, kind="task_completed", now=now, payload=payload)
        Deadline.objects.filter(task=task, status=DeadlineStatus.ARMED).update(status=DeadlineStatus.MET)
        enqueue(authority_id=authority_id, case_id=task.case_id, kind="advance", queue=Queue.ROUTING)
        return task


def _check(task: Task, result: Any, today: date) -> Any:
    compiled = services.compiled(authority_id=task.authority_id, version_id=task.case.service_version_id)
    if not task.form:
        return {}
    checked = check_answers(form=compiled.task_forms[task.form], answers=result, today=today)
    if checked.problems:
        raise InvalidAnswers(checked.problems)
    return checked.answers


def _refuse_if_over(task: Task) -> None:
    if task.status in (TaskStatus.DONE, TaskStatus.CANCELLED):
        raise AlreadyDone


def capacity(*, clerk: ClerkAccount, task: Task) -> Substitution | None:
    """In whose place the clerk does a task: None in her own right, which goes first.

    What she began in somebody's place she finishes in that place, if she still may. Raises `NotYours`.
    """
    places: list[Substitution | None] = [None, *clerk.stands_in(unit=task.unit, role=task.role)]
    places.sort(key=lambda place: (place.clerk if place else None) != task.assigned_for_id)
    refusals = {}
    for place in places:
        refusal = _refusal(clerk, place, task)
        if refusal is None:
            return place
        refusals[refusal.code] = refusal
    # Four eyes explain more than that her own unit or role is another one.
    raise NotYours(refusals.get(RefusalCode.FOUR_EYES) or next(iter(refusals.values())))


def _refusal(clerk: ClerkAccount, place: Substitution | None, task: Task) -> Refusal | None:
    acting = ClerkView(
        account=str(clerk.id),
        person=clerk.person,
        units=frozenset({place.unit}) if place else clerk.units,
        roles=frozenset({place.role}) if place else clerk.roles_in(task.unit),
        in_place_of=place.person if place else None,
    )
    wanted = TaskView(
        element=task.element, unit=task.unit, role=task.role, four_eyes=frozenset(task.four_eyes)
    )
    accounts = {clerk.id: clerk.person} | ({place.clerk: place.person} if place else {})
    return may_do(clerk=acting, task=wanted, done_by=_done_by(task, accounts))


def _take_over(clerk: ClerkAccount, task: Task, today: date) -> Substitution | None:
    """In whose place the clerk takes a task out of other hands. Raises `AlreadyClaimed` or `NotYours`."""
    for place in clerk.stands_in(unit=task.unit, role=task.role):
        if place.clerk == task.assignee_id:
            refusal = _refusal(clerk, place, task)
            if refusal is not None:
                raise NotYours(refusal)
            return place
    holder = clerk_by_id(clerk_id=task.assignee_id, today=today)
    still_able = holder is not None and holder.reaches(unit=task.unit, role=task.role)
    if still_able and task.assigned_for_id != clerk.id:
        raise AlreadyClaimed
    return capacity(clerk=clerk, task=task)


def _done_by(task: Task, acting: dict[UUID, str]) -> dict[str, frozenset[str]]:
    """Which persons did the steps that four eyes look at, or had them done in their place.

    As they were known then and as they are known now: an account that became another person, `acting` or
    not, has still done what it did.
    """
    done = Task.objects.filter(case_id=task.case_id, element__in=task.four_eyes, status=TaskStatus.DONE)
    steps = list(
        done.values_list("element", "done_by_person", "done_for_person", "done_by_id", "assigned_for_id")
    )
    known = persons_of(clerk_ids=[one for step in steps for one in step[3:] if one])
    persons: dict[str, set[str]] = {}
    for element, then, then_for, *accounts in steps:
        now = [person for one in accounts for person in (known.get(one), acting.get(one))]
        persons.setdefault(element, set()).update(person for person in (then, then_for, *now) if person)
    return {element: frozenset(found) for element, found in persons.items()}


def _record(task: Task, clerk: ClerkAccount, *, kind: str, now: datetime, payload: dict[str, Any]) -> Task:
    case = task.case
    details = {"task": str(task.id), "element": task.element, **payload}
    if task.assigned_for_id is not None:
        details["for"] = str(task.assigned_for_id)
    chain.append(
        case=case, key=data_key(owner_id=case.id), kind=kind, actor=clerk.actor, at=now, payload=details
    )
    case.save(update_fields=["last_seq", "head"])
    task.revision += 1
    task.save()
    return task
