"""The issuers this installation trusts, and their keys: fetched, cached, kept when the issuer is away."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

import httpx
import structlog

from backend.authorities.provisioning import MembershipClaims
from backend.identity.portal_client import PortalClient
from signing.issuers import Issuer
from signing.jwks import KeySet, KeySetRefused
from signing.levels import TrustLevel, names_for
from signing.refusals import TokenRefused
from signing.tokens import Claims, check_use, verify_token
from signing.verified_tokens import VerifiedTokens

log = structlog.get_logger()

FRESH = timedelta(minutes=10)
# Asked for an unknown key no more often than this: forged tokens must not become a flood of requests.
PAUSE = timedelta(seconds=10)
STALE_BUT_VALID = timedelta(hours=24)
SECONDS = 5
LARGEST_ANSWER = 200_000


class Kind(StrEnum):
    """Whose sign-ins an issuer vouches for."""

    CITIZENS = "citizens"
    CLERKS = "clerks"
    MACHINES = "machines"


class KeysUnavailable(Exception):
    """The issuer's keys have never been fetched and it does not answer now."""


class IssuerAway(Exception):
    """The issuer does not answer now: nobody can sign in there, and nobody is to blame for it."""


@dataclass(slots=True)
class IssuerKeys:
    """The keys of one issuer over time, and what it says of itself. Safe for threads."""

    url: str
    keys: KeySet | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    fetched_at: datetime | None = None
    asked_at: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, *, now: datetime, unknown_key: bool = False, from_issuer: bool = False) -> KeySet:
        """The keys to use at `now`; asks again when they are old, or when a token names an unknown one.

        `from_issuer`: the token came from the issuer itself, so that asking at once is no flood.
        Raises `KeysUnavailable`.
        """
        # While there are keys to go on with, only one request waits for the issuer; the others use them.
        if self._lock.acquire(blocking=self.keys is None):
            try:
                if from_issuer or self._should_ask(now, unknown_key=unknown_key):
                    self._ask(now)
            finally:
                self._lock.release()
        if self.keys is None or self.fetched_at is None or now - self.fetched_at > STALE_BUT_VALID:
            raise KeysUnavailable(self.url)
        return self.keys

    def answering(self, *, now: datetime) -> Mapping[str, Any]:
        """What the issuer says of itself (its metadata), if it answered within the last seconds.

        Before somebody is sent there: a page of ours that says so is kinder than a browser's error.
        Raises `IssuerAway`.
        """
        with self._lock:
            if self.asked_at is None or abs(now - self.asked_at) >= PAUSE:
                self._ask(now)
            if self.fetched_at is None or self.fetched_at != self.asked_at:
                raise IssuerAway(self.url)
            return self.metadata

    def _should_ask(self, now: datetime, *, unknown_key: bool) -> bool:
        if self.asked_at is not None and abs(now - self.asked_at) < PAUSE:
            return False
        return self.fetched_at is None or unknown_key or abs(now - self.fetched_at) > FRESH

    def _ask(self, now: datetime) -> None:
        self.asked_at = now
        try:
            self.metadata, self.keys = fetch_issuer(issuer_url=self.url)
        except (httpx.HTTPError, httpx.InvalidURL, KeySetRefused, TypeError, ValueError) as error:
            log.warning("issuer_keys_not_fetched", issuer=self.url, error=type(error).__name__)
        else:
            self.fetched_at = now


def fetch_issuer(*, issuer_url: str) -> tuple[Mapping[str, Any], KeySet]:
    """Discovery (OpenID Connect Discovery 1.0 § 4), then the JWKS it names.

    Raises `httpx.HTTPError`, `TypeError`, `ValueError` or `KeySetRefused`.
    """
    with httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client:
        metadata = _json(client, issuer_url.rstrip("/") + "/.well-known/openid-configuration")
        if metadata.get("issuer") != issuer_url:
            raise ValueError("the discovery document names another issuer")
        return metadata, KeySet.from_jwks(_json(client, str(metadata.get("jwks_uri"))))


def _json(client: httpx.Client, url: str) -> Mapping[str, Any]:
    answer = client.get(url).raise_for_status()
    if len(answer.content) > LARGEST_ANSWER:
        raise ValueError("the answer is too large")
    content = answer.json()
    if not isinstance(content, dict):
        raise TypeError("the answer is not a JSON object")
    return content


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """One issuer with everything needed to verify its tokens quickly, and to sign in there.

    `authorities` are the short names of those it vouches for; none: all. `portal` is None where nobody can
    sign in by the portal. `stated_levels`: the configuration lists the level names itself. `memberships`:
    it is the truth about its clerks' units and roles.
    """

    kind: Kind
    issuer: Issuer
    keys: IssuerKeys
    verified: VerifiedTokens
    name: str = ""
    label: Mapping[str, str] = field(default_factory=dict)
    authorities: frozenset[str] = frozenset()
    stated_levels: bool = False
    portal: PortalClient | None = None
    memberships: MembershipClaims | None = None

    def serves(self, *, authority: str) -> bool:
        """Whether it vouches for people at this authority (its short name)."""
        return not self.authorities or authority in self.authorities

    def claims(self, *, token: str, now: datetime, certificate: str | None = None) -> Claims:
        """`certificate`: the `x5t#S256` of the one the client has shown.

        Raises `TokenRefused` or `KeysUnavailable`.
        """
        # First the keys: what was verified with others counts no longer.
        keys = self.keys.at(now=now)
        known = self.verified.get(token=token, keys=keys, now=now)
        if known is not None:
            check_use(claims=known, issuer=self.issuer, certificate=certificate, now=now)
            return known
        verify = partial(verify_token, token=token, issuer=self.issuer, now=now, certificate=certificate)
        try:
            claims = verify(keys=keys)
        except TokenRefused as refused:
            if refused.code != "key-unknown":
                raise
            keys = self.keys.at(now=now, unknown_key=True)
            claims = verify(keys=keys)
        self.verified.put(token=token, claims=claims, keys=keys, now=now)
        return claims

    def level_names(self, *, level: TrustLevel) -> tuple[str, ...]:
        """How this issuer calls `level` and what is above it, weakest first: what to ask it for.

        Only names it understands: those of its configuration, or those it says it supports.
        """
        names = names_for(level=level, levels=self.issuer.levels)
        supported = self.keys.metadata.get("acr_values_supported")
        if self.stated_levels or not isinstance(supported, list):
            return names
        return tuple(name for name in names if name in supported)
