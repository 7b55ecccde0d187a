"""Answers that a provider signed but that lack or add something the profile does not have."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from signing.levels import TrustLevel
from signing.saml.documents import MOST_BYTES, moment, read_xml, text_of
from signing.saml.metadata import UnsafeMetadata, read_provider
from signing.saml.names import AKDB, saml, samlp, xenc
from signing.saml.refusals import SamlRefused
from signing.saml.request import LEVEL_NAMES, METHODS, Display, Question, authn_request, signed_request
from signing.saml.signatures import SIGNING, verified
from tests.peers.bundid import key_pair
from tests.peers.forged import AT, BPK2, DS, SAML, Answer, genuine
from tests.unit.signing.saml_reading import read, refusal


@pytest.fixture(scope="module")
def answer():
    return Answer(idp=key_pair("idp"), service=key_pair("sp"), signed="response")


def _removing(name: str):
    def change(assertion):
        for element in assertion.findall(f".//{saml(name)}"):
            element.getparent().remove(element)

    return change


def _setting(name: str, attribute: str, value: str | None):
    def change(assertion):
        element = assertion if name == "Assertion" else assertion.find(f".//{saml(name)}")
        if value is None:
            del element.attrib[attribute]
        else:
            element.set(attribute, value)

    return change


def _adding(parent: str, xml: str):
    def change(assertion):
        assertion.find(f".//{saml(parent)}").append(etree.fromstring(xml))

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_setting("Assertion", "Version", "1.1"), "incomplete"),
        (_removing("Issuer"), "incomplete"),
        (_removing("Subject"), "incomplete"),
        (_removing("SubjectConfirmation"), "confirmation-unknown"),
        (_removing("SubjectConfirmationData"), "incomplete"),
        (_setting("SubjectConfirmationData", "NotOnOrAfter", None), "incomplete"),
        (_setting("SubjectConfirmationData", "NotOnOrAfter", "tomorrow"), "incomplete"),
        (_setting("SubjectConfirmationData", "NotOnOrAfter", "0001-01-01T00:00:00+23:59"), "incomplete"),
        (_setting("SubjectConfirmationData", "NotBefore", "2020-01-01T00:00:00Z"), "incomplete"),
        (_removing("Conditions"), "incomplete"),
        (_removing("AudienceRestriction"), "audience-wrong"),
        (_removing("Audience"), "audience-wrong"),
        (_adding("Conditions", f'<s:AudienceRestriction xmlns:s="{SAML}"/>'), "audience-wrong"),
        (_adding("Audience", "<x/>"), "incomplete"),
        (_removing("AuthnStatement"), "incomplete"),
        (_setting("AuthnStatement", "AuthnInstant", None), "incomplete"),
        (_setting("AuthnStatement", "SessionNotOnOrAfter", "2026-11-23T09:00:00Z"), "expired"),
        (_removing("AuthnContext"), "level-too-low"),
    ],
)
def test_what_must_be_there(answer, change, code):
    assert refusal(genuine(answer, inside=change)) == code


def test_an_assertion_of_somebody_else_in_an_answer_of_the_provider(answer):
    changed = {"issuer": "https://other.example", "response_issuer": "https://idp.example/bundid"}
    assert refusal(genuine(answer, **changed)) == "issuer-wrong"


def test_the_weakest_of_several_levels_counts(answer):
    stronger = (
        f'<s:AuthnContext xmlns:s="{SAML}"><s:AuthnContextClassRef>STORK-QAA-Level-4'
        "</s:AuthnContextClassRef></s:AuthnContext>"
    )
    posted = genuine(answer, inside=_adding("AuthnStatement", stronger))
    assert read(posted).level is TrustLevel.SUBSTANTIAL


def test_one_confirmation_that_holds_is_enough(answer):
    wrong = (
        f'<s:SubjectConfirmation xmlns:s="{SAML}" Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
        '<s:SubjectConfirmationData Recipient="https://other.example" InResponseTo="_request-1"'
        ' NotOnOrAfter="2026-11-23T09:35:00Z"/></s:SubjectConfirmation>'
    )
    read(genuine(answer, inside=_adding("Subject", wrong)))


def test_attributes_have_limits(answer):
    many = {f"urn:oid:1.{number}": "x" for number in range(201)}
    assert refusal(genuine(answer, attributes=many)) == "too-large"
    assert refusal(genuine(answer, attributes={BPK2: "x" * 4_001})) == "too-large"
    assert read(
        genuine(answer, attributes={BPK2: "x" * 4_000, "urn:oid:2.5.4.4": " "})
    ).attributes.keys() == {BPK2}


@pytest.mark.parametrize("element", ["Version", "IssueInstant"])
def test_what_the_answer_itself_must_have(answer, element):
    def change(response):
        del response.attrib[element]

    assert refusal(genuine(answer, signed="assertion", outside=change)) == "incomplete"


@pytest.mark.parametrize(
    ("minor", "message", "code", "detail"),
    [
        ("AuthnFailed", "", "cancelled", "AuthnFailed"),
        ("NoAuthnContext", "", "level-unavailable", "NoAuthnContext"),
        ("RequestDenied", "saml-request-not-signed", "request-refused", "saml-request-not-signed"),
        ("Unheard", "a name of a person", "provider-failed", ""),
    ],
)
def test_what_comes_instead_of_an_assertion(answer, minor, message, code, detail):
    def change(response):
        response.remove(response[-1])
        status = response.find(f"{samlp('Status')}/{samlp('StatusCode')}")
        status.set("Value", "urn:oasis:names:tc:SAML:2.0:status:Requester")
        etree.SubElement(status, samlp("StatusCode"), Value=f"urn:oasis:names:tc:SAML:2.0:status:{minor}")
        etree.SubElement(status.getparent(), samlp("StatusMessage")).text = message

    with pytest.raises(SamlRefused) as refused:
        read(genuine(answer, signed="none", outside=change))
    assert (refused.value.code, refused.value.detail) == (code, detail)


def test_a_signature_without_its_parts(answer):
    def change(assertion):
        signature = assertion.find(f"{{{DS}}}Signature")
        signature.remove(signature.find(f"{{{DS}}}SignedInfo"))

    assert refusal(genuine(answer, signed="assertion", inside=change)) == "signature-form"


def test_only_a_signature_of_the_element_itself(answer):
    """Also if somebody gives the function an element whose id the signature resolves to something else."""
    other = etree.fromstring('<a ID="_1"/>')
    with pytest.raises(SamlRefused, match="signature-misplaced"):
        verified(element=other, certificates=[key_pair("idp").certificate], now=AT)


@pytest.mark.parametrize("path", [xenc("CipherValue"), xenc("CipherData")])
def test_an_encryption_without_its_parts(answer, path):
    def change(response):
        element = response.findall(f".//{path}")[-1]
        element.getparent().remove(element)

    assert refusal(genuine(answer, signed="assertion", outside=change)) == "decryption-failed"


def test_an_encrypted_text_that_is_no_base64(answer):
    def change(response):
        response.findall(f".//{xenc('CipherValue')}")[-1].text = "%"

    assert refusal(genuine(answer, signed="assertion", outside=change)) == "decryption-failed"


def test_documents_have_limits():
    with pytest.raises(SamlRefused, match="too-large"):
        read_xml(b" " * (MOST_BYTES + 1))
    assert text_of(None) == ""


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_moments_are_in_utc(at):
    assert moment(at.isoformat()) == at.replace(tzinfo=UTC)
    assert moment(at.isoformat() + "Z") == at.replace(tzinfo=UTC)
    assert moment(at.isoformat() + "+01:00") == at.replace(tzinfo=UTC) - timedelta(hours=1)


def test_metadata_with_other_keys_and_strange_addresses():
    certificate = base64.b64encode(key_pair("idp").certificate.public_bytes(Encoding.DER)).decode()
    key = f"<ds:KeyInfo xmlns:ds='{DS}'><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    xml = f"""<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x"><md:IDPSSODescriptor>
