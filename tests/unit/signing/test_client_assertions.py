from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from jose import jwt

from signing.client_assertions import UnfitClientKey, algorithm_of, client_assertion

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def pem(key, encryption=None):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        encryption or serialization.NoEncryption(),
    )


RSA = rsa.generate_private_key(65537, 2048)
KEYS = {
    "RS256": RSA,
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "ES512": ec.generate_private_key(ec.SECP521R1()),
}


@pytest.mark.parametrize("algorithm", KEYS)
@pytest.mark.parametrize("kid", ["portal-1", None])
def test_an_assertion_says_who_is_asking_for_one_minute(algorithm, kid):
    key = KEYS[algorithm]
    assert algorithm_of(key_pem=pem(key)) == algorithm
    token = client_assertion(
        client="portal", audience="https://login.example", key_pem=pem(key), kid=kid, jti="j-1", now=NOW
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    options = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(token, public.decode(), algorithms=[algorithm], audience="https://login.example", options=options)  # fmt: skip
    assert claims["iss"] == claims["sub"] == "portal"
    assert claims["exp"] - claims["iat"] == 60
    assert claims["jti"] == "j-1"
    header = jwt.get_unverified_header(token)
    assert header.get("kid") == kid


@pytest.mark.parametrize(
    ("key_pem", "why"),
    [
        (b"nonsense", "no private key"),
        (pem(RSA, serialization.BestAvailableEncryption(b"x")), "without a passphrase"),
        (pem(rsa.generate_private_key(65537, 1024)), "2048"),  # noqa: S505 -- to be refused
        (pem(ec.generate_private_key(ec.SECP224R1())), "P-256"),
        (pem(dsa.generate_private_key(2048)), "neither RSA nor EC"),
    ],
    ids=["nonsense", "passphrase", "short", "curve", "DSA"],
)
def test_an_unfit_key_is_refused_with_the_reason(key_pem, why):
    with pytest.raises(UnfitClientKey, match=why):
        algorithm_of(key_pem=key_pem)


def test_the_key_is_not_in_the_assertion():
    key = KEYS["ES256"]
    token = client_assertion(client="p", audience="a", key_pem=pem(key), kid=None, jti="j", now=NOW)
    assert json.dumps(format(key.private_numbers().private_value, "x"))[1:-1] not in token
