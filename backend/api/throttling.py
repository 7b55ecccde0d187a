"""How often somebody may ask: per person when signed in, per client address when not.

An office behind one address is not punished for one member: whoever is signed in is counted by herself, and
refused tokens lock nobody out whose own token is good. Counted in the memory of each web process: no request
waits for another server, and with several processes the limits are multiplied by their number.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from rest_framework.throttling import BaseThrottle

from backend.api import problems
from backend.api.context import authority_id_of
from backend.api.errors import Refused
from backend.api.problems import ApiProblem
from backend.authorities.queries import ClerkAccount
from backend.identity.principals import Citizen

log = structlog.get_logger()

IPV6_HOME = 64


class PerCaller(BaseThrottle):
    """Refuses a caller who asks more often than `LAUFZETTEL_THROTTLE` allows."""

    def allow_request(self, request: Any, view: Any) -> bool:  # noqa: ARG002
        kind, caller = _caller(request, self.get_ident(request))
        self._exceeded = _exceeded(kind, str(authority_id_of(request)), caller)
        return self._exceeded is None

    def wait(self) -> float | None:
        return self._exceeded


def count_refused_token(request: Any) -> None:
    """Remember that a client sent a token that is not good.

    Raises `Refused` (429) with an alert in the log once it does so again and again: somebody is trying out
    tokens. Good tokens from the same address are never asked for this.
    """
    client = _network(BaseThrottle().get_ident(request))
    wait = _exceeded("refused-tokens", client)
    if wait is not None:
        log.warning("token_stuffing", wait=math.ceil(wait))
        headers = {"Retry-After": str(math.ceil(wait))}
        raise Refused(ApiProblem(problems.TOO_MANY_REQUESTS, headers=headers))


def _caller(request: Any, address: str) -> tuple[str, str]:
    match request.user:
        case None:
            return "address", _network(address)
        case Citizen(applicant=applicant):
            return "person", applicant.hex()
        case ClerkAccount(id=clerk):
            return "person", str(clerk)
        case other:
            return "person", repr(other)


def _exceeded(kind: str, *caller: str) -> float | None:
    """None if the caller may go on, else the seconds to wait."""
    limit = _limits().get(kind)
    if limit is None or _limiter().hit(limit, kind, *caller):
        return None
    return max(1.0, _limiter().get_window_stats(limit, kind, *caller).reset_time - time.time())


@cache
def _limits() -> Mapping[str, RateLimitItem]:
    return {kind: parse(limit) for kind, limit in settings.ENVIRONMENT.throttle.items()}


@cache
def _limiter() -> SlidingWindowCounterRateLimiter:
    return SlidingWindowCounterRateLimiter(MemoryStorage())


def _network(address: str) -> str:
    """One home has one IPv4 address, or a whole /64 network of IPv6 (RFC 6177)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, IPV6_HOME), strict=False))
    return address
