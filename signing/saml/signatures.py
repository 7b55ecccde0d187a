"""XML signatures: what was signed, and nothing else, is what is read (XML Signature best practices § 2)."""

from __future__ import annotations

import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from signing.saml.documents import Element
from signing.saml.names import ENVELOPED, EXCLUSIVE_C14N, ds
from signing.saml.refusals import SamlRefused

# BSI TR-02102-1: SHA-2 only; never SHA-1, never a shared secret.
SIGNATURES = frozenset(
    {
        SignatureMethod.SHA256_RSA_MGF1,
        SignatureMethod.SHA384_RSA_MGF1,
        SignatureMethod.SHA512_RSA_MGF1,
        SignatureMethod.RSA_SHA256,
        SignatureMethod.RSA_SHA384,
        SignatureMethod.RSA_SHA512,
    }
)
DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
# The name in the configuration → how requests are signed.
SIGNING = {
    "rsa-pss-sha256": SignatureMethod.SHA256_RSA_MGF1,
    "rsa-sha256": SignatureMethod.RSA_SHA256,
}
_CONFIGURATION = {
    "location": "./",
    "expect_references": 1,
    "signature_methods": SIGNATURES,
    "digest_algorithms": DIGESTS,
    # Whatever key a message names counts for nothing: only the certificates of the metadata do.
    "ignore_ambiguous_key_info": True,
}


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key with its certificate."""

    key: RSAPrivateKey
    certificate: x509.Certificate


def is_signed(element: Element) -> bool:
    return element.find(ds("Signature")) is not None


def verified(*, element: Element, certificates: Sequence[x509.Certificate], now: datetime) -> Element:
    """The element as it was signed, read anew from the signed bytes and without its signature.

    `element` must carry exactly one signature of itself: a direct child, of this element by its ID, with no
    transformation but the usual two. Raises `SamlRefused`.
    """
    _check_form(element)
    current = [one for one in certificates if one.not_valid_before_utc <= now <= one.not_valid_after_utc]
    if not current:
        raise SamlRefused("certificate-expired")
    for certificate in current:
        signed = _verified_by(element, certificate, now)
        # The form leaves no other element it could be; this does not rely on it.
        if signed is not None and (signed.tag, signed.get("ID")) == (element.tag, element.get("ID")):
            return signed
    raise SamlRefused("signature-invalid")


def _verified_by(element: Element, certificate: x509.Certificate, now: datetime) -> Element | None:
    configuration: dict[str, Any] = {**_CONFIGURATION, "verification_time": now}
    try:
        result = XMLVerifier().verify(
            element,
            x509_cert=certificate,
            id_attribute="ID",
            expect_config=SignatureConfiguration(**configuration),
        )
    except (SignXMLException, ValueError, TypeError, binascii.Error, etree.LxmlError):
        return None
    return None if isinstance(result, list) else result.signed_xml


def _check_form(element: Element) -> None:
    everywhere = list(element.iter(ds("Signature")))
    identifier = element.get("ID")
    if len(everywhere) != 1 or everywhere[0].getparent() is not element or not identifier:
        raise SamlRefused("signature-misplaced")
    info = everywhere[0].find(ds("SignedInfo"))
    references = info.findall(ds("Reference")) if info is not None else []
    if info is None or len(references) != 1 or everywhere[0].find(ds("Object")) is not None:
        raise SamlRefused("signature-form")
    if references[0].get("URI") != f"#{identifier}":
        raise SamlRefused("signature-misplaced")
    transforms = [one.get("Algorithm") for one in references[0].iter(ds("Transform"))]
    if _algorithms(info, "CanonicalizationMethod") != [EXCLUSIVE_C14N] or sorted(
        map(str, transforms)
    ) != sorted((ENVELOPED, EXCLUSIVE_C14N)):
        raise SamlRefused("signature-form")
    methods = {method.value for method in SIGNATURES}
    digests = {digest.value for digest in DIGESTS}
    if not (_named(info, "SignatureMethod", methods) and _named(references[0], "DigestMethod", digests)):
        raise SamlRefused("signature-algorithm")


def _algorithms(parent: Element, name: str) -> list[str | None]:
    return [one.get("Algorithm") for one in parent.findall(ds(name))]


def _named(parent: Element, name: str, allowed: set[str]) -> bool:
    found = _algorithms(parent, name)
    return len(found) == 1 and found[0] in allowed


def signed(*, element: Element, pair: KeyPair, method: str) -> Element:
    """`element` with an enveloped signature where it holds a `ds:Signature Id="placeholder"`.

    `method` is a name of `SIGNING`.
    """
    signer = XMLSigner(
        signature_algorithm=SIGNING[method],
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    return signer.sign(
        element, key=pair.key, cert=[pair.certificate], reference_uri=element.get("ID"), id_attribute="ID"
    )
