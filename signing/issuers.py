"""Who may say who somebody is: the configuration of one token issuer, refused at start if it is unsafe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

from signing.jwks import ALGORITHMS
from signing.levels import KNOWN_LEVELS, TrustLevel

_MOST_LEEWAY = timedelta(minutes=5)
_TOKEN_BYTES = range(512, 65_537)
Claim = tuple[str, ...]


class UnsafeIssuer(ValueError):
    """The configuration of an issuer is not safe; `reasons` lists everything that has to be changed."""

    def __init__(self, url: str, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__(f"issuer {url or '(no url)'}: " + "; ".join(reasons))


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """Where an issuer puts things: the path of member names to each claim (`("realm_access", "roles")`).

    `attributes` maps our name of an attribute to the issuer's claim; `attribute_levels` to the claim that
    says how sure this one attribute is. `proved_by` says with what the person showed who she is (BundID's
    AssertionProvedBy); `session` is the issuer's name of the sign-in. An empty path: the issuer never says.
    """

    subject: Claim = ("sub",)
    level: Claim = ("acr",)
    authenticated_at: Claim = ("auth_time",)
    roles: Claim = ("roles",)
    scopes: Claim = ("scope",)
    proved_by: Claim = ()
    session: Claim = ("sid",)
    attributes: Mapping[str, Claim] = field(default_factory=lambda: MappingProxyType({}))
    attribute_levels: Mapping[str, Claim] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, eq=False)
class Issuer:
    """One issuer of tokens as this installation trusts it.

    `url` is compared with `iss` letter by letter; `audience` must be among `aud`; if `azp` is given, the
    token must name one of these clients. `types` are the accepted values of the header's `typ`
    (without `application/`); `type_may_be_missing` is for issuers that set none. `levels` maps the values of
    the level claim; what is not listed counts as no trust at all. `leeway` is how far clocks may differ.
    `max_age`, if given: how long ago the person may have shown who she is (`auth_time`). `certificate_bound`:
    every access token must belong to the client's certificate (RFC 8705).

    Raises UnsafeIssuer naming every reason, so that an unsafe configuration stops the start.
    """

    url: str
    audience: str
    algorithms: frozenset[str]
    azp: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset({"JWT", "at+jwt"})
    type_may_be_missing: bool = False
    leeway: timedelta = timedelta(seconds=30)
    max_age: timedelta | None = None
    certificate_bound: bool = False
    max_token_bytes: int = 8_192
    claims: ClaimNames = ClaimNames()
    levels: Mapping[str, TrustLevel] = field(default_factory=lambda: KNOWN_LEVELS)
    development: bool = False

    def __post_init__(self) -> None:
        reasons = tuple(_unsafe(self))
        if reasons:
            raise UnsafeIssuer(self.url, reasons)


def _unsafe(issuer: Issuer) -> list[str]:
    reasons = _unsafe_url(issuer.url, development=issuer.development)
    if not issuer.audience.strip():
        reasons.append("audience is missing: tokens for other applications would be accepted")
    if not issuer.algorithms:
        reasons.append("algorithms is empty")
    for name in sorted(issuer.algorithms - ALGORITHMS):
        why = "accepts unsigned tokens" if name.lower() == "none" else "is not allowed"
        if name.upper().startswith("HS"):
            why = "verifies with a shared secret, which a public key could be mistaken for"
        reasons.append(f"algorithm {name} {why}; allowed are {', '.join(sorted(ALGORITHMS))}")
    if not issuer.types and not issuer.type_may_be_missing:
        reasons.append("types is empty: no token could ever be accepted")
    if not timedelta(0) <= issuer.leeway <= _MOST_LEEWAY:
        reasons.append("leeway must be between 0 and 5 minutes")
    if issuer.max_age is not None and issuer.max_age <= timedelta(0):
        reasons.append("max_age must be above 0")
    if issuer.max_token_bytes not in _TOKEN_BYTES:
        reasons.append("max_token_bytes must be between 512 and 65536")
    return reasons + _unsafe_claims(issuer)


def _unsafe_claims(issuer: Issuer) -> list[str]:
    claims, reasons = issuer.claims, []
    if not all((claims.subject, claims.level)):
        reasons.append("the claims for subject and level need a name")
    unheld = sorted(claims.attribute_levels.keys() - claims.attributes.keys())
    reasons.extend(f"attribute {name} has a claim for its level, but none for itself" for name in unheld)
    if not issuer.levels:
        reasons.append("levels is empty: nobody could ever reach any level")
    return reasons


def _unsafe_url(url: str, *, development: bool) -> list[str]:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ["url is no valid URL"]
    reasons = []
    if parts.scheme != "https" and not (development and parts.scheme == "http"):
        reasons.append("url must start with https:// (http:// only in development)")
    if not host:
        reasons.append("url has no host")
    if parts.username is not None or parts.query or parts.fragment:
        reasons.append("url must not have a user name, query or fragment (OpenID Connect Discovery § 3)")
    return reasons
