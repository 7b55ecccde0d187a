"""Finds authorities and the people who work for them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from backend.authorities.models import Authority, Clerk, Unit


@dataclass(frozen=True, slots=True)
class ClerkAccount:
    """An active clerk's account with pairs of unit key and role."""

    id: UUID
    person: str
    name: str
    memberships: frozenset[tuple[str, str]]

    @property
    def units(self) -> frozenset[str]:
        return frozenset(unit for unit, _ in self.memberships)

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


def clerk_by_account(*, issuer: str, subject: str) -> ClerkAccount | None:
    """The active clerk behind a sign-in. Runs inside the caller's transaction."""
    clerk = Clerk.objects.filter(issuer=issuer, subject=subject, active=True).first()
    if clerk is None:
        return None
    pairs = clerk.memberships.values_list("unit__key", "role")
    return ClerkAccount(id=clerk.id, person=clerk.person, name=clerk.name, memberships=frozenset(pairs))


def unit_name(*, key: str) -> str:
    """How a unit is called; an unknown key is shown as it is. Runs inside the caller's transaction."""
    return Unit.objects.filter(key=key).values_list("name", flat=True).first() or key
