"""Metadata: reads the identity provider's, writes ours (SAML Metadata 2.0)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from signing.saml.documents import Element, moment, read_xml, text_of
from signing.saml.encryption import OAEP_MGF1P
from signing.saml.names import (
    DS,
    METADATA,
    POST_BINDING,
    SAMLP,
    TRANSIENT,
    XENC11,
    XML,
    ds,
    metadata,
)
from signing.saml.refusals import SamlRefused

_LEAST_RSA_BITS = 2_048


class UnsafeMetadata(ValueError):
    """The identity provider's metadata cannot be used; `reasons` lists everything that is wrong."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(reasons))


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """Whom we ask: where to send people (`sign_in_url`), and whose signatures count (`certificates`)."""

    entity_id: str
    sign_in_url: str
    certificates: tuple[x509.Certificate, ...]


def read_provider(*, xml: bytes, now: datetime, development: bool = False) -> IdentityProvider:
    """The identity provider of a metadata file. http addresses only in development.

    Raises `UnsafeMetadata` with every reason. A signature of the file is not checked: whoever runs the
    installation fetched it and compared its fingerprint.
    """
    try:
        root = read_xml(xml)
    except SamlRefused as refused:
        raise UnsafeMetadata([f"is not acceptable XML ({refused.code})"]) from refused
    role = root.find(metadata("IDPSSODescriptor"))
    if root.tag != metadata("EntityDescriptor") or role is None:
        raise UnsafeMetadata(["must be one md:EntityDescriptor with an md:IDPSSODescriptor"])
    reasons: list[str] = []
    entity_id = root.get("entityID", "").strip()
    if not entity_id:
        reasons.append("has no entityID")
    if _is_over(root, now) or _is_over(role, now):
        reasons.append("is out of date (validUntil); fetch it again")
    addresses = [
        one.get("Location", "")
        for one in role.findall(metadata("SingleSignOnService"))
        if one.get("Binding") == POST_BINDING
    ]
    if not addresses:
        reasons.append("names no SingleSignOnService for HTTP-POST")
    elif not _is_address(addresses[0], development=development):
        reasons.append("the SingleSignOnService must be an https:// address")
    certificates = tuple(_certificates(role, reasons, now))
    if not certificates:
        reasons.append("has no valid certificate for signatures")
    if reasons:
        raise UnsafeMetadata(reasons)
    return IdentityProvider(entity_id=entity_id, sign_in_url=addresses[0], certificates=certificates)


def _is_over(element: Element, now: datetime) -> bool:
    try:
        until = moment(element.get("validUntil"))
    except SamlRefused:
        return True
    return until is not None and until <= now


def _is_address(url: str, *, development: bool) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (development and parts.scheme == "http"))


def _certificates(role: Element, reasons: list[str], now: datetime) -> Iterator[x509.Certificate]:
    for key in role.findall(metadata("KeyDescriptor")):
        if key.get("use", "signing") != "signing":
            continue
        for element in key.iter(ds("X509Certificate")):
            try:
                der = base64.b64decode("".join(text_of(element).split()), validate=True)
                found = x509.load_der_x509_certificate(der)
                public = found.public_key()
            except (binascii.Error, ValueError, SamlRefused):
                reasons.append("has a certificate that cannot be read")
                continue
            if not isinstance(public, RSAPublicKey) or public.key_size < _LEAST_RSA_BITS:
                reasons.append(f"has a signing key that is not RSA with at least {_LEAST_RSA_BITS} bits")
            # One of the past may stay listed during a change of keys; it is not used.
            elif now <= found.not_valid_after_utc:
                yield found


def service_metadata(
    *,
    entity_id: str,
    consumer_url: str,
    display_name: str,
    signing: Sequence[x509.Certificate],
    encryption: x509.Certificate,
) -> bytes:
    """Our own metadata as BundID wants it: without validUntil and ID.

    `signing`: all certificates requests may be signed with, now or soon; `encryption`: the one that answers
    are to be encrypted for.
    """
    root = etree.Element(metadata("EntityDescriptor"), nsmap={"md": METADATA, "ds": DS}, entityID=entity_id)
    role = etree.SubElement(
        root,
        metadata("SPSSODescriptor"),
        AuthnRequestsSigned="true",
        WantAssertionsSigned="true",
        protocolSupportEnumeration=SAMLP,
    )
    for certificate in signing:
        _key_descriptor(role, "signing", certificate)
    descriptor = _key_descriptor(role, "encryption", encryption)
    for algorithm in (XENC11 + "aes256-gcm", XENC11 + "aes128-gcm", OAEP_MGF1P):
        etree.SubElement(descriptor, metadata("EncryptionMethod"), Algorithm=algorithm)
    etree.SubElement(role, metadata("NameIDFormat")).text = TRANSIENT
    etree.SubElement(
        role,
        metadata("AssertionConsumerService"),
        Binding=POST_BINDING,
        Location=consumer_url,
        index="0",
        isDefault="true",
    )
    organization = etree.SubElement(root, metadata("Organization"))
    for name, value in (
        ("OrganizationName", display_name),
        ("OrganizationDisplayName", display_name),
        ("OrganizationURL", entity_id),
    ):
        element = etree.SubElement(organization, metadata(name))
        element.set(f"{{{XML}}}lang", "de")
        element.text = value
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _key_descriptor(role: Element, use: str, certificate: x509.Certificate) -> Element:
    descriptor = etree.SubElement(role, metadata("KeyDescriptor"), use=use)
    data = etree.SubElement(etree.SubElement(descriptor, ds("KeyInfo")), ds("X509Data"))
    encoded = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
    etree.SubElement(data, ds("X509Certificate")).text = encoded
    return descriptor
