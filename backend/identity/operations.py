"""Signing in at the portal, staying signed in, and signing out; ending what must not go on."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from backend.identity.models import Revocation, SignIn
from backend.identity.revocations import Ended, ended, revocation_key
from backend.identity.verified import VerifiedIdentity
from backend.keys.queries import fingerprint
from backend.keys.vault import Key
from backend.tenancy import acting_for
from signing.id_tokens import Logout

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
# Written at most this often: looking at a page is not worth a write each time.
NOTED_EVERY = timedelta(minutes=1)
# Longer than any token lives; after that there is nothing left to end.
KEPT = timedelta(days=90)
SECRET_BYTES = 32


class SeenBefore(Exception):
    """A logout token comes a second time."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in that goes on: who it is, and until when at most."""

    id: UUID
    identity: VerifiedIdentity
    ends_at: datetime


def sign_in(*, authority_id: UUID, identity: VerifiedIdentity, replacing: str | None, now: datetime) -> str:
    """Start a sign-in; returns the secret for the browser's cookie, which is always a new one.

    `replacing` is the secret the browser held until now: what it stood for ends.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    account = identity.account or identity.subject
    with acting_for(authority_id=authority_id):
        SignIn.objects.filter(Q(ends_at__lte=now) | Q(used_at__lte=now - IDLE)).delete()
        if replacing:
            SignIn.objects.filter(secret_hash=_hash(replacing)).delete()
        SignIn.objects.create(
            authority_id=authority_id,
            secret_hash=_hash(secret),
            session_key=_key(Ended.SESSION, identity, identity.session) if identity.session else None,
            account_key=_key(Ended.ACCOUNT, identity, account),
            subject_key=_key(Ended.SUBJECT, identity, identity.subject),
            sealed_identity=_seal(secret).seal_json(identity.as_json(), context=f"sign-in:{authority_id}"),
            created_at=now,
            used_at=now,
            ends_at=now + LONGEST,
        )
    return secret


def continue_sign_in(*, authority_id: UUID, secret: str | None, now: datetime) -> SignedIn | None:
    """Who holds this secret; None if nobody, or if the sign-in ended: by time, or by its issuer."""
    if not secret:
        return None
    with acting_for(authority_id=authority_id):
        row = SignIn.objects.filter(secret_hash=_hash(secret)).first()
        if row is None:
            return None
        stored = _seal(secret).open_json(bytes(row.sealed_identity), context=f"sign-in:{authority_id}")
        identity = VerifiedIdentity.from_json(stored)
        if not now < row.ends_at or not now < row.used_at + IDLE or _was_ended(row, identity):
            row.delete()
            return None
        if now >= row.used_at + NOTED_EVERY:
            SignIn.objects.filter(id=row.id).update(used_at=now)
        return SignedIn(id=row.id, identity=identity, ends_at=row.ends_at)


def sign_out(*, authority_id: UUID, secret: str | None) -> None:
    """End the sign-in of this browser. Nothing happens if there is none."""
    if secret:
        with acting_for(authority_id=authority_id):
            SignIn.objects.filter(secret_hash=_hash(secret)).delete()


def revoke_token(*, issuer: str, jti: str, now: datetime) -> None:
    """One token is no longer valid, at once."""
    _revoke(revocation_key(what=Ended.TOKEN, issuer=issuer, value=jti), now)


def revoke_subject(*, issuer: str, subject: str, now: datetime) -> None:
    """All tokens of a person that were issued until now are no longer valid; she may sign in anew."""
    _revoke(revocation_key(what=Ended.SUBJECT, issuer=issuer, value=subject), now)


def end_by_issuer(*, issuer: str, logout: Logout, now: datetime) -> None:
    """The issuer says that somebody signed out there: what it vouched for until now ends here too.

    One sign-in with its tokens (`session`); with a `subject` also those sign-ins of hers that may be it, as
    nobody said which they are. By `subject` alone: all her sign-ins, and all tokens issued to her before.
    Raises `SeenBefore` for a logout token that comes twice.
    """
    seen = revocation_key(what=Ended.LOGOUT, issuer=issuer, value=logout.jti)
    try:
        with transaction.atomic():
            Revocation.objects.filter(keep_until__lt=now).delete()
            Revocation.objects.create(value=seen, before=now, keep_until=now + KEPT)
            if logout.session:
                _revoke(revocation_key(what=Ended.SESSION, issuer=issuer, value=logout.session), now)
            if logout.subject:
                what = Ended.UNNAMED if logout.session else Ended.ACCOUNT
                _revoke(revocation_key(what=what, issuer=issuer, value=logout.subject), now)
    except IntegrityError as error:
        raise SeenBefore from error


def _revoke(value: bytes, now: datetime) -> None:
    row = Revocation(value=value, before=now, keep_until=now + KEPT)
    Revocation.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["value"], update_fields=["before", "keep_until"]
    )


def _was_ended(row: SignIn, identity: VerifiedIdentity) -> bool:
    session = row.session_key or _key(Ended.UNNAMED, identity, identity.account or identity.subject)
    keys = [bytes(key) for key in (session, row.account_key, row.subject_key)]
    return any(row.created_at <= before for before in ended(keys=keys).values())


def _key(what: Ended, identity: VerifiedIdentity, value: str) -> bytes:
    return revocation_key(what=what, issuer=identity.issuer, value=value)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _seal(secret: str) -> Key:
    return Key.of(fingerprint(purpose="sign-in", value=secret))
