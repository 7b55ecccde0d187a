"""Fetches an application for somebody who was asked to sign it: by the secret in her mail and her sign-in.

A wrong secret, another authority's invitation and one that does not exist look the same.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.cases.access import NotFound
from backend.cases.models import Case, CoSignature, SignatureStatus
from backend.cases.operations.acceptance import LevelTooLow
from backend.cases.operations.inviting import person_context, token_fingerprint
from backend.identity.guests import mailbox_of
from backend.identity.principals import Citizen, Guest
from backend.keys.queries import data_key
from backend.keys.vault import Key
from backend.services import queries as services
from backend.services.admission import refuse_guest
from backend.services.compiled import CompiledService


@dataclass(frozen=True, slots=True)
class Invitation:
    """What one co-signer was asked for, and the case it is about."""

    row: CoSignature
    case: Case
    key: Key
    service: CompiledService


def invitation(*, citizen: Citizen, co_signature_id: UUID, token: str, lock: bool = False) -> Invitation:
    """In the caller's transaction. Raises `NotFound`, `GuestsNotAdmitted` or `LevelTooLow`.

    Once somebody has answered, it is hers alone.
    """
    row = CoSignature.objects.filter(id=co_signature_id).first()
    if row is None or not hmac.compare_digest(bytes(row.token), token_fingerprint(token)):
        raise NotFound
    if lock:
        # The case first, as everywhere; then what others wrote before we had it.
        case = Case.objects.select_for_update().get(id=row.case_id)
        row = CoSignature.objects.get(id=co_signature_id)
    else:
        case = Case.objects.get(id=row.case_id)
    found = Invitation(
        row=row,
        case=case,
        key=data_key(owner_id=case.id),
        service=services.compiled(authority_id=case.authority_id, version_id=case.service_version_id),
    )
    _refuse(found, citizen)
    return found


def person_of(*, row: CoSignature, key: Key) -> Mapping[str, Any]:
    """Name, e-mail address and language of a co-signer, and the secret in her mail."""
    person: Mapping[str, Any] = key.open_json(bytes(row.sealed_person), context=person_context(row.id))
    return person


def _refuse(found: Invitation, citizen: Citizen) -> None:
    manifest = found.service.manifest
    refuse_guest(citizen=citizen, manifest=manifest)
    if citizen.level < manifest.trust_level:
        raise LevelTooLow(manifest.trust_level, citizen.source)
    answered = found.row.status in (SignatureStatus.SIGNED, SignatureStatus.DECLINED)
    if answered and bytes(found.row.applicant or b"") != citizen.applicant:
        raise NotFound
    if isinstance(citizen, Guest):
        # All that is known of a guest is her mailbox: it has to be the one that was invited.
        invited = person_of(row=found.row, key=found.key)["email"]
        if mailbox_of(email=citizen.attributes["email"]) != mailbox_of(email=invited):
            raise NotFound
