"""Signing in with BundID: the portal's way there and back (`contract.Provider`)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from backend.authorities.queries import by_slug
from backend.identity.providers.bundid.configuration import CONSUMER_PATH
from backend.identity.providers.bundid.operations import use_up
from backend.identity.providers.bundid.queries import NotOffered, service_provider
from backend.identity.providers.contract import Departure, SignInRefused, Wanted, Way
from backend.identity.verified import VerifiedIdentity
from signing.levels import TrustLevel
from signing.saml.assertion import Assertion, Expected
from signing.saml.bundid import Person, person_of
from signing.saml.refusals import SamlRefused
from signing.saml.request import Display, Question, signed_request
from signing.saml.response import read_response

WAY = "bundid"
# A question may be answered as long as the portal remembers that it was asked, and clocks may differ.
ANSWERABLE = timedelta(hours=1)
RELAY_BYTES = 24
# Reason of a refusal → the portal's code; all others are `refused`.
_CODES = {
    "cancelled": "cancelled",
    "level-too-low": "level",
    "level-unavailable": "level",
    "authentication-too-old": "level",
    "request-unknown": "mixed-up",
    "replayed": "mixed-up",
    "expired": "mixed-up",
}


@dataclass(frozen=True, slots=True)
class BundIdWay(Way):
    """BundID, as one authority offers it."""

    authority: str = ""


class BundId:
    """The provider for the entries of `LAUFZETTEL_BUNDID`."""

    def ways(self, *, authority: str) -> tuple[Way, ...]:
        try:
            service = service_provider(authority=authority)
        except NotOffered:
            return ()
        return (BundIdWay(name=WAY, label=service.label, provider=WAY, authority=authority),)

    def start(self, *, way: Way, wanted: Wanted, now: datetime) -> Departure:
        """A form for BundID. `wanted.return_to` is not used: BundID knows one address, from our metadata.

        A level above the lowest, or a limit to the age of the sign-in, asks for a new proof of identity.
        """
        service = service_provider(authority=_authority(way))
        level = wanted.level or TrustLevel.LOW
        fresh = wanted.max_age is not None or level > TrustLevel.LOW
        relay = secrets.token_urlsafe(RELAY_BYTES)
        question = Question(
            request_id=f"_{uuid4().hex}",
            entity_id=service.entity_id,
            consumer_url=service.consumer_url,
            sign_in_url=service.provider.sign_in_url,
            level=level,
            level_names=service.level_names,
            fresh=fresh,
            attributes=service.attributes,
            methods=service.methods,
            display=Display(
                organization=service.display_name,
                service_id=service.service_id,
                language=wanted.language,
                back_url=service.consumer_url.removesuffix(CONSUMER_PATH) + "/sign-in",
            ),
            asked_at=now,
        )
        request = signed_request(question=question, pair=service.pairs[0], method=service.signature)
        return Departure(
            url=service.provider.sign_in_url,
            form={"SAMLRequest": request, "RelayState": relay},
            remember={
                "request": question.request_id,
                "relay": relay,
                "level": level.word,
                "fresh": fresh,
                "asked_at": now.isoformat(),
            },
            posted_back=True,
        )

    def finish(
        self, *, way: Way, remembered: Mapping[str, Any], answer: Mapping[str, str], now: datetime
    ) -> VerifiedIdentity:
        try:
            return _finish(_authority(way), remembered, answer, now)
        except SamlRefused as refused:
            reason = f"{refused.code} {refused.detail}".strip()
            raise SignInRefused(_CODES.get(refused.code, "refused"), reason, text=refused.text) from refused

    def goodbye(self, *, identity: VerifiedIdentity, return_to: str, now: datetime) -> Departure | None:  # noqa: ARG002
        """BundID describes no single logout: people sign out there by themselves."""
        return None


def _finish(
    authority: str, remembered: Mapping[str, Any], answer: Mapping[str, str], now: datetime
) -> VerifiedIdentity:
    if not secrets.compare_digest(
        answer.get("RelayState", "").encode(), str(remembered.get("relay", "")).encode()
    ):
        raise SamlRefused("request-unknown", detail="RelayState")
    service = service_provider(authority=authority)
    expected = Expected(
        provider=service.provider,
        entity_id=service.entity_id,
        consumer_url=service.consumer_url,
        request_id=remembered["request"],
        level=TrustLevel[remembered["level"].upper()],
        asked_at=datetime.fromisoformat(remembered["asked_at"]),
        fresh=remembered["fresh"],
    )
    keys = [pair.key for pair in service.pairs]
    assertion = read_response(posted=answer.get("SAMLResponse", ""), expected=expected, keys=keys, now=now)
    person = person_of(assertion=assertion)
    found = by_slug(slug=authority)
    if found is None or not use_up(
        authority_id=found.id,
        issuer=assertion.issuer,
        request_id=expected.request_id,
        assertion_id=assertion.assertion_id,
        until=max(assertion.expires_at, now + ANSWERABLE),
        now=now,
    ):
        raise SamlRefused("replayed")
    return _identity(assertion, person)


def _identity(assertion: Assertion, person: Person) -> VerifiedIdentity:
    return VerifiedIdentity(
        issuer=assertion.issuer,
        subject=str(person.subject),
        level=assertion.level,
        attributes=person.attributes,
        attribute_levels=person.levels,
        proved_by=person.proved_by,
        authenticated_at=assertion.authenticated_at,
        session=assertion.session or None,
    )


def _authority(way: Way) -> str:
    if not isinstance(way, BundIdWay):
        raise TypeError("not a way of BundID")
    return way.authority


PROVIDER = BundId()
