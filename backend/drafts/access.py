"""Fetches a draft for the person whose it is: a stranger's draft looks like one that does not exist."""

from __future__ import annotations

from uuid import UUID

from backend.drafts.models import Draft
from backend.identity.principals import Citizen


class NotFound(Exception):
    """There is no such draft, or it is not hers, or it was submitted: all look the same."""


def draft_of_citizen(*, citizen: Citizen, draft_id: UUID, lock: bool = False) -> Draft:
    """The citizen's draft (in the caller's transaction). Raises `NotFound`.

    `lock`: for whoever changes it or its files. Every writer locks the draft first, so that saving,
    submitting, deleting and expiring happen one after the other.
    """
    drafts = Draft.objects.select_for_update() if lock else Draft.objects
    found = drafts.filter(id=draft_id, applicant=citizen.applicant).first()
    if found is None:
        raise NotFound
    return found
