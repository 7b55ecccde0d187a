"""Encrypts and decrypts with AES-256-GCM; what is sealed for one place cannot be opened in another."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
KEY_BITS = 256


class CannotOpen(Exception):
    """The data was changed, belongs elsewhere, or its key has been destroyed."""


@dataclass(frozen=True, slots=True)
class Key:
    """A 256-bit key ready for use.

    `context` names the place of the data (for example `event:<case>:<seq>`): it is authenticated, so a
    ciphertext copied to another row does not open there.
    """

    cipher: AESGCM

    @classmethod
    def of(cls, material: bytes) -> Key:
        return cls(cipher=AESGCM(material))

    def seal(self, plaintext: bytes, *, context: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self.cipher.encrypt(nonce, plaintext, context.encode())

    def open(self, sealed: bytes, *, context: str) -> bytes:
        """Raises `CannotOpen` if anything about data, place or key is not as it was."""
        raw = bytes(sealed)
        try:
            return self.cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError) as error:  # ValueError: too short to be anything of ours
            raise CannotOpen(context) from error

    def seal_json(self, value: Any, *, context: str) -> bytes:
        return self.seal(to_json(value), context=context)

    def open_json(self, sealed: bytes, *, context: str) -> Any:
        # Fractions come back as `Decimal`, exactly as they were written.
        return json.loads(self.open(sealed, context=context), parse_float=Decimal)


def to_json(value: Any) -> bytes:
    """Compact JSON with sorted keys; a `Decimal` becomes a number with exactly its digits."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=exact)


def exact(value: Any) -> Any:
    """What orjson is to write for a value it does not know. Raises `TypeError` for anything unexpected."""
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value))
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


def new_material() -> bytes:
    """Fresh random key material."""
    return AESGCM.generate_key(bit_length=KEY_BITS)
