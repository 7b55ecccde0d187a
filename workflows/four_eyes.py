"""Whether four eyes can be kept: the tasks named exist and come first, and somebody is left."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from forms.problems import Problem
from workflows.bpmn_words import Element, ElementKind, ProcessDefinition
from workflows.process_graph import preceding
from workflows.soundness_ways import problem


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may do tasks: keys of the units and the roles."""

    units: Collection[str]
    roles: Collection[str]


def check_four_eyes(
    *, definition: ProcessDefinition, staff: Mapping[str, Person] | None
) -> Iterator[Problem]:
    """Problems of `lz:fourEyes`; without `staff` it is not checked whether people are left."""
    before = preceding(definition=definition)
    for element in definition.user_tasks:
        others = []
        for other in element.attributes.get("fourEyes", "").split():
            named = definition.elements.get(other)
            if named is None or named.kind is not ElementKind.USER:
                yield problem(
                    element,
                    "four-eyes-unknown",
                    f"lz:fourEyes nennt „{other}“; das ist keine Aufgabe dieses Ablaufs.",
                    f"lz:fourEyes names '{other}', which is no user task of this process.",
                )
            elif other not in before[element.id]:
                yield problem(
                    element,
                    "four-eyes-later",
                    f"lz:fourEyes nennt „{other}“, das hier nie vorausgeht; die Prüfung liefe leer.",
                    f"lz:fourEyes names '{other}', which never comes before; the check would be void.",
                )
            else:
                others.append(named)
        if staff is not None:
            yield from _somebody(element, others, staff)


def _somebody(element: Element, others: list[Element], staff: Mapping[str, Person]) -> Iterator[Problem]:
    able = _able(element, staff)
    unit, role = _place(element)
    if able is None:
        return
    if not able:
        yield problem(
            element,
            "nobody-able",
            f"Niemand in „{unit}“ hat die Rolle „{role}“.",
            f"nobody in '{unit}' has the role '{role}'.",
        )
    elif _can_be_used_up(able, [_able(other, staff) or set() for other in others]):
        names = ", ".join(other.id for other in others)
        yield problem(
            element,
            "nobody-left",
            f"Wer {names} erledigt hat, darf hier nicht; dann bleibt unter Umständen niemand. In „{unit}“ "
            f"mit der Rolle „{role}“: {len(able)}. Bitte mehr Personen zuordnen oder die Regel ändern.",
            f"who did {names} may not do this; then nobody may be left. In '{unit}' with the role '{role}': "
            f"{len(able)}. Assign more people or change the four-eyes rule.",
        )


def _place(element: Element) -> tuple[str | None, str]:
    return element.attributes.get("unit", element.lane), element.attributes.get("role", "clerk")


def _able(element: Element, staff: Mapping[str, Person]) -> set[str] | None:
    """Who may do the task but for four eyes; None if its unit is known only when it runs."""
    unit, role = _place(element)
    if unit is None or (element.several is not None and element.several.by_unit):
        return None
    return {name for name, person in staff.items() if unit in person.units and role in person.roles}


def _can_be_used_up(able: set[str], others: list[set[str]]) -> bool:
    """Whether the tasks before could all be done by different people of `able`, and so by all of them."""
    taken: dict[str, int] = {}

    def assign(task: int, seen: set[str]) -> bool:
        for person in sorted(others[task] & able - seen):
            seen.add(person)
            if person not in taken or assign(taken[person], seen):
                taken[person] = task
                return True
        return False

    return sum(assign(task, set()) for task in range(len(others))) >= len(able)
