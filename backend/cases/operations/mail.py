"""Tells the citizen by e-mail that something has come. The mail says that, never what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from backend.authorities.queries import by_id
from backend.cases import chain, co_signing_texts
from backend.cases.models import Application, Case
from backend.identity.guests import address_of
from backend.jobs import Queue
from backend.keys.queries import data_key
from backend.keys.vault import Key
from backend.notifications import CHANNELS, Mail, NotDelivered, Undeliverable
from backend.outbox.operations import PermanentFailure, Taken, TryLater, enqueue, finish
from backend.services.compiled import CompiledService
from backend.services.contact import e_mail_address
from backend.tenancy import acting_for

SUBJECTS: Mapping[str, Mapping[str, str]] = {
    "received": {
        "de": "Ihr Antrag ist angekommen ({reference})",
        "en": "We have received your application ({reference})",
    },
    "notice": {
        "de": "In Ihrem Postfach liegt ein Bescheid ({reference})",
        "en": "There is a notice in your mailbox ({reference})",
    },
    **co_signing_texts.SUBJECTS,
}
TEXTS: Mapping[str, Mapping[str, str]] = {
    "received": {
        "de": (
            "Guten Tag,\n\nIhr Antrag ist bei uns angekommen. Ihr Aktenzeichen ist {reference}.\n"
            "Sie müssen jetzt nichts tun: Wir schreiben Ihnen, sobald es etwas Neues gibt.\n"
            "{where}\n\nMit freundlichen Grüßen\n{authority}\n"
        ),
        "en": (
            "Hello,\n\nwe have received your application. Your reference number is {reference}.\n"
            "There is nothing you need to do now: we write to you when there is news.\n"
            "{where}\n\nKind regards\n{authority}\n"
        ),
    },
    "notice": {
        "de": (
            "Guten Tag,\n\nzu Ihrem Antrag {reference} liegt ein Bescheid in Ihrem Postfach.\n"
            "{where}\n\nMit freundlichen Grüßen\n{authority}\n"
        ),
        "en": (
            "Hello,\n\nthere is a notice about your application {reference} in your mailbox.\n"
            "{where}\n\nKind regards\n{authority}\n"
        ),
    },
    **co_signing_texts.TEXTS,
}
# Where to look: with the address of the town's portal, if there is one.
WHERE: Mapping[bool, Mapping[str, str]] = {
    True: {
        "de": "Melden Sie sich hier an: {portal}/applications/{case}",
        "en": "Please sign in here: {portal}/applications/{case}",
    },
    False: {
        "de": "Sie finden alles dort, wo Sie den Antrag gestellt haben, nachdem Sie sich angemeldet haben.",
        "en": "You find everything where you applied, after signing in.",
    },
}
WHERE_FOR_GUESTS: Mapping[bool, Mapping[str, str]] = {
    True: {
        "de": "Mit Ihrem Statuscode finden Sie hier alles: {portal}/applications/{case}",
        "en": "With your status code you find everything here: {portal}/applications/{case}",
    },
    False: {
        "de": "Mit Ihrem Statuscode finden Sie alles dort, wo Sie den Antrag gestellt haben.",
        "en": "With your status code you find everything where you applied.",
    },
}


def enqueue_mail(*, case: Case, key: Key, service: CompiledService, kind: str) -> None:
    """Order a mail to the citizen, if she gave an address (inside the caller's transaction)."""
    sealed = Application.objects.get(case=case).sealed_answers
    answers = key.open_json(bytes(sealed), context=f"answers:{case.id}")
    confirmed = address_of(applicant=bytes(case.applicant))
    recipient = confirmed or e_mail_address(service=service, answers=answers)
    if recipient:
        enqueue(
            authority_id=case.authority_id,
            case_id=case.id,
            kind="send-mail",
            queue=Queue.OUTBOUND,
            key=key,
            details={"to": recipient, "kind": kind, "guest": confirmed is not None},
        )


def send_mail(*, taken: Taken, now: datetime) -> None:
    """Carry out one mail instruction. Raises `PermanentFailure`, `TryLater` or `LeaseLost`."""
    with acting_for(authority_id=taken.authority_id):
        case = Case.objects.get(id=taken.case_id)
        authority = by_id(authority_id=taken.authority_id)
        details = taken.read(data_key(owner_id=case.id))
    kind = details["kind"]
    values = {
        "reference": case.reference,
        "authority": authority.name,
        "where": _where(case, guest=details.get("guest", False)),
    }
    mail = Mail(
        command_id=taken.id,
        recipient=details["to"],
        subject=_text(SUBJECTS[kind], case.language).format(**values),
        text=_text(TEXTS[kind], case.language).format(**values),
        language=case.language,
        at=now,
    )
    environment = settings.ENVIRONMENT
    try:
        CHANNELS["email"].send(mail=mail, server=environment.mail_url, sender=environment.mail_from)
    except Undeliverable as error:
        raise PermanentFailure("the mail server refuses the citizen's address") from error
    except NotDelivered as error:
        raise TryLater("the mail server cannot be reached or asks to try later") from error
    _record_sent(taken, kind, now)


def _record_sent(taken: Taken, kind: str, now: datetime) -> None:
    with acting_for(authority_id=taken.authority_id):
        case = Case.objects.select_for_update().get(id=taken.case_id)
        key = data_key(owner_id=case.id)
        payload = {"kind": kind, "message": str(taken.id)}
        chain.append(case=case, key=key, kind="mail_sent", actor="system", at=now, payload=payload)
        case.save(update_fields=["last_seq", "head"])
        finish(taken=taken)


def _where(case: Case, *, guest: bool) -> str:
    portal = settings.ENVIRONMENT.portal_url
    where = WHERE_FOR_GUESTS if guest else WHERE
    return _text(where[bool(portal)], case.language).format(portal=portal, case=case.id)


def _text(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts["de"]
