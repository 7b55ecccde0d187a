"""Leaving to sign in elsewhere: choosing where, stepping up, and the way there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from backend.identity.issuers import IssuerAway
from backend.identity.operations import SignedIn
from backend.identity.pending import seal_pending
from backend.identity.providers import provider, way_named, ways_to_sign_in
from backend.identity.providers.contract import SignInRefused, Wanted
from backend.identity.queries import is_clerks
from backend.portal.cookies import PENDING, SESSION
from backend.portal.pages import error_page, page
from backend.portal.requests import authority_of, language, now, signed_in_at, way_back
from signing.levels import TrustLevel

log = structlog.get_logger()

LONGEST_AGE = 86_400


@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """Where people can sign in here. `next`: where to go then; `level`: the least she needs."""
    authority, level = authority_of(request), wanted_level(request)
    return page(
        request,
        "sign_in",
        authority=authority,
        ways=_ways(request, authority, for_clerks=False),
        clerks_ways=_ways(request, authority, for_clerks=True),
        level=level.word if level else None,
    )


@require_GET
def start(request: HttpRequest, way: str) -> HttpResponse:
    """Sends the browser to the issuer; what was asked for stays here, sealed in a cookie."""
    authority, moment = authority_of(request), now()
    chosen = way_named(name=way, authority=authority.slug)
    if chosen is None:
        return error_page(request, "unknown-way", authority=authority, status=404)
    wanted = Wanted(
        return_to=request.build_absolute_uri(reverse("sign-in-callback")),
        level=wanted_level(request),
        max_age=wanted_age(request),
        language=language(),
    )
    try:
        leaving = provider(name=chosen.provider).start(way=chosen, wanted=wanted, now=moment)
    except IssuerAway:
        return error_page(request, "away", authority=authority, status=503)
    except SignInRefused as refused:
        log.warning("sign_in_refused", way=way, code=refused.code, reason=refused.reason)
        return error_page(request, refused.code, authority=authority, status=502)
    response: HttpResponse
    if leaving.form is None:
        response = HttpResponseRedirect(leaving.url)
    else:
        response = page(
            request, "leave", authority=authority, form_goes_to=leaving.url, leaving=leaving,
            label=chosen.label[language()],
        )  # fmt: skip
    response["Cache-Control"] = "no-store"
    remembered = {
        "way": way,
        "next": way_back(request),
        "remember": dict(leaving.remember),
        # A form from another site does not bring the cookie of the session along (SameSite=Lax).
        "session": SESSION.read(request),
    }
    sealed = seal_pending(authority_id=authority.id, values=remembered, now=moment)
    PENDING.write(response, sealed, from_elsewhere=leaving.posted_back)
    return response


@require_GET
def step_up(request: HttpRequest) -> HttpResponse:
    """Asks somebody who is signed in for more: a higher `level`, or one newer than `max_age` seconds."""
    authority = authority_of(request)
    signed_in = signed_in_at(request, authority_id=authority.id)
    if signed_in is None:
        return HttpResponseRedirect(f"{reverse('sign-in')}?{request.GET.urlencode()}")
    level, age = wanted_level(request), wanted_age(request)
    if _is_enough(signed_in, level, age):
        return HttpResponseRedirect(way_back(request) or reverse("signed-in"))
    return page(
        request,
        "step_up",
        authority=authority,
        ways=_ways(request, authority, for_clerks=is_clerks(issuer=signed_in.identity.issuer)),
        level=level.word if level and signed_in.identity.level < level else None,
        current=signed_in.identity.level.word,
    )


def _ways(request: HttpRequest, authority: Any, *, for_clerks: bool) -> list[tuple[str, str]]:
    """What people read, and where it leads."""
    return [
        (way.label[language()], _start(way.name, request))
        for way in ways_to_sign_in(authority=authority.slug)
        if way.for_clerks is for_clerks
    ]


def wanted_level(request: HttpRequest) -> TrustLevel | None:
    word = request.GET.get("level", "")
    return next((level for level in TrustLevel if level and level.word == word), None)


def wanted_age(request: HttpRequest) -> timedelta | None:
    seconds = request.GET.get("max_age", "")
    fits = seconds.isascii() and seconds.isdigit() and 0 < int(seconds[:6]) <= LONGEST_AGE
    return timedelta(seconds=int(seconds[:6])) if fits else None


def _is_enough(signed_in: SignedIn, level: TrustLevel | None, age: timedelta | None) -> bool:
    identity = signed_in.identity
    if level is not None and identity.level < level:
        return False
    return age is None or (identity.authenticated_at is not None and now() <= identity.authenticated_at + age)


def _start(way: str, request: HttpRequest) -> str:
    passed_on = {name: request.GET[name] for name in ("level", "max_age", "next") if name in request.GET}
    query = f"?{urlencode(passed_on)}" if passed_on else ""
    return reverse("sign-in-start", args=[way]) + query
