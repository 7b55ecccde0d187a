"""Being signed in: who am I for this authority, and signing out."""

from __future__ import annotations

import re

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
from signing.values import UnfitValue, as_date

log = structlog.get_logger()

# What people look for first; the rest follows by name.
FIRST = ("given_name", "family_name", "birthdate", "address", "email")
# The members of an address as one writes them (OpenID Connect Core § 5.1.1).
ADDRESS = ("street_address", "postal_code", "locality", "region", "country")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


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
            _shown(value, language()),
            texts[identity.attribute_levels.get(name, identity.level).word],
        )
        for name, value in sorted(identity.attributes.items(), key=lambda entry: _place(entry[0]))
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


def _place(name: str) -> tuple[int, str]:
    return (FIRST.index(name) if name in FIRST else len(FIRST), name)


def _shown(value: object, words: str) -> str:
    if isinstance(value, dict):
        known = [*ADDRESS, *sorted(value.keys() - set(ADDRESS))]
        return ", ".join(str(value[part]) for part in known if isinstance(value.get(part), str | int))
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    text = str(value)
    try:
        return as_date(text, words) if DAY.fullmatch(text) else text
    except UnfitValue:  # the 31st of February: shown as the account has it
        return text
