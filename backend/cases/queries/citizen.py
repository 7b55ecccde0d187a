"""What a citizen sees of her own applications: status, progress, timeline, mailbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from backend.cases.access import case_of_citizen
from backend.cases.co_signing_texts import TIMELINE as SIGNATURES
from backend.cases.models import Application, Case, Event, Message, Notice
from backend.cases.parties import open_representation
from backend.cases.queries.co_signing import CoSignerInfo, co_signers
from backend.cases.state import CaseState
from backend.identity.principals import Citizen
from backend.keys.queries import data_key
from backend.services import queries as services
from backend.tenancy import acting_for
from workflows.progress import Step, progress

# What a citizen is shown of the record, in her words. The rest is the authority's inner work.
TIMELINE = {
    "submitted": {"de": "Antrag eingegangen", "en": "Application received"},
    **SIGNATURES,
    "task_claimed": {"de": "In Bearbeitung genommen", "en": "Somebody works on it"},
    "task_completed": {"de": "Ein Schritt wurde erledigt", "en": "A step was finished"},
    "deadline_passed": {"de": "Die geplante Zeit wurde überschritten", "en": "It takes longer than planned"},
    "command_done": {
        "de": "Bescheid erstellt und ins Postfach gelegt",
        "en": "Notice issued and put into your mailbox",
    },
    "attachment_refused": {
        "de": "Eine Anlage wurde nicht angenommen",
        "en": "An attachment was not accepted",
    },
    "status_code_renewed": {"de": "Neuer Statuscode ausgegeben", "en": "New status code given out"},
    "mail_sent": {"de": "E-Mail an Sie gesendet", "en": "E-mail sent to you"},
    "notice_retrieved": {"de": "Sie haben den Bescheid abgerufen", "en": "You have fetched the notice"},
    "closed": {"de": "Vorgang abgeschlossen", "en": "Case closed"},
}


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """One line of "my applications"."""

    id: UUID
    reference: str
    service: str
    title: dict[str, str]
    status: str
    outcome: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    kind: str
    at: datetime
    text: dict[str, str]


@dataclass(frozen=True, slots=True)
class CaseProgress:
    """Where an application is: steps done and ahead, what has happened, and who takes part."""

    summary: CaseSummary
    steps: Sequence[Step]
    timeline: Sequence[TimelineEntry]
    representation: Mapping[str, Any]
    co_signers: Sequence[CoSignerInfo]


@dataclass(frozen=True, slots=True)
class MailboxMessage:
    """A message; `notice` is set when it carries a sealed document."""

    id: UUID
    sent_at: datetime
    first_read_at: datetime | None
    from_authority: bool
    content: dict[str, Any]
    notice: Notice | None


def my_cases(
    *,
    authority_id: UUID,
    citizen: Citizen,
    before: tuple[datetime, UUID] | None,
    limit: int,
    reference: str | None = None,
) -> list[CaseSummary]:
    """A citizen's applications, newest first; `before` is the place of the last one she has."""
    with acting_for(authority_id=authority_id):
        cases = Case.objects.filter(authority_id=authority_id, applicant=citizen.applicant)
        if reference:
            cases = cases.filter(reference=reference)
        if before is not None:
            opened_at, case_id = before
            cases = cases.filter(opened_at__lte=opened_at).exclude(opened_at=opened_at, id__gte=case_id)
        return [_summary(case) for case in cases.order_by("-opened_at", "-id")[:limit]]


def my_case(*, authority_id: UUID, citizen: Citizen, case_id: UUID) -> CaseProgress:
    """Raises `NotFound`."""
    with acting_for(authority_id=authority_id):
        case = case_of_citizen(citizen=citizen, case_id=case_id)
        key = data_key(owner_id=case.id)
        state = CaseState.of(case=case, key=key) or CaseState()
        compiled = services.compiled(authority_id=authority_id, version_id=case.service_version_id)
        steps = progress(
            definition=compiled.process, passed=state.passed, waiting=tuple(state.waiting.values())
        )
        events = Event.objects.filter(case=case, kind__in=TIMELINE).order_by("seq")
        entries = [TimelineEntry(kind=event.kind, at=event.at, text=TIMELINE[event.kind]) for event in events]
        sealed = Application.objects.get(case=case).sealed_representation
        return CaseProgress(
            summary=_summary(case),
            steps=steps,
            timeline=entries,
            representation=open_representation(sealed=sealed, key=key, case_id=case.id),
            co_signers=co_signers(case=case, key=key),
        )


def mailbox(*, authority_id: UUID, citizen: Citizen, case_id: UUID) -> list[MailboxMessage]:
    """The messages of one application, newest first. Raises `NotFound`."""
    with acting_for(authority_id=authority_id):
        case = case_of_citizen(citizen=citizen, case_id=case_id)
        key = data_key(owner_id=case.id)
        messages = (
            Message.objects.filter(case=case).prefetch_related(Prefetch("notice")).order_by("-sent_at", "-id")
        )
        return [
            MailboxMessage(
                id=message.id,
                sent_at=message.sent_at,
                first_read_at=message.first_read_at,
                from_authority=message.from_authority,
                content=key.open_json(bytes(message.sealed_content), context=f"message:{message.id}"),
                notice=message.notice,
            )
            for message in messages
        ]


def _summary(case: Case) -> CaseSummary:
    compiled = services.compiled(authority_id=case.authority_id, version_id=case.service_version_id)
    return CaseSummary(
        id=case.id,
        reference=case.reference,
        service=case.service,
        title=dict(compiled.manifest.title),
        status=case.status,
        outcome=case.outcome,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
    )
