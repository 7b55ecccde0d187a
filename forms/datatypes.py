"""The kinds of data citizens are asked for: every JSON Schema `format` a form may use, one row each.

To add one: write the check (text → bool, never raising), add a row with its sentence, add its tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from forms.din91379 import is_name


@dataclass(frozen=True, slots=True)
class Datatype:
    """`check` is None where jsonschema-rs's own format check is right; `text` says what to enter.

    In `text`, `{name}` stands for the question's title in quotation marks.
    """

    check: Callable[[str], bool] | None
    text: Mapping[str, str]


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
_EMAIL_LONGEST, _EMAIL_LOCAL_LONGEST = 254, 64  # RFC 5321 § 4.5.3.1
_POSTCODE = re.compile(r"[0-9]{5}", re.ASCII)
_CHIP = re.compile(r"[0-9]{15}", re.ASCII)
_CHIP_NUMBERS = 2**38  # ISO 11784: the number within a country or manufacturer has 38 bits
_MANUFACTURERS = range(900, 999)  # 999 is for test transponders
# ISO 3166-1 numeric codes, and 891 (Serbia and Montenegro), which animals alive may still carry.
_COUNTRIES = frozenset(
    """
    004 008 010 012 016 020 024 028 031 032 036 040 044 048 050 051 052 056 060 064 068 070 072 074 076
    084 086 090 092 096 100 104 108 112 116 120 124 132 136 140 144 148 152 156 158 162 166 170 174 175
    178 180 184 188 191 192 196 203 204 208 212 214 218 222 226 231 232 233 234 238 239 242 246 248 250
    254 258 260 262 266 268 270 275 276 288 292 296 300 304 308 312 316 320 324 328 332 334 336 340 344
    348 352 356 360 364 368 372 376 380 384 388 392 398 400 404 408 410 414 417 418 422 426 428 430 434
    438 440 442 446 450 454 458 462 466 470 474 478 480 484 492 496 498 499 500 504 508 512 516 520 524
    528 531 533 534 535 540 548 554 558 562 566 570 574 578 580 581 583 584 585 586 591 598 600 604 608
    612 616 620 624 626 630 634 638 642 643 646 652 654 659 660 662 663 666 670 674 678 682 686 688 690
    694 702 703 704 705 706 710 716 724 728 729 732 740 744 748 752 756 760 762 764 768 772 776 780 784
    788 792 795 796 798 800 804 807 818 826 831 832 833 834 840 850 854 858 860 862 876 882 887 891 894
    """.split()  # noqa: SIM905  (a table, not 250 lines)
)


def is_date(text: str) -> bool:
    """A day that exists, as RFC 3339 full-date (`2024-02-29`)."""
    if _DATE.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_email(text: str) -> bool:
    """An address mail can be sent to: dot-atom local part, host name with a dot (RFC 5321; ASCII only)."""
    return (
        len(text) <= _EMAIL_LONGEST
        and text.rfind("@") <= _EMAIL_LOCAL_LONGEST
        and _EMAIL.fullmatch(text) is not None
    )


def is_postcode(text: str) -> bool:
    """Five digits within the German range, 01001 to 99998."""
    return _POSTCODE.fullmatch(text) is not None and "01001" <= text <= "99998"


def is_chip(text: str) -> bool:
    """A transponder number for animals: country or manufacturer code and 38-bit number (ISO 11784)."""
    if _CHIP.fullmatch(text) is None or int(text[3:]) >= _CHIP_NUMBERS:
        return False
    return text[:3] in _COUNTRIES or int(text[:3]) in _MANUFACTURERS


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
            None,
            {
                "de": "Bitte geben Sie bei {name} eine gültige Uhrzeit an.",
                "en": "Please enter a valid time for {name}.",
            },
        ),
        "date-time": Datatype(
            None,
            {
                "de": "Bitte geben Sie bei {name} ein gültiges Datum mit Uhrzeit an.",
                "en": "Please enter a valid date and time for {name}.",
            },
        ),
        "uuid": Datatype(
            None,
            {
                "de": "{name} ist keine gültige Kennung. Bitte wählen Sie den Eintrag noch einmal aus.",
                "en": "{name} is not a valid identifier. Please choose the entry again.",
            },
        ),
        "uri": Datatype(
            None,
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
    }
)

FORMAT_CHECKS = {name: kind.check for name, kind in DATATYPES.items() if kind.check is not None}
