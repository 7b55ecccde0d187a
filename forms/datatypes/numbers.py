"""Numbers with a meaning for the authority: bank account, tax numbers, amounts of money, places on earth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum.de import idnr
from stdnum.eu import vat

_CENT = Decimal("0.01")
_MOST_MONEY = Decimal("999999999999.99")
_LATITUDE, _LONGITUDE = 90, 180  # degrees, WGS 84
# Written as on a card or letter: signs in groups, parted by single spaces (tax numbers also by hyphens).
_IBAN = re.compile(r"[A-Za-z]{2} ?[0-9]{2}(?: ?[A-Za-z0-9]){11,30}", re.ASCII)
_TAX_ID = re.compile(r"[0-9](?:[ -]?[0-9]){10}", re.ASCII)
_VAT_ID = re.compile(r"[A-Za-z]{2}(?: ?[A-Za-z0-9+*]){2,12}", re.ASCII)


def is_iban(text: str) -> bool:
    """An account number with the right length, structure and check digits of its country (ISO 13616)."""
    if _IBAN.fullmatch(text) is None:
        return False
    try:
        IBAN(text)
    except SchwiftyException:
        return False
    return True


def is_tax_id(text: str) -> bool:
    """The German tax identification number (§ 139b AO): 11 digits, repetition rule and check digit."""
    return _TAX_ID.fullmatch(text) is not None and bool(idnr.is_valid(text))


def is_vat_id(text: str) -> bool:
    """A VAT identification number by the rules of its EU country; nobody is asked whether it is in use."""
    return _VAT_ID.fullmatch(text) is not None and bool(vat.is_valid(text))


def compact(text: str) -> str:
    """The same number as computers exchange it: capital letters, no spaces, no hyphens."""
    return text.replace(" ", "").replace("-", "").upper()


def is_money(amount: float | Decimal) -> bool:
    """An amount in euro and whole cents, below a trillion either way."""
    exact = _exact(amount)
    return exact.is_finite() and abs(exact) <= _MOST_MONEY and exact == exact.quantize(_CENT)


def to_money(amount: float | Decimal) -> Decimal:
    """The amount with exactly two decimal places; never through binary fractions."""
    return _exact(amount).quantize(_CENT)


def _exact(amount: float | Decimal) -> Decimal:
    return Decimal(str(amount)) if isinstance(amount, float) else Decimal(amount)


def is_geo_point(point: Mapping[str, Any]) -> bool:
    """Latitude within ±90°, longitude within ±180°. Members that are no numbers are reported on their own."""
    return _within(point.get("lat"), _LATITUDE) and _within(point.get("lon"), _LONGITUDE)


def _within(value: Any, most: int) -> bool:
    return not isinstance(value, int | float | Decimal) or -most <= value <= most
