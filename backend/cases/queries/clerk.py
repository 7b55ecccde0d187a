"""What a clerk sees: the inbox of her units, one task with its form, one case with everything in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.authorities.queries import ClerkAccount
from backend.cases.access import case_of_clerk, task_of_clerk, within_reach
from backend.cases.models import Application, Case, Event, Notice, Task, TaskStatus
from backend.cases.parties import open_representation
from backend.cases.queries.co_signing import CoSignerInfo, co_signers
from backend.identity.guests import address_of
from backend.identity.principals import Machine
from backend.keys.queries import data_key
from backend.keys.vault import Key
from backend.outbox import queries as outbox
from backend.services import queries as services
from backend.tenancy import acting_for

OPEN = (TaskStatus.OPEN, TaskStatus.CLAIMED)


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What part of the inbox is wanted; `after` is the place of the last task one has."""

    unit: str | None = None
    status: str | None = None
    mine: bool = False
    reference: str | None = None
    after: tuple[datetime, UUID] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One fact of the record, readable."""

    seq: int
    kind: str
    actor: str
    at: datetime
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything a clerk needs to decide: answers, tasks, the record and the notices.

    `provenance`: pointer → where the answer came from and whether a sign-in vouches for it.
    `representation`: whom the applicant acts for. `guest_address`: what a guest has confirmed, all that is
    known of her; None if she signed in with an account.
    """

    case: Case
    title: dict[str, str]
    answers: dict[str, Any]
    trust_level: str
    guest_address: str | None
    provenance: dict[str, dict[str, Any]]
    representation: dict[str, Any]
    co_signers: list[CoSignerInfo]
    tasks: list[Task]
    events: list[RecordedEvent]
    notices: list[Notice]

    @property
    def applicant_kind(self) -> str:
        return "account" if self.guest_address is None else "guest"


def _readable(event: Event, key: Key) -> RecordedEvent:
    payload = key.open_json(bytes(event.sealed_payload), context=f"event:{event.case_id}:{event.seq}")
    return RecordedEvent(seq=event.seq, kind=event.kind, actor=event.actor, at=event.at, payload=payload)


def _provenance(application: Application, key: Key) -> dict[str, dict[str, Any]]:
    sealed = application.sealed_provenance
    return key.open_json(bytes(sealed), context=f"provenance:{application.case_id}") if sealed else {}


@dataclass(frozen=True, slots=True)
class AttentionEntry:
    """An instruction that nobody tries again unless a person says so."""

    id: UUID
    case_id: UUID
    reference: str
    kind: str
    reason: str
    attempts: int
    created_at: datetime


def inbox(*, authority_id: UUID, clerk: ClerkAccount, wanted: InboxFilter) -> list[Task]:
    """Open tasks within the clerk's reach, oldest first."""
    with acting_for(authority_id=authority_id):
        tasks = Task.objects.filter(within_reach(clerk), authority_id=authority_id, status__in=OPEN)
        if wanted.unit:
            tasks = tasks.filter(unit=wanted.unit)
        if wanted.status:
            tasks = tasks.filter(status=wanted.status)
        if wanted.mine:
            tasks = tasks.filter(assignee_id=clerk.id)
        if wanted.reference:
            tasks = tasks.filter(case__reference=wanted.reference)
        if wanted.after is not None:
            created_at, task_id = wanted.after
            tasks = tasks.filter(created_at__gte=created_at).exclude(created_at=created_at, id__lte=task_id)
        return list(tasks.select_related("case").order_by("created_at", "id")[: wanted.limit])


def task_with_form(*, authority_id: UUID, clerk: ClerkAccount, task_id: UUID) -> tuple[Task, dict[str, Any]]:
    """A task and the JSON Schema of what is to be entered. Raises `NotFound`."""
    with acting_for(authority_id=authority_id):
        task = task_of_clerk(clerk=clerk, task_id=task_id)
        compiled = services.compiled(authority_id=authority_id, version_id=task.case.service_version_id)
        schema = dict(compiled.task_forms[task.form].schema) if task.form else {}
        return task, schema


def case_file(*, authority_id: UUID, clerk: ClerkAccount | Machine, case_id: UUID) -> CaseFile:
    """Raises `NotFound`."""
    with acting_for(authority_id=authority_id):
        case = case_of_clerk(clerk=clerk, case_id=case_id)
        key = data_key(owner_id=case.id)
        application = Application.objects.get(case=case)
        compiled = services.compiled(authority_id=authority_id, version_id=case.service_version_id)
        events = Event.objects.filter(case=case).order_by("seq")
        return CaseFile(
            case=case,
            title=dict(compiled.manifest.title),
            answers=key.open_json(bytes(application.sealed_answers), context=f"answers:{case.id}"),
            trust_level=application.trust_level,
            guest_address=address_of(applicant=bytes(case.applicant)),
            provenance=_provenance(application, key),
            representation=open_representation(
                sealed=application.sealed_representation, key=key, case_id=case.id
            ),
            co_signers=co_signers(case=case, key=key),
            tasks=list(Task.objects.filter(case=case).select_related("case").order_by("created_at", "id")),
            events=[_readable(event, key) for event in events],
            notices=list(Notice.objects.filter(case=case).order_by("issued_at")),
        )


def needs_attention(*, authority_id: UUID, limit: int) -> list[AttentionEntry]:
    """Failed commands with the reference of their case, oldest first."""
    with acting_for(authority_id=authority_id):
        commands = list(outbox.needs_attention()[:limit])
        cases = Case.objects.filter(id__in=[command.case_id for command in commands])
        references = dict(cases.values_list("id", "reference"))
        return [
            AttentionEntry(
                id=command.id,
                case_id=command.case_id,
                reference=references.get(command.case_id, ""),
                kind=command.kind,
                reason=command.reason,
                attempts=command.attempts,
                created_at=command.created_at,
            )
            for command in commands
        ]
