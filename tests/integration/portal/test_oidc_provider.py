"""Signing in with a certified OpenID provider that runs as its own process."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwk

from backend.identity.pending import open_pending, seal_pending
from backend.portal.requests import now
from tests.integration.portal.conftest import portal_with
from tests.integration.portal.peer import HIGH, LOW, SUBSTANTIAL, needs_node

needs_node()
START = "/sign-in/test/start"


def text_of(answer):
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def signed_in(browser):
    """The page about oneself, or None for somebody who is sent to the sign-in."""
    answer = browser.get("/signed-in")
    return text_of(answer) if answer.status_code == 200 else None


def changed(address, **values):
    """The same answer of the provider with other values; None leaves one out."""
    parts = urlsplit(address)
    query = {name: found[0] for name, found in parse_qs(parts.query).items()} | values
    kept = {name: value for name, value in query.items() if value is not None}
    return urlunsplit(parts._replace(query=urlencode(kept)))


def test_signing_in(portal):
    erika = portal.browser()
    choice = erika.get("/sign-in")
    assert START in choice.content.decode()
    assert "Testkonto" in text_of(choice)
    answer = erika.sign_in(START, acr=SUBSTANTIAL)
    assert (answer.status_code, answer["Location"]) == (303, "/signed-in")
    assert answer.cookies["sign-in"]["max-age"] == 0
    cookie = answer.cookies["session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    page = signed_in(erika)
    assert "Mustermann" in page
    assert "erika@example.org" in page
    assert "eID" in page
    assert re.search(r"Vertrauensniveau\s+substanziell", page)
    assert re.search(r"Vorname\s+Erika\s+Vertrauensniveau: niedrig", page), (
        "an attribute may be weaker than the sign-in"
    )
    assert re.search(r"Familienname\s+Mustermann\s+Vertrauensniveau: substanziell", page)
    assert signed_in(portal.browser()) is None


def test_the_pages_are_english_for_who_reads_english(portal):
    paul = portal.browser(language="en")
    paul.sign_in(START, account="paul")
    page = paul.get("/signed-in")
    assert "You are signed in" in text_of(page)
    assert b'<html lang="en">' in page.content


@pytest.mark.parametrize(
    ("client", "more"),
    [
        ({"token_endpoint_auth_method": "client_secret_post"}, {"authentication": "client_secret_post"}),
        ({"token_endpoint_auth_method": "none"}, {"authentication": "none"}),
    ],
    ids=["client_secret_post", "none"],
)
def test_other_ways_to_show_that_it_is_the_portal(town_of_the_portal, tmp_path, client, more):
    with portal_with(town_of_the_portal, tmp_path, client=client, portal=more) as portal:
        erika = portal.browser()
        assert erika.sign_in(START).status_code == 303
        assert "Mustermann" in signed_in(erika)


def test_showing_it_with_a_key_of_its_own(town_of_the_portal, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "key.pem").write_bytes(key.private_bytes(*form))
    public = {**jwk.construct(key, "ES256").public_key().to_dict(), "kid": "portal-1"}
    client = {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [public]}}
    more = {"authentication": "private_key_jwt", "key_file": str(tmp_path / "key.pem"), "key_id": "portal-1"}
    with portal_with(town_of_the_portal, tmp_path, client=client, portal=more) as portal:
        erika = portal.browser()
        assert erika.sign_in(START).status_code == 303
        assert "Mustermann" in signed_in(erika)


def test_a_secret_that_anybody_could_plant_is_not_taken_over(portal):
    """Session fixation: the secret after a sign-in is a new one, and the old one is nobody."""
    erika = portal.browser()
    erika.portal.cookies["session"] = "planted"
    erika.sign_in(START)
    first = erika.portal.cookies["session"].value
    assert first != "planted"
    erika.sign_in(START)
    assert erika.portal.cookies["session"].value != first
    thief = portal.browser()
    for stolen in ("planted", first):
        thief.portal.cookies["session"] = stolen
        assert signed_in(thief) is None


class TestStepUp:
    def test_whoever_has_too_little_is_asked_and_comes_back(self, portal):
        erika = portal.browser()
        erika.sign_in(START, acr=LOW)
        page = erika.get("/step-up?level=high&next=/signed-in%3Fx=1")
        assert "hoch" in text_of(page)
        (start,) = re.findall(rf'href="({START}[^"]*)"', page.content.decode())
        before = erika.portal.cookies["session"].value
        answer = erika.sign_in(html.unescape(start), acr=HIGH)
        assert (answer.status_code, answer["Location"]) == (303, "/signed-in?x=1")
        assert re.search(r"Vertrauensniveau\s+hoch", signed_in(erika))
        assert erika.portal.cookies["session"].value != before
        enough = erika.get("/step-up?level=high&next=/signed-in")
        assert (enough.status_code, enough["Location"]) == (302, "/signed-in")

    def test_a_level_that_is_not_reached_leaves_the_sign_in_as_it_was(self, portal):
        erika = portal.browser()
        erika.sign_in(START, acr=LOW)
        answer = erika.sign_in(f"{START}?level=high", error="unmet_authentication_requirements")
        assert answer.status_code == 403
        assert "nicht sicher genug" in text_of(answer)
        assert re.search(r"Vertrauensniveau\s+niedrig", signed_in(erika))

    def test_another_account_does_not_step_in(self, portal):
        erika = portal.browser()
        erika.sign_in(START, acr=LOW)
        erika.elsewhere.cookies.clear()
        answer = erika.sign_in(f"{START}?level=high", account="paul", acr=HIGH)
        assert answer.status_code == 409
        assert "Mustermann" in signed_in(erika)

    def test_a_newer_sign_in_is_asked_for(self, portal):
        erika = portal.browser()
        erika.sign_in(START)
        assert erika.get("/step-up?max_age=600").status_code == 302
        left = erika.get(f"{START}?max_age=1")
        assert parse_qs(urlsplit(left["Location"]).query)["max_age"] == ["1"]

    def test_nobody_is_asked_to_sign_in_first(self, portal):
        answer = portal.browser().get("/step-up?level=high")
        assert (answer.status_code, answer["Location"]) == (302, "/sign-in?level=high")


def test_the_request_carries_what_makes_it_safe(portal):
    left = portal.browser().get(f"{START}?level=substantial")
    asked = {name: found[0] for name, found in parse_qs(urlsplit(left["Location"]).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://portal.example/sign-in/callback"
    wanted = {"essential": True, "values": [SUBSTANTIAL, HIGH]}
    assert json.loads(asked["claims"]) == {"id_token": {"acr": wanted, "auth_time": None}}
    assert "acr_values" not in asked
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    cookie = left.cookies["sign-in"].value
    assert asked["state"] not in cookie, "sealed"


def test_an_issuer_that_knows_only_wishes_is_not_believed(town_of_the_portal, tmp_path):
    """Without the claims parameter the level is only a wish: what came of it is checked here."""
    with portal_with(town_of_the_portal, tmp_path, claims_parameter=False) as portal:
        left = portal.browser().get(f"{START}?level=substantial")
        asked = parse_qs(urlsplit(left["Location"]).query)
        assert asked["acr_values"] == [f"{SUBSTANTIAL} {HIGH}"]
        erika, paul = portal.browser(), portal.browser()
        assert erika.sign_in(f"{START}?level=substantial", acr=LOW).status_code == 403
        assert paul.sign_in(f"{START}?level=substantial", account="paul", acr=HIGH).status_code == 303


def test_keys_change_in_the_middle_of_a_session(portal):
    erika, paul = portal.browser(), portal.browser()
    erika.sign_in(START)
    later = paul.answer_for(START, account="paul")
    portal.peer.rotate()
    assert "Mustermann" in signed_in(erika)
    assert erika.sign_in(f"{START}?level=high", acr=HIGH).status_code == 303
    assert paul.arrive(later).status_code == 303, "begun with the old key, ended with the new one"


class TestAnswersThatDoNotBelong:
    """Each answer is a good one but for one thing, and nobody is signed in."""

    def refused(self, browser, address, status=400):
        answer = browser.arrive(address)
        assert answer.status_code == status, text_of(answer)
        assert "session" not in answer.cookies
        assert signed_in(browser) is None
        return text_of(answer)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"state": "x"},
            {"state": None},
            {"state": "é"},
            {"iss": "https://evil.example"},
            {"iss": None},
        ],
        ids=str,
    )
    def test_of_another_sign_in_or_issuer(self, portal, wrong):
        erika = portal.browser()
        assert "gehört nicht hierher" in self.refused(erika, changed(erika.answer_for(START), **wrong))

    def test_for_another_browser(self, portal):
        address = portal.browser().answer_for(START)
        self.refused(portal.browser(), address)
        mallory = portal.browser()
        mallory.get(START)
        self.refused(mallory, address)

    def test_used_a_second_time(self, portal):
        erika = portal.browser()
        address = erika.answer_for(START)
        pending = erika.portal.cookies["sign-in"].value
        assert erika.arrive(address).status_code == 303
        other = portal.browser()
        other.portal.cookies["sign-in"] = pending
        self.refused(other, address, status=502)

    @pytest.mark.parametrize(
        ("changes", "status"), [({"nonce": "x"}, 400), ({"verifier": "x" * 43}, 502)], ids=["nonce", "PKCE"]
    )
    def test_with_another_secret(self, portal, changes, status):
        erika = portal.browser()
        address = erika.answer_for(START)
        pending = dict(
            open_pending(authority_id=portal.town.id, cookie=erika.portal.cookies["sign-in"].value, now=now())
        )
        pending["remember"] = {**pending["remember"], **changes}
        sealed = seal_pending(authority_id=portal.town.id, values=pending, now=now())
        erika.portal.cookies["sign-in"] = sealed
        self.refused(erika, address, status=status)

    def test_that_says_no(self, portal):
        erika = portal.browser()
        address = erika.answer_for(START, error="access_denied")
        assert "abgebrochen" in self.refused(erika, address)

    @pytest.mark.parametrize("code", [None, "", "made-up"])
    def test_without_a_good_code(self, portal, code):
        erika = portal.browser()
        self.refused(erika, changed(erika.answer_for(START), code=code), status=502)


class TestSigningOut:
    def test_here_and_there(self, portal):
        erika = portal.browser()
        erika.sign_in(START)
        secret = erika.portal.cookies["session"].value
        page = erika.get("/signed-in").content.decode()
        left = erika.submit_form(page, path="/sign-out")
        assert left.status_code == 200
        assert "Sie sind abgemeldet" in text_of(left)
        erika.portal.cookies["session"] = secret
        assert signed_in(erika) is None
        (address,) = re.findall(rf'href="({portal.peer.url}[^"]+)"', left.content.decode())
        back = erika.sign_out_elsewhere(html.unescape(address))
        assert back.headers["location"] == "http://portal.example/sign-out"
        asked = erika.elsewhere.get(erika.get(START)["Location"])
        assert "/interaction/" in asked.headers["location"], "the provider asks again who it is"

    def test_another_site_cannot_sign_anybody_out(self, portal):
        erika = portal.browser()
        erika.sign_in(START)
        answer = erika.portal.post("/sign-out")
        assert answer.status_code == 403
        assert "noch einmal" in text_of(answer)
        assert signed_in(erika)

    def test_at_the_issuer_ends_the_session_here(self, portal):
        erika, paul = portal.browser(), portal.browser()
        erika.sign_in(START)
        paul.sign_in(START, account="paul")
        erika.sign_out_elsewhere(f"{portal.peer.url}/session/end")
        assert signed_in(erika) is None
        assert signed_in(paul)
        assert erika.sign_in(START).status_code == 303
        assert signed_in(erika), "whoever signs in anew is in again"


def test_while_the_issuer_is_away(portal):
    erika = portal.browser()
    erika.sign_in(START)
    waiting = portal.browser()
    address = waiting.answer_for(START)
    portal.peer.stop()
    assert "Mustermann" in signed_in(erika), "who is signed in stays signed in"
    for answer in (waiting.arrive(address), None):
        found = answer or later(portal)
        assert found.status_code == 503
        assert "antwortet gerade nicht" in text_of(found)


def later(portal):
    """A new sign-in once the last answer of the issuer is no longer fresh."""
    from backend.identity.issuers import PAUSE  # noqa: PLC0415
    from backend.identity.queries import trusted_issuers  # noqa: PLC0415

    for issuer in trusted_issuers().values():
        issuer.keys.asked_at -= PAUSE
    return portal.browser().get(START)


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/" + "x" * 600, "/a\r\nb: c"],
)
def test_the_way_back_never_leads_to_another_site(portal, path):
    erika = portal.browser()
    answer = erika.sign_in(f"{START}?{urlencode({'next': path})}")
    assert (answer.status_code, answer["Location"]) == (303, "/signed-in")


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/nowhere/start", "/sign-in/callback", "/sign-out"])
def test_every_page_is_closed_to_scripts_and_caches(portal, path):
    answer = portal.browser().get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert answer["Cache-Control"] == "no-store"
    page = answer.content.decode()
    assert "<script" not in page
    assert re.search(r'<html lang="de">', page)
    assert page.count("<h1>") == 1
