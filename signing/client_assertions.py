"""How the portal shows an issuer that it is the portal: a JWT signed with its own key (`private_key_jwt`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jose import jwt

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LIFETIME: Final = timedelta(seconds=60)
_CURVES: Final = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}


class UnfitClientKey(ValueError):
    """The private key cannot sign for the portal; the message says why."""


def algorithm_of(*, key_pem: bytes) -> str:
    """The algorithm that goes with a private key in PEM. Raises UnfitClientKey."""
    try:
        key = load_pem_private_key(key_pem, password=None)
    except (ValueError, TypeError) as error:
        raise UnfitClientKey("is no private key in PEM without a passphrase") from error
    if isinstance(key, rsa.RSAPrivateKey):
        if key.key_size < 2_048:  # noqa: PLR2004 -- as for the keys of issuers
            raise UnfitClientKey("is an RSA key of less than 2048 bits")
        return "RS256"
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    raise UnfitClientKey("is neither RSA nor EC on P-256, P-384 or P-521")


def client_assertion(
    *, client: str, audience: str, key_pem: bytes, kid: str | None, jti: str, now: datetime
) -> str:
    """A token of RFC 7523 § 3 for one request: valid for a minute, `jti` never used before."""
    seconds = int(now.timestamp())
    claims = {
        "iss": client,
        "sub": client,
        "aud": audience,
        "jti": jti,
        "iat": seconds,
        "exp": seconds + int(_LIFETIME.total_seconds()),
    }
    headers = {"kid": kid} if kid else None
    return jwt.encode(
        claims, key_pem.decode("ascii"), algorithm=algorithm_of(key_pem=key_pem), headers=headers
    )
