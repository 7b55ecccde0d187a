"""Who else takes part in an application: on whose behalf one may apply, and who signs with the applicant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

# On whose behalf somebody else may apply.
KINDS = ("child", "company", "mandate")
# What becomes of an application that not everybody has signed by the last day.
WHEN_MISSING = ("close", "proceed")
MOST_SIGNERS = 10
MOST_DAYS = 90

# What conditions and letters read as `representation`, when somebody applies for herself.
ONESELF: Mapping[str, Any] = MappingProxyType(
    {"kind": "self", "name": "", "birth_date": None, "basis": "own"}
)


@dataclass(frozen=True, slots=True)
class CoSigning:
    """How many others sign with the applicant, how many days they have, and what happens if some do not.

    `proceed` needs at least `least` signatures; with fewer the case is closed.
    """

    least: int
    most: int
    days: int
    when_missing: str
