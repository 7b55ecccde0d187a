"""Clerks' accounts from what their issuer says at sign-in: created, changed, and stripped of lost groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import structlog
from django.db.models import Q

from backend.authorities.changes import record_clerk, state_of_clerk
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
    """What an issuer says of a clerk; it is the truth for her account. `person` as in `Clerk.person`.

    `at` is when it said so; an issuer that never says when is always followed.
    """

    person: str
    name: str
    memberships: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    at: datetime | None = None

    def outdated(self, told_at: datetime | None) -> bool:
        """Whether something newer was told; a token without a time is older than any with one."""
        return told_at is not None and (self.at is None or self.at < told_at)


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
    with it first: a new one is made if it gets any role here, lost roles are taken away at once, and no older
    token gives them back. Whoever was deactivated stays so.
    """
    with acting_for(authority_id=authority_id):
        account = clerk_by_account(issuer=issuer, subject=subject, today=today)
        if told is None:
            return account
        if account is not None and told.outdated(account.told_at):
            return account
        here = _known_here(told.memberships)
        if account is not None and _as_told(account, told, here):
            _remember(account, told)
            return account
        if _bring_in_line(authority_id, issuer, subject, told, here):
            account = clerk_by_account(issuer=issuer, subject=subject, today=today)
        return account


def _known_here(pairs: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    units = set(Unit.objects.filter(key__in={unit for unit, _ in pairs}).values_list("key", flat=True))
    return frozenset(pair for pair in pairs if pair[0] in units)


def _as_told(account: ClerkAccount, told: Told, here: frozenset[tuple[str, str]]) -> bool:
    return (account.name, account.person, account.memberships) == (told.name, told.person, here)


def _remember(account: ClerkAccount, told: Told) -> None:
    """Nothing changed, but this is the newest now: what was issued before it says nothing any more."""
    if told.at is not None and told.at != account.told_at:
        older = Q(told_at=None) | Q(told_at__lt=told.at)
        Clerk.objects.filter(older, id=account.id).update(told_at=told.at)


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
    elif told.outdated(clerk.told_at):
        return True
    before = state_of_clerk(clerk) if clerk.revision else None
    clerk.name, clerk.person, clerk.told_at = told.name, told.person, told.at
    clerk.revision += 1
    clerk.save()
    set_memberships(clerk=clerk, wanted=sorted(here))
    actor = f"issuer:{issuer}"
    record_clerk(clerk=clerk, kind="clerk_provisioned", actor=actor, before=before)
    log.info("clerk_provisioned", clerk=str(clerk.id), by=actor)
    return True
