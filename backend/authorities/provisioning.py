"""Clerks' accounts from what their issuer says at sign-in: created, changed, and stripped of lost groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import structlog

from backend.authorities.models import Clerk, Unit
from backend.authorities.queries import ClerkAccount, clerk_by_account
from backend.authorities.staff import ROLES, one_at_a_time, set_memberships
from backend.tenancy import acting_for

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class MembershipClaims:
    """Which claim holds the groups of an issuer, and what each group means: unit and role."""

    claim: tuple[str, ...]
    pairs: Mapping[str, tuple[str, str]]

    def of(self, groups: Iterable[str]) -> frozenset[tuple[str, str]]:
        """Unknown groups mean nothing here."""
        return frozenset(self.pairs[group] for group in groups if group in self.pairs)


@dataclass(frozen=True, slots=True)
class Told:
    """What an issuer says of a clerk; it is the truth for her account. `person` as in `Clerk.person`."""

    person: str
    name: str
    memberships: frozenset[tuple[str, str]] = field(default_factory=frozenset)


def read_memberships(*, entry: Any, reasons: list[str]) -> MembershipClaims | None:
    """The member `memberships` of an issuer's configuration; adds to `reasons` what is wrong with it."""
    if entry is None:
        return None
    claim = entry.get("claim") if isinstance(entry, Mapping) else None
    path = [claim] if isinstance(claim, str) else claim
    pairs = entry.get("map") if isinstance(entry, Mapping) else None
    if not isinstance(path, list) or not path or not all(isinstance(one, str) and one for one in path):
        reasons.append("memberships.claim must be the name of a claim, or a list of names")
        path = []
    if not isinstance(pairs, Mapping) or not pairs:
        reasons.append("memberships.map must be an object: group → [unit, role]")
        pairs = {}
    for group, pair in pairs.items():
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair)):  # noqa: PLR2004 -- unit and role
            reasons.append(f"memberships.map.{group} must be a list of a unit and a role")
        elif pair[1] not in ROLES:
            reasons.append(f"memberships.map.{group}: the role must be one of {', '.join(ROLES)}")
    if isinstance(entry, Mapping):
        reasons += [f"memberships.{name} is not known" for name in sorted(entry.keys() - {"claim", "map"})]
    return MembershipClaims(claim=tuple(path), pairs={group: tuple(pair) for group, pair in pairs.items()})


def account_at_sign_in(
    *, authority_id: UUID, issuer: str, subject: str, told: Told | None, today: date
) -> ClerkAccount | None:
    """The active account behind a sign-in; None if there is none.

    `told` None: accounts of this issuer are made by hand or by API. Otherwise the account is brought in line
    with it first: a new one is made if it gets any role here, lost roles are taken away at once. Whoever
    was deactivated stays so.
    """
    with acting_for(authority_id=authority_id):
        account = clerk_by_account(issuer=issuer, subject=subject, today=today)
        if told is None:
            return account
        here = _known_here(told.memberships)
        if account is not None and _as_told(account, told, here):
            return account
        if _bring_in_line(authority_id, issuer, subject, told, here):
            account = clerk_by_account(issuer=issuer, subject=subject, today=today)
        return account


def _known_here(pairs: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    units = set(Unit.objects.filter(key__in={unit for unit, _ in pairs}).values_list("key", flat=True))
    return frozenset(pair for pair in pairs if pair[0] in units)


def _as_told(account: ClerkAccount, told: Told, here: frozenset[tuple[str, str]]) -> bool:
    return (account.name, account.person, account.memberships) == (told.name, told.person, here)


def _bring_in_line(
    authority_id: UUID, issuer: str, subject: str, told: Told, here: frozenset[tuple[str, str]]
) -> bool:
    """Whether there is an active account afterwards."""
    one_at_a_time(authority_id)
    clerk = Clerk.objects.select_for_update().filter(issuer=issuer, subject=subject).first()
    if clerk is None:
        if not here:
            return False
        clerk = Clerk(authority_id=authority_id, issuer=issuer, subject=subject, revision=0)
    elif not clerk.active:
        return False
    clerk.name, clerk.person = told.name, told.person
    clerk.revision += 1
    clerk.save()
    set_memberships(clerk=clerk, wanted=sorted(here))
    log.info("clerk_provisioned", clerk=str(clerk.id), by=f"issuer:{issuer}")
    return True
