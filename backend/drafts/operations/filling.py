"""Begin, save and discard a draft. Whoever saves names the revision she has seen: nobody's work is lost."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.utils.timezone import localdate
from uuid_utils.compat import uuid7

from backend.drafts.access import draft_of_citizen
from backend.drafts.beginning import Beginning, first_content
from backend.drafts.content import Content
from backend.drafts.erasure import erase
from backend.drafts.errors import ChangedMeanwhile, KeyReused, TooManyDrafts, UnfitAnswers
from backend.drafts.models import Draft
from backend.drafts.state import DraftState, compiled_of, state_of
from backend.identity.principals import Citizen
from backend.keys.operations import create_data_key
from backend.keys.queries import data_key, fingerprint
from backend.keys.vault import to_json
from backend.services import queries as services
from backend.services.admission import refuse_guest
from backend.tenancy import acting_for
from forms.definition import FormDefinition
from forms.filling import drop
from forms.problems import Problem
from forms.validation import check_answers
from forms.values import Intake, TooLargeError

KEPT_FOR = timedelta(days=90)
MOST_DRAFTS = 20

UNSTORABLE = Problem(
    where="",
    code="value-not-allowed",
    text={
        "de": "Eine Zahl ist zu lang, oder ein Text enthält unlesbare Zeichen. Bitte ändern Sie das.",
        "en": "A number is too long, or a text has characters that cannot be read. Please change that.",
    },
)


def begin(
    *, authority_id: UUID, citizen: Citizen, beginning: Beginning, idempotency_key: str, now: datetime
) -> tuple[DraftState, bool]:
    """A new draft, filled with what is known already; True with it: the key had begun it before.

    The key is remembered as long as the draft is there: after its submission it begins another one.
    Raises `UnfitAnswers`, `LinkRefused`, `TooManyDrafts`, `KeyReused`, `GuestsNotAdmitted`, and what
    `services.queries` raises.
    """
    key_hash, today = hashlib.sha256(idempotency_key.encode()).digest(), localdate(now)
    with acting_for(authority_id=authority_id):
        _one_at_a_time(citizen)
        earlier = Draft.objects.filter(applicant=citizen.applicant, idempotency_key=key_hash).first()
        request_hash = fingerprint(purpose="request", value=_as_text(beginning))
        if earlier is not None:
            if bytes(earlier.request_hash) != request_hash:
                raise KeyReused
            return state_of(draft=earlier, content=_content(earlier), today=today), True
        if _open_drafts(citizen, beginning.service) >= MOST_DRAFTS:
            raise TooManyDrafts(MOST_DRAFTS)
        version = services.version_to_apply(
            authority_id=authority_id, slug=beginning.service, version_id=beginning.version_id
        )
        draft = Draft(
            id=uuid7(),
            authority_id=authority_id,
            applicant=citizen.applicant,
            service=version.slug,
            service_version_id=version.id,
            idempotency_key=key_hash,
            request_hash=request_hash,
            language=beginning.language,
            created_at=now,
            changed_at=now,
            expires_at=now + KEPT_FOR,
        )
        compiled = compiled_of(draft=draft)
        refuse_guest(citizen=citizen, manifest=compiled.manifest)
        answers = storable(form=compiled.form, answers=beginning.answers, today=today)
        content = first_content(draft=draft, citizen=citizen, link=beginning.link, answers=answers, now=now)
        content.seal_into(draft, key=create_data_key(authority_id=authority_id, owner_id=draft.id))
        draft.save(force_insert=True)
        return state_of(draft=draft, content=content, today=today), False


def save(
    *, authority_id: UUID, citizen: Citizen, draft_id: UUID, revision: int, answers: Any, now: datetime
) -> DraftState:
    """Replace the answers, complete or not. Raises `NotFound`, `ChangedMeanwhile` or `UnfitAnswers`."""
    today = localdate(now)
    with acting_for(authority_id=authority_id):
        draft = locked(citizen=citizen, draft_id=draft_id, revision=revision)
        content = _content(draft)
        content.answers = storable(form=compiled_of(draft=draft).form, answers=answers, today=today)
        store(draft=draft, content=content, now=now)
        return state_of(draft=draft, content=content, today=today)


def discard(*, authority_id: UUID, citizen: Citizen, draft_id: UUID, revision: int | None) -> None:
    """Delete a draft with its files and its key. Raises `NotFound`; `ChangedMeanwhile` if asked to look."""
    with acting_for(authority_id=authority_id):
        erase(draft=locked(citizen=citizen, draft_id=draft_id, revision=revision))


def locked(*, citizen: Citizen, draft_id: UUID, revision: int | None) -> Draft:
    """The draft, held until the end of the transaction. Raises `NotFound` or `ChangedMeanwhile`."""
    draft = draft_of_citizen(citizen=citizen, draft_id=draft_id, lock=True)
    if revision is not None and draft.revision != revision:
        raise ChangedMeanwhile(draft.revision)
    return draft


def store(*, draft: Draft, content: Content, now: datetime) -> None:
    """Write changed content: a new revision, and the time until it expires starts anew."""
    content.seal_into(draft, key=data_key(owner_id=draft.id))
    draft.revision += 1
    draft.changed_at, draft.expires_at, draft.reminded_at = now, now + KEPT_FOR, None
    draft.save()


def storable(*, form: FormDefinition, answers: Any, today: date) -> dict[str, Any]:
    """A copy of the answers as they are kept: complete or not, but without what only the server may set.

    Raises `UnfitAnswers`.
    """
    try:
        Intake().copy(answers)
        copy = json.loads(to_json(answers), parse_float=Decimal)
    except TooLargeError as error:
        raise UnfitAnswers(check_answers(form=form, answers=answers, today=today).problems) from error
    except (orjson.JSONEncodeError, TypeError, ValueError) as error:
        raise UnfitAnswers([UNSTORABLE]) from error
    if not isinstance(copy, dict):
        raise UnfitAnswers(check_answers(form=form, answers=answers, today=today).problems)
    drop(copy, form.server_set)
    return copy


def _content(draft: Draft) -> Content:
    return Content.of(draft=draft, key=data_key(owner_id=draft.id))


def _open_drafts(citizen: Citizen, service: str) -> int:
    return Draft.objects.filter(applicant=citizen.applicant, service=service).count()


def _as_text(beginning: Beginning) -> str:
    version = None if beginning.version_id is None else str(beginning.version_id)
    asked = [beginning.service, version, beginning.answers, beginning.link, beginning.language]
    try:
        return to_json(asked).decode()
    except TypeError as error:
        raise UnfitAnswers([UNSTORABLE]) from error


def _one_at_a_time(citizen: Citizen) -> None:
    """One person begins one draft after the other: neither limit nor key can be passed by hurrying."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"draft {citizen.applicant.hex()}"]
        )
