"""From `LAUFZETTEL_ISSUERS` to trusted issuers; refuses what is unsafe or misspelt, with every reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from backend.authorities.provisioning import read_memberships
from backend.identity.issuers import IssuerKeys, Kind, TrustedIssuer
from backend.identity.portal_client import read_portal_client
from signing.issuers import Claim, ClaimNames, Issuer, UnsafeIssuer
from signing.levels import KNOWN_LEVELS, TrustLevel
from signing.verified_tokens import VerifiedTokens

REMEMBERED_TOKENS = 10_000
DEFAULT_ATTRIBUTES: Mapping[str, str] = {
    name: name for name in ("given_name", "family_name", "birthdate", "email", "address")
}
_MEMBERS = {
    "url", "kind", "audience", "algorithms", "azp", "types", "type_may_be_missing", "leeway_seconds",
    "max_age_seconds", "longest_token", "claims", "attributes", "levels", "authorities", "name", "label",
    "portal", "memberships", "certificate_bound",
}  # fmt: skip
_CLAIMS = ("subject", "level", "authenticated_at", "roles", "scopes", "proved_by", "session")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_LEVEL_NAME = re.compile(r"[!#-\[\]-~]+")
_LEVELS = {level.word: level for level in TrustLevel}


def read_issuers(
    *, configured: tuple[Mapping[str, Any], ...], production: bool, certificates: bool = False
) -> dict[str, TrustedIssuer]:
    """The issuers of `LAUFZETTEL_ISSUERS` by their URL.

    `certificates`: a proxy hands over those of clients. Raises `signing.issuers.UnsafeIssuer` naming the
    issuer and every reason.
    """
    trusted: dict[str, TrustedIssuer] = {}
    for entry in configured:
        issuer = _Entry(entry, production=production, certificates=certificates).read()
        names = {other.name for other in trusted.values() if other.portal}
        twice = [f"the name {issuer.name} is used twice"] if issuer.portal and issuer.name in names else []
        if issuer.issuer.url in trusted:
            twice.append("url is listed twice")
        if twice:
            raise UnsafeIssuer(issuer.issuer.url, tuple(twice))
        trusted[issuer.issuer.url] = issuer
    return trusted


class _Entry:
    """One entry of the list; remembers everything that is wrong with it."""

    def __init__(self, entry: Mapping[str, Any], *, production: bool, certificates: bool) -> None:
        self.entry, self.production, self.certificates = entry, production, certificates
        self.reasons: list[str] = [f"{name} is not known" for name in sorted(entry.keys() - _MEMBERS)]

    def read(self) -> TrustedIssuer:
        url, kind = self._text("url"), self._text("kind")
        if kind not in set(Kind):
            self.reasons.append(f"kind must be one of {', '.join(Kind)}")
        portal = read_portal_client(
            entry=self.entry.get("portal"), production=self.production, reasons=self.reasons
        )
        name = self._text("name", "")
        if portal and not _NAME.fullmatch(name):
            self.reasons.append("name is missing (small letters, digits, hyphens): it stands in the address")
        label = self._texts("label")
        if portal and not {"de", "en"} <= label.keys():
            self.reasons.append('label needs a text for "de" and one for "en": people choose by it')
        authorities = self._names("authorities", ())
        memberships = read_memberships(entry=self.entry.get("memberships"), reasons=self.reasons)
        if (memberships or kind == Kind.MACHINES) and not authorities:
            self.reasons.append("authorities is missing: it would speak for every authority")
        if kind == Kind.MACHINES and portal:
            self.reasons.append("portal is for people: an issuer of machines cannot have it")
        if portal and portal.client_id == self.entry.get("audience"):
            self.reasons.append("audience is portal.client_id: ID tokens would give access to the API")
        issuer = self._issuer(url)
        if issuer and issuer.certificate_bound and not self.certificates:
            self.reasons.append("certificate_bound needs LAUFZETTEL_CLIENT_CERTIFICATE_HEADER")
        if self.reasons or issuer is None:
            raise UnsafeIssuer(url, tuple(self.reasons))
        return TrustedIssuer(
            kind=Kind(kind),
            issuer=issuer,
            keys=IssuerKeys(url=url),
            verified=VerifiedTokens(REMEMBERED_TOKENS),
            name=name,
            label=label or {"de": url, "en": url},
            authorities=authorities,
            stated_levels="levels" in self.entry,
            portal=portal,
            memberships=memberships,
        )

    def _issuer(self, url: str) -> Issuer | None:
        values: dict[str, Any] = {
            "url": url,
            "audience": self._text("audience"),
            "algorithms": self._names("algorithms", ("RS256", "ES256")),
            "azp": self._names("azp", ()),
            "types": self._names("types", ("JWT", "at+jwt")),
            "type_may_be_missing": self._flag("type_may_be_missing"),
            "certificate_bound": self._flag("certificate_bound"),
            "leeway": timedelta(seconds=self._number("leeway_seconds", 30)),
            "max_age": timedelta(seconds=self._number("max_age_seconds", 0)) or None,
            "max_token_bytes": self._number("longest_token", 8_192),
            "claims": self._claims(),
            "levels": self._levels(),
            "development": not self.production,
        }
        try:
            return Issuer(**values)
        except UnsafeIssuer as unsafe:
            # What was said of a member above is not said again.
            known = {reason.split(" ", 1)[0] for reason in self.reasons}
            self.reasons += [one for one in unsafe.reasons if one.split(" ", 1)[0] not in known]
            return None

    def _claims(self) -> ClaimNames:
        claims = self._object("claims", {})
        self.reasons += [f"claims.{name} is not known" for name in sorted(claims.keys() - set(_CLAIMS))]
        named = {name: self._path(f"claims.{name}", claims[name]) for name in _CLAIMS if name in claims}
        if "memberships" in self.entry and isinstance(self.entry["memberships"], Mapping):
            named["roles"] = self._path("memberships.claim", self.entry["memberships"].get("claim"))
        attributes, levels = {}, {}
        for name, value in self._object("attributes", DEFAULT_ATTRIBUTES).items():
            where = f"attributes.{name}"
            if isinstance(value, Mapping):
                self.reasons += [
                    f"{where}.{one} is not known" for one in sorted(value.keys() - {"claim", "level"})
                ]
                attributes[name] = self._path(f"{where}.claim", value.get("claim"))
                if "level" in value:
                    levels[name] = self._path(f"{where}.level", value["level"])
            else:
                attributes[name] = self._path(where, value)
        return ClaimNames(**named, attributes=attributes, attribute_levels=levels)

    def _levels(self) -> Mapping[str, TrustLevel]:
        if "levels" not in self.entry:
            return KNOWN_LEVELS
        levels = self._texts("levels")
        wrong = sorted(name for name, word in levels.items() if word not in _LEVELS)
        self.reasons += [f"levels.{name} must be one of {', '.join(_LEVELS)}" for name in wrong]
        # Names travel in lists parted by spaces, and in a header between quotation marks.
        odd = sorted(name for name in levels if not _LEVEL_NAME.fullmatch(name))
        self.reasons += [f"levels.{name!r} must be visible ASCII without quotes or spaces" for name in odd]
        return {name: _LEVELS[word] for name, word in levels.items() if word in _LEVELS}

    def _path(self, where: str, value: Any) -> Claim:
        """One name, or a list of names for a claim within a claim. A dot has no meaning."""
        path = [value] if isinstance(value, str) else value
        if not isinstance(path, list) or not path or not all(isinstance(one, str) and one for one in path):
            self.reasons.append(f"{where} must be the name of a claim, or a list of names")
            return ()
        return tuple(path)

    def _text(self, name: str, default: str | None = None) -> str:
        value = self.entry.get(name, default)
        if isinstance(value, str) and (value or default == ""):
            return value
        self.reasons.append(f"{name} is missing or no text")
        return ""

    def _texts(self, name: str) -> dict[str, str]:
        value = self._object(name, {})
        if all(isinstance(text, str) and text for text in value.values()):
            return dict(value)
        self.reasons.append(f"{name} must have texts only")
        return {}

    def _object(self, name: str, default: Mapping[str, Any]) -> Mapping[str, Any]:
        value = self.entry.get(name, default)
        if isinstance(value, Mapping):
            return value
        self.reasons.append(f"{name} must be an object")
        return {}

    def _names(self, name: str, default: tuple[str, ...]) -> frozenset[str]:
        value = self.entry.get(name, list(default))
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return frozenset(value)
        self.reasons.append(f"{name} must be a list of texts")
        return frozenset()

    def _flag(self, name: str) -> bool:
        value = self.entry.get(name, False)
        if not isinstance(value, bool):
            self.reasons.append(f"{name} must be true or false")
        return value is True

    def _number(self, name: str, default: int) -> int:
        value = self.entry.get(name, default)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9:
            return value
        self.reasons.append(f"{name} must be a whole number, 0 or more")
        return default
