"""The reference number (Aktenzeichen): easy to dictate, safe against typing errors, tells no volumes."""

from __future__ import annotations

import secrets
from datetime import date

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

RANDOM_DIGITS = 9


def new_reference(*, prefix: str, today: date, number: int | None = None) -> str:
    """A reference like `HUND-2026-738-204-915-4`: service, year, nine digits, ISO 7064 MOD 11,10 check.

    Random instead of counted: one counter per authority would make all submissions wait for each other.
    """
    drawn = secrets.randbelow(10**RANDOM_DIGITS) if number is None else number
    digits = f"{drawn:0{RANDOM_DIGITS}d}"
    check = mod_11_10.calc_check_digit(f"{today.year}{digits}")
    return f"{prefix}-{today.year}-{digits[:3]}-{digits[3:6]}-{digits[6:]}-{check}"


def is_reference(text: str) -> bool:
    """Whether the check digit is right: tells a mistyped reference from an unknown one."""
    digits = "".join(character for character in text if character.isdigit())
    try:
        return len(digits) == len("2026") + RANDOM_DIGITS + 1 and bool(mod_11_10.validate(digits))
    except ValidationError:
        return False
