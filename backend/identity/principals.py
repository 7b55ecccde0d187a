"""The citizen as the rest of the backend knows her (clerks: `backend.authorities.queries.ClerkAccount`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from signing.tokens import TrustLevel


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
        """How the audit trail names it (64 characters at most)."""
        return f"machine:{self.client}"[:64]
