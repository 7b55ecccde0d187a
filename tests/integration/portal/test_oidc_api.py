"""Tokens of the certified provider at the API: stepping up, a key change, an outage, an end before its time."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx
import pytest

from backend.embedded.issuer_keys import SigningKeys
from backend.identity.issuers import FRESH, PAUSE
from backend.identity.queries import trusted_issuers
from signing.id_tokens import LOGOUT_EVENT
from tests.integration.door import Caller, problem
from tests.integration.portal.conftest import portal_with
from tests.integration.portal.peer import HIGH, HOPS, LOW, SUBSTANTIAL, needs_node

needs_node()
MINE = "/api/v1/applications"
CALLBACK = "https://app.example/callback"


def access_token(portal, *, acr=LOW, account="erika", **more):
    """As an app of somebody else's gets it: Authorization Code with PKCE for the resource."""
    verifier = secrets.token_urlsafe(32)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": "app",
        "redirect_uri": CALLBACK,
        "scope": "openid apply",
        "resource": "urn:laufzettel:api",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **more,
    }
    with httpx.Client(trust_env=False) as browser:
        address = f"{portal.peer.url}/auth?{urlencode(asked)}"
        for _ in range(HOPS):
            answer = browser.get(address)
            if answer.status_code == httpx.codes.OK:
                answer = browser.post(address, data={"account": account, "acr": acr})
            address = urljoin(address, answer.headers["location"])
            if address.startswith(CALLBACK):
                break
        (code,) = parse_qs(urlsplit(address).query)["code"]
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "client_id": "app",
            "code_verifier": verifier,
            "resource": "urn:laufzettel:api",
        }
        answer = browser.post(f"{portal.peer.url}/token", data=form)
    return answer.raise_for_status().json()["access_token"]


def caller(portal, **more):
    return Caller(host=portal.host, token=access_token(portal, **more))


def some_time_passes(seconds):
    for issuer in trusted_issuers().values():
        issuer.keys.asked_at -= seconds
        issuer.keys.fetched_at -= seconds


def test_who_comes_with_too_little_is_told_what_to_ask_this_issuer_for(portal):
    weak = caller(portal, acr="none-of-the-levels")
    answer = weak.submit()
    assert problem(answer, 401, "level-too-low")["needed"] == "low"
    challenge = f'acr_values="{LOW} {SUBSTANTIAL} {HIGH}"'
    assert answer["WWW-Authenticate"] == f'Bearer error="insufficient_user_authentication", {challenge}'
    assert caller(portal, acr=SUBSTANTIAL).submit().status_code == 201


def test_who_signed_in_too_long_ago_is_told_how_new_it_has_to_be(town_of_the_portal, tmp_path):
    with portal_with(town_of_the_portal, tmp_path, max_age_seconds=1, leeway_seconds=0) as portal:
        erika = caller(portal)
        time.sleep(2)
        answer = erika.get(MINE)
        body = problem(answer, 401, "sign-in-too-old")
        assert body["max_age"] == 1
        assert body["errors"][0]["code"] == "sign-in-too-old"
        assert answer["WWW-Authenticate"] == 'Bearer error="insufficient_user_authentication", max_age="1"'


def test_a_token_that_was_good_a_moment_ago_grows_old(town_of_the_portal, tmp_path):
    """It is remembered as verified, and still asked for its age."""
    with portal_with(town_of_the_portal, tmp_path, max_age_seconds=2, leeway_seconds=0) as portal:
        erika = caller(portal)
        assert erika.get(MINE).status_code == 200
        time.sleep(3)
        problem(erika.get(MINE), 401, "sign-in-too-old")


def test_an_issuer_of_another_authority_is_nobodys_here(town_of_the_portal, tmp_path):
    with portal_with(town_of_the_portal, tmp_path, authorities=["somewhere-else"]) as portal:
        answer = caller(portal).get(MINE)
        assert problem(answer, 401, "token-refused")["errors"][0]["code"] == "issuer-wrong"
        assert "/sign-in/test/start" not in portal.browser().get("/sign-in").content.decode()
    slug = town_of_the_portal.authority.slug
    with portal_with(town_of_the_portal, tmp_path, authorities=[slug]) as portal:
        assert caller(portal).get(MINE).status_code == 200
        assert "/sign-in/test/start" in portal.browser().get("/sign-in").content.decode()


def test_keys_change_and_tokens_of_both_keys_are_good(portal):
    before = caller(portal)
    assert before.get(MINE).status_code == 200
    portal.peer.rotate()
    after = caller(portal)
    some_time_passes(PAUSE)
    assert (after.get(MINE).status_code, before.get(MINE).status_code) == (200, 200)


def test_while_the_issuer_is_away_its_tokens_go_on(portal):
    known, fresh = caller(portal), caller(portal)
    assert known.get(MINE).status_code == 200
    portal.peer.stop()
    some_time_passes(FRESH)
    assert fresh.get(MINE).status_code == 200, "never seen before, verified with the keys we have"
    for issuer in trusted_issuers().values():
        issuer.keys.keys = None
        issuer.verified.forget()
    problem(known.get(MINE), 503, "unavailable")


class TestTheAddressForBackChannelLogout:
    def test_nonsense(self, portal):
        browser = portal.browser()
        browser.sign_in("/sign-in/test/start")
        for way, form in [("test", {"logout_token": "x"}), ("test", {}), ("nowhere", {"logout_token": "x"})]:
            assert browser.portal.post(f"/sign-in/{way}/logged-out", form).status_code == 400
        assert browser.get("/sign-in/test/logged-out").status_code == 405
        assert browser.get("/signed-in").status_code == 200

    @pytest.mark.parametrize("flaw", ["key", "ID token"])
    def test_a_token_the_issuer_did_not_mean(self, portal, tmp_path, flaw):
        browser = portal.browser()
        browser.sign_in("/sign-in/test/start")
        now = int(time.time())
        claims = {
            "iss": portal.peer.url, "aud": "portal", "sub": "erika", "jti": "j", "iat": now, "exp": now + 60,
            "events": {LOGOUT_EVENT: {}},
        }  # fmt: skip
        if flaw == "key":
            token = SigningKeys(file=tmp_path / "keys.json").sign(claims, kind="logout+jwt")
        else:
            token = access_token(portal)
        answer = browser.portal.post("/sign-in/test/logged-out", {"logout_token": token})
        assert answer.status_code == 400
        assert answer.json()["error"] == "invalid_request"
        assert answer["Cache-Control"] == "no-store"
        assert browser.get("/signed-in").status_code == 200
