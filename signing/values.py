"""Read this to see how a value of a case becomes words in a letter: money, dates, plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

LANGUAGES: Final = ("de", "en")

_MONTHS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "de": (
            "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli",
            "August", "September", "Oktober", "November", "Dezember",
        ),
        "en": (
            "January", "February", "March", "April", "May", "June", "July",
            "August", "September", "October", "November", "December",
        ),
    }
)  # fmt: skip
_YES_NO: Final = {"de": ("ja", "nein"), "en": ("yes", "no")}
_PLAIN_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,15})?")


class UnfitValue(ValueError):
    """A value cannot be written in the wanted format; the message (German, English) says why."""

    def __init__(self, *, de: str, en: str) -> None:
        self.text: Mapping[str, str] = {"de": de, "en": en}
        super().__init__(en)


def as_money(value: Any, language: str) -> str:
    """Euro with two places: `1.234,56 €` (de), `€1,234.56` (en). Never rounds.

    Takes `Decimal`, `int`, a `float` or text such as `1234.5`. More than two decimal places are an error:
    the amount a person has to pay is decided by the process, not by a letter.
    """
    if isinstance(value, bool) or not _PLAIN_NUMBER.fullmatch(str(value)):
        raise UnfitValue(
            de="Der Wert ist kein Geldbetrag; erwartet wird eine Zahl wie 1234.56.",
            en="The value is not an amount of money; a number such as 1234.56 is expected.",
        )
    amount = Decimal(str(value))
    if amount != round(amount, 2):
        raise UnfitValue(
            de="Der Wert hat mehr als zwei Nachkommastellen; runden Sie den Betrag im Ablauf.",
            en="The value has more than two decimal places; round the amount in the process.",
        )
    english = f"{abs(amount):,.2f}"
    sign = "-" if amount < 0 else ""
    if language == "de":
        return sign + english.translate(str.maketrans(",.", ".,")) + " €"
    return f"{sign}€{english}"


def as_date(value: Any, language: str) -> str:
    """A day in words: `22. November 2026` (de), `22 November 2026` (en). Takes a date or `2026-11-22…`."""
    day = _day(value)
    dot = "." if language == "de" else ""
    return f"{day.day}{dot} {_MONTHS[language][day.month - 1]} {day.year}"


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return datetime.fromisoformat(value).date()
    except (TypeError, ValueError):
        raise UnfitValue(
            de="Der Wert ist kein Datum; erwartet wird JJJJ-MM-TT.",
            en="The value is not a date; YYYY-MM-DD is expected.",
        ) from None


def as_text(value: Any, language: str) -> str:
    """The value as it stands; yes/no for truth values, a decimal comma in German, lists joined by commas."""
    match value:
        case str():
            return value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        case bool():
            return _YES_NO[language][0 if value else 1]
        case int():
            return str(value)
        case Decimal() | float():
            return _number(value, language)
        case date():
            return value.isoformat()
        case list() | tuple() if all(isinstance(item, str | int | float | Decimal | date) for item in value):
            return ", ".join(as_text(item, language) for item in value)
    raise UnfitValue(
        de="Der Wert besteht aus mehreren Angaben; nennen Sie im Brief die einzelne Angabe.",
        en="The value consists of several parts; name the single part in the letter.",
    )


def _number(value: Decimal | float, language: str) -> str:
    text = format(Decimal(str(value)), "f")
    return text.replace(".", ",") if language == "de" else text


FORMATS: Final[Mapping[str, Callable[[Any, str], str]]] = MappingProxyType(
    {"money": as_money, "date": as_date, "text": as_text}
)
