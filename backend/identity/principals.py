"""The citizen as the rest of the backend knows her (clerks: `backend.authorities.queries.ClerkAccount`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from signing.tokens import TrustLevel


@dataclass(frozen=True, slots=True)
class Citizen:
    """A person who applies.

    `applicant` is a keyed fingerprint of issuer and subject: the account itself is not stored.
    """

    applicant: bytes
    level: TrustLevel
    attributes: Mapping[str, Any]
