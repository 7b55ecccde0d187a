"""What an answer has to say: for us, now, sure enough; and what is no answer at all."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from lxml import etree

from signing.levels import TrustLevel
from signing.saml.bundid import person_of
from signing.saml.refusals import SamlRefused
from tests.peers.bundid import key_pair
from tests.peers.forged import BPK2, SAML, SAMLP, Answer, encrypt, genuine, serialized
from tests.peers.wrapping import false_copy
from tests.unit.signing.saml_reading import MINUTE, read, refusal


@pytest.fixture(scope="module")
def answer():
    return Answer(idp=key_pair("idp"), service=key_pair("sp"))


def _xml(posted: str) -> bytes:
    return base64.b64decode(posted)


def _post(xml: bytes) -> str:
    return base64.b64encode(xml).decode()


# --- for whom, when, how sure -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"entity_id": "https://other.example/saml"}, "audience-wrong"),
        ({"recipient": "https://other.example/acs"}, "recipient-wrong"),
        ({"destination": "https://other.example/acs"}, "destination-wrong"),
        ({"issuer": "https://other.example/idp"}, "issuer-wrong"),
        ({"response_issuer": "https://other.example/idp"}, "issuer-wrong"),
        ({"request_id": "_request-2"}, "request-unknown"),
        ({"request_id": ""}, "request-unknown"),
        ({"confirmed_request": "_request-2"}, "request-unknown"),
        ({"confirmed_for": -5 * MINUTE}, "expired"),
        ({"not_on_or_after": -5 * MINUTE}, "expired"),
        ({"issued": -20 * MINUTE}, "expired"),
        ({"not_before": 5 * MINUTE}, "not-yet-valid"),
        ({"issued": 5 * MINUTE}, "not-yet-valid"),
        ({"authenticated": 5 * MINUTE}, "not-yet-valid"),
        ({"method": "sender-vouches"}, "confirmation-unknown"),
        ({"condition": "<saml:Condition/>"}, "condition-unknown"),
        ({"assertion_id": ""}, "incomplete"),
    ],
    ids=str,
)
def test_not_meant_for_us_now(answer, changed, code):
    signed = "response" if changed.get("assertion_id") == "" else "both"
    assert refusal(genuine(answer, signed=signed, **changed)) == code


def test_clocks_may_differ_by_a_minute(answer):
    read(
        genuine(answer, not_before=MINUTE, confirmed_for=-MINUTE + timedelta(seconds=1), authenticated=MINUTE)
    )


@pytest.mark.parametrize(
    ("level", "asked", "code"),
    [
        ("STORK-QAA-Level-1", TrustLevel.SUBSTANTIAL, "level-too-low"),
        ("STORK-QAA-Level-3", TrustLevel.HIGH, "level-too-low"),
        ("urn:oasis:names:tc:SAML:2.0:ac:classes:Password", TrustLevel.LOW, "level-too-low"),
        ("STORK-QAA-Level-9", TrustLevel.LOW, "level-too-low"),
    ],
)
def test_a_level_below_the_one_asked_for(answer, level, asked, code):
    assert refusal(genuine(answer, level=level), level=asked) == code


def test_an_old_sign_in_where_a_new_one_was_asked_for(answer):
    posted = genuine(answer, authenticated=-10 * MINUTE)
    read(posted)
    assert refusal(posted, fresh=True) == "authentication-too-old"


def test_no_attribute_is_surer_than_the_sign_in(answer):
    person = person_of(assertion=read(genuine(answer, level="STORK-QAA-Level-1", trust="HOCH")))
    assert person.levels["family_name"] is TrustLevel.LOW


@pytest.mark.parametrize(
    ("trust", "level"),
    [
        ("UNTERGEORDNET", TrustLevel.NONE),
        ("NORMAL", TrustLevel.LOW),
        ("SUBSTANTIELL", TrustLevel.SUBSTANTIAL),
        ("HOCH", TrustLevel.HIGH),
        ("STORK-QAA-Level-4", TrustLevel.HIGH),
        ("", TrustLevel.NONE),
        ("sure", TrustLevel.NONE),
    ],
)
def test_each_attribute_has_its_own_level(answer, trust, level):
    person = person_of(assertion=read(genuine(answer, level="STORK-QAA-Level-4", trust=trust)))
    assert person.levels["family_name"] is level


def test_without_a_key_nobody_is_known(answer):
    assertion = read(genuine(answer, attributes={"urn:oid:2.5.4.4": "Erika"}))
    with pytest.raises(SamlRefused) as refused:
        person_of(assertion=assertion)
    assert refused.value.code == "subject-missing"
    assert person_of(assertion=assertion, guests=True).subject is None


def test_a_name_with_a_stray_blank(answer):
    posted = genuine(answer, attributes={BPK2: "k", "urn:oid: 0.9.2342.19200300.100.1.40": "Dr."})
    assert person_of(assertion=read(posted)).attributes == {"title": "Dr."}


def test_two_keys_are_none(answer):
    both = {BPK2: "key-of-erika", BPK2.replace("oid:", "oid: "): "key-of-mayor"}
    with pytest.raises(SamlRefused) as refused:
        person_of(assertion=read(genuine(answer, attributes=both)))
    assert refused.value.code == "subject-missing"


# --- the document ---------------------------------------------------------------------------------------


def test_an_external_entity(answer, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("key-of-mayor")
    doctype = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode()
    assert refusal(_post(doctype + _xml(genuine(answer)))) == "doctype"

    def inside(assertion):
        return doctype + serialized(assertion).replace(b"key-of-erika", b"&e;")

    assert refusal(genuine(answer, signed="response", inside=inside)) == "doctype"


def test_entities_that_multiply(answer):
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    assert refusal(_post(laughs + _xml(genuine(answer)).replace(b"_response-1", b"&b;", 1))) in {
        "doctype",
        "not-xml",
    }


@pytest.mark.parametrize(
    ("posted", "code"),
    [
        ("", "not-xml"),
        ("ä", "not-xml"),
        ("%%%", "not-xml"),
        (_post(b"<a>"), "not-xml"),
        (_post(b"<a/>"), "not-a-response"),
        (_post(b"<a>" * 60 + b"</a>" * 60), "too-large"),
        (_post(b"<a>" + b"<b/>" * 6_000 + b"</a>"), "too-large"),
        ("A" * 500_000, "too-large"),
        (_post(b'<a Id="x"><b ID="x"/></a>'), "duplicate-id"),
        (_post(f'<samlp:Response xmlns:samlp="{SAMLP}"/>'.encode()), "incomplete"),
    ],
    ids=lambda value: value[:20],
)
def test_what_is_no_answer(posted, code):
    assert refusal(posted) == code


def test_two_assertions(answer):
    def double(response):
        response.append(etree.fromstring(encrypt(b"<a/>", answer)))

    def none(response):
        response.remove(response.find(f"{{{SAML}}}EncryptedAssertion"))

    assert refusal(genuine(answer, signed="assertion", outside=double)) == "assertion-count"
    assert refusal(genuine(answer, signed="assertion", outside=none)) == "assertion-count"
    assert refusal(genuine(answer, signed="response", inside=lambda _: b"<a/>")) == "assertion-count"


def test_an_assertion_within_an_assertion(answer):
    """Also where the signature around both would hold."""

    def nest(assertion):
        etree.SubElement(assertion, f"{{{SAML}}}Advice").append(false_copy(assertion))

    assert refusal(genuine(answer, signed="response", inside=nest)) == "assertion-count"
