"""What a new draft holds before its owner has typed anything: the sign-in's data, a link's, her own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.drafts.content import Content
from backend.drafts.links import open_link
from backend.drafts.models import Draft
from backend.drafts.origins import Source, from_identity
from backend.drafts.places import ABSENT, leaves, put, value_at
from backend.drafts.state import compiled_of
from backend.identity.principals import Citizen
from backend.services import queries as services
from forms.carrying import carry_over
from signing.levels import TrustLevel


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a draft begins: `answers` that she has entered already, `link` the token of a prefill link."""

    service: str
    version_id: UUID | None
    answers: Any
    link: str | None
    language: str


def first_content(
    *, draft: Draft, citizen: Citizen, link: str | None, answers: Mapping[str, Any], now: datetime
) -> Content:
    """What she entered counts most, then what her sign-in says, then the link. Raises `LinkRefused`."""
    prefilled = _from_link(draft, link, now) if link else {}
    prefilled |= from_identity(form=compiled_of(draft=draft).form, citizen=citizen)
    content = Content(answers=_copy(answers))
    for pointer, entry in prefilled.items():
        free = value_at(answers=content.answers, where=pointer) is ABSENT
        if not free or put(answers=content.answers, where=pointer, value=entry["value"]):
            content.prefilled[pointer] = entry
    return content


def _from_link(draft: Draft, token: str, now: datetime) -> dict[str, dict[str, Any]]:
    """Pointer → value, source and level of what a link carries, as far as it fits the draft's form."""
    link = open_link(authority_id=draft.authority_id, service=draft.service, token=token, now=now)
    made_for = services.compiled(authority_id=draft.authority_id, version_id=link.version_id)
    carried = carry_over(old=made_for.form, new=compiled_of(draft=draft).form, answers=link.answers)
    return {
        pointer: {"value": value, "source": Source.LINK.value, "level": TrustLevel.NONE.word}
        for pointer, value in leaves(answers=carried.answers)
    }


def _copy(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _copy(value) if isinstance(value, Mapping) else value for name, value in answers.items()}
