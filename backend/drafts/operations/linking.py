"""The authority makes a prefill link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.timezone import localdate

from backend.drafts.errors import UnfitAnswers
from backend.drafts.links import LinkTooLong, seal_link
from backend.drafts.operations.filling import storable
from backend.services import queries as services
from backend.tenancy import acting_for
from forms.problems import Problem
from forms.validation import check_answers

DAYS = 30
LONGEST_VALIDITY = timedelta(days=365)
# What a link leaves out its reader fills in.
STILL_MISSING = frozenset({"required", "not-calculable"})

TOO_LONG = Problem(
    where="",
    code="link-too-long",
    text={
        "de": "So viele Angaben passen nicht in einen Link. Bitte geben Sie weniger vor.",
        "en": "So many answers do not fit into a link. Please fill in fewer.",
    },
)


@dataclass(frozen=True, slots=True)
class PrefillLink:
    """`token` begins a draft; `address` is the portal's page with it, empty if no portal is configured."""

    token: str
    address: str
    expires_at: datetime


def make_link(
    *, authority_id: UUID, service: str, answers: Any, valid_for: timedelta, now: datetime
) -> PrefillLink:
    """A link that begins a draft with these answers. They may be incomplete, not wrong.

    Raises `UnfitAnswers`, and what `services.queries.current` raises. `valid_for`: at most
    `LONGEST_VALIDITY`.
    """
    if not timedelta(0) < valid_for <= LONGEST_VALIDITY:
        raise ValueError(f"a link is valid for at most {LONGEST_VALIDITY.days} days")
    expires_at, today = now + valid_for, localdate(now)
    with acting_for(authority_id=authority_id):
        version = services.current(authority_id=authority_id, slug=service)
        form = services.compiled(authority_id=authority_id, version_id=version.id).form
        kept = storable(form=form, answers=answers, today=today)
        found = check_answers(form=form, answers=kept, today=today).problems
        wrong = [problem for problem in found if problem.code not in STILL_MISSING]
        if wrong:
            raise UnfitAnswers(wrong)
        try:
            token = seal_link(
                authority_id=authority_id,
                service=service,
                version_id=version.id,
                answers=kept,
                expires_at=expires_at,
            )
        except LinkTooLong as error:
            raise UnfitAnswers([TOO_LONG]) from error
    # Behind "#": browsers send this part of an address to no server, so it is in no log either.
    portal = settings.ENVIRONMENT.portal_url
    address = f"{portal}/services/{service}#prefill={token}" if portal else ""
    return PrefillLink(token=token, address=address, expires_at=expires_at)
