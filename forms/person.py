"""What is known of a person who signed in: the attributes that a question may ask for with `x-prefill`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from forms.datatypes.dates import is_date

KEYWORD = "x-prefill"
_GERMAN_DAY = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})", re.ASCII)
# One number, at the end, after a name: "Rathausstraße 1", "Lindenweg 2a", "Am Markt 12 b", "Ring 3-5".
_HOUSE = re.compile(r"([^0-9]*[^0-9 ,]),? ([1-9][0-9]{0,3}(?:-[1-9][0-9]{0,3})?(?: ?[A-Za-z])?)", re.ASCII)

Attributes = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing a sign-in can say. `find` takes it from what the issuer said; None if it did not.

    `formats` are those a question for it may have; the empty one stands for a plain text.
    """

    find: Callable[[Attributes], str | None]
    formats: frozenset[str] = frozenset({""})


def _text(value: object) -> str | None:
    """The text in normal form C with single spaces; None if there is none."""
    return " ".join(unicodedata.normalize("NFC", value).split()) or None if isinstance(value, str) else None


def _named(*names: str) -> Callable[[Attributes], str | None]:
    """The first that is given; `address.locality` is a member of `address`."""

    def find(attributes: Attributes) -> str | None:
        for name in names:
            holder, _, member = name.partition(".")
            value = attributes.get(holder)
            if member:
                value = value.get(member) if isinstance(value, Mapping) else None
            if (text := _text(value)) is not None:
                return text
        return None

    return find


def _birth_date(attributes: Attributes) -> str | None:
    """As ISO 8601. Days that are only known in part are left out."""
    text = _named("birth_date", "birthdate")(attributes) or ""
    german = _GERMAN_DAY.fullmatch(text)
    text = "-".join(reversed(german.groups())) if german is not None else text
    return text if is_date(text) else None


def _house(part: int) -> Callable[[Attributes], str | None]:
    """Street name (1) or house number (2), if they can be told apart without doubt."""

    def find(attributes: Attributes) -> str | None:
        found = _HOUSE.fullmatch(_street(attributes) or "")
        return None if found is None else found.group(part)

    return find


def _first(*ways: Callable[[Attributes], str | None]) -> Callable[[Attributes], str | None]:
    return lambda attributes: next((text for way in ways if (text := way(attributes)) is not None), None)


_street = _named("street", "address.street_address")
_NAME = frozenset({"", "din-91379-name"})

ATTRIBUTES: Mapping[str, Attribute] = MappingProxyType(
    {
        "given_name": Attribute(_named("given_name"), _NAME),
        "family_name": Attribute(_named("family_name"), _NAME),
        "birth_name": Attribute(_named("birth_name"), _NAME),
        "title": Attribute(_named("title"), _NAME),
        "birth_date": Attribute(_birth_date, frozenset({"date"})),
        "place_of_birth": Attribute(_named("place_of_birth", "place_of_birth.locality"), _NAME),
        "nationality": Attribute(_named("nationality")),
        "street": Attribute(_street),
        "street_name": Attribute(_first(_named("street_name"), _house(1))),
        "house_number": Attribute(_first(_named("house_number"), _house(2))),
        "postcode": Attribute(_named("postcode", "address.postal_code"), frozenset({"", "german-postcode"})),
        "city": Attribute(_named("city", "address.locality")),
        "country": Attribute(_named("country", "address.country")),
        "email": Attribute(_named("email"), frozenset({"email"})),
        "phone_number": Attribute(_named("phone_number"), frozenset({"phone"})),
    }
)
"""What `x-prefill` may name, described in docs/reference/service-package.md."""
