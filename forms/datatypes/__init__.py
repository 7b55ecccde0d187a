"""The kinds of data citizens are asked for: every JSON Schema `format` a form may use, one row each.

To add one: write the check in its family's file (never raising), add a row with its sentence, add its tests,
and describe it in docs/reference/data-types.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import jsonschema_rs

from forms.datatypes.contact import is_email, is_phone, is_postcode
from forms.datatypes.dates import is_date, is_date_range
from forms.datatypes.marks import is_chip, is_file, is_plate
from forms.datatypes.numbers import (
    compact,
    is_geo_point,
    is_iban,
    is_money,
    is_tax_id,
    is_vat_id,
    to_money,
)
from forms.din91379 import is_name

Shape = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Datatype:
    """`check` judges values of the JSON type `kind`; `text` says what to enter.

    In `text`, `{name}` stands for the question's title in quotation marks. `members` are what an object of
    this format consists of, with the keywords each must have. `normal` turns an answer that fits into the
    form in which it is kept.
    """

    check: Callable[[Any], bool]
    text: Mapping[str, str]
    kind: str = "string"
    members: Shape = field(default_factory=dict)
    normal: Callable[[Any], Any] | None = None

    def fits(self, value: object) -> bool:
        """Whether `value` is of another kind or passes the check."""
        return not self._of_kind(value) or self.check(value)

    def kept(self, value: Any) -> Any:
        """The form in which an answer that fits is kept."""
        return value if self.normal is None or not self._of_kind(value) else self.normal(value)

    def _of_kind(self, value: object) -> bool:
        return isinstance(value, _KINDS[self.kind]) and not isinstance(value, bool)


_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "number": (int, float, Decimal),
    "object": dict,
}


def _library(name: str) -> Callable[[Any], bool]:
    """The format check of jsonschema-rs, where it is right."""
    validator = jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True)
    return lambda value: bool(validator.is_valid(value))


DATATYPES: Mapping[str, Datatype] = MappingProxyType(
    {
        "date": Datatype(
            is_date,
            {
                "de": "Bitte geben Sie bei {name} ein gültiges Datum an.",
                "en": "Please enter a valid date for {name}.",
            },
        ),
        "time": Datatype(
            _library("time"),
            {
                "de": "Bitte geben Sie bei {name} eine gültige Uhrzeit an.",
                "en": "Please enter a valid time for {name}.",
            },
        ),
        "date-time": Datatype(
            _library("date-time"),
            {
                "de": "Bitte geben Sie bei {name} ein gültiges Datum mit Uhrzeit an.",
                "en": "Please enter a valid date and time for {name}.",
            },
        ),
        "uuid": Datatype(
            _library("uuid"),
            {
                "de": "{name} ist keine gültige Kennung. Bitte wählen Sie den Eintrag noch einmal aus.",
                "en": "{name} is not a valid identifier. Please choose the entry again.",
            },
        ),
        "uri": Datatype(
            _library("uri"),
            {
                "de": "Bitte geben Sie bei {name} eine vollständige Internetadresse an, "
                "zum Beispiel https://www.example.org/.",
                "en": "Please enter a complete web address for {name}, for example https://www.example.org/.",
            },
        ),
        "email": Datatype(
            is_email,
            {
                "de": "Bitte geben Sie bei {name} eine vollständige E-Mail-Adresse an, "
                "zum Beispiel name@example.org.",
                "en": "Please enter a complete e-mail address for {name}, for example name@example.org.",
            },
        ),
        "german-postcode": Datatype(
            is_postcode,
            {
                "de": "Bitte geben Sie bei {name} eine deutsche Postleitzahl mit fünf Ziffern an.",
                "en": "Please enter a German postcode with five digits for {name}.",
            },
        ),
        "animal-chip": Datatype(
            is_chip,
            {
                "de": "Bitte geben Sie bei {name} die 15 Ziffern der Chipnummer ohne Leerzeichen an. "
                "Sie steht im Heimtierausweis, zum Beispiel 276098102345678.",
                "en": "Please enter the 15 digits of the chip number for {name}, without spaces. "
                "You find it in the pet passport, for example 276098102345678.",
            },
        ),
        "din-91379-name": Datatype(
            is_name,
            {
                "de": "{name} enthält Zeichen, die in Namen nicht möglich sind. "
                "Bitte verwenden Sie lateinische Buchstaben, Leerzeichen, Bindestrich und Apostroph.",
                "en": "{name} contains characters that cannot be part of a name. "
                "Please use Latin letters, spaces, hyphens and apostrophes.",
            },
        ),
        "iban": Datatype(
            is_iban,
            {
                "de": "Bitte prüfen Sie die IBAN bei {name}. Sie steht auf Ihrer Bankkarte und hat in "
                "Deutschland 22 Stellen, zum Beispiel DE89 3704 0044 0532 0130 00.",
                "en": "Please check the IBAN for {name}. You find it on your bank card; in Germany it has "
                "22 characters, for example DE89 3704 0044 0532 0130 00.",
            },
            normal=compact,
        ),
        "tax-id": Datatype(
            is_tax_id,
            {
                "de": "Bitte geben Sie bei {name} die elf Ziffern der Steuer-Identifikationsnummer an. "
                "Sie steht zum Beispiel auf Ihrem Steuerbescheid.",
                "en": "Please enter the eleven digits of the tax identification number for {name}. "
                "You find it, for example, on your tax assessment.",
            },
            normal=compact,
        ),
        "vat-id": Datatype(
            is_vat_id,
            {
                "de": "Bitte geben Sie bei {name} eine gültige Umsatzsteuer-Identifikationsnummer an. "
                "Sie beginnt mit dem Land, zum Beispiel DE136695976.",
                "en": "Please enter a valid VAT identification number for {name}. "
                "It begins with the country, for example DE136695976.",
            },
            normal=compact,
        ),
        "phone": Datatype(
            is_phone,
            {
                "de": "Bitte geben Sie bei {name} eine Telefonnummer mit Vorwahl an, "
                "zum Beispiel 05123 4567 oder +49 5123 4567.",
                "en": "Please enter a telephone number with its area code for {name}, "
                "for example 05123 4567 or +49 5123 4567.",
            },
        ),
        "vehicle-plate": Datatype(
            is_plate,
            {
                "de": "Bitte geben Sie bei {name} ein deutsches Kennzeichen mit Bindestrich an, "
                "zum Beispiel LER-AB 123.",
                "en": "Please enter a German number plate with a hyphen for {name}, for example LER-AB 123.",
            },
        ),
        "file": Datatype(
            is_file,
            {
                "de": "Die Datei bei {name} wurde nicht richtig übergeben. Bitte laden Sie sie neu hoch.",
                "en": "The file for {name} was not handed over correctly. Please upload it again.",
            },
        ),
        "money": Datatype(
            is_money,
            {
                "de": "Bitte geben Sie bei {name} einen Betrag in Euro mit höchstens zwei Stellen nach dem "
                "Komma an, zum Beispiel 12,50.",
                "en": "Please enter an amount in euro with at most two decimal places for {name}, "
                "for example 12.50.",
            },
            kind="number",
            normal=to_money,
        ),
        "date-range": Datatype(
            is_date_range,
            {
                "de": "Bei {name} liegt das Ende vor dem Anfang. Bitte prüfen Sie die beiden Tage.",
                "en": "For {name} the end is before the beginning. Please check the two days.",
            },
            kind="object",
            members={
                "from": {"type": "string", "format": "date"},
                "to": {"type": "string", "format": "date"},
            },
        ),
        "geo-point": Datatype(
            is_geo_point,
            {
                "de": "Bei {name} muss die Breite zwischen -90 und 90 Grad liegen, die Länge "
                "zwischen -180 und 180. Bitte wählen Sie den Ort noch einmal auf der Karte.",
                "en": "For {name} the latitude must be between -90 and 90 degrees and the longitude between "
                "-180 and 180. Please choose the place on the map again.",
            },
            kind="object",
            members={"lat": {"type": "number"}, "lon": {"type": "number"}},
        ),
    }
)
