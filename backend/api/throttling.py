"""How often somebody may call the API: per person when signed in, per client address when not.

An office behind one address is not punished for one member: whoever is signed in is counted by herself, and
refused tokens lock nobody out whose own token is good. Counting is `backend.throttling`.
"""

from __future__ import annotations

import math
from typing import Any

import structlog
from rest_framework.throttling import BaseThrottle

from backend.api import problems
from backend.api.context import authority_id_of
from backend.api.errors import Refused
from backend.api.problems import ApiProblem
from backend.authorities.queries import ClerkAccount
from backend.identity.principals import Citizen, Machine
from backend.throttling import client_network, exceeded

log = structlog.get_logger()


class PerCaller(BaseThrottle):
    """Refuses a caller who asks more often than `LAUFZETTEL_THROTTLE` allows."""

    def allow_request(self, request: Any, view: Any) -> bool:  # noqa: ARG002
        kind, caller = _caller(request)
        self._wait = exceeded(kind, str(authority_id_of(request)), caller)
        return self._wait is None

    def wait(self) -> float | None:
        return self._wait


def count_refusal(request: Any) -> None:
    """Count a request that is refused before DRF asks `PerCaller`. Raises `Refused` (429) after too many."""
    kind, caller = _caller(request)
    wait = exceeded(kind, str(authority_id_of(request)), caller)
    if wait is not None:
        raise _too_many(wait)


def count_refused_token(request: Any) -> None:
    """Remember that a client sent a token that is not good.

    Raises `Refused` (429) with an alert in the log once it does so again and again: somebody is trying out
    tokens. Good tokens from the same address are never asked for this.
    """
    wait = exceeded("refused-tokens", client_network(request))
    if wait is not None:
        log.warning("token_stuffing", wait=math.ceil(wait))
        raise _too_many(wait)


def count_guest_request(request: Any) -> None:
    """Remember that a client had a mail ordered to any address. Raises `Refused` (429) after too many."""
    wait = exceeded("guests", str(authority_id_of(request)), client_network(request))
    if wait is not None:
        raise _too_many(wait)


def _too_many(wait: float) -> Refused:
    headers = {"Retry-After": str(math.ceil(wait))}
    return Refused(ApiProblem(problems.TOO_MANY_REQUESTS, headers=headers))


def _caller(request: Any) -> tuple[str, str]:
    match request.user:
        case None:
            return "address", client_network(request)
        case Citizen(applicant=applicant):
            return "person", applicant.hex()
        case ClerkAccount(id=clerk):
            return "person", str(clerk)
        case Machine(client=client, issuer=issuer):
            # Whatever the scopes of the token at hand are; no address of an issuer has a space in it.
            return "person", f"{issuer} {client}"
        case other:
            return "person", repr(other)
