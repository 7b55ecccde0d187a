"""Coming back from an issuer: the answer to a sign-in, and the issuer's own word that somebody signed out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from backend.identity.issuers import IssuerAway
from backend.identity.operations import SeenBefore, continue_sign_in, end_by_issuer, sign_in
from backend.identity.pending import NothingPending, open_pending
from backend.identity.providers import provider, way_named
from backend.identity.providers.contract import SignInRefused
from backend.identity.providers.oidc.answers import read_logout
from backend.identity.verified import VerifiedIdentity
from backend.portal.cookies import PENDING, SESSION
from backend.portal.pages import error_page
from backend.portal.requests import authority_of, now
from signing.refusals import TokenRefused

log = structlog.get_logger()

STATUS = {"cancelled": 400, "level": 403, "mixed-up": 400, "refused": 502}


class AnotherAccount(Exception):
    """Somebody stepped up with an account that is not the one she is signed in with."""


@require_http_methods(["GET", "POST"])
def callback(request: HttpRequest) -> HttpResponse:
    """The issuer's answer. It counts once, in the browser that asked, and gives a session of its own."""
    authority, moment = authority_of(request), now()
    try:
        pending = open_pending(authority_id=authority.id, cookie=PENDING.read(request), now=moment)
        identity = _finish(request, authority, pending, moment)
        held = SESSION.read(request) or pending.get("session")
        secret = _begin(authority, identity, held, moment)
    except NothingPending:
        return _failed(request, authority, "mixed-up", 400)
    except AnotherAccount:
        return _failed(request, authority, "other-account", 409)
    except IssuerAway:
        return _failed(request, authority, "away", 503)
    except SignInRefused as refused:
        log.warning("sign_in_refused", way=pending["way"], code=refused.code, reason=refused.reason)
        return _failed(request, authority, refused.code, STATUS[refused.code], said=refused.text)
    # 303: the answer came by POST or GET; the next page is fetched by GET, and the code leaves the address.
    response = HttpResponseRedirect(pending["next"] or reverse("signed-in"), status=303)
    response["Cache-Control"] = "no-store"
    SESSION.write(response, secret)
    PENDING.forget(response)
    return response


@require_POST
def logged_out(request: HttpRequest, way: str) -> HttpResponse:
    """Back-channel logout (OpenID Connect Back-Channel Logout 1.0 § 2.5): called by the issuer itself."""
    moment = now()
    try:
        issuer, logout = read_logout(name=way, token=request.POST.get("logout_token", ""), now=moment)
        end_by_issuer(issuer=issuer, logout=logout, now=moment)
    except (TokenRefused, SignInRefused, SeenBefore) as refused:
        reason = getattr(refused, "code", "seen-before")
        log.warning("logout_token_refused", way=way, reason=reason)
        body = {"error": "invalid_request", "error_description": reason}
        return JsonResponse(body, status=400, headers={"Cache-Control": "no-store"})
    except IssuerAway:
        return JsonResponse({"error": "temporarily_unavailable"}, status=503)
    return HttpResponse(status=200, headers={"Cache-Control": "no-store"})


def _finish(
    request: HttpRequest, authority: Any, pending: Mapping[str, Any], moment: datetime
) -> VerifiedIdentity:
    way = way_named(name=pending["way"], authority=authority.slug)
    if way is None:
        raise NothingPending
    answer = request.POST.dict() if request.method == "POST" else request.GET.dict()
    return provider(name=way.provider).finish(
        way=way, remembered=pending["remember"], answer=answer, now=moment
    )


def _begin(authority: Any, identity: VerifiedIdentity, held: str | None, moment: datetime) -> str:
    before = continue_sign_in(authority_id=authority.id, secret=held, now=moment)
    same_issuer = before is not None and before.identity.issuer == identity.issuer
    if before is not None and same_issuer and before.identity.subject != identity.subject:
        raise AnotherAccount
    return sign_in(authority_id=authority.id, identity=identity, replacing=held, now=moment)


def _failed(
    request: HttpRequest, authority: Any, code: str, status: int, *, said: Mapping[str, str] | None = None
) -> HttpResponse:
    response = error_page(request, code, authority=authority, status=status, said=said)
    PENDING.forget(response)
    return response
