"""Co-signers sign or decline; when all have answered or the time is over, the case goes on or ends."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.timezone import localdate

from backend.cases import chain
from backend.cases.co_signing_texts import MESSAGE
from backend.cases.errors import SamePerson, SigningOver
from backend.cases.invitations import Invitation, invitation
from backend.cases.models import Case, CaseStatus, CoSignature, Message, SignatureStatus
from backend.cases.operations.inviting import END
from backend.cases.operations.mail import enqueue_mail
from backend.cases.queries.co_signing import CoSigned, shown
from backend.identity.principals import Citizen
from backend.jobs import Queue
from backend.keys.queries import data_key
from backend.keys.vault import Key
from backend.outbox.operations import Taken, enqueue, finish
from backend.services import queries as services
from backend.services.admission import refuse_unwritten
from backend.services.compiled import CompiledService
from backend.services.parties import CoSigning
from backend.tenancy import acting_for

OUTCOME = "not_signed"


def sign(
    *, authority_id: UUID, citizen: Citizen, co_signature_id: UUID, token: str, now: datetime
) -> CoSigned:
    """Sign the application as it was submitted. Repeating it changes nothing.

    Raises what `invitations.invitation` raises, `WrittenFormNeeded`, `SigningOver` or `SamePerson`.
    """
    with acting_for(authority_id=authority_id):
        found = invitation(citizen=citizen, co_signature_id=co_signature_id, token=token, lock=True)
        if found.row.status != SignatureStatus.SIGNED:
            manifest = found.service.manifest
            refuse_unwritten(citizen=citizen, manifest=manifest, on=localdate(now))
            _answer(found, citizen, SignatureStatus.SIGNED, now)
        return shown(found=found)


def decline(
    *, authority_id: UUID, citizen: Citizen, co_signature_id: UUID, token: str, now: datetime
) -> CoSigned:
    """Refuse to sign. Repeating it changes nothing. Raises as `sign` does."""
    with acting_for(authority_id=authority_id):
        found = invitation(citizen=citizen, co_signature_id=co_signature_id, token=token, lock=True)
        if found.row.status != SignatureStatus.DECLINED:
            _answer(found, citizen, SignatureStatus.DECLINED, now)
        return shown(found=found)


def end_co_signing(*, taken: Taken, now: datetime) -> None:
    """The last day has passed: whoever has not answered is too late. Raises `LeaseLost`."""
    with acting_for(authority_id=taken.authority_id):
        case = Case.objects.select_for_update().get(id=taken.case_id)
        if case.status == CaseStatus.UNSIGNED:
            service = services.compiled(authority_id=case.authority_id, version_id=case.service_version_id)
            key = data_key(owner_id=case.id)
            _expire(case, key, now)
            _settle(case, key, service, now)
        finish(taken=taken)


def _answer(found: Invitation, citizen: Citizen, status: SignatureStatus, now: datetime) -> None:
    case, row = found.case, found.row
    if case.status != CaseStatus.UNSIGNED or row.status != SignatureStatus.INVITED or now >= row.due_at:
        raise SigningOver
    others = CoSignature.objects.filter(case=case, applicant=citizen.applicant)
    if bytes(case.applicant) == citizen.applicant or others.exists():
        raise SamePerson
    row.status, row.answered_at = status, now
    row.applicant, row.trust_level = citizen.applicant, citizen.level.word
    row.save(update_fields=["status", "answered_at", "applicant", "trust_level"])
    payload = {"co_signature": str(row.id), "trust_level": citizen.level.word}
    if citizen.proved_by:
        payload["proved_by"] = citizen.proved_by
    actor = f"co-signer:{row.id}"
    kind = f"co_signature_{status.value}"
    chain.append(case=case, key=found.key, kind=kind, actor=actor, at=now, payload=payload)
    _settle(case, found.key, found.service, now)


def _expire(case: Case, key: Key, now: datetime) -> None:
    invited = CoSignature.objects.filter(case=case, status=SignatureStatus.INVITED)
    for row in invited.filter(due_at__lte=now).order_by("id"):
        _too_late(case, key, row, now)
    left = invited.order_by("due_at").first()
    if left is not None:
        # The clocks of database and worker differ: once more when it is late for both.
        enqueue(
            authority_id=case.authority_id,
            case_id=case.id,
            kind=END,
            queue=Queue.ROUTING,
            due_at=left.due_at,
        )


def _too_late(case: Case, key: Key, row: CoSignature, now: datetime) -> None:
    row.status = SignatureStatus.EXPIRED
    row.save(update_fields=["status"])
    payload = {"co_signature": str(row.id)}
    chain.append(case=case, key=key, kind="co_signature_expired", actor="system", at=now, payload=payload)


def _settle(case: Case, key: Key, service: CompiledService, now: datetime) -> None:
    """Under the lock of the case: go on, end, or wait for those who have not answered."""
    rows = list(CoSignature.objects.filter(case=case).order_by("id"))
    planned = service.manifest.co_signing or CoSigning(least=0, most=0, days=0, when_missing="close")
    signed = [row for row in rows if row.status == SignatureStatus.SIGNED]
    waiting = [row for row in rows if row.status == SignatureStatus.INVITED]
    missing = [row for row in rows if row not in signed and row not in waiting]
    enough = len(signed) + len(waiting) >= planned.least
    if missing and (planned.when_missing == "close" or not enough):
        for row in waiting:
            _too_late(case, key, row, now)
        _close(case, key, service, now)
    elif not waiting:
        payload = {"signed": _ids(signed), "not_signed": _ids(missing)}
        chain.append(case=case, key=key, kind="signatures_complete", actor="system", at=now, payload=payload)
        case.status = CaseStatus.RECEIVED
        enqueue(authority_id=case.authority_id, case_id=case.id, kind="advance", queue=Queue.ROUTING)
        enqueue_mail(case=case, key=key, service=service, kind="signed-in-part" if missing else "signed")
    case.save()


def _ids(rows: list[CoSignature]) -> list[str]:
    return [str(row.id) for row in rows]


def _close(case: Case, key: Key, service: CompiledService, now: datetime) -> None:
    case.status, case.outcome, case.closed_at = CaseStatus.CLOSED, OUTCOME, now
    payload = {"end": "co-signers", "outcome": OUTCOME}
    chain.append(case=case, key=key, kind="closed", actor="system", at=now, payload=payload)
    message = Message(authority_id=case.authority_id, case=case, from_authority=True, sent_at=now)
    message.sealed_content = key.seal_json(MESSAGE, context=f"message:{message.id}")
    message.save(force_insert=True)
    enqueue_mail(case=case, key=key, service=service, kind="not-signed")
