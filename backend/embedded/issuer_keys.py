"""The development issuer's signing keys: made at first use, kept private, rotated."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwt

from backend.embedded.private_files import write_json

ALGORITHM = "ES256"  # RFC 7518, section 3.4
PUBLISHED_KEYS = 2
COORDINATE_BYTES = 32


class SigningKeys:
    """Keys in `file` (JSON, 0600), newest first: the first signs, `PUBLISHED_KEYS` of them are published."""

    def __init__(self, *, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        try:
            self._pems: list[str] = json.loads(file.read_text())["keys"]
        except FileNotFoundError:
            self._pems = []
            self.rotate()

    def rotate(self) -> str:
        """Make a new signing key; returns its key id."""
        pem = (
            ec.generate_private_key(ec.SECP256R1())
            .private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            .decode()
        )
        with self._lock:
            pems = [pem, *self._pems][:PUBLISHED_KEYS]
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_json(self._file, {"keys": pems})
            self._pems = pems
        return str(_public_jwk(pem)["kid"])

    def published(self) -> dict[str, Any]:
        """The public keys as a JWK set (RFC 7517)."""
        return {"keys": [_public_jwk(pem) for pem in self._pems]}

    def sign(self, claims: Mapping[str, Any], *, kind: str) -> str:
        """A signed JWT; `kind` is its `typ`: `JWT`, or `at+jwt` for access tokens (RFC 9068, section 2.1)."""
        pem = self._pems[0]
        headers = {"kid": _public_jwk(pem)["kid"], "typ": kind}
        return str(jwt.encode(dict(claims), pem, algorithm=ALGORITHM, headers=headers))

    def read(self, token: str, *, audience: str, issuer: str) -> dict[str, Any]:
        """Claims of one of our own tokens. Raises `jose.JWTError` when it is not ours or has expired."""
        return dict(
            jwt.decode(token, self.published(), algorithms=[ALGORITHM], audience=audience, issuer=issuer)
        )


def _public_jwk(pem: str) -> dict[str, str]:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(
            "The keys file holds something other than elliptic curve keys: remove it to make new ones"
        )
    numbers = key.public_key().public_numbers()
    essential = {"crv": "P-256", "kty": "EC", "x": _coordinate(numbers.x), "y": _coordinate(numbers.y)}
    # The key id is the key's thumbprint (RFC 7638, section 3): members in this order, no blanks.
    digest = hashlib.sha256(json.dumps(essential, separators=(",", ":"), sort_keys=True).encode()).digest()
    return {**essential, "kid": _base64url(digest), "use": "sig", "alg": ALGORITHM}


def _coordinate(number: int) -> str:
    return _base64url(number.to_bytes(COORDINATE_BYTES, "big"))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
