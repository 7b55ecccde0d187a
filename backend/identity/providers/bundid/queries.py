"""Which service provider an authority is at BundID."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from django.conf import settings

from backend.identity.providers.bundid.configuration import ServiceProvider, read_service_providers


class NotOffered(Exception):
    """The authority has no sign-in with BundID."""


@cache
def service_providers() -> dict[str, ServiceProvider]:
    """Read once per process; an unsafe configuration stops the start (see `backend.wsgi`)."""
    environment = settings.ENVIRONMENT
    # Whether certificates have expired is asked of the machine's clock, once, at the start.
    return read_service_providers(
        configured=environment.bundid, production=environment.production, now=datetime.now(UTC)
    )


def service_provider(*, authority: str) -> ServiceProvider:
    """`authority` is the short name. Raises `NotOffered`."""
    known = service_providers()
    found = known.get(authority) or known.get("")
    if found is None:
        raise NotOffered(authority)
    return found
