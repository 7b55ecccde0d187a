from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from jose import jwk as jose_jwk
from jose.utils import base64url_encode

from signing.issuers import ClaimNames, Issuer, TrustLevel
from signing.jwks import KeySet
from signing.refusals import TOKEN_REFUSALS, TokenRefused
from signing.tokens import verify_token
from signing.verified_tokens import LONGEST, VerifiedTokens

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECOND = int(NOW.timestamp())
EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(65537, 2048)
SIGNERS = {"ES256": jose_jwk.construct(EC_KEY, "ES256"), "RS256": jose_jwk.construct(RSA_KEY, "RS256")}


def public_jwk(algorithm: str, **more) -> dict:
    jwk = dict(SIGNERS[algorithm].public_key().to_dict(), kid=algorithm.lower())
    return {name: value for name, value in {**jwk, **more}.items() if value is not None}


KEYS = KeySet.from_jwks({"keys": [public_jwk("ES256"), public_jwk("RS256")]})
ISSUER = Issuer(
    url="https://login.example.org/realm", audience="laufzettel", algorithms=frozenset({"ES256", "RS256"})
)
CLAIMS = {
    "iss": ISSUER.url,
    "aud": "laufzettel",
    "sub": "bPK2-4711",
    "exp": SECOND + 300,
    "iat": SECOND - 5,
    "nbf": SECOND - 5,
    "auth_time": SECOND - 60,
    "acr": "STORK-QAA-Level-4",
    "jti": "a-1",
    "scope": "applications:write  applications:read",
    "roles": ["citizen"],
}


def part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64url_encode(raw).decode()


def signed(claims: object = None, *, header: object = None, algorithm: str = "ES256", **changes) -> str:
    payload = {**CLAIMS, **changes} if claims is None else claims
    if isinstance(payload, dict):
        payload = {name: value for name, value in payload.items() if value is not None}
    head = header if header is not None else {"alg": algorithm, "kid": algorithm.lower(), "typ": "JWT"}
    signing_input = f"{part(head)}.{part(payload)}"
    return f"{signing_input}.{part(SIGNERS[algorithm].sign(signing_input.encode()))}"


def verify(token: str, issuer: Issuer = ISSUER, keys: KeySet = KEYS, now: datetime = NOW):
    return verify_token(token=token, issuer=issuer, keys=keys, now=now)


def refusal(token: str, **more) -> str:
    with pytest.raises(TokenRefused) as caught:
        verify(token, **more)
    assert caught.value.code in TOKEN_REFUSALS
    assert all(caught.value.text[language] for language in ("de", "en"))
    assert caught.value.code in str(caught.value)
    return caught.value.code


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_a_good_token_gives_its_claims(algorithm):
    claims = verify(signed(algorithm=algorithm))
    assert (claims.subject, claims.issuer, claims.audience) == ("bPK2-4711", ISSUER.url, ("laufzettel",))
    assert claims.level is TrustLevel.HIGH
    assert claims.authenticated_at == NOW - timedelta(seconds=60)
    assert claims.issued_at == NOW - timedelta(seconds=5)
    assert claims.expires_at == NOW + timedelta(seconds=300)
    assert claims.jti == "a-1"
    assert claims.roles == {"citizen"}
    assert claims.scopes == {"applications:write", "applications:read"}
    assert claims.client is None


def test_what_is_absent_is_absent():
    claims = verify(signed({"iss": ISSUER.url, "aud": ["x", "laufzettel"], "sub": "s", "exp": SECOND + 1}))
    assert claims.level is TrustLevel.NONE
    assert claims.authenticated_at is None
    assert claims.jti is None
    assert claims.roles == claims.scopes == frozenset()
    assert claims.attributes == {}


