"""A citizen submits: everything is stored in one transaction, and only then is it called received."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.timezone import localdate

from backend.cases import chain
from backend.cases.models import Application, Case
from backend.cases.reference import new_reference
from backend.identity.principals import Citizen
from backend.jobs import Queue
from backend.keys.operations import create_data_key
from backend.keys.queries import fingerprint
from backend.keys.vault import to_json
from backend.outbox.operations import enqueue
from backend.services import queries as services
from backend.tenancy import acting_for
from forms.problems import Problem
from forms.validation import check_answers
from signing.tokens import TrustLevel

# A reference may be drawn twice and two requests may carry one key: then the loser looks again.
TRIES = 5


class InvalidAnswers(ValueError):
    """The answers break the form; nothing was stored. `problems` names each of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} problems")


class KeyReused(Exception):
    """The Idempotency-Key was used for a different application."""


class LevelTooLow(Exception):
    """The service needs a stronger sign-in; `needed` says which."""

    def __init__(self, needed: TrustLevel) -> None:
        self.needed = needed
        super().__init__(needed.name)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the citizen gets once her application is safe. `repeated`: she had got it before."""

    case_id: UUID
    reference: str
    service: str
    submitted_at: datetime
    repeated: bool


def submit(
    *,
    authority_id: UUID,
    citizen: Citizen,
    service: str,
    version_id: UUID | None,
    answers: Any,
    idempotency_key: str,
    language: str,
    now: datetime,
) -> Receipt:
    """Accept an application.

    Raises `InvalidAnswers`, `LevelTooLow`, `KeyReused`, and what `services.queries` raises for a service
    that is unknown or a version that was withdrawn. In each of these cases nothing is stored.
    """
    request = _Request(
        service=service,
        version_id=version_id,
        answers=answers,
        key=hashlib.sha256(idempotency_key.encode()).digest(),
        language=language,
    )
    for attempt in range(TRIES):
        try:
            with acting_for(authority_id=authority_id):
                return _earlier_receipt(citizen, request) or _accept(authority_id, citizen, request, now)
        except IntegrityError:
            if attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


@dataclass(frozen=True, slots=True)
class _Request:
    service: str
    version_id: UUID | None
    answers: Any
    key: bytes
    language: str

    @property
    def fingerprint(self) -> bytes:
        # Keyed: nobody who reads the table can try out guesses of what somebody answered.
        return fingerprint(purpose="request", value=to_json([self.service, self.answers]).decode())


def _earlier_receipt(citizen: Citizen, request: _Request) -> Receipt | None:
    earlier = (
        Application.objects.select_related("case")
        .filter(applicant=citizen.applicant, idempotency_key=request.key)
        .first()
    )
    if earlier is None:
        return None
    if bytes(earlier.request_hash) != request.fingerprint:
        raise KeyReused
    return _receipt(earlier.case, repeated=True)


def _accept(authority_id: UUID, citizen: Citizen, request: _Request, now: datetime) -> Receipt:
    version = (
        services.current(authority_id=authority_id, slug=request.service)
        if request.version_id is None
        else services.accepting(authority_id=authority_id, version_id=request.version_id)
    )
    compiled = services.compiled(authority_id=authority_id, version_id=version.id)
    if citizen.level < compiled.manifest.trust_level:
        raise LevelTooLow(compiled.manifest.trust_level)
    checked = check_answers(form=compiled.form, answers=request.answers)
    if checked.problems:
        raise InvalidAnswers(checked.problems)
    case = Case(
        authority_id=authority_id,
        reference=new_reference(prefix=compiled.manifest.reference_prefix, today=localdate(now)),
        service_version_id=version.id,
        service=version.slug,
        applicant=citizen.applicant,
        language=request.language,
        opened_at=now,
    )
    _store(case, citizen, request, checked.answers)
    return _receipt(case, repeated=False)


def _store(case: Case, citizen: Citizen, request: _Request, answers: Mapping[str, Any]) -> None:
    key = create_data_key(authority_id=case.authority_id, owner_id=case.id)
    payload = {
        "trust_level": citizen.level.name.lower(),
        "answers_sha256": hashlib.sha256(to_json(answers)).hexdigest(),
    }
    # Foreign keys are checked at the commit: the event may come before its case, which carries its hash.
    chain.append(case=case, key=key, kind="submitted", actor="citizen", at=case.opened_at, payload=payload)
    case.save(force_insert=True)
    Application.objects.create(
        authority_id=case.authority_id,
        case=case,
        applicant=citizen.applicant,
        idempotency_key=request.key,
        request_hash=request.fingerprint,
        trust_level=citizen.level.name.lower(),
        sealed_answers=key.seal_json(answers, context=f"answers:{case.id}"),
        submitted_at=case.opened_at,
    )
    enqueue(authority_id=case.authority_id, case_id=case.id, kind="advance", queue=Queue.ROUTING)


def _receipt(case: Case, *, repeated: bool) -> Receipt:
    return Receipt(
        case_id=case.id,
        reference=case.reference,
        service=case.service,
        submitted_at=case.opened_at,
        repeated=repeated,
    )
