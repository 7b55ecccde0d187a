"""Fetches a case for somebody entitled to it: a stranger's case looks like one that does not exist."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from backend.authorities.queries import ClerkAccount
from backend.cases.models import Case, Task, TaskStatus
from backend.identity.principals import Citizen, Machine

AUDIT_ROLE = "auditor"


class NotFound(Exception):
    """There is no such thing, or it is not theirs: both look the same."""


def case_of_citizen(*, citizen: Citizen, case_id: UUID) -> Case:
    """Raises `NotFound`."""
    case = Case.objects.filter(id=case_id, applicant=citizen.applicant).first()
    if case is None:
        raise NotFound
    return case


def within_reach(clerk: ClerkAccount) -> Q:
    """Tasks a clerk may see: all of her units, and what she may do today in the place of others."""
    reach = Q(unit__in=clerk.units)
    for one in clerk.substitutions:
        reach |= Q(unit=one.unit, role=one.role)
    return reach


def case_of_clerk(*, clerk: ClerkAccount | Machine, case_id: UUID) -> Case:
    """A case that has or had a task within the clerk's reach. Raises `NotFound`.

    Auditors, and machines with the scope `cases:read`, may read any case of the authority.
    """
    case = Case.objects.filter(id=case_id).first()
    if case is None:
        raise NotFound
    if isinstance(clerk, Machine):
        if "cases:read" not in clerk.scopes:
            raise NotFound
        return case
    if clerk.has_role(AUDIT_ROLE) or Task.objects.filter(within_reach(clerk), case=case).exists():
        return case
    raise NotFound


def task_of_clerk(*, clerk: ClerkAccount, task_id: UUID, lock: bool = False) -> Task:
    """A task within the clerk's reach, or one she still holds and has to give back. Raises `NotFound`."""
    held = Q(assignee_id=clerk.id, status=TaskStatus.CLAIMED)
    tasks = Task.objects.filter(within_reach(clerk) | held, id=task_id).select_related("case")
    # Lock the case first and always: every writer of a case waits in the same order.
    found = tasks.first()
    if found is None:
        raise NotFound
    if lock:
        case = Case.objects.select_for_update().get(id=found.case_id)
        found = Task.objects.select_for_update().get(id=task_id)
        found.case = case
    return found