def test_claims_are_found_where_the_issuer_puts_them():
    names = ClaimNames(
        subject=("bundid", "bpk2"),
        level=("trust_level_authentication",),
        roles=("realm_access", "roles"),
        attributes={
            "family_name": ("person", "surname"),
            "email": ("email",),
            "city": ("person", "city", "x"),
        },
    )
    claims = verify(
        signed(
            bundid={"bpk2": "4711"},
            trust_level_authentication="http://eidas.europa.eu/LoA/substantial",
            realm_access={"roles": "clerk"},
            person={"surname": "Müller", "city": "Leer"},
        ),
        issuer=replace(ISSUER, claims=names),
    )
    assert (claims.subject, claims.level, claims.roles) == ("4711", TrustLevel.SUBSTANTIAL, {"clerk"})
    assert claims.attributes == {"family_name": "Müller"}


def test_an_unknown_level_counts_as_none_and_levels_compare():
    assert verify(signed(acr="STORK-QAA-Level-9")).level is TrustLevel.NONE
    assert TrustLevel.NONE < TrustLevel.LOW < TrustLevel.SUBSTANTIAL < TrustLevel.HIGH
    assert [level.word for level in TrustLevel] == ["none", "low", "substantial", "high"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": "https://login.example.org/realm/"}, "issuer-wrong"),
        ({"iss": None}, "issuer-wrong"),
        ({"aud": "other"}, "audience-wrong"),
        ({"aud": None}, "audience-wrong"),
        ({"aud": "laufzettel other"}, "audience-wrong"),
        ({"aud": {"laufzettel": 1}}, "claims-incomplete"),
        ({"aud": ["laufzettel", 5]}, "claims-incomplete"),
        ({"aud": ["laufzettel"] * 201}, "claims-incomplete"),
        ({"sub": None}, "claims-incomplete"),
        ({"sub": " "}, "claims-incomplete"),
        ({"sub": 5}, "claims-incomplete"),
        ({"sub": "x" * 256}, "claims-incomplete"),
        ({"exp": None}, "claims-incomplete"),
        ({"exp": True}, "claims-incomplete"),
        ({"exp": "2030-01-01"}, "claims-incomplete"),
        ({"exp": -1}, "claims-incomplete"),
        ({"exp": 10**20}, "claims-incomplete"),
        ({"exp": SECOND - 31}, "expired"),
        ({"exp": SECOND - 30}, "expired"),
        ({"nbf": SECOND + 31}, "not-yet-valid"),
        ({"iat": SECOND + 31}, "not-yet-valid"),
        ({"acr": ["high"]}, "claims-incomplete"),
        ({"auth_time": "now"}, "claims-incomplete"),
        ({"jti": 1}, "claims-incomplete"),
    ],
)
def test_wrong_claims_are_refused(changes, code):
    assert refusal(signed(**changes)) == code


def test_clocks_may_differ_by_the_leeway():
    assert verify(signed(exp=SECOND - 29))
    assert verify(signed(nbf=SECOND + 30, iat=SECOND + 29.5))
    assert verify(signed(exp=253_402_214_400))


def test_only_the_named_client_is_accepted_where_one_is_named():
    issuer = replace(ISSUER, azp=frozenset({"portal"}))
    assert verify(signed(azp="portal"), issuer=issuer).client == "portal"
    assert refusal(signed(azp="other"), issuer=issuer) == "client-wrong"
    assert refusal(signed(), issuer=issuer) == "client-wrong"


def test_a_sign_in_may_be_too_old_where_the_issuer_says_so():
    assert verify(signed(), issuer=replace(ISSUER, max_age=timedelta(seconds=60)))
    issuer = replace(ISSUER, max_age=timedelta(seconds=20))
    assert refusal(signed(), issuer=issuer) == "sign-in-too-old"
    assert refusal(signed(auth_time=None), issuer=issuer) == "sign-in-too-old"


@pytest.mark.parametrize("kind", ["JWT", "jwt", "at+jwt", "application/at+JWT"])
def test_types_compare_as_media_types(kind):
    assert verify(signed(header={"alg": "ES256", "kid": "es256", "typ": kind}))


@pytest.mark.parametrize("kind", ["logout+jwt", 5, None, ""])
def test_other_types_are_refused(kind):
    assert refusal(signed(header={"alg": "ES256", "kid": "es256", "typ": kind})) == "type-not-allowed"


