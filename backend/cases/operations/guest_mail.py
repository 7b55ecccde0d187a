"""Sends the confirmation code to whoever wants to be a guest: the code, and nothing personal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings
from django.utils.timezone import localtime

from backend.authorities.queries import by_id
from backend.cases.models import Case
from backend.identity import guests
from backend.identity.codes import as_shown
from backend.keys.queries import data_key, was_erased
from backend.notifications import CHANNELS, Mail, NotDelivered, Undeliverable
from backend.outbox.operations import Taken, TryLater, finish
from backend.tenancy import acting_for

log = structlog.get_logger()

SUBJECTS: Mapping[str, str] = {"de": "Ihr Bestätigungscode", "en": "Your confirmation code"}
TEXTS: Mapping[bool, Mapping[str, str]] = {
    False: {
        "de": (
            "Guten Tag,\n\nIhr Bestätigungscode ist\n\n    {code}\n\n"
            "Er gilt bis {until} Uhr. Geben Sie ihn dort ein, wo Sie ihn angefordert haben.\n"
            "Sie bekommen dann einen Statuscode, mit dem Sie ohne Konto einen Antrag stellen und\n"
            "verfolgen können.\n\n"
        ),
        "en": (
            "Hello,\n\nyour confirmation code is\n\n    {code}\n\n"
            "It is valid until {until}. Enter it where you asked for it. You then get a status code with\n"
            "which you can apply, and follow your application, without an account.\n\n"
        ),
    },
    True: {
        "de": (
            "Guten Tag,\n\nIhr Bestätigungscode ist\n\n    {code}\n\n"
            "Er gilt bis {until} Uhr. Geben Sie ihn dort ein, wo Sie ihn angefordert haben.\n"
            "Sie bekommen dann einen neuen Statuscode; der bisherige gilt nicht mehr.\n\n"
        ),
        "en": (
            "Hello,\n\nyour confirmation code is\n\n    {code}\n\n"
            "It is valid until {until}. Enter it where you asked for it. You then get a new status code;\n"
            "the old one is no longer valid.\n\n"
        ),
    },
}
CLOSINGS: Mapping[str, str] = {
    "de": (
        "Sagen Sie den Code niemandem, auch nicht am Telefon. Wenn Sie nichts angefordert haben, müssen Sie\n"
        "nichts tun.\n\nMit freundlichen Grüßen\n{authority}\n"
    ),
    "en": (
        "Tell nobody the code, not even on the telephone. If you did not ask for anything, there is nothing\n"
        "you have to do.\n\nKind regards\n{authority}\n"
    ),
}


@dataclass(frozen=True, slots=True)
class _Order:
    recipient: str
    code: str
    renewal: bool
    language: str
    until: datetime
    authority: str


def send_code(*, taken: Taken, now: datetime) -> None:
    """Carry out one instruction; what must not be sent ends here unseen. Raises `TryLater` or `LeaseLost`.

    Whoever asks can name any address: one that a mail server refuses is nobody's task at the town hall.
    """
    with acting_for(authority_id=taken.authority_id):
        order = _order(taken, now)
    if order is None:
        log.info("guest_mail_not_sent", command=str(taken.id))
    else:
        _send(order, taken, now)
    with acting_for(authority_id=taken.authority_id):
        finish(taken=taken)


def _order(taken: Taken, now: datetime) -> _Order | None:
    if was_erased(owner_id=taken.case_id):
        return None
    details = taken.read(data_key(owner_id=taken.case_id))
    renewal = details["reference"] is not None
    renews = _guest_who_lost_hers(taken, details["reference"]) if renewal else None
    if renewal and renews is None:
        return None
    asked = guests.may_be_mailed(guest_id=taken.case_id, renews=renews, now=now)
    if asked is None:
        return None
    return _Order(
        recipient=guests.recipient_of(asked=asked),
        code=details["code"],
        renewal=renewal,
        language=asked.language,
        until=asked.confirmation_until,
        authority=by_id(authority_id=taken.authority_id).name,
    )


def _guest_who_lost_hers(taken: Taken, reference: str) -> UUID | None:
    case = Case.objects.filter(authority_id=taken.authority_id, reference=reference).first()
    if case is None:
        return None
    return guests.guest_of_case(asked_by=taken.case_id, applicant=bytes(case.applicant))


def _send(order: _Order, taken: Taken, now: datetime) -> None:
    text = _text(TEXTS[order.renewal], order.language) + _text(CLOSINGS, order.language)
    mail = Mail(
        command_id=taken.id,
        recipient=order.recipient,
        subject=_text(SUBJECTS, order.language),
        text=text.format(
            code=as_shown(order.code), until=f"{localtime(order.until):%H:%M}", authority=order.authority
        ),
        language=order.language,
        at=now,
    )
    environment = settings.ENVIRONMENT
    try:
        CHANNELS["email"].send(mail=mail, server=environment.mail_url, sender=environment.mail_from)
    except Undeliverable:
        log.info("guest_mail_refused", command=str(taken.id))
    except NotDelivered as error:
        raise TryLater("the mail server cannot be reached or asks to try later") from error


def _text(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts["de"]
