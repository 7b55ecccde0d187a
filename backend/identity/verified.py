"""What every way of signing in ends with: who somebody is, as the issuer vouches for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from signing.levels import TrustLevel


@dataclass(frozen=True, slots=True)
class VerifiedIdentity:
    """One person, verified just now by one issuer.

    `subject` is the issuer's key for her; `attribute_levels` says of each attribute how sure it is;
    `proved_by` names the means (`eID`, `Elster` …); `session` is the issuer's name of this sign-in, with
    which it may end it; `account` its own key of her where `subject` is another one; `hint` is what it wants
    to see when she signs out there, if anything.
    """

    issuer: str
    subject: str
    level: TrustLevel
    attributes: Mapping[str, Any] = field(default_factory=dict)
    attribute_levels: Mapping[str, TrustLevel] = field(default_factory=dict)
    proved_by: str = ""
    authenticated_at: datetime | None = None
    session: str | None = None
    account: str | None = None
    hint: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For sealing; `from_json` reads it again."""
        return {
            "issuer": self.issuer,
            "subject": self.subject,
            "level": self.level.word,
            "attributes": dict(self.attributes),
            "attribute_levels": {name: level.word for name, level in self.attribute_levels.items()},
            "proved_by": self.proved_by,
            "authenticated_at": self.authenticated_at.isoformat() if self.authenticated_at else None,
            "session": self.session,
            "account": self.account,
            "hint": self.hint,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> VerifiedIdentity:
        moment = stored["authenticated_at"]
        levels = stored["attribute_levels"]
        return cls(
            issuer=stored["issuer"],
            subject=stored["subject"],
            level=TrustLevel[stored["level"].upper()],
            attributes=stored["attributes"],
            attribute_levels={name: TrustLevel[word.upper()] for name, word in levels.items()},
            proved_by=stored["proved_by"],
            authenticated_at=datetime.fromisoformat(moment) if moment else None,
            session=stored["session"],
            account=stored["account"],
            hint=stored["hint"],
        )
