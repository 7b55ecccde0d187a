"""Answers that nobody should believe: wrapped, changed, replayed to somebody else, weakly protected."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod

from signing.levels import TrustLevel
from signing.saml.bundid import person_of
from tests.peers.bundid import key_pair
from tests.peers.forged import BPK2, DS, XENC, XENC11, Answer, encrypt, genuine, serialized
from tests.peers.wrapping import ALL
from tests.unit.signing.saml_reading import read, refusal

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def answer():
    return Answer(idp=key_pair("idp"), service=key_pair("sp"))


def _xml(posted: str) -> bytes:
    return base64.b64decode(posted)


def _post(xml: bytes) -> str:
    return base64.b64encode(xml).decode()


@pytest.mark.parametrize("signed", ["both", "assertion", "response"])
@pytest.mark.parametrize("algorithm", [SignatureMethod.SHA256_RSA_MGF1, SignatureMethod.RSA_SHA256])
def test_an_honest_answer(answer, signed, algorithm):
    assertion = read(genuine(answer, signed=signed, algorithm=algorithm))
    person = person_of(assertion=assertion)
    assert (person.subject, dict(person.attributes)) == ("key-of-erika", {"family_name": "Erika"})
    assert assertion.level is TrustLevel.SUBSTANTIAL
    assert person.levels["family_name"] is TrustLevel.LOW


def test_either_of_two_keys_opens_it_during_a_change(answer):
    read(genuine(answer), keys=("new", "sp"))
    assert refusal(genuine(answer), keys=("new",)) == "decryption-failed"


def test_either_of_two_certificates_of_the_provider_counts(answer):
    read(genuine(answer), certificates=("other", "idp"))


# --- wrapping -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["xsw1", "xsw2", "xsw4", "xsw6", "xsw8"])
def test_a_wrapped_assertion_inside_the_encryption(answer, name):
    posted = genuine(answer, signed="assertion", inside=ALL[name])
    assert refusal(posted) in {"assertion-count", "signature-misplaced", "duplicate-id"}


@pytest.mark.parametrize("name", ["xsw3", "xsw5", "xsw7"])
def test_a_wrapped_assertion_beside_another(answer, name):
    """Two elements are no document: each is encrypted by itself, the second is added outside."""
    parts = []

    def split(assertion):
        first, second = ALL[name](assertion)
        parts.append(second)
        return first

    def add(response):
        response.append(etree.fromstring(encrypt(serialized(parts[0]), answer)))

    posted = genuine(answer, signed="assertion", inside=split, outside=add)
    assert refusal(posted) == "assertion-count"


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_wrapped_response(answer, name):
    def wrap(response):
        made = ALL[name](response)
        if isinstance(made, list):
            made[0].append(made[1]) if made[0].tag == response.tag else made[1].insert(2, made[0])
            return made[0] if made[0].tag == response.tag else made[1]
        return made

    posted = genuine(answer, signed="response", outside=wrap)
    assert refusal(posted) in {"not-a-response", "assertion-count", "duplicate-id", "signature-misplaced"}


def test_a_moved_signature(answer):
    def move(element):
        element[-1].append(element.find(f"{{{DS}}}Signature"))

    assert refusal(genuine(answer, signed="response", outside=move)) == "signature-misplaced"
    assert refusal(genuine(answer, signed="assertion", inside=move)) == "signature-misplaced"


def test_a_doubled_signature(answer):
    def double(element):
        element.append(etree.fromstring(etree.tostring(element.find(f"{{{DS}}}Signature"))))

    assert refusal(genuine(answer, outside=double)) == "signature-misplaced"
    assert refusal(genuine(answer, signed="assertion", inside=double)) == "signature-misplaced"


def test_a_signature_of_another_element(answer):
    def other(element):
        element.find(f".//{{{DS}}}Reference").set("URI", "")

    assert refusal(genuine(answer, signed="assertion", inside=other)) == "signature-misplaced"


@pytest.mark.parametrize(
    "split", [b"key-of<!-- -->-erika", b"key-of<?x?>-erika", b"key-of-erika<!---->.evil"]
)
def test_a_text_split_by_a_comment(answer, split):
    """The canonical form drops comments, so the signature would still hold."""
    attributes = {
        BPK2: split.replace(b"<!-- -->", b"").replace(b"<?x?>", b"").replace(b"<!---->", b"").decode()
    }
    whole = attributes[BPK2].encode()

    def inside(assertion):
        return serialized(assertion).replace(whole, split)

    assert refusal(genuine(answer, signed="assertion", attributes=attributes, inside=inside)) == "comment"


def test_a_comment_outside(answer):
    xml = _xml(genuine(answer))
    assert refusal(_post(xml + b"<!-- -->")) == "comment"
    assert refusal(_post(xml.replace(b"<samlp:Status>", b"<!-- --><samlp:Status>"))) == "comment"


def test_a_changed_value(answer):
    def change(assertion):
        return serialized(assertion).replace(b"key-of-erika", b"key-of-mayor")

    assert refusal(genuine(answer, signed="assertion", inside=change)) == "signature-invalid"
    # The signature around it covers the change, its own does not: what is signed must verify.
    assert refusal(genuine(answer, signed="both", inside=change)) == "signature-invalid"


# --- weak protection ------------------------------------------------------------------------------------


def test_not_signed_at_all(answer):
    assert refusal(genuine(answer, signed="none")) == "signature-missing"


@pytest.mark.parametrize("signed", ["assertion", "response"])
def test_signed_by_somebody_else(answer, signed):
    assert refusal(genuine(answer, signed=signed, idp=key_pair("other"))) == "signature-invalid"


@pytest.mark.parametrize("signed", ["assertion", "response"])
@pytest.mark.parametrize(
    ("algorithm", "digest", "secret"),
    [
        (SignatureMethod.RSA_SHA1, DigestAlgorithm.SHA256, None),
        (SignatureMethod.SHA1_RSA_MGF1, DigestAlgorithm.SHA256, None),
        (SignatureMethod.RSA_SHA256, DigestAlgorithm.SHA1, None),
        (SignatureMethod.HMAC_SHA256, DigestAlgorithm.SHA256, b"secret of thirty-two characters!"),
    ],
)
def test_a_weak_algorithm(answer, signed, algorithm, digest, secret):
    posted = genuine(answer, signed=signed, algorithm=algorithm, digest=digest, secret=secret)
    assert refusal(posted) == "signature-algorithm"


def test_a_shared_secret_that_is_the_public_certificate(answer):
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    known = answer.idp.certificate.public_bytes(Encoding.PEM)
    posted = genuine(answer, signed="assertion", algorithm=SignatureMethod.HMAC_SHA256, secret=known)
    assert refusal(posted) == "signature-algorithm"


@pytest.mark.parametrize(
    "extra", ["http://www.w3.org/TR/1999/REC-xslt-19991116", "http://www.w3.org/TR/1999/REC-xpath-19991116"]
)
def test_another_transformation(answer, extra):
    def add(element):
        transforms = element.find(f".//{{{DS}}}Transforms")
        etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm=extra)

    assert refusal(genuine(answer, signed="assertion", inside=add)) == "signature-form"


def test_a_certificate_of_the_provider_that_is_over(answer):
    past = key_pair("past", years=-1)
    assert refusal(genuine(answer, idp=past), certificates=(past.certificate,)) == "certificate-expired"
    read(genuine(answer), certificates=(past.certificate, "idp"))


def test_not_encrypted(answer):
    assert refusal(genuine(answer, encrypted=False, signed="assertion")) == "not-encrypted"
    assert refusal(genuine(answer, encrypted=False, signed="both")) == "not-encrypted"


@pytest.mark.parametrize(
    "weak",
    [
        {"content": XENC + "aes256-cbc"},
        {"content": XENC + "tripledes-cbc"},
        {"transport": XENC + "rsa-1_5"},
        {"content": ""},
    ],
)
def test_a_weak_encryption(answer, weak):
    assert refusal(genuine(answer, **weak)) == "encryption-algorithm"


def test_an_encrypted_text_that_was_changed(answer):
    def flip(response):
        value = response.findall(f".//{{{XENC}}}CipherValue")[-1]
        raw = bytearray(base64.b64decode(value.text))
        raw[40] ^= 1
        value.text = base64.b64encode(raw).decode()

    assert refusal(genuine(answer, signed="assertion", outside=flip)) == "decryption-failed"


def test_a_shorter_key_than_the_name_says(answer):
    def rename(response):
        response.find(f".//{{{XENC}}}EncryptionMethod").set("Algorithm", XENC11 + "aes128-gcm")

    assert refusal(genuine(answer, signed="assertion", outside=rename)) == "decryption-failed"
