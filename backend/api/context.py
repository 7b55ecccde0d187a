"""What every view needs to know of a request: for which authority, and when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from backend.api import problems
from backend.api.errors import Refused
from backend.api.problems import ApiProblem
from backend.authorities.host_names import authority_called


def authority_id_of(request: Any) -> UUID:
    """The authority whose host was called, or whom the path named (`path_prefix`); never from the body."""
    django_request = getattr(request, "_request", request)
    found = authority_called(django_request)
    if found is None:
        raise Refused(ApiProblem(problems.NOT_FOUND))
    return found


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
