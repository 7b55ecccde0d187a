"""Who may see and download attachments: their owner, and the clerks of the case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.authorities.queries import ClerkAccount
from backend.cases.access import case_of_citizen, case_of_clerk
from backend.drafts.access import draft_of_citizen
from backend.files import queries as files
from backend.files import uploads
from backend.files.errors import UnknownUpload
from backend.files.models import Attachment
from backend.files.queries import AttachmentInfo
from backend.identity.principals import Citizen
from backend.keys.queries import data_key
from backend.tenancy import acting_for


def of_draft(*, authority_id: UUID, citizen: Citizen, draft_id: UUID) -> Sequence[AttachmentInfo]:
    """The files of a citizen's draft. Raises the drafts' `NotFound`."""
    with acting_for(authority_id=authority_id):
        draft_of_citizen(citizen=citizen, draft_id=draft_id)
        return files.attachments_of(holder_id=draft_id)


def of_application(*, authority_id: UUID, citizen: Citizen, case_id: UUID) -> Sequence[AttachmentInfo]:
    """The files of an application, for the citizen who submitted it. Raises `NotFound`."""
    with acting_for(authority_id=authority_id):
        case_of_citizen(citizen=citizen, case_id=case_id)
        return files.attachments_of(holder_id=case_id)


def of_case(*, authority_id: UUID, clerk: ClerkAccount, case_id: UUID) -> Sequence[AttachmentInfo]:
    """The files of a case, for a clerk entitled to it. Raises `NotFound`."""
    with acting_for(authority_id=authority_id):
        case_of_clerk(clerk=clerk, case_id=case_id)
        return files.attachments_of(holder_id=case_id)


def mine(*, authority_id: UUID, citizen: Citizen, attachment_id: UUID, now: datetime) -> AttachmentInfo:
    """One file of the citizen. Raises `UnknownUpload`."""
    with acting_for(authority_id=authority_id):
        row = uploads.owned(owner=citizen.applicant, attachment_id=attachment_id, now=now)
        return files.info(attachment=row, key=data_key(owner_id=row.holder_id))


def download_mine(
    *, authority_id: UUID, citizen: Citizen, attachment_id: UUID, now: datetime
) -> tuple[AttachmentInfo, bytes]:
    """A clean file of the citizen. Raises `UnknownUpload`, `NotAvailable`, `StoreAway`."""
    with acting_for(authority_id=authority_id):
        row = uploads.owned(owner=citizen.applicant, attachment_id=attachment_id, now=now)
        shown, stored = files.download(attachment=row, key=data_key(owner_id=row.holder_id))
    return shown, stored.read()


def download_of_case(
    *, authority_id: UUID, clerk: ClerkAccount, case_id: UUID, attachment_id: UUID
) -> tuple[AttachmentInfo, bytes]:
    """A clean file of a case, for a clerk entitled to it.

    Raises `NotFound`, `UnknownUpload`, `NotAvailable`, `StoreAway`.
    """
    with acting_for(authority_id=authority_id):
        case_of_clerk(clerk=clerk, case_id=case_id)
        rows = Attachment.objects.select_related("file")
        row = rows.filter(id=attachment_id, holder_id=case_id).first()
        if row is None:
            raise UnknownUpload
        shown, stored = files.download(attachment=row, key=data_key(owner_id=case_id))
    return shown, stored.read()
