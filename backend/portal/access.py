"""Who may open which page of the portal: written out in docs/reference/access.md, tried in tests/security."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `session`: only for whoever is signed in here; others are led to the sign-in."""

    methods: frozenset[str]
    who: str
    session: bool = False


_GET, _POST = frozenset({"GET"}), frozenset({"POST"})

PAGES: Mapping[str, Page] = {
    "sign-in": Page(_GET, "anybody"),
    "sign-in/callback": Page(_GET | _POST, "the browser that set out to sign in"),
    "sign-in/<slug:way>/start": Page(_GET, "anybody"),
    "sign-in/<slug:way>/logged-out": Page(_POST, "the issuer, with a logout token it has signed"),
    "saml/bundid/acs": Page(_GET | _POST, "the browser that set out to sign in"),
    "saml/bundid/metadata": Page(_GET, "anybody"),
    "step-up": Page(_GET, "whoever is signed in", session=True),
    "signed-in": Page(_GET, "whoever is signed in: her own data", session=True),
    "sign-out": Page(_GET | _POST, "anybody: ends her own sign-in"),
}
