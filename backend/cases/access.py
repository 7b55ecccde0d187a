"""Fetches a case for somebody entitled to it: a stranger's case looks like one that does not exist."""

from __future__ import annotations

from uuid import UUID

from backend.authorities.queries import ClerkAccount
from backend.cases.models import Case, Task
from backend.identity.principals import Citizen

AUDIT_ROLE = "auditor"


class NotFound(Exception):
    """There is no such thing, or it is not theirs: both look the same."""


def case_of_citizen(*, citizen: Citizen, case_id: UUID) -> Case:
    """Raises `NotFound`."""
    case = Case.objects.filter(id=case_id, applicant=citizen.applicant).first()
    if case is None:
        raise NotFound
    return case


def case_of_clerk(*, clerk: ClerkAccount, case_id: UUID) -> Case:
    """A case in which one of the clerk's units has or had a task; for an auditor any. Raises `NotFound`."""
    case = Case.objects.filter(id=case_id).first()
    if case is None:
        raise NotFound
    if clerk.has_role(AUDIT_ROLE) or Task.objects.filter(case=case, unit__in=clerk.units).exists():
        return case
    raise NotFound


def task_of_clerk(*, clerk: ClerkAccount, task_id: UUID, lock: bool = False) -> Task:
    """A task of one of the clerk's units. Raises `NotFound`."""
    tasks = Task.objects.filter(id=task_id, unit__in=clerk.units).select_related("case")
    # Lock the case first and always: every writer of a case waits in the same order.
    found = tasks.first()
    if found is None:
        raise NotFound
    if lock:
        case = Case.objects.select_for_update().get(id=found.case_id)
        found = Task.objects.select_for_update().get(id=task_id)
        found.case = case
    return found
