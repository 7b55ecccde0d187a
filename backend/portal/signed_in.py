"""Being signed in: who am I for this authority, and signing out."""

from __future__ import annotations

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from backend.identity.issuers import IssuerAway
from backend.identity.operations import SignedIn, sign_out
from backend.identity.providers import PROVIDERS, provider
from backend.identity.providers.contract import Departure, SignInRefused
from backend.portal.cookies import SESSION
from backend.portal.pages import page
from backend.portal.requests import authority_of, language, now, signed_in_at
from backend.portal.texts import TEXTS

log = structlog.get_logger()


@csrf_protect
@require_GET
def who_am_i(request: HttpRequest) -> HttpResponse:
    """What the authority knows from the sign-in: level, means, and each attribute with its own level."""
    authority = authority_of(request)
    signed_in = signed_in_at(request, authority_id=authority.id)
    if signed_in is None:
        response: HttpResponse = HttpResponseRedirect(reverse("sign-in"))
        SESSION.forget(response)
        return response
    identity, texts = signed_in.identity, TEXTS[language()]
    attributes = [
        (
            texts.get(name, name),
            _shown(value),
            texts[identity.attribute_levels.get(name, identity.level).word],
        )
        for name, value in sorted(identity.attributes.items())
    ]
    return page(
        request,
        "signed_in",
        authority=authority,
        identity=identity,
        level=texts[identity.level.word],
        attributes=attributes,
        ends_at=signed_in.ends_at,
    )


@csrf_protect
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """GET asks, POST signs out here at once and offers to sign out at the issuer too."""
    authority = authority_of(request)
    signed_in = signed_in_at(request, authority_id=authority.id)
    if request.method == "GET" and signed_in is not None:
        return page(request, "sign_out", authority=authority)
    sign_out(authority_id=authority.id, secret=SESSION.read(request))
    elsewhere = _elsewhere(request, signed_in)
    response = page(
        request,
        "signed_out",
        authority=authority,
        elsewhere=elsewhere,
        form_goes_to=elsewhere.url if elsewhere and elsewhere.form is not None else None,
    )
    SESSION.forget(response)
    return response


def _elsewhere(request: HttpRequest, signed_in: SignedIn | None) -> Departure | None:
    """Where to sign out at the issuer; None if it offers none, or does not answer."""
    if signed_in is None:
        return None
    back = request.build_absolute_uri(reverse("sign-out"))
    for name in PROVIDERS:
        try:
            found = provider(name=name).goodbye(identity=signed_in.identity, return_to=back, now=now())
        except (IssuerAway, SignInRefused) as error:
            log.warning("no_goodbye", error=type(error).__name__)
            return None
        if found is not None:
            return found
    return None


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if isinstance(part, str | int))
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return str(value)
