from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from jose import jwk as jose_jwk
from jose.utils import base64url_encode

from signing.jwks import KeySet, KeySetRefused

_RSA = jose_jwk.construct(rsa.generate_private_key(65537, 2048), "RS256")
_WEAK = jose_jwk.construct(rsa.generate_private_key(65537, 1024), "RS256")  # noqa: S505  (to be refused)
_EC = {
    name: jose_jwk.construct(ec.generate_private_key(curve), name)
    for name, curve in {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}.items()
}


def public(key, **more) -> dict:
    jwk = {**key.public_key().to_dict(), "kid": "k", **more}
    return {name: value for name, value in jwk.items() if value is not None}


def reason(jwk: object) -> str:
    keys = KeySet.from_jwks({"keys": [jwk]})
    assert not keys.keys
    return keys.skipped[0][1]


def number(value: int, size: int) -> str:
    return base64url_encode(value.to_bytes(size, "big")).decode()


def test_an_rsa_key_without_alg_serves_all_rsa_algorithms():
    keys = KeySet.from_jwks({"keys": [public(_RSA, alg=None)]})
    assert {algorithm for _, algorithm in keys.keys} == {"RS256", "RS384", "RS512"}
    assert set(KeySet.from_jwks({"keys": [public(_RSA)]}).keys) == {("k", "RS256")}


@pytest.mark.parametrize("algorithm", sorted(_EC))
def test_a_curve_has_one_algorithm(algorithm):
    assert set(KeySet.from_jwks({"keys": [public(_EC[algorithm], alg=None)]}).keys) == {("k", algorithm)}


def test_keys_may_say_what_they_are_for():
    assert KeySet.from_jwks({"keys": [public(_RSA, use="sig", key_ops=["verify", "sign"])]}).keys


@pytest.mark.parametrize(
    ("jwk", "why"),
    [
        ("-----BEGIN PUBLIC KEY-----", "not a JWK"),
        (b"\x30\x82", "not a JWK"),
        (None, "not a JWK"),
        (public(_RSA, kid=7), "kid"),
        (public(_RSA, use="enc"), "use"),
        (public(_RSA, use=None, key_ops=["encrypt"]), "key_ops"),
        (public(_RSA, key_ops="verify"), "key_ops"),
        (public(_RSA, d="AQAB"), "private"),
        (public(_RSA, alg="PS256"), "alg"),
        (public(_RSA, alg="ES256"), "alg"),
        (public(_EC["ES256"], alg="ES384"), "alg"),
        (public(_WEAK), "1024 bits"),
        (public(_RSA, n=number((1 << 8200) + 1, 1026)), "8201 bits"),
        (public(_RSA, e="Aw"), "exponent"),
        (public(_RSA, e="AQAA"), "exponent"),
        (public(_RSA, e=number((1 << 80) + 1, 11)), "exponent"),
        (public(_RSA, n=number(1 << 2047, 256)), "no valid key"),
        (public(_RSA, n=None), "n is not base64url"),
        (public(_RSA, n=5), "n is not base64url"),
        (public(_RSA, e="AQAB="), "e is not base64url"),
        (public(_RSA, e="AQ AB"), "e is not base64url"),
        (public(_RSA, e="ÄÖ"), "e is not base64url"),
        (public(_RSA, e="A"), "e is not base64url"),
        (public(_RSA, e=""), "e is not base64url"),
        (public(_EC["ES256"], crv="P-384"), "length"),
        (public(_EC["ES256"], crv="secp256k1"), "supported"),
        (public(_EC["ES256"], crv=None), "supported"),
        (public(_EC["ES256"], x=number(1, 32)), "no valid key"),
        ({"kty": "oct", "k": "AAAA"}, "secret"),
        ({"kty": "oct"}, "supported"),
        ({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}, "supported"),
        ({}, "supported"),
    ],
)
def test_other_keys_are_skipped_with_the_reason(jwk, why):
    assert why in reason(jwk)


def test_usable_keys_work_beside_skipped_ones():
    keys = KeySet.from_jwks({"keys": [public(_WEAK, kid="old"), public(_EC["ES256"], kid="new")]})
    assert set(keys.keys) == {("new", "ES256")}
    assert [name for name, _ in keys.skipped] == ["old"]


def test_a_kid_that_stands_twice_is_not_used_at_all():
    keys = KeySet.from_jwks({"keys": [public(_EC["ES256"]), public(_EC["ES256"]), public(_RSA)]})
    assert set(keys.keys) == {("k", "RS256")}
    assert "not unique" in keys.skipped[0][1]


def test_keys_without_kid_are_kept_apart_by_algorithm():
    keys = KeySet.from_jwks({"keys": [public(_EC["ES256"], kid=None), public(_RSA, kid=None)]})
    assert keys.find(kid=None, algorithm="ES256") is not keys.find(kid=None, algorithm="RS256")


@pytest.mark.parametrize("jwks", [None, [], {}, {"keys": {}}, "{}", b"", {"keys": [{}] * 101}])
def test_what_is_no_jwks_is_refused(jwks):
    with pytest.raises(KeySetRefused):
        KeySet.from_jwks(jwks)


_json = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "A", "AQAB", "sig", "é", [], ["verify"], [1], {}, {"a": 1}]
)


@given(
    st.dictionaries(
        st.sampled_from(["kty", "kid", "use", "key_ops", "alg", "n", "e", "crv", "x", "y"]), _json
    )
)
def test_no_member_makes_reading_fail_otherwise(changes):
    for key in (_RSA, _EC["ES256"]):
        KeySet.from_jwks({"keys": [{**public(key), **changes}]})
