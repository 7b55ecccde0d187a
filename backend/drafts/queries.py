"""What a citizen sees of her drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.timezone import localdate

from backend.drafts.access import draft_of_citizen
from backend.drafts.content import Content
from backend.drafts.models import Draft
from backend.drafts.state import DraftState, state_of
from backend.identity.principals import Citizen
from backend.keys.queries import data_key
from backend.services import queries as services
from backend.services.compiled import CompiledService
from backend.tenancy import acting_for


@dataclass(frozen=True, slots=True)
class DraftSummary:
    """One line of "my drafts"."""

    id: UUID
    service: str
    title: Mapping[str, str]
    revision: int
    created_at: datetime
    changed_at: datetime
    expires_at: datetime


def my_drafts(
    *, authority_id: UUID, citizen: Citizen, before: tuple[datetime, UUID] | None, limit: int
) -> list[DraftSummary]:
    """A citizen's drafts, the one begun last first; `before` is the place of the last one she has."""
    with acting_for(authority_id=authority_id):
        drafts = Draft.objects.filter(authority_id=authority_id, applicant=citizen.applicant)
        if before is not None:
            created_at, draft_id = before
            drafts = drafts.filter(created_at__lte=created_at).exclude(
                created_at=created_at, id__gte=draft_id
            )
        found = list(drafts.order_by("-created_at", "-id")[:limit])
        versions = services.all_compiled(
            authority_id=authority_id, version_ids={draft.service_version_id for draft in found}
        )
        return [_summary(draft, versions[draft.service_version_id]) for draft in found]


def my_draft(*, authority_id: UUID, citizen: Citizen, draft_id: UUID, now: datetime) -> DraftState:
    """Raises `NotFound`."""
    with acting_for(authority_id=authority_id):
        draft = draft_of_citizen(citizen=citizen, draft_id=draft_id)
        content = Content.of(draft=draft, key=data_key(owner_id=draft.id))
        return state_of(draft=draft, content=content, today=localdate(now))


def _summary(draft: Draft, service: CompiledService) -> DraftSummary:
    return DraftSummary(
        id=draft.id,
        service=draft.service,
        title=service.manifest.title,
        revision=draft.revision,
        created_at=draft.created_at,
        changed_at=draft.changed_at,
        expires_at=draft.expires_at,
    )
