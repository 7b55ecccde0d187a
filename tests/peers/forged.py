"""Answers of an identity provider that lies, or that somebody has had in hand: made with our own tools.

`genuine` is an honest answer, but for what is named. `inside` changes the assertion after it was signed and
before it is encrypted: anybody who has one in hand can do that, the certificate is public.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner

from signing.saml.signatures import KeyPair

SAML, SAMLP = "urn:oasis:names:tc:SAML:2.0:assertion", "urn:oasis:names:tc:SAML:2.0:protocol"
DS, XENC = "http://www.w3.org/2000/09/xmldsig#", "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
BPK2 = "urn:oid:1.3.6.1.4.1.25484.494450.3"
AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
Change = Callable[[etree._Element], Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer says. Moments are given as distances from `now`."""

    idp: KeyPair
    service: KeyPair
    now: datetime = AT
    request_id: str = "_request-1"
    confirmed_request: str | None = None
    issuer: str = "https://idp.example/bundid"
    response_issuer: str | None = None
    entity_id: str = "https://town.example/saml"
    destination: str = "https://town.example/saml/bundid/acs"
    recipient: str = "https://town.example/saml/bundid/acs"
    confirmed_for: timedelta = timedelta(minutes=5)
    not_before: timedelta = timedelta()
    not_on_or_after: timedelta = timedelta(minutes=5)
    authenticated: timedelta = timedelta()
    issued: timedelta = timedelta()
    level: str = "STORK-QAA-Level-3"
    assertion_id: str = "_assertion-1"
    attributes: dict[str, str] = field(
        default_factory=lambda: {BPK2: "key-of-erika", "urn:oid:2.5.4.4": "Erika"}
    )
    trust: str = "NORMAL"
    condition: str = ""
    method: str = "bearer"
    signed: str = "both"
    algorithm: SignatureMethod = SignatureMethod.SHA256_RSA_MGF1
    digest: DigestAlgorithm = DigestAlgorithm.SHA256
    secret: bytes | None = None
    content: str = XENC11 + "aes256-gcm"
    transport: str = XENC + "rsa-oaep-mgf1p"
    encrypted: bool = True
    inside: Change | None = None
    outside: Change | None = None


def genuine(answer: Answer, **changed: Any) -> str:
    """The form field `SAMLResponse`."""
    answer = replace(answer, **changed)
    assertion = etree.fromstring(_assertion(answer))
    if answer.signed in {"both", "assertion"}:
        assertion = sign(assertion, answer)
    if answer.inside:
        result = answer.inside(assertion)
        assertion = assertion if result is None else result
    part = encrypt(serialized(assertion), answer) if answer.encrypted else serialized(assertion)
    response = etree.fromstring(_response(answer).replace("<here/>", part.decode()))
    if answer.signed in {"both", "response"}:
        response = sign(response, answer)
    if answer.outside:
        result = answer.outside(response)
        response = response if result is None else result
    return base64.b64encode(serialized(response)).decode()


def serialized(value: Any) -> bytes:
    return value if isinstance(value, bytes) else etree.tostring(value)


def _at(answer: Answer, distance: timedelta) -> str:
    return (answer.now + distance).strftime("%Y-%m-%dT%H:%M:%SZ")


def _assertion(answer: Answer) -> str:
    attributes = "".join(
        f'<saml:Attribute xmlns:akdb="https://www.akdb.de/request/2018/09" Name="{name}" akdb:TrustLevel="{answer.trust}">'
        f"<saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>"
        for name, value in answer.attributes.items()
    )
    return f"""<saml:Assertion xmlns:saml="{SAML}" ID="{answer.assertion_id}" Version="2.0" IssueInstant="{_at(answer, answer.issued)}">
<saml:Issuer>{answer.issuer}</saml:Issuer>
<saml:Subject><saml:NameID>_somebody</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:{answer.method}"><saml:SubjectConfirmationData Recipient="{answer.recipient}" InResponseTo="{answer.confirmed_request or answer.request_id}" NotOnOrAfter="{_at(answer, answer.confirmed_for)}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{_at(answer, answer.not_before)}" NotOnOrAfter="{_at(answer, answer.not_on_or_after)}"><saml:AudienceRestriction><saml:Audience>{answer.entity_id}</saml:Audience></saml:AudienceRestriction>{answer.condition}</saml:Conditions>
<saml:AuthnStatement AuthnInstant="{_at(answer, answer.authenticated)}" SessionIndex="_session-1"><saml:AuthnContext><saml:AuthnContextClassRef>{answer.level}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
<saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>"""


def _response(answer: Answer) -> str:
    return f"""<samlp:Response xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="_response-1" Version="2.0" IssueInstant="{_at(answer, answer.issued)}" Destination="{answer.destination}" InResponseTo="{answer.request_id}">
<saml:Issuer>{answer.response_issuer or answer.issuer}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status><here/></samlp:Response>"""


class _AnySigner(XMLSigner):
    """Signs with what nobody should accept."""

    def check_deprecated_methods(self) -> None:
        pass


def sign(element: etree._Element, answer: Answer) -> etree._Element:
    placeholder = etree.Element(f"{{{DS}}}Signature", Id="placeholder", nsmap={"ds": DS})
    element.insert(1, placeholder)
    signer = _AnySigner(
        signature_algorithm=answer.algorithm,
        digest_algorithm=answer.digest,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    how = (
        {"key": answer.secret} if answer.secret else {"key": answer.idp.key, "cert": [answer.idp.certificate]}
    )
    return signer.sign(element, reference_uri=element.get("ID"), id_attribute="ID", **how)


def encrypt(plain: bytes, answer: Answer) -> bytes:
    """An EncryptedAssertion for the service provider."""
    secret, nonce = os.urandom(32 if "256" in answer.content else 16), os.urandom(12)
    sha1 = hashes.SHA1()  # noqa: S303 -- the default of the algorithm
    wrapped = answer.service.certificate.public_key().encrypt(
        secret, OAEP(mgf=MGF1(algorithm=sha1), algorithm=sha1, label=None)
    )
    text = base64.b64encode(nonce + AESGCM(secret).encrypt(nonce, plain, None)).decode()
    return f"""<saml:EncryptedAssertion xmlns:saml="{SAML}"><xenc:EncryptedData xmlns:xenc="{XENC}"><xenc:EncryptionMethod Algorithm="{answer.content}"/><ds:KeyInfo xmlns:ds="{DS}"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="{answer.transport}"/><xenc:CipherData><xenc:CipherValue>{base64.b64encode(wrapped).decode()}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>{text}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>""".encode()
