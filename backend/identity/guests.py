"""Guests: who asks for a code, who has one, and whose time is over. Runs inside the caller's transaction.

The confirmation code goes by mail to the address somebody named; whoever types it in gets the status code,
which is all a guest needs from then on. Nothing depends on whether an address is known: each request makes a
new guest, and what is not to be mailed is decided later, by the worker.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from uuid_utils.compat import uuid7

from backend.identity import models
from backend.identity.codes import as_read, as_shown, is_status_code, status_code_of
from backend.identity.principals import Guest
from backend.jobs import Queue
from backend.keys.operations import create_data_key, destroy_data_key
from backend.keys.queries import data_key, fingerprint
from backend.outbox.operations import enqueue
from signing.levels import TrustLevel
from signing.refusals import TokenRefused

TOKEN_PREFIX = "guest."  # noqa: S105 -- says what kind of credential follows
CODE_VALID = timedelta(minutes=30)
MOST_TRIES = 5
# So that nobody can flood a stranger's mailbox: this many mails to one mailbox in this time.
MOST_MAILS = ((3, timedelta(hours=1)), (8, timedelta(days=1)))
UNCONFIRMED_FOR = timedelta(hours=24)
UNUSED_FOR = timedelta(days=90)
EXTENDED_BEFORE = timedelta(days=1)
# Nobody gets in any more when her time is over, but what she began before that may not be stored yet.
GRACE = timedelta(hours=1)
MOST_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """What everybody gets who names an address; `code_until`: the code in the mail is good until then."""

    id: UUID
    code_until: datetime


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The status code, as it is shown this once. `renewed`: it takes the place of an older one."""

    status_code: str
    applicant: bytes
    renewed: bool


def ask(
    *, authority_id: UUID, email: str, reference: str | None, language: str, code: str, now: datetime
) -> Asked:
    """Order a mail with a confirmation code; the same work for every address.

    `reference`: for a new status code of the guest whose case it is. `code` is freshly drawn.
    """
    guest_id = uuid7()
    key = create_data_key(authority_id=authority_id, owner_id=guest_id)
    models.Guest.objects.create(
        id=guest_id,
        authority_id=authority_id,
        applicant=fingerprint(purpose="guest", value=str(guest_id)),
        mailbox=mailbox_of(email=email),
        sealed_email=key.seal_json({"email": email}, context=f"guest:{guest_id}"),
        language=language,
        confirmation=_confirmation(guest_id, code),
        confirmation_until=now + CODE_VALID,
        created_at=now,
        expires_at=now + UNCONFIRMED_FOR,
    )
    enqueue(
        authority_id=authority_id,
        case_id=guest_id,
        kind="confirm-guest",
        queue=Queue.OUTBOUND,
        key=key,
        details={"code": code, "reference": reference},
    )
    return Asked(id=guest_id, code_until=now + CODE_VALID)


def confirm(*, guest_id: UUID, code: str, now: datetime) -> Confirmed | None:
    """Give out the status code to whoever read the mail; None for every kind of no.

    The right code again gives the same status code, as long as it is good: an answer may get lost. A wrong
    one is counted, so the caller's transaction must be committed.
    """
    rows = {row.id: row for row in _locked_with_renewed(guest_id)}
    asked = rows.get(guest_id)
    if asked is None:
        return None
    code = as_read(code)
    right = hmac.compare_digest(bytes(asked.confirmation), _confirmation(guest_id, code))
    guest = rows.get(asked.renews or asked.id)
    if not right or asked.mailed_at is None or asked.tries >= MOST_TRIES or now >= asked.confirmation_until:
        asked.tries += 1
        asked.save(update_fields=["tries"])
        return None
    # Not drawn but derived, so that only its fingerprint has to be kept.
    status_code = status_code_of(secret=fingerprint(purpose="guest-secret", value=f"{guest_id} {code}"))
    known_by, repeated = _status_code(status_code), asked.confirmed_at is not None
    if guest is None or (repeated and bytes(guest.status_code or b"") != known_by):
        return None
    if not repeated:
        asked.confirmed_at = now
        asked.save(update_fields=["confirmed_at"])
        guest.status_code, guest.confirmed_at = known_by, guest.confirmed_at or now
        guest.expires_at = now + UNUSED_FOR
        guest.save(update_fields=["status_code", "confirmed_at", "expires_at"])
    return Confirmed(
        status_code=as_shown(status_code),
        applicant=bytes(guest.applicant),
        renewed=guest.id != asked.id and not repeated,
    )


