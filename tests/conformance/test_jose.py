"""Tokens other people made to break libraries: Wycheproof's JWS vectors and the RFC 7520 cookbook."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jose import jws as foreign_jws
from jose.utils import base64url_encode

from signing.jwks import ALGORITHMS, KeySet
from signing.jws import open_token
from signing.refusals import TokenRefused

MATERIAL = (
    Path(os.environ.get("CONFORMANCE_DIR", Path(__file__).parents[2] / ".." / "shared" / "conformance"))
    / "jose"
)
if not MATERIAL.is_dir() and os.environ.get("CI") != "true":
    pytest.skip(f"no conformance material in {MATERIAL}: set CONFORMANCE_DIR", allow_module_level=True)

# Vectors Wycheproof calls valid that we refuse on purpose.
EXCLUDED = {
    347: 'the key says "alg": "ES521", an algorithm that does not exist',
    351: 'the key says "alg": "ES521", an algorithm that does not exist',
}
MOST_BYTES = 65_536


def _vectors():
    groups = json.loads((MATERIAL / "wycheproof" / "json_web_signature_test.json").read_text())["testGroups"]
    for group in groups:
        key = group.get("public", group.get("private"))
        for test in group["tests"]:
            yield pytest.param(key, test, id=f"{test['tcId']}-{group['comment']}-{test['comment']}")


def _accepted(token: str, jwks: dict, algorithms=ALGORITHMS) -> bytes | None:
    try:
        opened = open_token(
            token=token, algorithms=algorithms, keys=KeySet.from_jwks(jwks), most_bytes=MOST_BYTES
        )
    except TokenRefused:
        return None
    return opened.payload


def _allowed(key: dict) -> bool:
    return key.get("alg", "").startswith(("RS", "ES")) or ("alg" not in key and key["kty"] in {"RSA", "EC"})


@pytest.mark.parametrize(("key", "test"), list(_vectors()))
def test_wycheproof_signatures(key, test):
    accepted = _accepted(test["jws"], {"keys": [key]}) is not None
    expected = test["result"] == "valid" and _allowed(key) and test["tcId"] not in EXCLUDED
    assert accepted is expected


def test_the_vectors_of_allowed_algorithms_are_all_there():
    tests = [(p.values[0], p.values[1]) for p in _vectors()]
    assert len(tests) == 401
    allowed = [test for key, test in tests if _allowed(key)]
    assert sum(test["result"] == "valid" for test in allowed) == 20
    assert sum(test["result"] == "invalid" for test in allowed) > 260


def test_python_jose_alone_accepts_what_we_refuse():
    """The reason for all the care: if this fails one day, the library has been mended."""
    wrong = 0
    for parameter in _vectors():
        key, test = parameter.values
        if test["result"] == "invalid" and _allowed(key):
            try:
                foreign_jws.verify(test["jws"], key, sorted(ALGORITHMS))
                wrong += 1
            except Exception:  # noqa: BLE001, S110  (python-jose raises many kinds)
                pass
    assert wrong == 4


def _cookbook(name: str) -> dict:
    return json.loads((MATERIAL / "cookbook" / "jws" / name).read_text())


@pytest.mark.parametrize("name", ["4_1.rsa_v15_signature.json", "4_3.ecdsa_signature.json"])
def test_cookbook_signatures_of_allowed_algorithms(name):
    example = _cookbook(name)
    public = {
        key: value
        for key, value in example["input"]["key"].items()
        if key in {"kty", "kid", "use", "n", "e", "crv", "x", "y"}
    }
    payload = _accepted(example["output"]["compact"], {"keys": [public]})
    assert payload is not None
    assert payload.decode() == example["input"]["payload"]
    damaged = example["output"]["compact"][:-6] + "AAAAAA"
    assert _accepted(damaged, {"keys": [public]}) is None


@pytest.mark.parametrize("name", ["4_2.rsa-pss_signature.json", "4_4.hmac-sha2_integrity_protection.json"])
def test_cookbook_signatures_of_other_algorithms_are_refused(name):
    example = _cookbook(name)
    assert _accepted(example["output"]["compact"], {"keys": [example["input"]["key"]]}) is None


def _public_keys():
    for private in (rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())):
        yield private.public_key()


def _jwk_of(public) -> dict:
    def number(value: int) -> str:
        return base64url_encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).decode()

    numbers = public.public_numbers()
    if isinstance(numbers, rsa.RSAPublicNumbers):
        return {"kty": "RSA", "kid": "k", "n": number(numbers.n), "e": number(numbers.e)}
    coordinates = {
        name: base64url_encode(getattr(numbers, name).to_bytes(32, "big")).decode() for name in "xy"
    }
    return {"kty": "EC", "kid": "k", "crv": "P-256", **coordinates}


@pytest.mark.parametrize("public", list(_public_keys()), ids=["RSA", "EC"])
@pytest.mark.parametrize("form", ["pem", "pkcs1-pem", "der", "jwk"])
@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_public_key_taken_for_a_shared_secret_is_refused(public, form, algorithm):
    """CVE-2024-33663 and its DER variant, which python-jose 3.5 still accepts."""
    encodings = {
        "pem": (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        "pkcs1-pem": (serialization.Encoding.PEM, serialization.PublicFormat.PKCS1),
        "der": (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo),
    }
    jwk = _jwk_of(public)
    if form == "pkcs1-pem" and jwk["kty"] == "EC":
        form = "pem"
    secret = json.dumps(jwk).encode() if form == "jwk" else public.public_bytes(*encodings[form])
    token = _signed_with_secret(secret, algorithm)
    assert _accepted(token, {"keys": [jwk]}) is None
    assert _accepted(token, {"keys": [jwk]}, algorithms=[algorithm]) is None
    as_secret = {"kty": "oct", "kid": "k", "k": base64.urlsafe_b64encode(secret).decode()}
    assert _accepted(token, {"keys": [as_secret]}, algorithms=[algorithm]) is None


def _signed_with_secret(secret: bytes, algorithm: str) -> str:
    head = base64url_encode(json.dumps({"alg": algorithm, "kid": "k"}).encode())
    body = base64url_encode(b"{}")
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[algorithm]
    mac = hmac.new(secret, head + b"." + body, digest).digest()
    return b".".join([head, body, base64url_encode(mac)]).decode()