def test_a_missing_type_is_accepted_only_where_configured():
    token = signed(header={"alg": "ES256", "kid": "es256"})
    assert refusal(token) == "type-not-allowed"
    assert verify(token, issuer=replace(ISSUER, type_may_be_missing=True))


@pytest.mark.parametrize(
    "parameter",
    [
        {"crit": ["exp"]},
        {"jku": "https://e/"},
        {"x5u": "https://e/"},
        {"jwk": {}},
        {"x5c": []},
        {"b64": False},
    ],
)
def test_headers_that_bring_a_key_or_change_the_reading_are_refused(parameter):
    head = {"alg": "ES256", "kid": "es256", "typ": "JWT", **parameter}
    assert refusal(signed(header=head)) == "header-not-allowed"


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS512", "PS256", "", None, 5])
def test_only_the_issuers_algorithms_are_accepted(algorithm):
    head = {"alg": algorithm, "kid": "es256", "typ": "JWT"}
    assert refusal(signed(header=head)) == "algorithm-not-allowed"
    assert (
        refusal(signed(), issuer=replace(ISSUER, algorithms=frozenset({"RS256"}))) == "algorithm-not-allowed"
    )


def test_the_algorithm_is_bound_to_the_key():
    assert refusal(signed(header={"alg": "RS256", "kid": "es256", "typ": "JWT"})) == "key-unknown"
    assert refusal(signed(header={"alg": "ES256", "kid": "rs256", "typ": "JWT"})) == "key-unknown"


def test_keys_are_found_by_name_or_by_being_the_only_one():
    unnamed = signed(header={"alg": "ES256", "typ": "JWT"})
    assert verify(unnamed)
    assert refusal(signed(header={"alg": "ES256", "kid": "new", "typ": "JWT"})) == "key-unknown"
    assert refusal(signed(header={"alg": "ES256", "kid": 5, "typ": "JWT"})) == "key-unknown"
    assert refusal(unnamed, keys=KeySet({})) == "key-unknown"
    two = KeySet.from_jwks({"keys": [public_jwk("ES256"), public_jwk("ES256", kid="second")]})
    assert refusal(unnamed, keys=two) == "key-ambiguous"


def test_a_wrong_signature_is_refused():
    head, body, _ = signed().split(".")
    assert refusal(f"{head}.{body}.{part(bytes(64))}") == "signature-invalid"
    assert refusal(f"{head}.{body}.{part(bytes(63))}") == "signature-invalid"
    other = signed(sub="somebody else").split(".")[1]
    assert refusal(f"{head}.{other}.{signed().split('.')[2]}") == "signature-invalid"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token + "=",
        lambda token: token + "\n",
        lambda token: " " + token,
        lambda token: token.replace(".", "..", 1),
        lambda token: token + ".",
        lambda token: token.rsplit(".", 1)[0],
        lambda token: token.rsplit(".", 1)[0] + ".",
        lambda token: token.replace("e", "ⅇ", 1),
        lambda token: token[:-1] + chr(ord(token[-1]) + 1),
        lambda token: "A" + token,
        lambda token: "." + token.split(".", 1)[1],
        lambda _token: "A.e30.AAAA",
        lambda _token: "",
    ],
)
def test_anything_but_three_canonical_parts_is_refused(spoil):
    """The last character of a 64 byte signature carries four unused bits: only one spelling is accepted."""
    assert refusal(spoil(signed())) == "token-malformed"


@pytest.mark.parametrize(
    "head",
    [
        b'{"alg":"ES256","alg":"ES256","kid":"es256","typ":"JWT"}',
        b'{"alg":"ES256","kid":"es256","typ":"JWT","x":NaN}',
        b'["ES256"]',
        b"\xff\xfe",
        b"{",
        b"[" * 3000,
    ],
)
def test_a_header_that_can_be_read_in_two_ways_is_refused(head):
    assert refusal(signed(header=head)) == "token-malformed"


@pytest.mark.parametrize(
    "payload", [b'{"sub":"a","sub":"b"}', b'{"a":{"b":1,"b":1}}', b"[]", b"", b'{"exp":Infinity}']
)
def test_a_payload_that_can_be_read_in_two_ways_is_refused(payload):
    assert refusal(signed(payload)) == "token-malformed"


