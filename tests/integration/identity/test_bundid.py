"""Signing in with BundID at the portal, against a foreign identity provider that really runs."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree
from structlog.testing import capture_logs

from backend.identity.providers.bundid.operations import use_up
from tests.integration.database import ops
from tests.integration.door import at_once
from tests.integration.identity.bundid_town import (
    CONSUMER,
    ENTITY,
    METADATA,
    START,
    Browser,
    entry,
    offered,
    request_id,
)
from tests.peers.bundid import hidden, key_pair, running_peer, write_pair
from tests.peers.forged import Answer, genuine
from tests.peers.wrapping import xsw2, xsw4

MINUTES = timedelta(minutes=1)


@pytest.fixture(scope="module")
def peer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundid")
    with running_peer(folder=folder) as running:
        (folder / "provider.xml").write_bytes(running.metadata())
        with offered(entry(folder=folder)):
            yield running


@pytest.fixture
def browser(town, peer):
    here = Browser(host=town.authority.host)
    peer.register(here.get(METADATA).content)
    return here


def refusal(browser, fields):
    """The page of a refused sign-in, and the reason in the log."""
    with capture_logs() as logs:
        response = browser.arrive(fields)
    reasons = [one["reason"] for one in logs if one["event"] == "sign_in_refused"]
    assert response.status_code >= 400
    assert browser.who() is None
    return response.content.decode(), (reasons or [None])[0]


def test_a_citizen_signs_in(browser, peer):
    response = browser.sign_in(peer, user="ilse", level="STORK-QAA-Level-4", next="/signed-in?x=1")
    assert (response.status_code, response["Location"]) == (303, "/signed-in?x=1")
    page = browser.who()
    for shown in ("Ilse", "Groß", "Am Wall 4 &amp; 5", "ilse@example.org", "eID", "hoch"):
        assert shown in page
    assert "key-of-ilse" not in page


def test_what_is_missing_keeps_nobody_out(browser, peer):
    assert browser.sign_in(peer, user="nameless").status_code == 303
    assert "Suharto" in browser.who()


def test_a_visitor_without_an_account_is_told_what_to_do(browser, peer):
    page, reason = refusal(browser, peer.sign_in(browser.leave(), user="visitor").fields)
    assert reason == "subject-missing"
    assert "BundID-Konto" in page


def test_in_english(town, peer):
    browser = Browser(host=town.authority.host, language="en")
    page, _ = refusal(browser, peer.sign_in(browser.leave(), user="visitor").fields)
    assert "BundID account" in page


def test_the_question(browser, peer):
    response = browser.get(START)
    assert peer.address in response["Content-Security-Policy"]
    cookie = response.cookies["sign-in"]
    assert (cookie["samesite"], cookie["secure"], cookie["httponly"]) == ("None", True, True)
    fields = hidden(response.content.decode())
    assert len(fields["RelayState"]) <= 80
    request = etree.fromstring(base64.b64decode(fields["SAMLRequest"]))
    assert request.get("AssertionConsumerServiceURL") == CONSUMER
    assert request.get("ForceAuthn") == "false"
    text = etree.tostring(request).decode()
    for part in ("BMI-4711", "Stadt Teststadt", ">de<", "STORK-QAA-Level-1"):
        assert part in text


def test_a_request_that_somebody_changed_is_not_accepted_there(browser, peer):
    fields = browser.leave()
    xml = base64.b64decode(fields["SAMLRequest"]).replace(b"Level-1", b"Level-3")
    assert peer.ask({**fields, "SAMLRequest": base64.b64encode(xml).decode()}).status_code == 400


def test_stepping_up_asks_for_a_new_proof(browser, peer):
    browser.sign_in(peer, user="ilse")
    fields = browser.leave(level="high")
    request = etree.fromstring(base64.b64decode(fields["SAMLRequest"]))
    assert request.get("ForceAuthn") == "true"
    assert browser.arrive(peer.sign_in(fields, user="ilse")).status_code == 303
    assert "hoch" in browser.who()


def test_stepping_up_with_another_account_changes_nothing(browser, peer):
    """The session's cookie stays at home when the other site's form arrives; it must count all the same."""
    browser.sign_in(peer, user="ilse")
    response = browser.sign_in(peer, user="nameless", level="STORK-QAA-Level-4")
    assert response.status_code == 409
    assert "Ilse" in browser.who()


def test_stepping_up_ends_the_weaker_sign_in(browser, peer, rows):
    browser.sign_in(peer, user="ilse")
    browser.sign_in(peer, user="ilse", level="STORK-QAA-Level-4")
    assert rows()["sign_in"] == 1


def test_less_than_was_asked_for(browser, peer):
    answered = peer.sign_in(browser.leave(level="high"), user="ilse", level="STORK-QAA-Level-1")
    page, reason = refusal(browser, answered.fields)
    assert reason == "level-too-low"
    assert "Online-Ausweis" in page


@pytest.mark.parametrize(
    ("status", "reason", "said"),
    [
        ({"minor": "AuthnFailed"}, "cancelled AuthnFailed", "abgebrochen"),
        ({"minor": "NoAuthnContext"}, "level-unavailable NoAuthnContext", "ELSTER"),
        (
            {"minor": "RequestDenied", "message": "idp.code: akdb-extension-missing"},
            "request-refused akdb-extension-missing",
            "falsch eingerichtet",
        ),
        ({"minor": "PartialLogout", "message": "Erika was here"}, "provider-failed", "Fehler"),
    ],
)
def test_what_the_provider_answers_instead(browser, peer, status, reason, said):
    page, logged = refusal(browser, peer.sign_in(browser.leave(), user="ilse", status=status).fields)
    assert (logged, said in page) == (reason, True)


def test_an_answer_counts_once(browser, peer):
    answered = peer.sign_in(browser.leave(), user="ilse")
    pending = browser.client.cookies["sign-in"].coded_value
    assert browser.arrive(answered).status_code == 303
    browser.client.cookies.clear()
    browser.client.cookies["sign-in"] = pending
    browser.client.cookies["sign-in"]["samesite"] = "None"
    _, reason = refusal(browser, answered.fields)
    assert reason == "replayed"


def test_an_answer_counts_once_in_all_processes(town):
    now = datetime.now(UTC)
    values = {"authority_id": town.id, "issuer": "i", "request_id": "r", "until": now + MINUTES, "now": now}
    calls = [lambda: use_up(assertion_id="a", **values)] * 6
    assert sorted(at_once(*calls)) == [False] * 5 + [True]
    assert not use_up(assertion_id="b", **values)
    assert not use_up(assertion_id="a", **{**values, "request_id": "s"})
    # When it has expired by itself, nobody needs to remember it.
    assert use_up(assertion_id="a", **{**values, "now": now + 2 * MINUTES, "until": now + 3 * MINUTES})


def test_in_another_browser_it_counts_for_nothing(town, browser, peer):
    answered = peer.sign_in(browser.leave(), user="ilse")
    other = Browser(host=town.authority.host)
    assert other.arrive(answered).status_code == 400
    other.leave()
    _, reason = refusal(other, answered.fields)
    assert reason == "request-unknown RelayState"
    _, reason = refusal(other, {**answered.fields, "RelayState": other.leave()["RelayState"]})
    assert reason == "request-unknown"


def test_nothing_personal_is_kept(browser, peer, town):
    browser.sign_in(peer, user="ilse")
    stored = str(ops("select * from saml_use where authority_id = %s", town.id))
    stored += str(ops("select * from sign_in where authority_id = %s", town.id))
    assert "Ilse" not in stored
    assert "key-of-ilse" not in stored


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"entity_id": "https://other.example"}, "audience-wrong"),
        ({"recipient": "https://other.example/acs"}, "recipient-wrong"),
        ({"destination": "https://other.example/acs"}, "destination-wrong"),
        ({"confirmed_for": -5 * MINUTES}, "expired"),
        ({"not_before": 5 * MINUTES}, "not-yet-valid"),
        ({"signed": "none"}, "signature-missing"),
        ({"idp": "other"}, "signature-invalid"),
        ({"encrypted": False}, "not-encrypted"),
        ({"signed": "assertion", "inside": xsw4}, "assertion-count"),
        ({"signed": "response", "outside": xsw2}, "not-a-response"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_an_answer_that_lies(browser, peer, changed, reason):
    fields = browser.leave()
    if "idp" in changed:
        changed = {"idp": key_pair(changed["idp"])}
    honest = Answer(
        idp=peer.pair,
        service=key_pair("sp"),
        now=datetime.now(UTC),
        request_id=request_id(fields),
        issuer=peer.entity_id,
        entity_id=ENTITY,
        destination=CONSUMER,
        recipient=CONSUMER,
    )
    posted = {"RelayState": fields["RelayState"], "SAMLResponse": genuine(honest, **changed)}
    assert refusal(browser, posted)[1] == reason
    # It did not use up the question: the honest answer is still welcome.
    fields = browser.leave()
    honest = genuine(honest, request_id=request_id(fields))
    assert browser.arrive({"RelayState": fields["RelayState"], "SAMLResponse": honest}).status_code == 303


def test_our_description(browser):
    response = browser.get(METADATA)
    assert response["Content-Type"] == "application/samlmetadata+xml"
    root = etree.fromstring(response.content)
    assert root.get("entityID") == ENTITY
    assert not {"ID", "validUntil", "cacheDuration"} & set(root.attrib)


def test_a_change_of_keys(town, peer, tmp_path):
    """Both key pairs are announced; whichever the provider still uses is understood."""
    (tmp_path / "provider.xml").write_bytes(peer.metadata())
    keys = [write_pair(tmp_path, "sp-new"), write_pair(tmp_path, "sp")]
    browser = Browser(host=town.authority.host)
    old = browser.get(METADATA).content
    with offered(entry(folder=tmp_path, keys=keys)):
        new = browser.get(METADATA).content
        assert new.count(b'use="signing"') == 2
        assert new.count(b'use="encryption"') == 1
        # It has our new description for signatures; what it encrypts for the old certificate opens too.
        peer.register(new)
        assert browser.sign_in(peer, user="ilse").status_code == 303
        encryption = new[new.index(b'<md:KeyDescriptor use="encryption"') :]
        former = old[old.index(b'<md:KeyDescriptor use="encryption"') :]
        peer.register(new.replace(encryption, former))
        assert browser.sign_in(peer, user="ilse").status_code == 303


def test_an_authority_that_offers_none(town, peer, tmp_path):
    (tmp_path / "provider.xml").write_bytes(peer.metadata())
    browser = Browser(host=town.authority.host)
    with offered(entry(folder=tmp_path, authority="somewhere-else")):
        assert browser.get(METADATA).status_code == 404
        assert browser.get(START).status_code == 404
        assert b"BundID" not in browser.get("/sign-in").content
    assert b"BundID" in browser.get("/sign-in").content
