"""The citizen as the rest of the backend knows her (clerks: `backend.authorities.queries.ClerkAccount`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from signing.tokens import TrustLevel

LONGEST_ACTOR = 64


@dataclass(frozen=True, slots=True)
class Citizen:
    """A person who applies.

    `applicant` is a keyed fingerprint of issuer and subject: the account itself is not stored.
    `attribute_levels` says how sure each attribute is: one may be weaker than the sign-in. `source` is the
    issuer, `proved_by` the means it names (`eID`, `Elster` …; empty: it does not say).
    """

    applicant: bytes
    level: TrustLevel
    attributes: Mapping[str, Any]
    attribute_levels: Mapping[str, TrustLevel] = field(default_factory=dict)
    source: str = ""
    proved_by: str = ""
    authenticated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Guest(Citizen):
    """A citizen without an account, known by a status code alone; may apply only where a service says so."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A program with client credentials: it may do what its scopes say, at the authorities of its issuer."""

    client: str
    issuer: str
    scopes: frozenset[str]

    @property
    def actor(self) -> str:
        """How the audit trail names it: never like another machine, 64 characters at most.

        A longer name is its SHA-256 (the first 32 digits) and as much of the client as there is room for.
        """
        name = f"{self.issuer} {self.client}"
        if len(full := f"machine:{name}") <= LONGEST_ACTOR:
            return full
        digest = sha256(name.encode(errors="surrogatepass")).hexdigest()[:32]
        return f"machine#{digest}:{self.client}"[:LONGEST_ACTOR]
