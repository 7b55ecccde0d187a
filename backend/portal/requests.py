"""What every page needs to know of a request: for which authority, when, and who is signed in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from backend.authorities.host_names import authority_called
from backend.authorities.queries import by_id
from backend.identity.operations import SignedIn, continue_sign_in
from backend.portal.cookies import SESSION

LONGEST_PATH = 500


def authority_of(request: HttpRequest) -> Any:
    """The authority whose host was called. Raises `Http404`."""
    known = authority_called(request)
    if known is None:
        raise Http404
    return by_id(authority_id=known)


def now() -> datetime:
    """The clock is read here, at the edge, and passed on."""
    return datetime.now(UTC)


def language() -> str:
    return "en" if (get_language() or "de").startswith("en") else "de"


def signed_in_at(request: HttpRequest, *, authority_id: UUID) -> SignedIn | None:
    return continue_sign_in(authority_id=authority_id, secret=SESSION.read(request), now=now())


def way_back(request: HttpRequest) -> str:
    """Where to go afterwards (`next`): a page of ours, never another site; empty if none is named."""
    wanted = request.GET.get("next", "")
    local = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if local and wanted.isprintable() and len(wanted) <= LONGEST_PATH else ""
