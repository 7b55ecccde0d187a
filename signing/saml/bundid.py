"""What BundID's attributes are called here, and how far each is to be trusted.

Source: "Schnittstellenbeschreibung BundID" 10.2.0.0; every attribute but the key may be missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from signing.levels import KNOWN_LEVELS, TrustLevel
from signing.saml.assertion import Assertion
from signing.saml.refusals import SamlRefused

# Our name → theirs. The first ones are those of OpenID Connect (Core § 5.1) where it has one.
ATTRIBUTES: Mapping[str, str] = MappingProxyType(
    {
        "bpk2": "urn:oid:1.3.6.1.4.1.25484.494450.3",
        "given_name": "urn:oid:2.5.4.42",
        "family_name": "urn:oid:2.5.4.4",
        "birthdate": "urn:oid:1.2.40.0.10.2.1.1.55",
        "email": "urn:oid:0.9.2342.19200300.100.1.3",
        "street": "urn:oid:2.5.4.16",
        "postcode": "urn:oid:2.5.4.17",
        "city": "urn:oid:2.5.4.7",
        "country": "urn:oid:1.2.40.0.10.2.1.1.225599",
        "title": "urn:oid:0.9.2342.19200300.100.1.40",
        "gender": "urn:oid:1.3.6.1.4.1.33592.1.3.5",
        "place_of_birth": "urn:oid:1.3.6.1.5.5.7.9.2",
        "birth_name": "urn:oid:1.2.40.0.10.2.1.1.225566",
        "nationality": "urn:oid:1.2.40.0.10.2.1.1.225577",
        "document_type": "urn:oid:1.2.40.0.10.2.1.1.552255",
        "de_mail": "urn:oid:1.3.6.1.4.1.55605.70737875.1.1.1.7.1",
        "phone_number": "urn:oid:2.5.4.20",
        "issuing_country": "urn:oid:1.3.6.1.4.1.25484.494450.10.1",
        "community_id": "urn:oid:1.3.6.1.4.1.25484.494450.5",
        "identification_level": "urn:oid:1.2.40.0.10.2.1.1.261.94",
        "version": "urn:oid:1.3.6.1.4.1.25484.494450.1",
        "proved_by": "urn:oid:1.3.6.1.4.1.25484.494450.2",
        "postbox": "urn:oid:2.5.4.18",
        "application": "urn:oid:1.3.6.1.4.1.25484.494450.4",
        "pseudonym": "urn:oid:1.2.40.0.10.2.1.1.226699",
        "second_factor": "urn:oid:1.3.6.1.4.1.25484.494450.7",
    }
)
_OURS = {name: ours for ours, name in ATTRIBUTES.items()}
# They say something about the account or the sign-in, not about the person.
_NOT_PERSONAL = frozenset({"bpk2", "identification_level", "version", "proved_by"})

# akdb:TrustLevel. "Untergeordnet" is what somebody typed in and nobody checked.
_TRUST: Mapping[str, TrustLevel] = MappingProxyType(
    {
        "UNTERGEORDNET": TrustLevel.NONE,
        "NORMAL": TrustLevel.LOW,
        "SUBSTANTIELL": TrustLevel.SUBSTANTIAL,
        "HOCH": TrustLevel.HIGH,
    }
)


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in. `subject` (bPK2) stays the same for this service provider and means nothing elsewhere.

    `levels` has one entry for each of `attributes`, never above the level of the sign-in.
    """

    subject: str | None
    attributes: Mapping[str, str]
    levels: Mapping[str, TrustLevel]
    proved_by: str


def person_of(*, assertion: Assertion, guests: bool = False) -> Person:
    """The person behind an assertion.

    Raises `SamlRefused` (`subject-missing`) for a temporary sign-in, unless `guests` are welcome: then
    `subject` is None.
    """
    values = {_OURS[name]: one for name, one in assertion.attributes.items() if name in _OURS}
    key = values.get("bpk2")
    if key is None and not guests:
        raise SamlRefused("subject-missing")
    personal = {name: one for name, one in values.items() if name not in _NOT_PERSONAL}
    return Person(
        subject=None if key is None else key.value,
        attributes=MappingProxyType({name: one.value for name, one in personal.items()}),
        levels=MappingProxyType(
            {name: min(trust(one.trust), assertion.level) for name, one in personal.items()}
        ),
        proved_by=values["proved_by"].value if "proved_by" in values else "",
    )


def trust(name: str) -> TrustLevel:
    """The level an attribute carries; what nobody vouches for, or in unknown words, counts as none."""
    return _TRUST.get(name.upper(), KNOWN_LEVELS.get(name, TrustLevel.NONE))