def guest_behind(*, token: str, now: datetime) -> Guest:
    """The guest with the status code of `guest.<status code>`. Raises `TokenRefused`."""
    code = as_read(token.removeprefix(TOKEN_PREFIX))
    if not is_status_code(code):
        raise TokenRefused("status-code-mistyped")
    found = models.Guest.objects.filter(status_code=_status_code(code), expires_at__gt=now).first()
    if found is None:
        raise TokenRefused("status-code-unknown")
    return Guest(
        applicant=bytes(found.applicant),
        level=TrustLevel.NONE,
        attributes={"email": _email(found)},
        attribute_levels={"email": TrustLevel.NONE},
        source="guest",
        proved_by="E-Mail",
    )


def address_of(*, applicant: bytes) -> str | None:
    """The confirmed address of a guest; None if the applicant is no guest."""
    found = models.Guest.objects.filter(applicant=applicant, confirmed_at__isnull=False).first()
    return None if found is None else _email(found)


def may_be_mailed(*, guest_id: UUID, renews: UUID | None, now: datetime) -> models.Guest | None:
    """The guest who waits for a mail, which is counted from now on; None if it must not be sent (any more).

    `renews`: the guest whose status code was lost (`guest_of_case`).
    """
    asked = models.Guest.objects.filter(id=guest_id).first()
    if asked is None or now >= asked.confirmation_until:
        return None
    longest = max(within for _, within in MOST_MAILS)
    of_mailbox = models.Guest.objects.filter(mailbox=asked.mailbox, created_at__gt=now - longest - CODE_VALID)
    # One worker after the other for the same mailbox: both would still find room for one more.
    rows = list(of_mailbox.select_for_update().order_by("id"))
    waiting = next((row for row in rows if row.id == guest_id), None)
    if waiting is None or waiting.mailed_at is not None:
        return waiting
    sent = [row.mailed_at for row in rows if row.mailed_at is not None]
    if any(sum(at > now - within for at in sent) >= most for most, within in MOST_MAILS):
        return None
    waiting.mailed_at, waiting.renews = now, renews
    waiting.save(update_fields=["mailed_at", "renews"])
    return waiting


def guest_of_case(*, asked_by: UUID, applicant: bytes) -> UUID | None:
    """The guest who has a case, if the request for a new status code named her mailbox."""
    mailbox = models.Guest.objects.filter(id=asked_by).values("mailbox")
    known = models.Guest.objects.filter(applicant=applicant, mailbox__in=mailbox, confirmed_at__isnull=False)
    return known.values_list("id", flat=True).first()


def recipient_of(*, asked: models.Guest) -> str:
    """Where the code goes: for a new status code always to the address that was confirmed."""
    return _email(models.Guest.objects.get(id=asked.renews) if asked.renews else asked)


def ending(*, now: datetime) -> list[UUID]:
    """Guests whose time is over, and those who lose their status code soon unless they get more time."""
    over = Q(expires_at__lte=now - GRACE)
    soon = Q(status_code__isnull=False, expires_at__lte=now + EXTENDED_BEFORE)
    found = models.Guest.objects.filter(over | soon).order_by("expires_at")
    return list(found.values_list("id", flat=True)[:MOST_AT_ONCE])


def keep_or_forget(*, guest: models.Guest, still_needed: bool, now: datetime) -> bool:
    """Give a guest more time, or delete her with her key once her time is over; True if she was deleted."""
    if still_needed:
        guest.expires_at = now + UNUSED_FOR
        guest.save(update_fields=["expires_at"])
        return False
    if guest.expires_at > now - GRACE:
        return False
    destroy_data_key(owner_id=guest.id)
    guest.delete()
    return True


def mailbox_of(*, email: str) -> bytes:
    """A fingerprint by which mails to one mailbox are counted: capitals and `+tags` make no difference."""
    local, _, domain = email.casefold().rpartition("@")
    return fingerprint(purpose="guest-mailbox", value=f"{local.partition('+')[0]}@{domain}")


def _locked_with_renewed(guest_id: UUID) -> list[models.Guest]:
    renewed = models.Guest.objects.filter(id=guest_id, renews__isnull=False).values("renews")
    both = models.Guest.objects.filter(Q(id=guest_id) | Q(id__in=renewed))
    # In the order of ids, as everybody who locks several guests: nobody waits for each other.
    return list(both.select_for_update().order_by("id"))


def _email(guest: models.Guest) -> str:
    sealed = data_key(owner_id=guest.id).open_json(bytes(guest.sealed_email), context=f"guest:{guest.id}")
    return str(sealed["email"])


def _confirmation(guest_id: UUID, code: str) -> bytes:
    return fingerprint(purpose="guest-confirmation", value=f"{guest_id} {code}")


def _status_code(code: str) -> bytes:
    return fingerprint(purpose="guest-status-code", value=code)
