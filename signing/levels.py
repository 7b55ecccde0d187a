"""How sure it is who somebody is: the levels, and the names they go by at German account services."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType


class TrustLevel(IntEnum):
    """How sure it is who somebody is (TR-03107-1, eIDAS art. 8); compares by strength."""

    NONE = 0
    LOW = 1
    SUBSTANTIAL = 2
    HIGH = 3

    @property
    def word(self) -> str:
        """`none`, `low`, `substantial` or `high`: as packages, the API and the database write it."""
        return self.name.lower()


# The names levels go by at German account services: STORK (BundID), eIDAS (Dataport), TR-03107.
KNOWN_LEVELS: Mapping[str, TrustLevel] = MappingProxyType(
    {
        "STORK-QAA-Level-1": TrustLevel.LOW,
        "STORK-QAA-Level-2": TrustLevel.LOW,
        "STORK-QAA-Level-3": TrustLevel.SUBSTANTIAL,
        "STORK-QAA-Level-4": TrustLevel.HIGH,
        "http://eidas.europa.eu/LoA/low": TrustLevel.LOW,
        "http://eidas.europa.eu/LoA/substantial": TrustLevel.SUBSTANTIAL,
        "http://eidas.europa.eu/LoA/high": TrustLevel.HIGH,
        "http://bsi.bund.de/eID/LoA/normal": TrustLevel.LOW,
        "http://bsi.bund.de/eID/LoA/substantiell": TrustLevel.SUBSTANTIAL,
        "http://bsi.bund.de/eID/LoA/hoch": TrustLevel.HIGH,
    }
)


def names_for(*, level: TrustLevel, levels: Mapping[str, TrustLevel]) -> tuple[str, ...]:
    """The names of `levels` that reach `level`, the weakest sufficient first: what `acr_values` lists."""
    return tuple(sorted((name for name, one in levels.items() if one >= level), key=lambda n: (levels[n], n)))