def test_size_is_limited_before_anything_is_read():
    assert refusal("x" * 8_193) == "token-too-large"
    assert refusal(signed(header={"alg": "ES256", "x": "y" * 3_100})) == "token-too-large"
    assert verify(signed(x="y" * 9_000), issuer=replace(ISSUER, max_token_bytes=20_000))


@given(st.text(max_size=200))
def test_no_text_makes_verification_fail_otherwise(text):
    refusal(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(sorted(CLAIMS)),
)
def test_no_signed_claim_makes_verification_fail_otherwise(value, name):
    with suppress(TokenRefused):
        assert verify(signed({**CLAIMS, name: value})).expires_at > NOW


@pytest.mark.parametrize("claims", [{"nonce": "n"}, {"at_hash": "x"}, {"c_hash": "x"}])
def test_an_id_token_gives_no_access(claims):
    assert refusal(signed(**claims)) == "type-not-allowed"
    without_type = signed(header={"alg": "ES256", "kid": "es256"}, **claims)
    assert refusal(without_type, issuer=replace(ISSUER, type_may_be_missing=True)) == "type-not-allowed"
    assert verify(signed(header={"alg": "ES256", "kid": "es256", "typ": "application/AT+JWT"}, **claims))


@pytest.mark.parametrize("kind", ["JWT", "at+jwt"])
def test_a_logout_token_gives_no_access(kind):
    head = {"alg": "ES256", "kid": "es256", "typ": kind}
    assert refusal(signed(header=head, events={})) == "type-not-allowed"


@pytest.mark.parametrize("odd", ["\0", "\ud800"])
def test_no_text_that_cannot_be_stored(odd):
    for claims in ({"sub": f"a{odd}"}, {"jti": odd}, {"roles": ["a", odd]}, {"x": {"y": [{odd: 1}]}}):
        assert refusal(signed(**claims)) == "claims-incomplete"


class TestVerifiedTokens:
    def test_remembers_until_the_token_expires(self):
        known = VerifiedTokens(limit=10)
        token = signed()
        assert known.get(token=token, keys=KEYS, now=NOW) is None
        claims = verify(token)
        known.put(token=token, claims=claims, keys=KEYS, now=NOW)
        assert known.get(token=token, keys=KEYS, now=NOW) is claims
        assert known.get(token=token + "x", keys=KEYS, now=NOW) is None
        assert known.get(token=token, keys=KEYS, now=claims.expires_at) is None
        known.forget()
        assert known.get(token=token, keys=KEYS, now=NOW) is None
        assert known.get(token="\ud800", keys=KEYS, now=NOW) is None

    def test_not_for_long_and_not_with_other_keys(self):
        known = VerifiedTokens(limit=10)
        token = signed(exp=SECOND + 86_400)
        known.put(token=token, claims=verify(token), keys=KEYS, now=NOW)
        assert known.get(token=token, keys=KEYS, now=NOW + LONGEST - timedelta(seconds=1))
        assert known.get(token=token, keys=KEYS, now=NOW + LONGEST) is None
        assert known.get(token=token, keys=KeySet({}), now=NOW) is None

    def test_makes_room_by_dropping_the_expired_then_the_oldest(self):
        known = VerifiedTokens(limit=2)
        claims = verify(signed())
        expired = replace(claims, expires_at=NOW)
        for name, value in [("a", claims), ("b", expired), ("c", claims)]:
            known.put(token=name, claims=value, keys=KEYS, now=NOW)
        assert len(known) == 2
        assert known.get(token="a", keys=KEYS, now=NOW)
        known.put(token="d", claims=claims, keys=KEYS, now=NOW)
        assert len(known) == 2
        assert known.get(token="a", keys=KEYS, now=NOW) is None
        assert known.get(token="d", keys=KEYS, now=NOW)

    def test_a_limit_below_one_makes_no_sense(self):
        with pytest.raises(ValueError, match="limit"):
            VerifiedTokens(limit=0)
