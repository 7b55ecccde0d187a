"""Tokens that are good only together with the client's certificate (RFC 8705 § 3)."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from cryptography import x509

from signing.refusals import TokenRefused

_LONGEST: Final = 16_384
_PEM: Final = re.compile(rb"\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*")


class NoCertificate(ValueError):
    """What a proxy has handed over is no certificate."""


def presented_certificate(*, header: str) -> str:
    """The `x5t#S256` (RFC 8705 § 3.1) of the one certificate in a proxy's header.

    Understood are URL-encoded PEM (nginx `$ssl_client_escaped_cert`) and Base64 of the DER form, between
    colons (RFC 9440 `Client-Cert`) or without. Raises `NoCertificate`.
    """
    if len(header) > _LONGEST:
        raise NoCertificate("too long")
    try:
        der = _der(header.strip())
        # Parsed, so that bytes behind the certificate are refused and not silently part of the fingerprint.
        x509.load_der_x509_certificate(der)
    except (binascii.Error, UnicodeEncodeError, ValueError) as error:
        raise NoCertificate("no certificate") from error
    return base64.urlsafe_b64encode(sha256(der).digest()).rstrip(b"=").decode("ascii")


def bound_certificate(payload: Mapping[str, Any]) -> str | None:
    """The `x5t#S256` of the certificate that a token belongs to; None for a token that belongs to none.

    Empty if it belongs to something that cannot be checked here (DPoP, for example): no certificate fits.
    """
    confirmation = payload.get("cnf")
    if confirmation is None:
        return None
    found = confirmation.get("x5t#S256") if isinstance(confirmation, Mapping) else None
    return found if isinstance(found, str) else ""


def check_certificate(*, bound_to: str | None, presented: str | None, required: bool) -> None:
    """Raises TokenRefused `certificate-wrong` unless the token's certificate was presented.

    `required`: the token has to belong to one.
    """
    if bound_to is None and not required:
        return
    fits = bool(bound_to and presented) and hmac.compare_digest(
        str(bound_to).encode("utf-8", "surrogatepass"), str(presented).encode()
    )
    if not fits:
        raise TokenRefused("certificate-wrong")


def _der(header: str) -> bytes:
    if header.startswith("-----BEGIN"):
        found = _PEM.fullmatch(unquote_to_bytes(header.encode("ascii")))
        if found is None:
            raise NoCertificate("no PEM, or more than one certificate")
        return base64.b64decode(b"".join(found.group(1).split()), validate=True)
    if header.startswith(":") and header.endswith(":"):
        header = header[1:-1]
    return base64.b64decode(header.encode("ascii"), validate=True)
