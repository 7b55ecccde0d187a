"""Ways of signing in at the portal: adding one = a package that keeps `contract.Provider`, one line here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.identity.providers.contract import Provider, Way

# Protocol → the package whose `PROVIDER` speaks it. Named, not imported: some have tables of their own,
# and those must not be looked at before all are known.
PROVIDERS: Mapping[str, str] = {
    "oidc": "backend.identity.providers.oidc",
    "bundid": "backend.identity.providers.bundid.provider",
}


@cache
def provider(*, name: str) -> Provider:
    found: Provider = import_module(PROVIDERS[name]).PROVIDER
    return found


def ways_to_sign_in(*, authority: str) -> tuple[Way, ...]:
    """What the sign-in page of an authority (its short name) offers."""
    return tuple(way for name in PROVIDERS for way in provider(name=name).ways(authority=authority))


def way_named(*, name: str, authority: str) -> Way | None:
    return next((way for way in ways_to_sign_in(authority=authority) if way.name == name), None)
