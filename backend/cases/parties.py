"""Who else takes part in an application: on whose behalf it is made, and who signs it with the applicant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from backend.cases.representation import Representation, Statement
from backend.identity.guests import mailbox_of
from backend.identity.principals import Citizen
from backend.keys.vault import Key
from backend.services.manifest import Manifest
from backend.services.parties import ONESELF
from forms.din91379 import is_name
from forms.problems import Problem

SIGNERS = "/co_signers"
TEXTS: Mapping[str, Mapping[str, str]] = {
    "co-signers-not-planned": {
        "de": "Bei dieser Leistung unterschreibt niemand mit. Bitte lassen Sie „co_signers“ weg.",
        "en": "Nobody signs with you for this service. Please leave out “co_signers”.",
    },
    "co-signer-name": {
        "de": "Bitte geben Sie den Namen so an, wie er im Ausweis steht.",
        "en": "Please enter the name as it stands in the identity card.",
    },
    "co-signer-twice": {
        "de": "Diese E-Mail-Adresse gehört schon zu einer anderen Person oder zu Ihnen. Bitte geben Sie für "
        "jede Person ihre eigene an.",
        "en": "This e-mail address already belongs to another person or to you. Please enter each person's "
        "own address.",
    },
}


class PartiesRefused(ValueError):
    """The parties cannot be as stated; nothing was stored. `problems` names each place in the request."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} problems")


@dataclass(frozen=True, slots=True)
class CoSigner:
    """Somebody who is to sign too, as the applicant names her."""

    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class Parties:
    """What a request says about others. `acting_for`: not looked at yet; None: only for herself."""

    acting_for: Any = None
    co_signers: tuple[CoSigner, ...] = ()

    def as_json(self) -> list[Any]:
        """For comparing two requests; empty if it says nothing."""
        if self == Parties():
            return []
        return [self.acting_for, [asdict(signer) for signer in self.co_signers]]


NOBODY_ELSE = Parties()


def check_parties(
    *,
    parties: Parties,
    manifest: Manifest,
    citizen: Citizen,
    address: str | None,
    documents: AbstractSet[str],
    today: date,
) -> Representation | None:
    """Whom the citizen acts for; None: only for herself. Raises `PartiesRefused` with all that is wrong.

    `address`: the confirmed one of a guest. `documents`: ids of the files that go with the application.
    """
    problems = _signers(parties.co_signers, manifest, address)
    representation = None
    if parties.acting_for is not None:
        statement = Statement(
            stated=parties.acting_for,
            allowed=manifest.representation,
            citizen=citizen,
            needed=manifest.trust_level,
            documents=documents,
            today=today,
        )
        representation = statement.read()
        problems += statement.problems
    if problems:
        raise PartiesRefused(tuple(problems))
    return representation


def seal_representation(*, representation: Representation | None, key: Key, case_id: Any) -> bytes | None:
    """For the application; None if she acts for herself."""
    if representation is None:
        return None
    return key.seal_json(representation.details, context=f"representation:{case_id}")


def open_representation(*, sealed: bytes | None, key: Key, case_id: Any) -> dict[str, Any]:
    """All that was stated, with `kind`, `name`, `birth_date` and `basis` always there."""
    if sealed is None:
        return dict(ONESELF)
    return {**ONESELF, **key.open_json(bytes(sealed), context=f"representation:{case_id}")}


def process_data(representation: Mapping[str, Any]) -> dict[str, Any]:
    """What conditions, decision tables and letters can read."""
    return {name: representation[name] for name in ONESELF}


def _signers(signers: Sequence[CoSigner], manifest: Manifest, address: str | None) -> list[Problem]:
    planned = manifest.co_signing
    if planned is None:
        return [_problem(SIGNERS, "co-signers-not-planned")] if signers else []
    if not planned.least <= len(signers) <= planned.most:
        return [_wrong_number(planned.least, planned.most)]
    problems = [
        _problem(f"{SIGNERS}/{place}/name", "co-signer-name")
        for place, signer in enumerate(signers)
        if not is_name(signer.name)
    ]
    if not manifest.guests:
        return problems
    # Who has no account is known by her mailbox alone: two invitations to one would be one person.
    taken = {mailbox_of(email=address)} if address else set()
    for place, signer in enumerate(signers):
        mailbox = mailbox_of(email=signer.email)
        if mailbox in taken:
            problems.append(_problem(f"{SIGNERS}/{place}/email", "co-signer-twice"))
        taken.add(mailbox)
    return problems


def _problem(where: str, code: str) -> Problem:
    return Problem(where=where, code=code, text=TEXTS[code])


def _wrong_number(least: int, most: int) -> Problem:
    return Problem(
        where=SIGNERS,
        code="number-of-co-signers",
        text={
            "de": f"Bitte nennen Sie {least} bis {most} Personen, die mit unterschreiben.",
            "en": f"Please name {least} to {most} people who sign with you.",
        },
    )
