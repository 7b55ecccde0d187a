"""The question to the identity provider: a signed AuthnRequest with the BundID extension."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from lxml import etree

from signing.levels import TrustLevel
from signing.saml.documents import Element
from signing.saml.names import (
    AKDB,
    AKDB_DISPLAY,
    DS,
    POST_BINDING,
    SAML,
    SAMLP,
    TRANSIENT,
    ds,
    saml,
    samlp,
)
from signing.saml.signatures import KeyPair, signed

# How levels are asked for: BundID takes STORK names, others that speak the same dialect eIDAS ones.
LEVEL_NAMES: Mapping[str, Mapping[TrustLevel, str]] = MappingProxyType(
    {
        "stork": {
            TrustLevel.LOW: "STORK-QAA-Level-1",
            TrustLevel.SUBSTANTIAL: "STORK-QAA-Level-3",
            TrustLevel.HIGH: "STORK-QAA-Level-4",
        },
        "eidas": {
            TrustLevel.LOW: "http://eidas.europa.eu/LoA/low",
            TrustLevel.SUBSTANTIAL: "http://eidas.europa.eu/LoA/substantial",
            TrustLevel.HIGH: "http://eidas.europa.eu/LoA/high",
        },
    }
)
METHODS = ("Authega", "Benutzername", "Diia", "eID", "eIDAS", "Elster", "FINK")
LANGUAGES = ("de", "en", "ru", "uk")


@dataclass(frozen=True, slots=True)
class Display:
    """What BundID shows to people: who asks, in which language, and the way back if they give up.

    `service_id` is the number of the online service at the Federal Ministry of the Interior ("BMI-…").
    """

    organization: str
    service_id: str
    language: str
    back_url: str


@dataclass(frozen=True, slots=True)
class Question:
    """One request for a sign-in.

    `attributes`: name → whether BundID must deliver it. `methods`: the only ways to sign in that are offered;
    empty leaves the choice to BundID. `fresh` asks to prove identity again even in a running session.
    """

    request_id: str
    entity_id: str
    consumer_url: str
    sign_in_url: str
    level: TrustLevel
    level_names: str
    fresh: bool
    attributes: Mapping[str, bool]
    methods: tuple[str, ...]
    display: Display
    asked_at: datetime


def signed_request(*, question: Question, pair: KeyPair, method: str) -> str:
    """The form field `SAMLRequest` (SAML Bindings § 3.5.4). `method` is a name of `signatures.SIGNING`."""
    root = signed(element=authn_request(question=question), pair=pair, method=method)
    return base64.b64encode(etree.tostring(root)).decode()


def authn_request(*, question: Question) -> Element:
    """The unsigned AuthnRequest with a place for its signature (SAML Core § 3.4.1)."""
    root = etree.Element(
        samlp("AuthnRequest"),
        nsmap={"samlp": SAMLP, "saml": SAML, "ds": DS},
        ID=question.request_id,
        Version="2.0",
        IssueInstant=question.asked_at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        Destination=question.sign_in_url,
        AssertionConsumerServiceURL=question.consumer_url,
        ProtocolBinding=POST_BINDING,
        ForceAuthn=_truth(question.fresh),
    )
    etree.SubElement(root, saml("Issuer")).text = question.entity_id
    etree.SubElement(root, ds("Signature"), Id="placeholder")
    etree.SubElement(root, samlp("Extensions")).append(_extension(question))
    etree.SubElement(root, samlp("NameIDPolicy"), AllowCreate="true", Format=TRANSIENT)
    context = etree.SubElement(root, samlp("RequestedAuthnContext"), Comparison="minimum")
    names = LEVEL_NAMES[question.level_names]
    least = max(question.level, TrustLevel.LOW)
    etree.SubElement(context, saml("AuthnContextClassRef")).text = names[least]
    return root


def _extension(question: Question) -> Element:
    extension = etree.Element(
        _akdb("AuthenticationRequest"), nsmap={"akdb": AKDB}, Version="2", EnableStatusDetail="true"
    )
    if question.methods:
        methods = etree.SubElement(extension, _akdb("AuthnMethods"))
        for name in question.methods:
            etree.SubElement(etree.SubElement(methods, _akdb(name)), _akdb("Enabled")).text = "true"
    attributes = etree.SubElement(extension, _akdb("RequestedAttributes"))
    for name, required in question.attributes.items():
        etree.SubElement(
            attributes, _akdb("RequestedAttribute"), Name=name, RequiredAttribute=_truth(required)
        )
    information = etree.SubElement(extension, _akdb("DisplayInformation"))
    shown = etree.SubElement(information, _display("Version"), nsmap={"classic-ui": AKDB_DISPLAY})
    etree.SubElement(shown, _display("OrganizationDisplayName")).text = question.display.organization
    etree.SubElement(shown, _display("Lang")).text = question.display.language
    etree.SubElement(shown, _display("BackURL")).text = question.display.back_url
    etree.SubElement(shown, _display("OnlineServiceId")).text = question.display.service_id
    return extension


def _akdb(name: str) -> str:
    return f"{{{AKDB}}}{name}"


def _display(name: str) -> str:
    return f"{{{AKDB_DISPLAY}}}{name}"


def _truth(value: bool) -> str:
    return "true" if value else "false"
