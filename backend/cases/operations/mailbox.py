"""What a citizen does in her mailbox."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from backend.cases import chain
from backend.cases.access import NotFound
from backend.cases.models import Case, Message, Notice
from backend.files import queries as files
from backend.identity.principals import Citizen
from backend.keys.queries import data_key
from backend.tenancy import acting_for


def fetch_notice(
    *, authority_id: UUID, citizen: Citizen, notice_id: UUID, now: datetime
) -> tuple[str, bytes]:
    """The sealed PDF with its case's reference. Raises `NotFound`.

    The first retrieval is recorded: § 41 (2a) VwVfG counts from it.
    """
    with acting_for(authority_id=authority_id):
        notice = Notice.objects.filter(id=notice_id, case__applicant=citizen.applicant).first()
        if notice is None:
            raise NotFound
        case = Case.objects.select_for_update().get(id=notice.case_id)
        key = data_key(owner_id=case.id)
        content = files.content(file_id=notice.file_id, key=key)
        first = Message.objects.filter(notice=notice, first_read_at__isnull=True).update(first_read_at=now)
        if first:
            payload = {"notice": str(notice.id)}
            chain.append(
                case=case, key=key, kind="notice_retrieved", actor="citizen", at=now, payload=payload
            )
            case.save(update_fields=["last_seq", "head"])
        return case.reference, content
