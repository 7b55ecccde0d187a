"""Reminds people of a draft by e-mail, and lets drafts that nobody touched for long expire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.timezone import localdate

from backend.authorities.queries import by_id
from backend.drafts.content import Content
from backend.drafts.erasure import erase
from backend.drafts.models import Draft
from backend.drafts.state import compiled_of
from backend.jobs import Queue
from backend.keys.queries import data_key
from backend.notifications import CHANNELS, Mail, NotDelivered, Undeliverable
from backend.outbox.operations import PermanentFailure, Taken, TryLater, enqueue, finish
from backend.services.contact import e_mail_address
from backend.tenancy import acting_for
from signing.values import as_date

REMIND_BEFORE = timedelta(days=14)

SUBJECTS: Mapping[str, str] = {
    "de": "Ihr angefangener Antrag wartet auf Sie",
    "en": "The application you began is waiting for you",
}
TEXTS: Mapping[str, str] = {
    "de": (
        "Guten Tag,\n\nSie haben bei uns einen Antrag angefangen und noch nicht abgeschickt.\n"
        "Er ist bis zum {until} gespeichert. Danach löschen wir ihn mit allen Anlagen.\n"
        "{where}\nWenn Sie ihn nicht mehr brauchen, müssen Sie nichts tun.\n\n"
        "Mit freundlichen Grüßen\n{authority}\n"
    ),
    "en": (
        "Hello,\n\nyou began an application with us and have not submitted it yet.\n"
        "It is kept until {until}. After that we delete it with everything you attached.\n"
        "{where}\nIf you no longer need it, there is nothing you have to do.\n\n"
        "Kind regards\n{authority}\n"
    ),
}
WHERE: Mapping[bool, Mapping[str, str]] = {
    True: {
        "de": "Hier geht es weiter, nachdem Sie sich angemeldet haben: {portal}/drafts/{draft}",
        "en": "Continue here after signing in: {portal}/drafts/{draft}",
    },
    False: {
        "de": "Sie finden ihn dort, wo Sie ihn angefangen haben, nachdem Sie sich angemeldet haben.",
        "en": "You find it where you began it, after signing in.",
    },
}


def order_reminder(*, authority_id: UUID, draft_id: UUID, now: datetime) -> bool:
    """Order the mail for a draft that expires soon; False: not due, done before, or in use right now."""
    with acting_for(authority_id=authority_id):
        soon = Draft.objects.filter(
            id=draft_id, reminded_at=None, expires_at__lte=now + REMIND_BEFORE, expires_at__gt=now
        )
        draft = soon.select_for_update(skip_locked=True).first()
        if draft is None:
            return False
        key = data_key(owner_id=draft.id)
        answers = Content.of(draft=draft, key=key).answers
        recipient = e_mail_address(service=compiled_of(draft=draft), answers=answers)
        draft.reminded_at = now
        draft.save(update_fields=["reminded_at"])
        if recipient:
            enqueue(
                authority_id=authority_id,
                case_id=draft.id,
                kind="remind-draft",
                queue=Queue.OUTBOUND,
                key=key,
                details={"to": recipient},
            )
        return bool(recipient)


def send_reminder(*, taken: Taken, now: datetime) -> None:
    """Carry out one reminder; a draft that was changed, submitted or deleted meanwhile needs none.

    Raises `PermanentFailure`, `TryLater` or `LeaseLost`.
    """
    with acting_for(authority_id=taken.authority_id):
        draft = Draft.objects.filter(id=taken.case_id, reminded_at__isnull=False).first()
        if draft is None:
            finish(taken=taken)
            return
        recipient = taken.read(data_key(owner_id=draft.id))["to"]
        authority = by_id(authority_id=taken.authority_id)
    mail = Mail(
        command_id=taken.id,
        recipient=recipient,
        subject=_text(SUBJECTS, draft.language),
        text=_text(TEXTS, draft.language).format(
            until=as_date(localdate(draft.expires_at).isoformat(), draft.language),
            where=_where(draft),
            authority=authority.name,
        ),
        language=draft.language,
        at=now,
    )
    environment = settings.ENVIRONMENT
    try:
        CHANNELS["email"].send(mail=mail, server=environment.mail_url, sender=environment.mail_from)
    except Undeliverable as error:
        raise PermanentFailure("the mail server refuses the citizen's address") from error
    except NotDelivered as error:
        raise TryLater("the mail server cannot be reached or asks to try later") from error
    with acting_for(authority_id=taken.authority_id):
        finish(taken=taken)


def expire(*, authority_id: UUID, draft_id: UUID, now: datetime) -> bool:
    """Delete a draft whose time has passed; False: it is gone, was saved again, or is in use right now."""
    with acting_for(authority_id=authority_id):
        passed = Draft.objects.filter(id=draft_id, expires_at__lte=now)
        draft = passed.select_for_update(skip_locked=True).first()
        if draft is None:
            return False
        erase(draft=draft)
        return True


def _where(draft: Draft) -> str:
    portal = settings.ENVIRONMENT.portal_url
    return _text(WHERE[bool(portal)], draft.language).format(portal=portal, draft=draft.id)


def _text(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts["de"]
