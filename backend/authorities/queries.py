"""Finds authorities and the people who work for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from backend.authorities.deputies import Substitution, substitutions
from backend.authorities.models import Authority, Clerk, Unit


@dataclass(frozen=True, slots=True)
class ClerkAccount:
    """An active clerk's account with pairs of unit key and role.

    `substitutions` are what she may do today in the place of absent colleagues: tasks, nothing else.
    `told_at` as in `Clerk`.
    """

    id: UUID
    person: str
    name: str
    memberships: frozenset[tuple[str, str]]
    substitutions: frozenset[Substitution] = frozenset()
    told_at: datetime | None = field(default=None, compare=False)

    @property
    def units(self) -> frozenset[str]:
        return frozenset(unit for unit, _ in self.memberships)

    @property
    def reachable_units(self) -> frozenset[str]:
        """Units of which she may see tasks today: her own, and those in which she stands in."""
        return self.units | {one.unit for one in self.substitutions}

    def stands_in(self, *, unit: str, role: str) -> tuple[Substitution, ...]:
        """In whose place she may do a role of a unit today, always in the same order."""
        return tuple(sorted(one for one in self.substitutions if (one.unit, one.role) == (unit, role)))

    def reaches(self, *, unit: str, role: str) -> bool:
        return (unit, role) in self.memberships or bool(self.stands_in(unit=unit, role=role))

    def roles_in(self, unit: str) -> frozenset[str]:
        return frozenset(role for held_in, role in self.memberships if held_in == unit)

    def has_role(self, role: str) -> bool:
        return any(held == role for _, held in self.memberships)

    @property
    def actor(self) -> str:
        """How the audit trail names this account."""
        return f"clerk:{self.id}"


def id_by_host(*, host: str, default_slug: str) -> UUID | None:
    """The authority whose host name was called, else the installation's default one. Needs no tenant."""
    found = dict(Authority.objects.filter(Q(host=host) | Q(slug=default_slug)).values_list("host", "id"))
    return found.get(host) or next(iter(found.values()), None)


def by_id(*, authority_id: UUID) -> Authority:
    return Authority.objects.get(id=authority_id)


def by_slug(*, slug: str) -> Authority | None:
    return Authority.objects.filter(slug=slug).first()


def clerk_by_account(*, issuer: str, subject: str, today: date | None = None) -> ClerkAccount | None:
    """The active clerk behind a sign-in. Runs inside the caller's transaction.

    Without `today` (a date in the authority's time zone) she stands in for nobody.
    """
    return _account(Clerk.objects.filter(issuer=issuer, subject=subject, active=True).first(), today)


def clerk_by_id(*, clerk_id: UUID, today: date) -> ClerkAccount | None:
    """The account, if it is active. Runs inside the caller's transaction."""
    return _account(Clerk.objects.filter(id=clerk_id, active=True).first(), today)


def _account(clerk: Clerk | None, today: date | None) -> ClerkAccount | None:
    if clerk is None:
        return None
    pairs = clerk.memberships.values_list("unit__key", "role")
    return ClerkAccount(
        id=clerk.id,
        person=clerk.person,
        name=clerk.name,
        memberships=frozenset(pairs),
        substitutions=frozenset() if today is None else substitutions(clerk_id=clerk.id, today=today),
        told_at=clerk.told_at,
    )


def persons_of(*, clerk_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The humans behind accounts, as they are known now. Runs inside the caller's transaction."""
    return dict(Clerk.objects.filter(id__in=set(clerk_ids)).values_list("id", "person"))


def unit_name(*, key: str) -> str:
    """How a unit is called; an unknown key is shown as it is. Runs inside the caller's transaction."""
    return Unit.objects.filter(key=key).values_list("name", flat=True).first() or key


def unit_for(*, key: str) -> str:
    """The unit that does here what a package sends to `key`; an unknown key stays as it is.

    Runs inside the caller's transaction.
    """
    serving = Unit.objects.filter(Q(key=key) | Q(also__contains=[key])).values_list("key", flat=True)
    found = set(serving)
    return key if key in found or not found else min(found)


def units_unknown(*, keys: Iterable[str]) -> frozenset[str]:
    """Those keys that no unit has, neither as its own nor in `also`. Runs inside the caller's transaction."""
    known: set[str] = set()
    for key, also in Unit.objects.values_list("key", "also"):
        known |= {key, *also}
    return frozenset(keys) - known
