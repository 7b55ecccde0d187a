"""Uses up the answer to a sign-in."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from uuid import UUID

from backend.identity.providers.bundid.models import SamlUse
from backend.tenancy import acting_for


def use_up(
    *, authority_id: UUID, issuer: str, request_id: str, assertion_id: str, until: datetime, now: datetime
) -> bool:
    """Note that this question was answered, with this assertion; False if either was before.

    It holds for all web processes. `until`: when both have expired, and nothing needs to be known of them.
    """
    fingerprints = [_hash("request", issuer, request_id), _hash("assertion", issuer, assertion_id)]
    with acting_for(authority_id=authority_id):
        SamlUse.objects.filter(authority_id=authority_id, expires_at__lt=now).delete()
        rows = [SamlUse(authority_id=authority_id, fingerprint=one, expires_at=until) for one in fingerprints]
        SamlUse.objects.bulk_create(rows, ignore_conflicts=True)
        # Of two at once the second waited for the first at the unique key, and finds its rows here.
        mine = {row.id for row in rows}
        return SamlUse.objects.filter(id__in=mine).count() == len(rows)


def _hash(*parts: str) -> bytes:
    return hashlib.sha256(json.dumps(parts).encode()).digest()
