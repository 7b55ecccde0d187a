"""Carry a draft over to the version of the form that is in force now."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from backend.drafts.content import Content
from backend.drafts.operations.filling import locked, store
from backend.drafts.places import ABSENT, value_at
from backend.drafts.state import (
    DraftState,
    compiled_of,
    lost_entries,
    newer_form,
    newest_version_id,
    state_of,
)
from backend.files.questions import follow
from backend.identity.principals import Citizen
from backend.keys.queries import data_key
from backend.tenancy import acting_for
from forms.carrying import Carried, carry_over


def move_to_newest(
    *, authority_id: UUID, citizen: Citizen, draft_id: UUID, revision: int, now: datetime
) -> DraftState:
    """Every answer that still has a place keeps it; the others are kept apart and shown.

    A draft that is on that version already stays as it is. Raises `NotFound` or `ChangedMeanwhile`.
    """
    with acting_for(authority_id=authority_id):
        draft = locked(citizen=citizen, draft_id=draft_id, revision=revision)
        content = Content.of(draft=draft, key=data_key(owner_id=draft.id))
        newest, version_id = newer_form(draft=draft), newest_version_id(draft=draft)
        if newest is None or version_id is None:
            return state_of(draft=draft, content=content, today=localdate(now))
        carried = carry_over(old=compiled_of(draft=draft).form, new=newest.form, answers=content.answers)
        content.prefilled = _still_prefilled(content, carried)
        content.answers = dict(carried.answers)
        content.lost += lost_entries(carried)
        follow(holder_id=draft.id, moved=carried.moved)
        draft.service_version_id = version_id
        store(draft=draft, content=content, now=now)
        return state_of(draft=draft, content=content, today=localdate(now), done=carried)


def _still_prefilled(content: Content, carried: Carried) -> dict[str, dict[str, Any]]:
    """Only what was carried with its answer: where one was lost, another question may stand now."""
    lost = {each.pointer for each in carried.lost}
    return {
        carried.moved.get(pointer, pointer): entry
        for pointer, entry in content.prefilled.items()
        if pointer not in lost and value_at(answers=content.answers, where=pointer) is not ABSENT
    }
