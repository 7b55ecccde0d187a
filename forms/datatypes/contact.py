"""How people are reached: e-mail addresses, telephone numbers, German postcodes."""

from __future__ import annotations

import re

import phonenumbers

_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
_EMAIL_LONGEST, _EMAIL_LOCAL_LONGEST = 254, 64  # RFC 5321 § 4.5.3.1
_POSTCODE = re.compile(r"[0-9]{5}", re.ASCII)
# What people write into a telephone number; no letters, so that no word is dialled and no extension hides.
_PHONE = re.compile(r"\+?[0-9](?:[ /().-]{0,3}[0-9]){2,19}", re.ASCII)
_BRACKET = re.compile(r"^\((?=\+?[0-9])")


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


def is_phone(text: str) -> bool:
    """A number that can be dialled from Germany: with German area code, or international (ITU-T E.164).

    Numbering plans come with the library; numbers without an area code and emergency numbers are refused.
    """
    if _PHONE.fullmatch(_BRACKET.sub("", text)) is None:
        return False
    try:
        number = phonenumbers.parse(text, "DE")
    except phonenumbers.NumberParseException:
        return False
    written_nationally = not text.startswith(("+", "00", "(+", "(00"))
    if written_nationally and not text.lstrip("(").startswith("0"):
        return False
    return phonenumbers.is_valid_number(number)
