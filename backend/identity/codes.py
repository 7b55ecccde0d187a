"""Codes that people read off, write down and type in: a guest's confirmation code and status code."""

from __future__ import annotations

from collections.abc import Callable

from stdnum.iso7064 import mod_37_36

# No 0 O, 1 I L, and no U: nothing that is shown can be taken for something else. 31 is a prime number, so
# ISO 7064 MOD 31,30 finds every single wrong character.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUP = 4
CONFIRMATION_LENGTH = 8
# 27 characters are 132 bits; the last one checks.
STATUS_LENGTH = 28


def new_confirmation_code(*, choose: Callable[[str], str]) -> str:
    """Eight characters (39 bits); `choose` draws one, such as `secrets.choice`."""
    return "".join(choose(ALPHABET) for _ in range(CONFIRMATION_LENGTH))


def status_code_of(*, secret: bytes) -> str:
    """The status code that stands for 32 secret bytes."""
    number, characters = int.from_bytes(secret), []
    for _ in range(STATUS_LENGTH - 1):
        number, place = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[place])
    code = "".join(characters)
    return code + mod_37_36.calc_check_digit(code, ALPHABET)


def as_read(typed: str) -> str:
    """What somebody typed, without spaces and hyphens and in capitals."""
    return "".join(
        character for character in typed if not character.isspace() and character not in "-‐–"
    ).upper()


def as_shown(code: str) -> str:
    """In groups of four, which are easier to copy."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def is_status_code(code: str) -> bool:
    """Whether it is written right; says nothing about whether anybody has it."""
    return len(code) == STATUS_LENGTH and bool(mod_37_36.is_valid(code, ALPHABET))
