"""Citizens without an account: ask for a confirmation code, exchange it for a status code, and end."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from backend.cases import chain
from backend.cases.models import Case
from backend.drafts.models import Draft
from backend.identity import guests
from backend.identity.codes import new_confirmation_code
from backend.identity.guests import Asked, Confirmed
from backend.identity.models import Guest
from backend.keys.queries import data_key
from backend.tenancy import acting_for


class CodeRefused(Exception):
    """The confirmation code is wrong, too old or tried too often, or nobody waits for one: all look alike."""


def ask_for_code(
    *, authority_id: UUID, email: str, language: str, now: datetime, reference: str | None = None
) -> Asked:
    """Order a mail with a confirmation code for a new guest; with `reference` for a lost status code."""
    code = new_confirmation_code(choose=secrets.choice)
    with acting_for(authority_id=authority_id):
        return guests.ask(
            authority_id=authority_id,
            email=email,
            reference=reference,
            language=language,
            code=code,
            now=now,
        )


def confirm(*, authority_id: UUID, guest_id: UUID, code: str, now: datetime) -> str:
    """The status code for a confirmation code. Raises `CodeRefused`.

    A status code that takes the place of an older one is on the record of all cases it opens.
    """
    with acting_for(authority_id=authority_id):
        confirmed = guests.confirm(guest_id=guest_id, code=code, now=now)
        if confirmed is not None and confirmed.renewed:
            _record_renewal(confirmed, now)
    if confirmed is None:
        raise CodeRefused
    return confirmed.status_code


def expire_guests(*, authority_id: UUID, now: datetime) -> int:
    """Delete guests whose time is over and who have neither case nor draft; returns how many."""
    with acting_for(authority_id=authority_id):
        found = guests.ending(now=now)
    return sum(_expire(authority_id, guest_id, now) for guest_id in found)


def _expire(authority_id: UUID, guest_id: UUID, now: datetime) -> bool:
    with acting_for(authority_id=authority_id):
        guest = Guest.objects.select_for_update(skip_locked=True).filter(id=guest_id).first()
        if guest is None:
            return False
        return guests.keep_or_forget(guest=guest, still_needed=_has_something(guest), now=now)


def _has_something(guest: Guest) -> bool:
    mine = {"authority_id": guest.authority_id, "applicant": guest.applicant}
    return Case.objects.filter(**mine).exists() or Draft.objects.filter(**mine).exists()


def _record_renewal(confirmed: Confirmed, now: datetime) -> None:
    for case in Case.objects.select_for_update().filter(applicant=confirmed.applicant).order_by("id"):
        key = data_key(owner_id=case.id)
        chain.append(case=case, key=key, kind="status_code_renewed", actor="citizen", at=now, payload={})
        case.save(update_fields=["last_seq", "head"])
