"""Takes an application in, however it was filled in: one check, one way to store it.

Runs inside the caller's transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from backend.cases import chain
from backend.cases.models import Application, Case, CaseStatus
from backend.cases.operations.inviting import invite
from backend.cases.operations.mail import enqueue_mail
from backend.cases.parties import NOBODY_ELSE, Parties, check_parties, seal_representation
from backend.cases.reference import new_reference
from backend.cases.representation import Representation
from backend.drafts.origins import provenance
from backend.identity.guests import address_of
from backend.identity.principals import Citizen, Guest
from backend.jobs import Queue
from backend.keys.queries import fingerprint
from backend.keys.vault import Key, to_json
from backend.outbox.operations import enqueue
from backend.services import queries as services
from backend.services.admission import refuse_guest, refuse_unwritten
from backend.services.compiled import CompiledService
from backend.services.models import ServiceVersion
from forms.definition import FormDefinition
from forms.problems import Problem
from forms.validation import CheckedAnswers, check_answers
from signing.levels import TrustLevel


class InvalidAnswers(ValueError):
    """The answers break the form; nothing was stored. `problems` names each of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} problems")


class LevelTooLow(Exception):
    """The service needs a stronger sign-in; `needed` says which, `source` at which issuer she signed in."""

    def __init__(self, needed: TrustLevel, source: str) -> None:
        self.needed, self.source = needed, source
        super().__init__(needed.name)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the citizen gets once her application is safe. `repeated`: she had got it before."""

    case_id: UUID
    reference: str
    service: str
    submitted_at: datetime
    repeated: bool

    @classmethod
    def of(cls, case: Case, *, repeated: bool) -> Receipt:
        return cls(
            case_id=case.id,
            reference=case.reference,
            service=case.service,
            submitted_at=case.opened_at,
            repeated=repeated,
        )


@dataclass(frozen=True, slots=True)
class Submission:
    """Answers that somebody wants to submit, and what was known before.

    `attachment_problems` says what is wrong with the files the answers name; `attachments` goes on record.
    """

    case_id: UUID
    version: ServiceVersion
    answers: Any
    language: str
    idempotency_key: bytes
    attachment_problems: Callable[[FormDefinition, CheckedAnswers], tuple[Problem, ...]]
    prefilled: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    attachments: Callable[[FormDefinition, CheckedAnswers], list[dict[str, Any]]] | None = None
    parties: Parties = NOBODY_ELSE


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was checked and may be stored."""

    answers: Mapping[str, Any]
    provenance: Mapping[str, Any]
    attachments: list[dict[str, Any]]
    representation: Representation | None
    service: CompiledService


def check(*, citizen: Citizen, submission: Submission, now: datetime) -> Accepted:
    """Raises `GuestsNotAdmitted`, `LevelTooLow` or `WrittenFormNeeded`.

    Else with all that is wrong: `InvalidAnswers`, or `PartiesRefused` once the answers are right.
    """
    version, today = submission.version, localdate(now)
    compiled = services.compiled(authority_id=version.authority_id, version_id=version.id)
    refuse_guest(citizen=citizen, manifest=compiled.manifest)
    if citizen.level < compiled.manifest.trust_level:
        raise LevelTooLow(compiled.manifest.trust_level, citizen.source)
    refuse_unwritten(citizen=citizen, manifest=compiled.manifest, on=today)
    form = compiled.form
    checked = check_answers(form=form, answers=submission.answers, today=today)
    problems = (*checked.problems, *submission.attachment_problems(form, checked))
    if problems:
        raise InvalidAnswers(problems)
    attachments = submission.attachments(form, checked) if submission.attachments else []
    return Accepted(
        answers=checked.answers,
        provenance=provenance(
            form=form, citizen=citizen, answers=checked.answers, prefilled=submission.prefilled
        ),
        attachments=attachments,
        representation=check_parties(
            parties=submission.parties,
            manifest=compiled.manifest,
            citizen=citizen,
            address=address_of(applicant=citizen.applicant) if isinstance(citizen, Guest) else None,
            documents=frozenset(each["id"] for each in attachments),
            today=today,
        ),
        service=compiled,
    )


def store(*, citizen: Citizen, submission: Submission, accepted: Accepted, key: Key, now: datetime) -> Case:
    """Case, answers, the first fact of the record, and the order to go on. `key` is the case's own."""
    version = submission.version
    case = Case(
        id=submission.case_id,
        authority_id=version.authority_id,
        reference=new_reference(prefix=accepted.service.manifest.reference_prefix, today=localdate(now)),
        service_version_id=version.id,
        service=version.slug,
        applicant=citizen.applicant,
        language=submission.language,
        opened_at=now,
    )
    payload: dict[str, Any] = {
        "trust_level": citizen.level.word,
        "answers_sha256": hashlib.sha256(to_json(accepted.answers)).hexdigest(),
    }
    if accepted.attachments:
        payload["attachments"] = accepted.attachments
    if accepted.representation is not None:
        payload["acting_for"] = accepted.representation.kind
    # Foreign keys are checked at the commit: the event may come before its case, which carries its hash.
    chain.append(case=case, key=key, kind="submitted", actor="citizen", at=now, payload=payload)
    _ask_co_signers(case, key, submission, accepted, now)
    case.save(force_insert=True)
    Application.objects.create(
        authority_id=case.authority_id,
        case=case,
        applicant=citizen.applicant,
        idempotency_key=submission.idempotency_key,
        request_hash=request_hash(
            service=case.service, answers=submission.answers, parties=submission.parties
        ),
        trust_level=citizen.level.word,
        sealed_answers=key.seal_json(accepted.answers, context=f"answers:{case.id}"),
        sealed_provenance=_sealed_provenance(case, accepted, key),
        sealed_representation=seal_representation(
            representation=accepted.representation, key=key, case_id=case.id
        ),
        submitted_at=now,
    )
    if case.status == CaseStatus.UNSIGNED:
        enqueue_mail(case=case, key=key, service=accepted.service, kind="unsigned")
    else:
        enqueue(authority_id=case.authority_id, case_id=case.id, kind="advance", queue=Queue.ROUTING)
    return case


def request_hash(*, service: str, answers: Any, parties: Parties) -> bytes:
    """Keyed: nobody who reads the table can try out guesses of what somebody answered."""
    request = [service, answers, *parties.as_json()]
    return fingerprint(purpose="request", value=to_json(request).decode())


def _ask_co_signers(case: Case, key: Key, submission: Submission, accepted: Accepted, now: datetime) -> None:
    planned, signers = accepted.service.manifest.co_signing, submission.parties.co_signers
    if planned is not None and signers:
        case.status = CaseStatus.UNSIGNED
        invite(case=case, key=key, signers=signers, days=planned.days, now=now)


def _sealed_provenance(case: Case, accepted: Accepted, key: Key) -> bytes | None:
    if not accepted.provenance:
        return None
    return key.seal_json(accepted.provenance, context=f"provenance:{case.id}")
