"""Who may do a task: unit, role, four eyes, assignment; open it when someone may not do what they should.

Pure: the caller gives what it knows about the clerk, the task and who did the earlier steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class RefusalCode(StrEnum):
    NOT_IN_UNIT = "not-in-unit"
    ROLE_MISSING = "role-missing"
    FOUR_EYES = "four-eyes"
    ASSIGNED_TO_ANOTHER = "assigned-to-another"


@dataclass(frozen=True, slots=True)
class ClerkView:
    """A clerk as far as routing cares.

    `account` is the login, `person` the human behind it: two accounts of one human share it. `units` and
    `roles` are keys. `in_place_of` is the person she stands in for, if she acts as a deputy.
    """

    account: str
    person: str
    units: frozenset[str]
    roles: frozenset[str]
    in_place_of: str | None = None

    @property
    def persons(self) -> frozenset[str]:
        """Whom her work counts for: nobody gets round four eyes by a deputy."""
        return frozenset({self.person} if self.in_place_of is None else {self.person, self.in_place_of})


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as far as routing cares.

    `unit` None: any unit of the authority. `four_eyes` are element ids; whoever did one of them may not do
    this task. `assigned_to` is an account, None if the task is free.
    """

    element: str
    unit: str | None
    role: str
    four_eyes: frozenset[str] = frozenset()
    assigned_to: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why someone may not do a task, in plain words (`de`, `en`)."""

    code: RefusalCode
    text: Mapping[str, str]


def may_do(*, clerk: ClerkView, task: TaskView, done_by: Mapping[str, frozenset[str]]) -> Refusal | None:
    """None if `clerk` may do `task`, else the first reason against it.

    `done_by` maps element ids of earlier steps to the person keys of everyone who ever did them in this case
    (a step may be repeated), or in whose place they were done.
    """
    if task.unit is not None and task.unit not in clerk.units:
        return _refusal(
            RefusalCode.NOT_IN_UNIT,
            f"Diese Aufgabe gehört der Organisationseinheit „{task.unit}“. Bitte dort nachfragen oder sich "
            "die Einheit zuordnen lassen.",
            f"This task belongs to the unit '{task.unit}'. Ask there, or have the unit assigned to you.",
        )
    if task.role not in clerk.roles:
        return _refusal(
            RefusalCode.ROLE_MISSING,
            f"Für diese Aufgabe ist die Rolle „{task.role}“ nötig. Bitte an die Leitung wenden.",
            f"This task needs the role '{task.role}'. Ask your superior.",
        )
    own = sorted(step for step in task.four_eyes if clerk.persons & done_by.get(step, frozenset()))
    if own:
        return _refusal(
            RefusalCode.FOUR_EYES,
            f"Vier-Augen-Prinzip: „{', '.join(own)}“ haben schon Sie oder hat die vertretene Person "
            "bearbeitet. Diese Aufgabe muss eine andere Person erledigen.",
            f"Four eyes: you, or the person you stand in for, already did '{', '.join(own)}'. Another person "
            "has to do this task.",
        )
    if task.assigned_to is not None and task.assigned_to != clerk.account:
        return _refusal(
            RefusalCode.ASSIGNED_TO_ANOTHER,
            "Diese Aufgabe bearbeitet gerade jemand anderes. Bitte erst übernehmen oder zurückgeben lassen.",
            "Someone else is working on this task. Have it returned or take it over first.",
        )
    return None


def _refusal(code: RefusalCode, de: str, en: str) -> Refusal:
    return Refusal(code, {"de": de, "en": en})
