"""What an assertion says, after the checks whether it is meant for us, now (SAML Profiles § 4.1.4.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from signing.levels import KNOWN_LEVELS, TrustLevel
from signing.saml.documents import Element, moment, only, text_of
from signing.saml.metadata import IdentityProvider
from signing.saml.names import AKDB, BEARER, saml
from signing.saml.refusals import SamlRefused

_LONGEST_VALUE = 4_000
_MOST_ATTRIBUTES = 200


@dataclass(frozen=True, slots=True)
class Expected:
    """Which answer is awaited: from whom, for whom, to which question, how strong and how fresh.

    `leeway` is how far clocks may differ. `fresh`: the person must have signed in after `asked_at`.
    """

    provider: IdentityProvider
    entity_id: str
    consumer_url: str
    request_id: str
    level: TrustLevel
    asked_at: datetime
    fresh: bool = False
    leeway: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One value with the trust level name it carries (`akdb:TrustLevel`; empty if none)."""

    value: str
    trust: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """A verified sign-in. `expires_at`: until then its id must be remembered, so that it counts once."""

    assertion_id: str
    issuer: str
    session: str
    level: TrustLevel
    authenticated_at: datetime
    expires_at: datetime
    attributes: Mapping[str, Attribute]


def read_assertion(*, element: Element, expected: Expected, now: datetime) -> Assertion:
    """Check and read a verified assertion. Raises `SamlRefused`."""
    identifier = element.get("ID")
    if element.get("Version") != "2.0" or not identifier:
        raise SamlRefused("incomplete")
    if text_of(only(element, saml("Issuer"))) != expected.provider.entity_id:
        raise SamlRefused("issuer-wrong")
    expires_at = _check_subject(only(element, saml("Subject")), expected, now)
    _check_conditions(only(element, saml("Conditions")), expected, now)
    statements = element.findall(saml("AuthnStatement"))
    authenticated_at = _check_statements(statements, expected, now)
    level = _level(statements)
    if level < expected.level:
        raise SamlRefused("level-too-low")
    return Assertion(
        assertion_id=identifier,
        issuer=expected.provider.entity_id,
        session=statements[0].get("SessionIndex", ""),
        level=level,
        authenticated_at=authenticated_at,
        expires_at=expires_at + expected.leeway,
        attributes=MappingProxyType(dict(_attributes(element))),
    )


def _check_subject(subject: Element, expected: Expected, now: datetime) -> datetime:
    """At least one bearer confirmation holds; until when the longest of them does."""
    ends = []
    refused: SamlRefused | None = None
    for confirmation in subject.findall(saml("SubjectConfirmation")):
        if confirmation.get("Method") != BEARER:
            continue
        try:
            ends.append(_confirmed_until(confirmation, expected, now))
        except SamlRefused as reason:
            refused = refused or reason
    if not ends:
        raise refused or SamlRefused("confirmation-unknown")
    return max(ends)


def _confirmed_until(confirmation: Element, expected: Expected, now: datetime) -> datetime:
    data = only(confirmation, saml("SubjectConfirmationData"))
    until = moment(data.get("NotOnOrAfter"))
    if until is None or data.get("NotBefore") is not None:  # SAML Profiles § 4.1.4.2: never a start
        raise SamlRefused("incomplete")
    if data.get("Recipient") != expected.consumer_url:
        raise SamlRefused("recipient-wrong")
    if data.get("InResponseTo") != expected.request_id:
        raise SamlRefused("request-unknown")
    _check_period(None, until, expected, now)
    return until


def _check_conditions(conditions: Element, expected: Expected, now: datetime) -> None:
    known = {saml("AudienceRestriction"), saml("OneTimeUse"), saml("ProxyRestriction")}
    if any(child.tag not in known for child in conditions):
        raise SamlRefused("condition-unknown")
    restrictions = conditions.findall(saml("AudienceRestriction"))
    for restriction in restrictions:
        audiences = {text_of(one) for one in restriction.findall(saml("Audience"))}
        if expected.entity_id not in audiences:
            raise SamlRefused("audience-wrong")
    if not restrictions:
        raise SamlRefused("audience-wrong")
    _check_period(moment(conditions.get("NotBefore")), moment(conditions.get("NotOnOrAfter")), expected, now)


def _check_period(start: datetime | None, end: datetime | None, expected: Expected, now: datetime) -> None:
    if start is not None and now + expected.leeway < start:
        raise SamlRefused("not-yet-valid")
    if end is not None and now - expected.leeway >= end:
        raise SamlRefused("expired")


def _check_statements(statements: list[Element], expected: Expected, now: datetime) -> datetime:
    """When the person signed in: the earliest time that is named."""
    instants = []
    for statement in statements:
        instant = moment(statement.get("AuthnInstant"))
        if instant is None:
            raise SamlRefused("incomplete")
        _check_period(instant, moment(statement.get("SessionNotOnOrAfter")), expected, now)
        instants.append(instant)
    if not instants:
        raise SamlRefused("incomplete")
    if expected.fresh and min(instants) < expected.asked_at - expected.leeway:
        raise SamlRefused("authentication-too-old")
    return min(instants)


def _level(statements: list[Element]) -> TrustLevel:
    """The weakest level that is named; classes that are no trust level (such as `Password`) do not count."""
    path = f"{saml('AuthnContext')}/{saml('AuthnContextClassRef')}"
    names = [text_of(reference) for one in statements for reference in one.findall(path)]
    return min((KNOWN_LEVELS[name] for name in names if name in KNOWN_LEVELS), default=TrustLevel.NONE)


def _attributes(assertion: Element) -> Iterator[tuple[str, Attribute]]:
    """Attributes with exactly one value. What comes twice or empty is as good as missing: nobody guesses."""
    found: dict[str, list[Attribute]] = {}
    path = f"{saml('AttributeStatement')}/{saml('Attribute')}"
    for count, element in enumerate(assertion.iterfind(path)):
        if count >= _MOST_ATTRIBUTES:
            raise SamlRefused("too-large")
        # BundID's own examples hold names such as "urn:oid: 0.9.2342…".
        name = "".join(element.get("Name", "").split())
        for child in element.findall(saml("AttributeValue")):
            value = text_of(child)
            if len(value) > _LONGEST_VALUE:
                raise SamlRefused("too-large")
            if value:
                trust = element.get(f"{{{AKDB}}}TrustLevel", "").strip()
                found.setdefault(name, []).append(Attribute(value=value, trust=trust))
    for name, values in found.items():
        if len(values) == 1:
            yield name, values[0]
