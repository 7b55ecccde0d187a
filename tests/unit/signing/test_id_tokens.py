"""What an issuer tells the portal: a token for this sign-in and no other, and who signed out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.id_tokens import (
    LOGOUT_EVENT,
    Expected,
    Logout,
    claims_of_sign_in,
    unsaid,
    verify_id_token,
    verify_logout_token,
)
from signing.issuers import ClaimNames
from signing.levels import KNOWN_LEVELS, TrustLevel, names_for
from signing.refusals import SignInTooOld, TokenRefused
from tests.unit.signing.test_tokens import ISSUER, KEYS, NOW, SECOND, part, signed

ACCESS = "an-access-token"
HASH = part(sha256(ACCESS.encode()).digest()[:16])
EXPECTED = Expected(client="portal", nonce="n-1", access_token=ACCESS)
ID = {"aud": "portal", "nonce": "n-1", "at_hash": HASH}
OUT = {"aud": "portal", "events": {LOGOUT_EVENT: {}}, "sid": "s-1", "sub": "erika", "jti": "j-1"}


def verified(expected=EXPECTED, **changes):
    return verify_id_token(
        token=signed(**{**ID, **changes}), issuer=ISSUER, keys=KEYS, expected=expected, now=NOW
    )


def logout(header=None, **changes):
    head = {"alg": "ES256", "kid": "es256", **(header if header is not None else {"typ": "logout+jwt"})}
    token = signed(header=head, **{**OUT, **changes})
    return verify_logout_token(token=token, issuer=ISSUER, client="portal", keys=KEYS, now=NOW)


def refusal(call, **changes):
    with pytest.raises(TokenRefused) as caught:
        call(**changes)
    return caught.value.code


def test_an_id_token_of_this_sign_in():
    assert verified()["sub"] == "bPK2-4711"
    assert verified(at_hash=None)
    assert verified(aud=["portal", "x"], azp="portal")
    without_type = signed(header={"alg": "ES256", "kid": "es256"}, **ID)
    assert verify_id_token(token=without_type, issuer=ISSUER, keys=KEYS, expected=EXPECTED, now=NOW)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"nonce": "n-2"}, "nonce-wrong"),
        ({"nonce": None}, "nonce-wrong"),
        ({"nonce": 5}, "claims-incomplete"),
        ({"at_hash": part(bytes(16))}, "access-token-wrong"),
        ({"aud": "laufzettel"}, "audience-wrong"),
        ({"azp": "other"}, "client-wrong"),
        ({"aud": ["portal", "x"]}, "client-wrong"),
        ({"exp": SECOND - 60}, "expired"),
        ({"iss": "https://other.example"}, "issuer-wrong"),
    ],
)
def test_an_id_token_of_another_sign_in(changes, code):
    assert refusal(verified, **changes) == code


def test_a_hash_needs_an_access_token():
    assert refusal(verified, expected=replace(EXPECTED, access_token=None)) == "access-token-wrong"
    assert verified(expected=replace(EXPECTED, access_token=None), at_hash=None)


def test_an_access_token_is_no_id_token():
    token = signed(header={"alg": "ES256", "kid": "es256", "typ": "at+jwt"}, **ID)
    with pytest.raises(TokenRefused, match="type-not-allowed"):
        verify_id_token(token=token, issuer=ISSUER, keys=KEYS, expected=EXPECTED, now=NOW)


class TestClaimsOfASignIn:
    ISSUER = replace(
        ISSUER,
        claims=ClaimNames(
            proved_by=("proved_by",),
            session=(),
            attributes={"email": ("email",), "city": ("address", "city"), "title": ("title",)},
            attribute_levels={"email": ("email_level",), "title": ("title_level",)},
        ),
    )
    PAYLOAD = {"sub": "erika", "exp": SECOND + 60, "acr": "STORK-QAA-Level-3", "auth_time": SECOND - 100}

    def claims(self, userinfo=None, max_age=None, **changes):
        return claims_of_sign_in(
            payload={**self.PAYLOAD, **changes},
            userinfo={"sub": "erika", **(userinfo or {})},
            issuer=self.ISSUER,
            max_age=max_age,
            now=NOW,
        )

    def test_userinfo_adds_and_never_contradicts(self):
        found = self.claims({"email": "e@example.org", "acr": "STORK-QAA-Level-4"}, proved_by="eID")
        assert found.attributes == {"email": "e@example.org"}
        assert (found.level, found.proved_by, found.session) == (TrustLevel.SUBSTANTIAL, "eID", None)

    @pytest.mark.parametrize(
        ("level", "counts"),
        [
            ("STORK-QAA-Level-1", TrustLevel.LOW),
            ("STORK-QAA-Level-4", TrustLevel.SUBSTANTIAL),
            ("nonsense", TrustLevel.NONE),
            (None, TrustLevel.NONE),
        ],
    )
    def test_an_attribute_is_no_surer_than_the_sign_in(self, level, counts):
        found = self.claims(email="e@example.org", email_level=level, address={"city": "Leer"})
        assert found.attribute_levels == {"email": counts, "city": TrustLevel.SUBSTANTIAL}

    def test_userinfo_does_not_say_who_signed_in_and_how(self):
        told = {
            "acr": "STORK-QAA-Level-4",
            "auth_time": SECOND,
            "sid": "s",
            "roles": ["x"],
            "proved_by": "eID",
        }
        greedy = replace(self.ISSUER.claims, session=("sid",), attributes={"how": ("acr",), "who": ("iss",)})
        for issuer in (self.ISSUER, replace(self.ISSUER, claims=replace(greedy, attribute_levels={}))):
            found = claims_of_sign_in(
                payload={"sub": "erika", "exp": SECOND + 60},
                userinfo={"sub": "erika", "iss": "x", **told},
                issuer=issuer,
                max_age=None,
                now=NOW,
            )
            assert (found.level, found.authenticated_at) == (TrustLevel.NONE, None)
            assert (found.session, found.roles) == (None, frozenset())
            assert found.attributes == {}

    def test_userinfo_that_cannot_be_stored(self):
        assert refusal(self.claims, userinfo={"title": "\ud800"}) == "claims-incomplete"

    def test_userinfo_of_somebody_else(self):
        assert refusal(self.claims, userinfo={"sub": "paul"}) == "claims-incomplete"

    def test_a_payload_without_an_end(self):
        assert refusal(self.claims, exp=None) == "claims-incomplete"

    def test_how_long_ago_she_showed_who_she_is(self):
        assert self.claims(max_age=timedelta(seconds=70)), "the clocks may differ by 30 s"
        with pytest.raises(SignInTooOld) as caught:
            self.claims(max_age=timedelta(seconds=69))
        assert caught.value.seconds == 69
        assert refusal(self.claims, max_age=timedelta(seconds=69), auth_time=None) == "sign-in-too-old"

    def test_userinfo_is_asked_only_for_what_is_missing(self):
        whole = {**self.PAYLOAD, "email": 1, "email_level": 1, "address": 1, "title": 1, "title_level": 1}
        assert not unsaid(payload=whole, issuer=self.ISSUER)
        assert unsaid(payload=self.PAYLOAD, issuer=self.ISSUER)


class TestLogout:
    def test_who_signed_out(self):
        assert logout() == Logout(jti="j-1", subject="erika", session="s-1")
        assert logout(header={}) == logout(header={"typ": "JWT"}) == logout()
        assert logout(sid=None) == Logout(jti="j-1", subject="erika", session=None)
        assert logout(sub=None) == Logout(jti="j-1", subject=None, session="s-1")

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"nonce": "n"}, "logout-token-wrong"),
            ({"events": None}, "logout-token-wrong"),
            ({"events": {}}, "logout-token-wrong"),
            ({"events": [LOGOUT_EVENT]}, "logout-token-wrong"),
            ({"events": {LOGOUT_EVENT: True}}, "logout-token-wrong"),
            ({"sid": None, "sub": None}, "claims-incomplete"),
            ({"sid": "", "sub": ""}, "claims-incomplete"),
            ({"sid": "x" * 256}, "claims-incomplete"),
            ({"jti": None}, "claims-incomplete"),
            ({"iat": None}, "claims-incomplete"),
            ({"iat": True}, "claims-incomplete"),
            ({"iat": SECOND - 331}, "expired"),
            ({"aud": "other"}, "audience-wrong"),
            ({"exp": None}, "claims-incomplete"),
            ({"header": {"typ": "at+jwt"}}, "type-not-allowed"),
        ],
    )
    def test_what_is_no_logout(self, changes, code):
        assert refusal(logout, **changes) == code

    def test_an_id_token_is_no_logout_token_and_the_other_way_round(self):
        assert refusal(logout, **{**ID, "events": None}) == "logout-token-wrong"
        assert refusal(verified, **OUT, nonce=None) == "nonce-wrong"


@given(st.sampled_from(list(TrustLevel)))
def test_the_names_of_a_level_reach_it_and_begin_with_the_weakest(level):
    names = names_for(level=level, levels=KNOWN_LEVELS)
    found = [KNOWN_LEVELS[name] for name in names]
    assert found == sorted(found)
    assert all(one >= level for one in found)
    assert len(names) == sum(one >= level for one in KNOWN_LEVELS.values())
