"""What every view needs to know of a request: for which authority, and when."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language

from backend.api import problems
from backend.api.errors import Refused
from backend.api.problems import ApiProblem
from backend.authorities.queries import id_by_host


def authority_id_of(request: Any) -> UUID:
    """The authority whose host was called; never taken from the body."""
    django_request = getattr(request, "_request", request)
    if not hasattr(django_request, "authority_id"):
        # Host names are the same in capitals and with a dot at the end (RFC 4343, RFC 1034 § 3.1).
        host = re.sub(r":\d+$", "", django_request.get_host()).lower().rstrip(".")
        found = id_by_host(host=host, default_slug=settings.ENVIRONMENT.default_authority)
        if found is None:
            raise Refused(ApiProblem(problems.NOT_FOUND))
        django_request.authority_id = found
    return django_request.authority_id


def now() -> datetime:
    """The clock is read here, at the edge, and passed on."""
    return datetime.now(UTC)


def language_of_request() -> str:
    return "en" if (get_language() or "de").startswith("en") else "de"


def idempotency_key(request: Any) -> str:
    """The `Idempotency-Key` header (8 to 200 visible characters)."""
    key = request.headers.get("Idempotency-Key", "")
    if not 8 <= len(key) <= 200 or not key.isprintable():  # noqa: PLR2004 -- as the problem text says
        raise Refused(ApiProblem(problems.MISSING_KEY))
    return key
