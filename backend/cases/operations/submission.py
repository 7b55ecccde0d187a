"""A citizen submits: everything is stored in one transaction, and only then is it called received."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from uuid_utils.compat import uuid7

from backend.cases.access import NotFound
from backend.cases.models import Application, Case
from backend.cases.operations.acceptance import (
    InvalidAnswers,
    LevelTooLow,
    Receipt,
    Submission,
    check,
    request_hash,
    store,
)
from backend.cases.parties import NOBODY_ELSE, Parties
from backend.drafts.access import NotFound as NoDraft
from backend.drafts.operations import submitting as drafts
from backend.identity.principals import Citizen
from backend.keys.operations import create_data_key
from backend.services import queries as services
from backend.tenancy import acting_for
from forms.attachments import attached
from forms.definition import FormDefinition
from forms.problems import Problem
from forms.validation import CheckedAnswers

__all__ = ["InvalidAnswers", "KeyReused", "LevelTooLow", "Receipt", "submit", "submit_draft"]

# A reference may be drawn twice and two requests may carry one key: then the loser looks again.
TRIES = 5

NEEDS_DRAFT = {
    "de": "Dateien gehören zu einem Entwurf. Bitte beginnen Sie einen und laden sie dort hoch.",
    "en": "Files belong to a draft. Please begin one and upload them there.",
}


class KeyReused(Exception):
    """The Idempotency-Key was used for a different application."""


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
    parties: Parties = NOBODY_ELSE,
) -> Receipt:
    """Accept an application.

    Raises `InvalidAnswers`, `PartiesRefused`, `LevelTooLow`, `GuestsNotAdmitted`, `KeyReused`, and what
    `services.queries` raises for a service that is unknown or a version that was withdrawn. Then nothing is
    stored.
    """
    key_hash = hashlib.sha256(idempotency_key.encode()).digest()

    def attempt() -> Receipt:
        earlier = Application.objects.select_related("case").filter(
            applicant=citizen.applicant, idempotency_key=key_hash
        )
        found = earlier.first()
        if found is not None:
            if bytes(found.request_hash) != request_hash(service=service, answers=answers, parties=parties):
                raise KeyReused
            return Receipt.of(found.case, repeated=True)
        version = services.version_to_apply(authority_id=authority_id, slug=service, version_id=version_id)
        submission = Submission(
            case_id=uuid7(),
            version=version,
            answers=answers,
            language=language,
            idempotency_key=key_hash,
            attachment_problems=_files_need_a_draft,
            parties=parties,
        )
        accepted = check(citizen=citizen, submission=submission, now=now)
        key = create_data_key(authority_id=authority_id, owner_id=submission.case_id)
        case = store(citizen=citizen, submission=submission, accepted=accepted, key=key, now=now)
        return Receipt.of(case, repeated=False)

    return _in_one_transaction(authority_id, attempt)


def submit_draft(
    *,
    authority_id: UUID,
    citizen: Citizen,
    draft_id: UUID,
    revision: int,
    now: datetime,
    parties: Parties = NOBODY_ELSE,
) -> Receipt:
    """Make a draft an application: the case takes over its id, its key and its files.

    Once that is done, every repetition gets the same receipt. Raises `InvalidAnswers`, `PartiesRefused`,
    `LevelTooLow`, `GuestsNotAdmitted`, `cases.access.NotFound`, `drafts.errors.ChangedMeanwhile` or
    `OutdatedDraft`, and what `services.queries.accepting` raises. In each of these cases the draft stays as
    it is.
    """

    def attempt() -> Receipt:
        try:
            ready = drafts.take(citizen=citizen, draft_id=draft_id, revision=revision)
        except NoDraft:
            return _receipt_of_draft(citizen, draft_id)
        submission = Submission(
            case_id=draft_id,
            version=ready.version,
            answers=ready.content.answers,
            language=ready.draft.language,
            # Shorter than any hash: no Idempotency-Key that somebody sends can be the same.
            idempotency_key=draft_id.bytes,
            attachment_problems=partial(drafts.file_problems, draft_id),
            prefilled=ready.content.prefilled,
            attachments=partial(drafts.files_of, draft_id),
            parties=parties,
        )
        accepted = check(citizen=citizen, submission=submission, now=now)
        case = store(citizen=citizen, submission=submission, accepted=accepted, key=ready.key, now=now)
        drafts.give_over(draft=ready.draft, kept=[each["id"] for each in accepted.attachments])
        return Receipt.of(case, repeated=False)

    return _in_one_transaction(authority_id, attempt)


def _in_one_transaction(authority_id: UUID, attempt: Callable[[], Receipt]) -> Receipt:
    for count in range(TRIES):
        try:
            with acting_for(authority_id=authority_id):
                return attempt()
        except IntegrityError:
            if count == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _receipt_of_draft(citizen: Citizen, draft_id: UUID) -> Receipt:
    """The receipt of a draft that was submitted before."""
    case = Case.objects.filter(id=draft_id, applicant=citizen.applicant).first()
    if case is None or not Application.objects.filter(case=case, idempotency_key=draft_id.bytes).exists():
        raise NotFound
    return Receipt.of(case, repeated=True)


def _files_need_a_draft(form: FormDefinition, checked: CheckedAnswers) -> tuple[Problem, ...]:
    found = attached(form=form, answers=checked.answers)
    return tuple(Problem(where=pointer, code="attachment-needs-draft", text=NEEDS_DRAFT) for pointer in found)
