"""Is it still valid? Asked on every request, so that an end takes effect at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from django.db import connection

from backend.keys.queries import fingerprint
from signing.refusals import TokenRefused
from signing.tokens import Claims


class Ended(StrEnum):
    """What can be ended before its time."""

    TOKEN = "token"  # noqa: S105 -- one token, by its jti
    SUBJECT = "subject"  # everything of a person, by our key of her
    SESSION = "session"  # one sign-in at the issuer, by its sid
    ACCOUNT = "account"  # sign-ins and tokens of a person, by the issuer's key of her
    UNNAMED = "unnamed"  # her sign-ins at the portal of which the issuer gave no sid, by its key of her
    LOGOUT = "logout"  # a logout token that was used, by its jti


def revocation_key(*, what: Ended, issuer: str, value: str) -> bytes:
    """How a revocation is found again without storing whom it is about."""
    return fingerprint(purpose="revocation", value=json.dumps([what, issuer, value]))


def refuse_revoked(*, claims: Claims) -> None:
    """Raises TokenRefused `revoked`. A token that does not say when it was issued counts as old."""
    wanted = {
        Ended.TOKEN: claims.jti,
        Ended.SUBJECT: claims.subject,
        Ended.SESSION: claims.session,
        Ended.ACCOUNT: claims.account,
    }
    keys = {
        revocation_key(what=what, issuer=claims.issuer, value=value): what
        for what, value in wanted.items()
        if value
    }
    for key, before in ended(keys=keys).items():
        if keys[key] is Ended.TOKEN or claims.issued_at is None or claims.issued_at <= before:
            raise TokenRefused("revoked")


def ended(*, keys: Mapping[bytes, Ended] | list[bytes]) -> Mapping[bytes, datetime]:
    """Which of these are on the list, and until when what they stand for is no longer valid."""
    # On every request: written out, so that no query has to be built anew each time.
    with connection.cursor() as cursor:
        cursor.execute("select value, before from revocation where value = any(%s)", [list(keys)])
        return {bytes(value): before for value, before in cursor.fetchall()}
