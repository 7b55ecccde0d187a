"""Asks others to sign an application too: an invitation with a secret each, a reminder, a last day.

Runs inside the caller's transaction, together with the application itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import partial
from uuid import UUID

from django.utils.timezone import localdate, make_aware
from uuid_utils.compat import uuid7

from backend.authorities.queries import by_id
from backend.cases import chain
from backend.cases.models import Case, CoSignature
from backend.cases.parties import CoSigner
from backend.jobs import Queue
from backend.keys.queries import fingerprint
from backend.keys.vault import Key
from backend.outbox.operations import enqueue
from workflows.deadlines import Duration, Holidays, end_of_period

REMIND = "remind-co-signer"
END = "end-co-signing"
TOKEN_BYTES = 32


def invite(*, case: Case, key: Key, signers: Sequence[CoSigner], days: int, now: datetime) -> None:
    """Order an invitation for each, and what happens when half and all of the time is over.

    The caller saves the case.
    """
    due_at = _end(case.authority_id, days, now)
    for signer in signers:
        _invite_one(case, key, signer, due_at, now)
    order = partial(enqueue, authority_id=case.authority_id, case_id=case.id)
    order(kind="end-co-signing", queue=Queue.ROUTING, due_at=due_at)


def token_fingerprint(token: str) -> bytes:
    """What is stored of the secret in a mail in order to know it again."""
    return fingerprint(purpose="co-signature", value=token)


def person_context(co_signature_id: UUID) -> str:
    """The place to which name, address and secret are sealed."""
    return f"co-signature:{co_signature_id}"


def _end(authority_id: UUID, days: int, now: datetime) -> datetime:
    """24:00 of the last day (§ 31 VwVfG)."""
    last_day = end_of_period(
        start=localdate(now),
        duration=Duration(days=days),
        days_off=Holidays(land=by_id(authority_id=authority_id).land),
    )
    return make_aware(datetime.combine(last_day + timedelta(days=1), time.min))


def _invite_one(case: Case, key: Key, signer: CoSigner, due_at: datetime, now: datetime) -> None:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = CoSignature(
        id=uuid7(), authority_id=case.authority_id, case=case, token=token_fingerprint(token), due_at=due_at
    )
    # The secret is needed once more for the reminder; it goes with the key of the case.
    person = {"name": signer.name, "email": signer.email, "language": signer.language, "token": token}
    row.sealed_person = key.seal_json(person, context=person_context(row.id))
    row.save(force_insert=True)
    payload = {"co_signature": str(row.id), "until": due_at.isoformat()}
    chain.append(case=case, key=key, kind="co_signature_invited", actor="citizen", at=now, payload=payload)
    details = {"co_signature": str(row.id)}
    half = now + (due_at - now) / 2
    order = partial(enqueue, authority_id=case.authority_id, case_id=case.id, key=key, details=details)
    order(kind="invite-co-signer", queue=Queue.OUTBOUND)
    order(kind="remind-co-signer", queue=Queue.OUTBOUND, due_at=half)
