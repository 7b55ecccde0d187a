"""The answer of the identity provider: opened, verified, and only then read (SAML Profiles § 4.1.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from signing.saml.assertion import Assertion, Expected, read_assertion
from signing.saml.documents import (
    Element,
    assertions_in,
    moment,
    read_posted,
    read_xml,
    responses_in,
    text_of,
)
from signing.saml.encryption import decrypted
from signing.saml.names import SUCCESS, ds, saml, samlp
from signing.saml.refusals import SamlRefused
from signing.saml.signatures import is_signed, verified

_STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
# Second-level status → our code (SAML Core § 3.2.2.2; BundID answers AuthnFailed when somebody gives up).
_STATUSES = {
    _STATUS + "AuthnFailed": "cancelled",
    _STATUS + "NoAuthnContext": "level-unavailable",
    _STATUS + "RequestDenied": "request-refused",
    _STATUS + "RequestUnsupported": "request-refused",
    _STATUS + "InvalidNameIDPolicy": "request-refused",
    _STATUS + "UnsupportedBinding": "request-refused",
    _STATUS + "UnknownPrincipal": "request-refused",
}
# BundID's own codes for what is wrong with a request.
AKDB_CODES = frozenset(
    {
        "akdb-extension-missing",
        "akdb-extension-v1-deprecated",
        "saml-request-not-signed",
        "requested-attributes-empty",
        "organization-display-name-missing",
        "online-service-id-missing",
    }
)


def read_response(
    *, posted: str, expected: Expected, keys: Sequence[RSAPrivateKey], now: datetime
) -> Assertion:
    """The assertion in the form field `SAMLResponse`, if every check holds at the time `now` (aware).

    The assertion must be encrypted for one of `keys`, and it or the response around it signed by the provider
    (what is signed must verify, even if the other would do). Everything is read from the signed bytes only.

    Raises `SamlRefused` with the first reason found.
    """
    root = read_posted(posted)
    if root.tag != samlp("Response") or len(responses_in(root)) != 1:
        raise SamlRefused("not-a-response")
    if _status(root) != SUCCESS:
        # Believed unsigned: all it can do is to end a sign-in.
        _check_envelope(root, expected, now)
        raise _failure(root)
    _encrypted_assertion(root)
    has_signature = is_signed(root)
    if has_signature:
        root = verified(element=root, certificates=expected.provider.certificates, now=now)
    elif any(True for _ in root.iter(ds("Signature"))):
        raise SamlRefused("signature-misplaced")
    _check_envelope(root, expected, now)
    assertion = _opened(_encrypted_assertion(root), expected, keys)
    if is_signed(assertion):
        assertion = verified(element=assertion, certificates=expected.provider.certificates, now=now)
    elif any(True for _ in assertion.iter(ds("Signature"))):
        raise SamlRefused("signature-misplaced")
    elif not has_signature:
        raise SamlRefused("signature-missing")
    return read_assertion(element=assertion, expected=expected, now=now)


def _encrypted_assertion(root: Element) -> Element:
    """The one assertion: encrypted, the only one at any depth, and where the schema has it."""
    found = assertions_in(root)
    if len(found) != 1 or found[0].getparent() is not root:
        raise SamlRefused("assertion-count")
    if found[0].tag != saml("EncryptedAssertion"):
        raise SamlRefused("not-encrypted")
    return found[0]


def _opened(encrypted: Element, expected: Expected, keys: Sequence[RSAPrivateKey]) -> Element:
    assertion = read_xml(decrypted(encrypted=encrypted, keys=keys, recipient=expected.entity_id))
    if assertion.tag != saml("Assertion") or len(assertions_in(assertion)) != 1 or responses_in(assertion):
        raise SamlRefused("assertion-count")
    return assertion


def _check_envelope(root: Element, expected: Expected, now: datetime) -> None:
    """Version, issuer, destination and whose question it answers (SAML Core § 3.2.2)."""
    issued_at = moment(root.get("IssueInstant"))
    if root.get("Version") != "2.0" or issued_at is None:
        raise SamlRefused("incomplete")
    issuers = root.findall(saml("Issuer"))
    if len(issuers) > 1 or any(text_of(one) != expected.provider.entity_id for one in issuers):
        raise SamlRefused("issuer-wrong")
    if root.get("Destination") != expected.consumer_url:
        raise SamlRefused("destination-wrong")
    if root.get("InResponseTo") != expected.request_id:
        raise SamlRefused("request-unknown")
    if issued_at > now + expected.leeway:
        raise SamlRefused("not-yet-valid")
    if issued_at < expected.asked_at - expected.leeway:
        raise SamlRefused("expired")


def _status(root: Element) -> str:
    codes = root.findall(f"{samlp('Status')}/{samlp('StatusCode')}")
    if len(codes) != 1:
        raise SamlRefused("incomplete")
    return codes[0].get("Value", "")


def _failure(root: Element) -> SamlRefused:
    status = root.find(samlp("Status"))
    texts = "" if status is None else " ".join(str(text) for text in status.itertext())
    for code in sorted(AKDB_CODES):
        if code in texts:
            return SamlRefused("request-refused", detail=code)
    for element in root.iter(samlp("StatusCode")):
        value = element.get("Value", "")
        if value in _STATUSES:
            return SamlRefused(_STATUSES[value], detail=value.removeprefix(_STATUS))
    return SamlRefused("provider-failed")
