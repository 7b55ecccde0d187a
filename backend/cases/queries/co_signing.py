"""Who was asked to sign an application and what came of it; and the application as a co-signer reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.cases.errors import SigningOver
from backend.cases.invitations import Invitation, invitation, person_of
from backend.cases.models import Application, Case, CaseStatus, CoSignature, SignatureStatus
from backend.cases.parties import open_representation
from backend.files.queries import AttachmentInfo, attachments_of
from backend.identity.principals import Citizen
from backend.keys.vault import Key
from backend.tenancy import acting_for


@dataclass(frozen=True, slots=True)
class CoSignerInfo:
    """One line of the list that applicant and clerk see. `trust_level`: of the sign-in that answered."""

    id: UUID
    name: str
    email: str
    status: str
    trust_level: str
    due_at: datetime
    reminded_at: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class CoSigned:
    """An application, read-only, for somebody who is to sign it or has signed it."""

    id: UUID
    status: str
    due_at: datetime
    answered_at: datetime | None
    reference: str
    service: str
    title: Mapping[str, str]
    version: UUID
    language: str
    submitted_at: datetime
    answers: Mapping[str, Any]
    representation: Mapping[str, Any]
    attachments: list[AttachmentInfo]


def co_signers(*, case: Case, key: Key) -> list[CoSignerInfo]:
    """In the order in which the applicant named them; in the caller's transaction."""
    return [
        CoSignerInfo(
            id=row.id,
            name=person["name"],
            email=person["email"],
            status=row.status,
            trust_level=row.trust_level,
            due_at=row.due_at,
            reminded_at=row.reminded_at,
            answered_at=row.answered_at,
        )
        for row in CoSignature.objects.filter(case=case).order_by("id")
        for person in (person_of(row=row, key=key),)
    ]


def to_sign(
    *, authority_id: UUID, citizen: Citizen, co_signature_id: UUID, token: str, now: datetime
) -> CoSigned:
    """The application that somebody is asked to sign, or has signed.

    Raises what `invitations.invitation` raises, or `SigningOver`: then she has no reason to read it any more.
    """
    with acting_for(authority_id=authority_id):
        found = invitation(citizen=citizen, co_signature_id=co_signature_id, token=token)
        row = found.row
        open_still = (
            row.status == SignatureStatus.INVITED
            and found.case.status == CaseStatus.UNSIGNED
            and now < row.due_at
        )
        if row.status != SignatureStatus.SIGNED and not open_still:
            raise SigningOver
        return shown(found=found)


def shown(*, found: Invitation) -> CoSigned:
    """In the caller's transaction, as it is now."""
    row, case, key = found.row, found.case, found.key
    application = Application.objects.get(case=case)
    return CoSigned(
        id=row.id,
        status=row.status,
        due_at=row.due_at,
        answered_at=row.answered_at,
        reference=case.reference,
        service=case.service,
        title=found.service.manifest.title,
        version=case.service_version_id,
        language=case.language,
        submitted_at=case.opened_at,
        answers=key.open_json(bytes(application.sealed_answers), context=f"answers:{case.id}"),
        representation=open_representation(
            sealed=application.sealed_representation, key=key, case_id=case.id
        ),
        attachments=attachments_of(holder_id=case.id),
    )
