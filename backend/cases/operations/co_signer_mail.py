"""Mails to co-signers: the invitation with the secret, and the reminder at half time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.timezone import localdate

from backend.authorities.queries import by_id
from backend.cases import chain
from backend.cases.co_signing_texts import ASKING, PLACE, REQUEST
from backend.cases.invitations import person_of
from backend.cases.models import Case, CaseStatus, CoSignature, SignatureStatus
from backend.cases.operations.inviting import REMIND
from backend.keys.queries import data_key
from backend.notifications import CHANNELS, Mail, NotDelivered, Undeliverable
from backend.outbox.operations import Taken, TryLater, finish
from backend.services import queries as services
from backend.tenancy import acting_for
from signing.values import as_date


@dataclass(frozen=True, slots=True)
class _Order:
    row: CoSignature
    person: Mapping[str, Any]
    title: Mapping[str, str]
    authority: str


def send_to_co_signer(*, taken: Taken, now: datetime) -> None:
    """Carry out one mail; who has answered meanwhile, or is too late, gets none.

    Raises `TryLater` or `LeaseLost`. An address that is refused is the applicant's matter, who reads it in
    her timeline: no operator can mend it.
    """
    with acting_for(authority_id=taken.authority_id):
        order = _order(taken, now)
        if order is None:
            finish(taken=taken)
            return
    sent = _send(order, taken, now)
    with acting_for(authority_id=taken.authority_id):
        _record(taken, order.row.id, sent=sent, now=now)
        finish(taken=taken)


def _order(taken: Taken, now: datetime) -> _Order | None:
    key = data_key(owner_id=taken.case_id)
    row = CoSignature.objects.select_related("case").get(id=taken.read(key)["co_signature"])
    case: Case = row.case
    if row.status != SignatureStatus.INVITED or case.status != CaseStatus.UNSIGNED or now >= row.due_at:
        return None
    service = services.compiled(authority_id=case.authority_id, version_id=case.service_version_id)
    return _Order(
        row=row,
        person=person_of(row=row, key=key),
        title=service.manifest.title,
        authority=by_id(authority_id=case.authority_id).name,
    )


def _send(order: _Order, taken: Taken, now: datetime) -> bool:
    """False: the mail server refuses the address for good."""
    language = order.person["language"]
    # The period ends at 24:00 of the day that people are told.
    last_day = localdate(order.row.due_at - timedelta(seconds=1))
    mail = Mail(
        command_id=taken.id,
        recipient=order.person["email"],
        subject=_text(ASKING[taken.kind], language),
        text=_text(REQUEST, language).format(
            title=_text(order.title, language),
            until=as_date(last_day.isoformat(), language),
            where=_where(order, language),
            authority=order.authority,
        ),
        language=language,
        at=now,
    )
    environment = settings.ENVIRONMENT
    try:
        CHANNELS["email"].send(mail=mail, server=environment.mail_url, sender=environment.mail_from)
    except Undeliverable:
        return False
    except NotDelivered as error:
        raise TryLater("the mail server cannot be reached or asks to try later") from error
    return True


def _record(taken: Taken, co_signature_id: UUID, *, sent: bool, now: datetime) -> None:
    case = Case.objects.select_for_update().get(id=taken.case_id)
    row = CoSignature.objects.get(id=co_signature_id)
    payload = {"co_signature": str(row.id), "message": str(taken.id)}
    kind = "co_signature_unreachable"
    if sent and taken.kind == REMIND:
        kind = "co_signature_reminded"
        row.reminded_at = now
        row.save(update_fields=["reminded_at"])
    elif sent:
        kind = "co_signature_mailed"
    key = data_key(owner_id=case.id)
    chain.append(case=case, key=key, kind=kind, actor="system", at=now, payload=payload)
    case.save(update_fields=["last_seq", "head"])


def _where(order: _Order, language: str) -> str:
    portal = settings.ENVIRONMENT.portal_url
    return _text(PLACE[bool(portal)], language).format(
        portal=portal, id=order.row.id, token=order.person["token"]
    )


def _text(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts["de"]