<md:KeyDescriptor use="encryption">{key}</md:KeyDescriptor><md:SingleSignOnService
 Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://[x"/></md:IDPSSODescriptor></md:EntityDescriptor>"""
    with pytest.raises(UnsafeMetadata) as unsafe:
        read_provider(xml=xml.encode(), now=AT)
    assert len(unsafe.value.reasons) == 2


@pytest.mark.parametrize("names", sorted(LEVEL_NAMES))
@pytest.mark.parametrize("level", list(TrustLevel))
@pytest.mark.parametrize("method", sorted(SIGNING))
def test_the_question(names, level, method):
    question = Question(
        request_id="_1",
        entity_id="https://town.example",
        consumer_url="https://town.example/acs",
        sign_in_url="https://idp.example/sso",
        level=level,
        level_names=names,
        fresh=True,
        attributes={BPK2: True},
        methods=METHODS,
        display=Display(
            organization="A & B", service_id="BMI-1", language="uk", back_url="https://town.example/?a&b"
        ),
        asked_at=AT,
    )
    root = authn_request(question=question)
    enabled = root.findall(f".//{{{AKDB}}}Enabled")
    assert [etree.QName(one.getparent()).localname for one in enabled] == list(METHODS)
    assert (
        root.findtext(f".//{saml('AuthnContextClassRef')}") == LEVEL_NAMES[names][max(level, TrustLevel.LOW)]
    )
    assert root.get("IssueInstant") == "2026-11-23T09:30:00.000Z"
    signed = etree.fromstring(
        base64.b64decode(signed_request(question=question, pair=key_pair("sp"), method=method))
    )
    assert SIGNING[method].value in etree.tostring(signed).decode()
    # The signature stands where the schema has it, and holds.
    assert [etree.QName(child).localname for child in signed][:3] == ["Issuer", "Signature", "Extensions"]
    assert verified(element=signed, certificates=[key_pair("sp").certificate], now=AT).get("ID") == "_1"
