"""A token bound to a certificate (RFC 8705) is good with that certificate and with nothing else."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from signing.certificates import NoCertificate, bound_certificate, check_certificate, presented_certificate
from signing.refusals import TokenRefused
from signing.tokens import verify_token
from tests.unit.signing.test_tokens import ISSUER, KEYS, NOW, signed, verify


def certificate(name: str) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(
        issuer_name=subject,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=start,
        not_valid_after=start + timedelta(days=730),
    )
    return builder.sign(key, hashes.SHA256())


OURS, OTHER = certificate("robot"), certificate("somebody else")
PEM = OURS.public_bytes(serialization.Encoding.PEM).decode()
DER = base64.b64encode(OURS.public_bytes(serialization.Encoding.DER)).decode()


def thumbprint(of: x509.Certificate) -> str:
    return base64.urlsafe_b64encode(of.fingerprint(hashes.SHA256())).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "header",
    [quote(PEM), quote(PEM, safe=""), quote(PEM.replace("\n", "\r\n")), DER, f":{DER}:", f"  :{DER}: "],
    ids=["nginx", "all escaped", "other line ends", "DER", "RFC 9440", "spaces"],
)
def test_proxies_write_the_same_certificate_in_different_ways(header):
    assert presented_certificate(header=header) == thumbprint(OURS)


@pytest.mark.parametrize(
    "header",
    [
        "x",
        "é",
        ":",
        "::",
        PEM[:200],
        quote(PEM + PEM),
        quote(PEM + "behind"),
        f":{DER}:, :{DER}:",
        f"{DER},{DER}",
        base64.b64encode(b"\x30\x03\x02\x01\x01").decode(),
        base64.b64encode(OURS.public_bytes(serialization.Encoding.DER) + b"\x00").decode(),
        "A" * 20_000,
    ],
)
def test_what_is_not_one_certificate(header):
    with pytest.raises(NoCertificate):
        presented_certificate(header=header)


@given(st.text(max_size=300))
def test_whatever_is_sent_is_refused_in_the_same_way(header):
    with pytest.raises(NoCertificate):
        presented_certificate(header=header)


def test_the_token_of_the_certificate():
    bound = signed(cnf={"x5t#S256": thumbprint(OURS)})
    claims = verify_token(token=bound, issuer=ISSUER, keys=KEYS, now=NOW, certificate=thumbprint(OURS))
    assert claims.certificate == thumbprint(OURS)
    for other in (None, "", thumbprint(OTHER), thumbprint(OURS) + "="):
        with pytest.raises(TokenRefused, match="certificate-wrong"):
            verify_token(token=bound, issuer=ISSUER, keys=KEYS, now=NOW, certificate=other)


@pytest.mark.parametrize(
    "cnf", [{}, [], "x", 0, False, {"jkt": "x"}, {"x5t#S256": ""}, {"x5t#S256": 5}, {"x5t#S256": "\udfff"}]
)
def test_what_cannot_be_checked_is_refused_with_any_certificate(cnf):
    bound_to = bound_certificate({"cnf": cnf})
    for presented in (None, "", thumbprint(OURS)):
        with pytest.raises(TokenRefused, match="certificate-wrong"):
            check_certificate(bound_to=bound_to, presented=presented, required=False)


def test_an_issuer_may_require_it_of_every_token():
    strict = replace(ISSUER, certificate_bound=True)
    assert verify(signed()).certificate is None
    for token in (signed(), signed(cnf=None)):
        with pytest.raises(TokenRefused, match="certificate-wrong"):
            verify_token(token=token, issuer=strict, keys=KEYS, now=NOW, certificate=thumbprint(OURS))


def test_the_thumbprint_is_that_of_the_standard():
    """RFC 8705 § 3.1: base64url of the SHA-256 of the DER form, without padding."""
    der = OURS.public_bytes(serialization.Encoding.DER)
    expected = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")
    assert presented_certificate(header=DER) == expected
    assert len(expected) == 43
