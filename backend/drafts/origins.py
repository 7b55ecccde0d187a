"""Where answers came from: typed in, taken from the sign-in, or put in beforehand by the authority.

A value counts as verified only while it is exactly what a sign-in of at least level low said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from backend.drafts.places import ABSENT, value_at
from backend.identity.principals import Citizen
from forms.definition import FormDefinition
from forms.person import KEYWORD
from forms.pointers import steps_of
from forms.prefill import prefill
from signing.levels import TrustLevel

# Under which other names an issuer may say the same (OpenID Connect Core § 5.1).
_ADDRESS = ("address", "street")
MADE_OF: Mapping[str, tuple[str, ...]] = {
    "birth_date": ("birthdate",),
    "street": _ADDRESS,
    "street_name": _ADDRESS,
    "house_number": _ADDRESS,
    "postcode": _ADDRESS[:1],
    "city": _ADDRESS[:1],
    "country": _ADDRESS[:1],
}
Prefilled = Mapping[str, Mapping[str, Any]]


class Source(StrEnum):
    """Who said so first."""

    IDENTITY = "identity"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one answer came from. `changed`: it is no longer what the source said."""

    source: str
    level: str
    verified: bool
    changed: bool


def from_identity(*, form: FormDefinition, citizen: Citizen) -> dict[str, dict[str, Any]]:
    """Pointer → value, source and level of everything that the citizen's sign-in says about her."""
    return {
        pointer: {
            "value": value,
            "source": Source.IDENTITY.value,
            "level": _level(form, citizen, pointer).word,
        }
        for pointer, value in prefill(form=form, attributes=citizen.attributes).items()
    }


def origins(*, prefilled: Prefilled, answers: Mapping[str, Any]) -> dict[str, Origin]:
    """The origin of every answer that stands where something was filled in beforehand."""
    found = {}
    for pointer, entry in prefilled.items():
        value = value_at(answers=answers, where=pointer)
        if value is not ABSENT:
            found[pointer] = _origin(entry, value)
    return found


def provenance(
    *, form: FormDefinition, citizen: Citizen, answers: Mapping[str, Any], prefilled: Prefilled
) -> dict[str, dict[str, Any]]:
    """What the authority is told about submitted answers: `prefilled` when it began, and the sign-in now.

    Where both speak about an answer, whichever vouches for it more strongly counts.
    """
    began = origins(prefilled=prefilled, answers=answers)
    now = origins(prefilled=from_identity(form=form, citizen=citizen), answers=answers)
    best = {**began, **now}
    for pointer in began.keys() & now.keys():
        best[pointer] = max(began[pointer], now[pointer], key=_strength)
    return {pointer: asdict(origin) for pointer, origin in best.items()}


def _level(form: FormDefinition, citizen: Citizen, pointer: str) -> TrustLevel:
    """How sure an answer is: as sure as the weakest attribute that it may have been made of."""
    question = form.root.at(steps_of(pointer) or ())
    name = question.keywords[KEYWORD] if question is not None else ""
    known = citizen.attribute_levels
    return min((citizen.level, *(known[each] for each in (name, *MADE_OF.get(name, ())) if each in known)))


def _origin(entry: Mapping[str, Any], value: Any) -> Origin:
    changed = value != entry["value"]
    vouched = entry["source"] == Source.IDENTITY and TrustLevel[entry["level"].upper()] > TrustLevel.NONE
    return Origin(
        source=entry["source"], level=entry["level"], verified=vouched and not changed, changed=changed
    )


def _strength(origin: Origin) -> tuple[bool, TrustLevel, bool]:
    return origin.verified, TrustLevel[origin.level.upper()], not origin.changed
