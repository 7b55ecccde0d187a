"""What a citizen does with the files of her draft: begins an upload, continues it, removes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.cases.models import Case
from backend.drafts.access import NotFound as NoDraft
from backend.drafts.access import draft_of_citizen
from backend.drafts.models import Draft
from backend.files import operations as files
from backend.files import uploads
from backend.files.errors import UnknownUpload
from backend.files.models import Attachment
from backend.files.names import clean_name
from backend.files.uploads import NewUpload, Part
from backend.identity.principals import Citizen
from backend.keys.queries import data_key
from backend.keys.vault import Key
from backend.services import queries as services
from backend.tenancy import acting_for
from forms.attachments import FileRule, file_rule


class NoFileQuestion(ValueError):
    """The form has no such question, or it does not take a file."""


class AlreadySubmitted(Exception):
    """The file belongs to an application of hers: what was submitted stays as it is."""


class NoName(ValueError):
    """Nothing is left of the file's name."""


@dataclass(frozen=True, slots=True)
class UploadState:
    """How far an upload is. `offset` and `length` are bytes; `expires_at` is None once it is complete."""

    id: UUID
    offset: int
    length: int
    expires_at: datetime | None

    @classmethod
    def of(cls, attachment: Attachment) -> UploadState:
        whole = attachment.received == attachment.length
        return cls(
            id=attachment.id,
            offset=attachment.received,
            length=attachment.length,
            expires_at=None if whole else attachment.expires_at,
        )


def begin(
    *,
    authority_id: UUID,
    citizen: Citizen,
    draft_id: UUID,
    field: str,
    name: str,
    length: int,
    now: datetime,
) -> UploadState:
    """Open an upload for one question of a draft (`field`: its JSON pointer).

    Raises `NoDraft`, `NoFileQuestion`, `NoName`, `UploadTooLarge`, `TooManyUploads`.
    """
    shown = clean_name(raw=name)
    if not shown:
        raise NoName
    with acting_for(authority_id=authority_id):
        draft = draft_of_citizen(citizen=citizen, draft_id=draft_id, lock=True)
        rule = _rule(draft, field)
        wanted = NewUpload(
            holder_id=draft.id,
            owner=citizen.applicant,
            field=field,
            name=shown,
            length=length,
            types=rule.types,
            max_bytes=rule.max_bytes,
        )
        key = data_key(owner_id=draft.id)
        return UploadState.of(uploads.begin(authority_id=authority_id, wanted=wanted, key=key, now=now))


def _rule(draft: Draft, field: str) -> FileRule:
    service = services.compiled(authority_id=draft.authority_id, version_id=draft.service_version_id)
    rule = file_rule(form=service.form, pointer=field)
    if rule is None:
        raise NoFileQuestion
    return rule


def state(*, authority_id: UUID, citizen: Citizen, attachment_id: UUID, now: datetime) -> UploadState:
    """Raises `UnknownUpload`."""
    with acting_for(authority_id=authority_id):
        return UploadState.of(uploads.owned(owner=citizen.applicant, attachment_id=attachment_id, now=now))


def receive(
    *,
    authority_id: UUID,
    citizen: Citizen,
    attachment_id: UUID,
    offset: int,
    announced: int,
    pieces: Iterable[bytes],
    now: datetime,
) -> UploadState:
    """Add bytes at `offset`, piece by piece: what has arrived when a line breaks is kept.

    `announced` is how many bytes the request says it carries; `pieces` are at most `PART_BYTES` long.
    Raises `UnknownUpload`, `OffsetConflict`, `UploadTooLarge`, `TooManyUploads`, `StoreAway`.
    """
    with acting_for(authority_id=authority_id):
        attachment = uploads.owned(owner=citizen.applicant, attachment_id=attachment_id, now=now)
        uploads.check_offset(attachment=attachment, offset=offset, size=announced)
        key = data_key(owner_id=attachment.holder_id)
    progress = UploadState.of(attachment)
    for piece in filter(None, pieces):
        part = uploads.write_part(
            authority_id=authority_id,
            attachment_id=attachment_id,
            offset=progress.offset,
            content=piece,
            key=key,
        )
        progress = _append(citizen, attachment, part, key, now)
    return progress


def _append(citizen: Citizen, seen: Attachment, part: Part, key: Key, now: datetime) -> UploadState:
    with files.counting(authority_id=seen.authority_id, name=part.id):
        _still_a_draft(citizen, seen)
        attachment = uploads.owned(owner=citizen.applicant, attachment_id=seen.id, now=now, lock=True)
        uploads.append(attachment=attachment, part=part, key=key, now=now)
        return UploadState.of(attachment)


def remove(*, authority_id: UUID, citizen: Citizen, attachment_id: UUID, now: datetime) -> None:
    """Give an upload up, or take a file out of the draft. Raises `UnknownUpload` or `AlreadySubmitted`."""
    with acting_for(authority_id=authority_id):
        seen = uploads.owned(owner=citizen.applicant, attachment_id=attachment_id, now=now)
        try:
            _still_a_draft(citizen, seen)
        except UnknownUpload as error:
            # The case has the id of its draft (docs/decisions/0010).
            if Case.objects.filter(id=seen.holder_id, applicant=citizen.applicant).exists():
                raise AlreadySubmitted from error
            raise
        attachment = uploads.owned(owner=citizen.applicant, attachment_id=attachment_id, now=now, lock=True)
        files.discard(authority_id=authority_id, attachment=attachment)


def _still_a_draft(citizen: Citizen, attachment: Attachment) -> None:
    # Every writer locks the draft first: submitting, deleting and uploading happen one after the other.
    try:
        draft_of_citizen(citizen=citizen, draft_id=attachment.holder_id, lock=True)
    except NoDraft as error:
        raise UnknownUpload from error
