"""Everybody who calls: what they are, whether this town knows them, and what they may reach in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backend.api.access import MATRIX, PUBLIC, Access, Condition, Role
from tests.integration.door import Caller
from tests.security.world import STAFF, World

SCOPES = frozenset(cell.scope for row in MATRIX.values() for cell in row.values() if cell.scope)
OWNERS = ("citizen", "guest")


@dataclass(frozen=True, slots=True)
class Visitor:
    """`at_home`: calls the town whose things are asked for. `known`: that town accepts the sign-in.

    `owns`: whose things are hers. `unit`: reaches the tasks of the unit, by herself or as a deputy.
    """

    name: str
    roles: frozenset[Role]
    caller: Caller
    at_home: bool = True
    known: bool = True
    owns: str = ""
    unit: bool = False
    scoped: bool = False

    def admitted(self, cell: Access) -> bool:
        """Whether the matrix lets this role in, told without the code that enforces it."""
        if Role.MACHINE in self.roles and cell.scope:
            return self.scoped
        if self.roles == {Role.MACHINE} and cell.roles != frozenset(Role):
            return False
        return bool(self.roles & cell.roles)

    def meets(self, condition: Condition, *, owner: str, things: bool) -> bool:
        """Whether the condition holds for something of `owner`; `things`: the address names one by its id."""
        if things and not self.at_home:
            return False
        match condition:
            case Condition.NONE:
                return True
            case Condition.OWN:
                return self.owns == owner
            case Condition.OWN_UNLESS_STAFFING:
                return self.owns == owner or self.scoped or Role.CONFIGURATOR in self.roles
            case Condition.UNIT:
                return self.unit
            case Condition.CASE:
                return self.unit or self.scoped or Role.AUDITOR in self.roles
        raise AssertionError(f"tests/security/visitors.py: say when the condition {condition} holds")


def visitors(world: World, cell: Access) -> list[Visitor]:
    """All of them; the machines come with the scope of this cell, or with every other one.

    What is open to all is tried by one of each role, and by one whom the town does not know.
    """
    everybody = [*_people(world), *_machines(world, cell)]
    if cell is not PUBLIC:
        return everybody
    return list({(one.roles if one.known else "unknown"): one for one in reversed(everybody)}.values())


def owner_of(cell: Access) -> tuple[str, ...]:
    """Whose things are asked for: for things of citizens and guests each in turn."""
    if cell.condition is Condition.OWN:
        return OWNERS
    return ("clerk",) if cell.condition is Condition.OWN_UNLESS_STAFFING else ("citizen",)


def _people(world: World) -> list[Visitor]:
    here, there = world.here, world.there
    at_home: dict[str, Any] = {"at_home": True}
    away: dict[str, Any] = {"at_home": False}
    citizen, guest = frozenset({Role.CITIZEN}), frozenset({Role.GUEST})
    found = [
        Visitor("nobody", frozenset({Role.NOBODY}), here.caller(), **at_home),
        Visitor("nobody, there", frozenset({Role.NOBODY}), there.caller(), **away),
        Visitor("citizen", citizen, here.caller(here.citizen), owns="citizen", **at_home),
        Visitor("other citizen", citizen, here.caller(here.other_citizen), **at_home),
        Visitor("the same citizen, there", citizen, there.caller(here.citizen), owns="citizen", **away),
        Visitor("guest", guest, here.caller(here.guest), owns="guest", **at_home),
        Visitor("other guest", guest, here.caller(here.other_guest), **at_home),
        Visitor("guest from there", guest, here.caller(there.guest), known=False, **at_home),
        Visitor("the same guest, there", guest, there.caller(here.guest), known=False, **away),
        Visitor("guest there", guest, there.caller(there.guest), **away),
    ]
    for name, (_, role) in STAFF.items():
        roles = frozenset({Role.CLERK, Role(role)})
        home, foreign = here.staff[name], there.staff[name]
        unit = name in {"clerk", "approver", "deputy"}
        own = "clerk" if name == "clerk" else ""
        found += [
            Visitor(name, roles, here.caller(home), owns=own, unit=unit, **at_home),
            Visitor(f"{name} from there", roles, here.caller(foreign), known=False, **at_home),
            Visitor(f"{name} there", roles, there.caller(foreign), unit=unit, **away),
        ]
    return found


def _machines(world: World, cell: Access) -> list[Visitor]:
    roles = frozenset({Role.MACHINE})
    with_scope = frozenset({cell.scope}) if cell.scope else SCOPES
    without = SCOPES - with_scope
    here, there = world.here, world.there
    home, foreign = here.machine(with_scope), there.machine(with_scope)
    return [
        Visitor("machine", roles, here.caller(home), scoped=True),
        Visitor("machine without the scope", roles, here.caller(here.machine(without))),
        Visitor("machine from there", roles, here.caller(foreign), known=False, scoped=True),
        Visitor("machine there", roles, there.caller(foreign), at_home=False, scoped=True),
    ]
