"""Looks after units and clerks' accounts: hire, change, deactivate, reactivate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import connection
from django.db.models import Prefetch, prefetch_related_objects

from backend.authorities.changes import State, record_clerk, record_unit, state_of_clerk, state_of_unit
from backend.authorities.errors import (
    AccountTaken,
    ChangedMeanwhile,
    ClerkRefused,
    KeyReused,
    NoSuchClerk,
    UnitRefused,
    key_taken,
    own_account,
    unknown_issuer,
    unknown_role,
    unknown_unit,
)
from backend.authorities.models import Clerk, Membership, Unit
from backend.authorities.queries import ClerkAccount
from backend.keys.queries import fingerprint
from backend.tenancy import acting_for

log = structlog.get_logger()

ROLES = ("clerk", "approver", "cashier", "configurator", "auditor")
MEMBERSHIPS = Prefetch(
    "memberships", queryset=Membership.objects.select_related("unit").order_by("unit__key", "role")
)
Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class NewClerk:
    """An account to be: `person` names the human behind it (four eyes count persons)."""

    issuer: str
    subject: str
    person: str
    name: str
    memberships: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Hired:
    clerk: Clerk
    repeated: bool


def name_unit(
    *, authority_id: UUID, key: str, name: str, actor: str, also: tuple[str, ...] | None = None
) -> tuple[Unit, bool]:
    """Create a unit, or rename it; says whether it is new.

    `also` are further keys under which packages send it tasks; None leaves them as they are. Raises
    `UnitRefused` if another unit has one of the keys.
    """
    with acting_for(authority_id=authority_id):
        one_at_a_time(authority_id)
        taken = {
            one
            for other in Unit.objects.exclude(key=key)
            for one in (other.key, *other.also)
            if one == key or one in (also or ())
        }
        if taken:
            raise UnitRefused([key_taken(one) for one in sorted(taken)])
        values = {"name": name} if also is None else {"name": name, "also": list(also)}
        earlier = Unit.objects.filter(key=key).first()
        before = None if earlier is None else state_of_unit(earlier)
        unit, new = Unit.objects.update_or_create(key=key, authority_id=authority_id, defaults=values)
        record_unit(unit=unit, actor=actor, before=before)
        return unit, new


def hire(
    *, authority_id: UUID, new: NewClerk, issuers: frozenset[str], idempotency_key: str, actor: str
) -> Hired:
    """Create an account. The same key again gives the same account, and changes nothing.

    `issuers` are those at which this authority's clerks sign in. Raises `ClerkRefused`, `AccountTaken`, or
    `KeyReused` when the key belongs to another request.
    """
    key = fingerprint(purpose="clerk-key", value=f"{actor}\0{idempotency_key}")
    request = fingerprint(purpose="clerk-request", value=repr(new))
    with acting_for(authority_id=authority_id):
        one_at_a_time(authority_id)
        earlier = Clerk.objects.filter(idempotency_key=key).first()
        if earlier is not None:
            if bytes(earlier.request_hash) != request:
                raise KeyReused
            return Hired(_whole(earlier), repeated=True)
        if new.issuer not in issuers:
            raise ClerkRefused([unknown_issuer(new.issuer, issuers)])
        if Clerk.objects.filter(issuer=new.issuer, subject=new.subject).exists():
            raise AccountTaken
        clerk = Clerk.objects.create(
            authority_id=authority_id,
            issuer=new.issuer,
            subject=new.subject,
            person=new.person,
            name=new.name,
            idempotency_key=key,
            request_hash=request,
        )
        set_memberships(clerk=clerk, wanted=new.memberships)
        record_clerk(clerk=clerk, kind="clerk_hired", actor=actor, before=None)
        log.info("clerk_hired", clerk=str(clerk.id), by=actor)
        return Hired(_whole(clerk), repeated=False)


def change_clerk(
    *,
    authority_id: UUID,
    clerk_id: UUID,
    revision: int,
    actor: str,
    by: ClerkAccount | None = None,
    name: str | None = None,
    person: str | None = None,
    memberships: tuple[tuple[str, str], ...] | None = None,
) -> Clerk:
    """Change what is given. `by`: the clerk who does it; None: a machine or the operator.

    Raises `NoSuchClerk`, `ChangedMeanwhile` or `ClerkRefused`, also when somebody is at her own rights.
    """
    with acting_for(authority_id=authority_id):
        clerk = locked(clerk_id=clerk_id, revision=revision)
        if by is not None and (by.id == clerk.id or by.person == clerk.person):
            _refuse_own(clerk, person, memberships)
        before = state_of_clerk(clerk)
        clerk.name = clerk.name if name is None else name
        clerk.person = clerk.person if person is None else person
        if memberships is not None:
            set_memberships(clerk=clerk, wanted=memberships)
        return _saved(clerk, "clerk_changed", actor, before)


def _refuse_own(clerk: Clerk, person: str | None, memberships: Pairs | None) -> None:
    """Nobody becomes another person or gives herself roles, neither on this nor on a second account."""
    problems = []
    if person is not None and person != clerk.person:
        problems.append(own_account("/person"))
    if memberships is not None:
        held = set(clerk.memberships.values_list("unit__key", "role"))
        if set(memberships) != held:
            problems.append(own_account("/memberships"))
    if problems:
        raise ClerkRefused(problems)


def reactivate(*, authority_id: UUID, clerk_id: UUID, revision: int, actor: str) -> Clerk:
    """Let a deactivated clerk sign in again. Raises `NoSuchClerk` or `ChangedMeanwhile`."""
    with acting_for(authority_id=authority_id):
        clerk = locked(clerk_id=clerk_id, revision=revision)
        before = state_of_clerk(clerk)
        clerk.active = True
        return _saved(clerk, "clerk_reactivated", actor, before)


def shut_out(*, clerk_id: UUID, revision: int, actor: str) -> Clerk:
    """Deactivate an account, from the next request on. Runs inside the caller's transaction.

    Raises `NoSuchClerk` or `ChangedMeanwhile`.
    """
    clerk = locked(clerk_id=clerk_id, revision=revision)
    before = state_of_clerk(clerk)
    clerk.active = False
    return _saved(clerk, "clerk_deactivated", actor, before)


def set_memberships(*, clerk: Clerk, wanted: Pairs) -> bool:
    """Give a clerk exactly these roles in units; says whether anything changed. In the caller's transaction.

    Raises `ClerkRefused` naming every unknown unit and role.
    """
    pairs = list(dict.fromkeys(wanted))
    units = {unit.key: unit for unit in Unit.objects.filter(key__in=[key for key, _ in pairs])}
    problems = []
    for number, (key, role) in enumerate(pairs):
        if key not in units:
            problems.append(unknown_unit(f"/memberships/{number}/unit", key))
        if role not in ROLES:
            problems.append(unknown_role(f"/memberships/{number}/role", role, ", ".join(ROLES)))
    if problems:
        raise ClerkRefused(problems)
    held = {(one.unit.key, one.role): one for one in clerk.memberships.select_related("unit")}
    gone = [one.id for pair, one in held.items() if pair not in pairs]
    Membership.objects.filter(id__in=gone).delete()
    new = [pair for pair in pairs if pair not in held]
    Membership.objects.bulk_create(
        Membership(authority_id=clerk.authority_id, clerk=clerk, unit=units[key], role=role)
        for key, role in new
    )
    return bool(gone or new)


def locked(*, clerk_id: UUID, revision: int | None = None) -> Clerk:
    """The clerk's row, held until the transaction ends. Raises `NoSuchClerk` or `ChangedMeanwhile`."""
    clerk = Clerk.objects.select_for_update().filter(id=clerk_id).first()
    if clerk is None:
        raise NoSuchClerk
    if revision is not None and clerk.revision != revision:
        raise ChangedMeanwhile(clerk.revision)
    return clerk


def one_at_a_time(authority_id: UUID) -> None:
    """Whoever looks after the staff of an authority waits for whoever is at it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"staff {authority_id}"])


def _saved(clerk: Clerk, event: str, actor: str, before: State) -> Clerk:
    clerk.revision += 1
    clerk.save()
    record_clerk(clerk=clerk, kind=event, actor=actor, before=before)
    log.info(event, clerk=str(clerk.id), by=actor)
    return _whole(clerk)


def _whole(clerk: Clerk) -> Clerk:
    """With its memberships: after the transaction nobody could read them any more."""
    prefetch_related_objects([clerk], MEMBERSHIPS)
    return clerk
