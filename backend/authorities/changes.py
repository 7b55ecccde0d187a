"""Puts on record who changed accounts and units; runs inside the transaction that changes them."""

from __future__ import annotations

from typing import Any

from backend.authorities.models import Clerk, StaffChange, Unit

State = dict[str, Any]
_NAMES = frozenset({"name", "person"})


def state_of_clerk(clerk: Clerk) -> State:
    """What a change is measured against: take it before and after."""
    pairs = clerk.memberships.order_by("unit__key", "role").values_list("unit__key", "role")
    return {
        "name": clerk.name,
        "person": clerk.person,
        "active": clerk.active,
        "memberships": [list(pair) for pair in pairs],
    }


def state_of_unit(unit: Unit) -> State:
    return {"name": unit.name, "also": list(unit.also)}


def record_clerk(*, clerk: Clerk, kind: str, actor: str, before: State | None) -> None:
    """`before` None: the account is new. Names are compared, not kept."""
    after = state_of_clerk(clerk)
    StaffChange.objects.create(
        authority_id=clerk.authority_id,
        actor=actor,
        kind=kind,
        clerk=clerk,
        fields=_changed(before, after),
        before=None if before is None else _nameless(before),
        after=_nameless(after),
    )


def record_unit(*, unit: Unit, actor: str, before: State | None) -> None:
    """`before` None: the unit is new. What is as it was is not put on record."""
    after = state_of_unit(unit)
    if before != after:
        StaffChange.objects.create(
            authority_id=unit.authority_id,
            actor=actor,
            kind="unit_created" if before is None else "unit_changed",
            unit=unit.key,
            fields=_changed(before, after),
            before=before,
            after=after,
        )


def _changed(before: State | None, after: State) -> list[str]:
    return [] if before is None else sorted(name for name in after if after[name] != before[name])


def _nameless(state: State) -> State:
    return {name: value for name, value in state.items() if name not in _NAMES}
