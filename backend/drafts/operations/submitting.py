"""What a draft contributes to its submission (`backend.cases`); all in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.drafts.content import Content
from backend.drafts.errors import OutdatedDraft
from backend.drafts.models import Draft
from backend.drafts.operations.filling import locked
from backend.drafts.state import attachment_problems, newest_version_id
from backend.files.operations import discard_all
from backend.files.queries import attachments_of
from backend.identity.principals import Citizen
from backend.keys.queries import data_key
from backend.keys.vault import Key
from backend.services import queries as services
from backend.services.errors import WithdrawnVersion
from backend.services.models import ServiceVersion
from forms.attachments import attached
from forms.definition import FormDefinition
from forms.problems import Problem
from forms.validation import CheckedAnswers


@dataclass(frozen=True, slots=True)
class Ready:
    """A draft that nobody else can change until the transaction ends."""

    draft: Draft
    content: Content
    key: Key
    version: ServiceVersion


def take(*, citizen: Citizen, draft_id: UUID, revision: int) -> Ready:
    """Raises `NotFound`, `ChangedMeanwhile`, `OutdatedDraft`; `WithdrawnVersion` if there is no newer one."""
    draft = locked(citizen=citizen, draft_id=draft_id, revision=revision)
    key = data_key(owner_id=draft.id)
    try:
        version = services.accepting(authority_id=draft.authority_id, version_id=draft.service_version_id)
    except WithdrawnVersion as error:
        if newest_version_id(draft=draft) is None:
            raise
        raise OutdatedDraft from error
    return Ready(draft=draft, content=Content.of(draft=draft, key=key), key=key, version=version)


def file_problems(draft_id: UUID, form: FormDefinition, checked: CheckedAnswers) -> tuple[Problem, ...]:
    """What is wrong with the files that the answers name."""
    return attachment_problems(holder_id=draft_id, form=form, checked=checked)


def files_of(draft_id: UUID, form: FormDefinition, checked: CheckedAnswers) -> list[dict[str, Any]]:
    """The files that belong to the answers, as the record names them; one not inspected yet has no hash."""
    known = {str(each.id): each for each in attachments_of(holder_id=draft_id)}
    named = attached(form=form, answers=checked.answers)
    return [
        {"id": each.lower(), "field": pointer, "sha256": known[each.lower()].sha256}
        for pointer, each in named.items()
    ]


def give_over(*, draft: Draft, kept: Sequence[str]) -> None:
    """The draft ends; its key and the files in `kept` now belong to the case of the same id."""
    discard_all(authority_id=draft.authority_id, holder_id=draft.id, keep=[UUID(each) for each in kept])
    draft.delete()
