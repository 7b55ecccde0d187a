"""The issuers this installation trusts, and their keys: fetched, cached, kept when the issuer is away."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import httpx
import structlog

from signing.issuers import ClaimNames, Issuer
from signing.jwks import KeySet, KeySetRefused
from signing.refusals import TokenRefused
from signing.tokens import Claims, VerifiedTokens, verify_token

log = structlog.get_logger()

FRESH = timedelta(minutes=10)
# Asked for an unknown key no more often than this: forged tokens must not become a flood of requests.
PAUSE = timedelta(seconds=10)
STALE_BUT_VALID = timedelta(hours=24)
SECONDS = 5
LARGEST_ANSWER = 200_000
REMEMBERED_TOKENS = 10_000


class Kind(StrEnum):
    """Whose sign-ins an issuer vouches for."""

    CITIZENS = "citizens"
    CLERKS = "clerks"
    MACHINES = "machines"


class KeysUnavailable(Exception):
    """The issuer's keys have never been fetched and it does not answer now."""


@dataclass(slots=True)
class IssuerKeys:
    """The keys of one issuer over time. Safe for threads."""

    url: str
    keys: KeySet | None = None
    fetched_at: datetime | None = None
    asked_at: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, *, now: datetime, unknown_key: bool = False) -> KeySet:
        """The keys to use at `now`; asks again when they are old, or when a token names an unknown one.

        Raises `KeysUnavailable`.
        """
        # While there are keys to go on with, only one request waits for the issuer; the others use them.
        if self._lock.acquire(blocking=self.keys is None):
            try:
                if self._should_ask(now, unknown_key=unknown_key):
                    self.asked_at = now
                    self._ask(now)
            finally:
                self._lock.release()
        if self.keys is None or self.fetched_at is None or now - self.fetched_at > STALE_BUT_VALID:
            raise KeysUnavailable(self.url)
        return self.keys

    def _should_ask(self, now: datetime, *, unknown_key: bool) -> bool:
        if self.asked_at is not None and abs(now - self.asked_at) < PAUSE:
            return False
        return self.fetched_at is None or unknown_key or abs(now - self.fetched_at) > FRESH

    def _ask(self, now: datetime) -> None:
        try:
            self.keys, self.fetched_at = fetch_keys(issuer_url=self.url), now
        except (httpx.HTTPError, httpx.InvalidURL, KeySetRefused, TypeError, ValueError) as error:
            log.warning("issuer_keys_not_fetched", issuer=self.url, error=type(error).__name__)


def fetch_keys(*, issuer_url: str) -> KeySet:
    """Discovery (OpenID Connect Discovery 1.0 § 4), then the JWKS it names.

    Raises `httpx.HTTPError`, `ValueError` or `KeySetRefused`.
    """
    with httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client:
        metadata = _json(client, issuer_url.rstrip("/") + "/.well-known/openid-configuration")
        if metadata.get("issuer") != issuer_url:
            raise ValueError("the discovery document names another issuer")
        return KeySet.from_jwks(_json(client, str(metadata.get("jwks_uri"))))


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
    """One issuer with everything needed to verify its tokens quickly."""

    kind: Kind
    issuer: Issuer
    keys: IssuerKeys
    verified: VerifiedTokens

    def claims(self, *, token: str, now: datetime) -> Claims:
        """Raises `TokenRefused` or `KeysUnavailable`."""
        known = self.verified.get(token=token, now=now)
        if known is not None:
            return known
        try:
            claims = verify_token(token=token, issuer=self.issuer, keys=self.keys.at(now=now), now=now)
        except TokenRefused as refused:
            if refused.code != "key-unknown":
                raise
            keys = self.keys.at(now=now, unknown_key=True)
            claims = verify_token(token=token, issuer=self.issuer, keys=keys, now=now)
        self.verified.put(token=token, claims=claims, now=now)
        return claims


def read_issuers(*, configured: tuple[Mapping[str, Any], ...], production: bool) -> dict[str, TrustedIssuer]:
    """The issuers of `LAUFZETTEL_ISSUERS` by their URL.

    Raises `signing.issuers.UnsafeIssuer` naming the issuer and every reason; `KeyError` or `ValueError` for
    an entry without `url`, `kind` or `audience`.
    """
    trusted = {}
    for entry in configured:
        attributes = {name: (claim,) for name, claim in entry.get("attributes", DEFAULT_ATTRIBUTES).items()}
        issuer = Issuer(
            url=entry["url"],
            audience=entry["audience"],
            algorithms=frozenset(entry.get("algorithms", ("RS256", "ES256"))),
            azp=frozenset(entry.get("azp", ())),
            claims=ClaimNames(attributes=attributes),
            development=not production,
        )
        trusted[issuer.url] = TrustedIssuer(
            kind=Kind(entry["kind"]),
            issuer=issuer,
            keys=IssuerKeys(url=issuer.url),
            verified=VerifiedTokens(REMEMBERED_TOKENS),
        )
    return trusted


DEFAULT_ATTRIBUTES: Mapping[str, str] = {
    name: name for name in ("given_name", "family_name", "birthdate", "email", "address")
}
