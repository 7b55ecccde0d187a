"""What a way of signing in at the portal has to offer: one provider for each protocol, in `PROVIDERS`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from backend.identity.verified import VerifiedIdentity
from signing.levels import TrustLevel


@dataclass(frozen=True, slots=True)
class Way:
    """One entry of the sign-in page. `name` stands in the address, `label` is what people read (de, en)."""

    name: str
    label: Mapping[str, str]
    provider: str
    for_clerks: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the portal asks for. `return_to` is the one absolute address the answer may come to."""

    return_to: str
    level: TrustLevel | None = None
    max_age: timedelta | None = None
    language: str = "de"


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes: by link, or with a form of these fields where there are any.

    `remember` comes back to `finish`; the portal keeps it sealed in the browser. `posted_back`: the answer
    comes as a form from the other site.
    """

    url: str
    remember: Mapping[str, Any] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    posted_back: bool = False


class SignInRefused(Exception):
    """Nobody signed in. `code`: `cancelled`, `level`, `mixed-up`, `refused`; `reason` is for the log.

    `text` (de, en) says it to people better than the portal's own words for the code.
    """

    def __init__(self, code: str, reason: str = "", *, text: Mapping[str, str] | None = None) -> None:
        self.code, self.reason, self.text = code, reason, text
        super().__init__(f"{code}: {reason}")


class Provider(Protocol):
    """A protocol of signing in. All may raise `issuers.IssuerAway`."""

    def ways(self, *, authority: str) -> tuple[Way, ...]:
        """The ways to sign in at an authority (its short name)."""
        ...

    def start(self, *, way: Way, wanted: Wanted, now: datetime) -> Departure: ...

    def finish(
        self, *, way: Way, remembered: Mapping[str, Any], answer: Mapping[str, str], now: datetime
    ) -> VerifiedIdentity:
        """Who signed in. Raises `SignInRefused`."""
        ...

    def goodbye(self, *, identity: VerifiedIdentity, return_to: str, now: datetime) -> Departure | None:
        """Where to sign out at the issuer too; None where it offers nothing of the kind."""
        ...
