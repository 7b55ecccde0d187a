"""Prove before publishing that a process can always finish and everything it refers to exists.

Every answer names the element in plain words (de, en); faults of the token game come with the path to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from forms.problems import Problem
from workflows.bpmn_words import Element, ElementKind, ProcessDefinition
from workflows.process_names import KnownNames, preceding
from workflows.syntax import Binary, Literal, Node
from workflows.tables import DecisionTable
from workflows.token_game import MAX_MARKINGS, play

_WAITING = frozenset({ElementKind.USER, ElementKind.SERVICE})
_ENDS = frozenset({ElementKind.END, ElementKind.TERMINATE})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What exists around the process. None, or a missing key: not known here, so not checked.

    `commands`: what serviceTasks may order. `decisions`: tables by id. `answers`: dotted names of the form's
    questions. `task_fields`: task form → its fields. `units`: unit keys of the authority.
    """

    commands: Collection[str]
    decisions: Mapping[str, DecisionTable]
    answers: Collection[str] | None = None
    task_fields: Mapping[str, Collection[str]] = field(default_factory=dict)
    units: Collection[str] | None = None


def check(
    *, definition: ProcessDefinition, surroundings: Surroundings, max_markings: int = MAX_MARKINGS
) -> list[Problem]:
    """Everything that keeps the process from being published; an empty list means it is sound.

    The problem `not-decided` says that the process has too many states to be proved.
    """
    problems = [
        *_reachability(definition),
        *_choices(definition),
        *_circles(definition),
        *_references(definition, surroundings),
        *_four_eyes(definition),
        *KnownNames(
            definition=definition,
            decisions=surroundings.decisions,
            answers=surroundings.answers,
            task_fields=surroundings.task_fields,
        ).check(),
    ]
    # The token game asks for a connected process; anything else is already reported in simpler words.
    connected = not any(problem.code in {"unreachable", "dead-end"} for problem in problems)
    return [*problems, *play(definition=definition, max_markings=max_markings)] if connected else problems


def _problem(element: Element, code: str, de: str, en: str) -> Problem:
    called = element.name or element.id
    return Problem(
        element.id, code, {"de": f"„{called}“ ({element.id}): {de}", "en": f"'{called}' ({element.id}): {en}"}
    )


def _reachability(definition: ProcessDefinition) -> Iterator[Problem]:
    before = preceding(definition=definition)
    start = definition.start.id
    for element in definition.elements.values():
        if element.id != start and start not in before[element.id]:
            yield _problem(
                element,
                "unreachable",
                "Kein Weg führt vom Start hierher. Bitte verbinden oder löschen.",
                "no way leads here from the start. Connect or delete it.",
            )
        if element.kind not in _ENDS and not element.outgoing:
            yield _problem(
                element,
                "dead-end",
                "Hier geht es nicht weiter. Bitte mit dem nächsten Schritt oder einem Ende verbinden.",
                "nothing follows. Connect it to the next step or an end.",
            )


def _choices(definition: ProcessDefinition) -> Iterator[Problem]:
    for element in definition.of_kind(ElementKind.CHOICE):
        flows = [definition.flows[flow] for flow in element.outgoing]
        conditions = [flow.condition.node for flow in flows if flow.condition is not None]
        if flows and len(conditions) == len(flows) and not _exhaustive(conditions):
            yield _problem(
                element,
                "choice-without-default",
                "Wenn keine Bedingung zutrifft, bleibt der Vorgang stehen. Bitte einen Pfeil als Standard "
                "kennzeichnen.",
                "if no condition holds, the case is stuck. Mark one flow as the default.",
            )


def _exhaustive(conditions: Sequence[Node]) -> bool:
    """Certain only for `true` and for `x == null` with `x != null`; others fail on missing values."""
    asked = {
        (node.left, node.operator)
        for node in conditions
        if isinstance(node, Binary) and node.right == Literal(None)
    }
    return Literal(True) in conditions or any((left, "!=") in asked for left, sign in asked if sign == "==")


def _circles(definition: ProcessDefinition) -> Iterator[Problem]:
    """Circles without a waiting point, each reported once at its first element."""
    busy = {element.id for element in definition.elements.values() if element.kind not in _WAITING}
    seen: set[str] = set()
    for element in definition.elements.values():
        path = [] if element.id in seen or element.id not in busy else _way_back(definition, element.id, busy)
        if path:
            seen.update(path)
            yield _problem(
                element,
                "endless-loop",
                f"Der Ablauf kann sich hier endlos drehen, ohne auf jemanden zu warten: {' → '.join(path)}. "
                "Bitte eine Aufgabe in den Kreis setzen.",
                f"the process can run in circles here without waiting for anyone: {' → '.join(path)}. "
                "Put a task into the circle.",
            )


def _way_back(definition: ProcessDefinition, element: str, busy: set[str]) -> list[str]:
    came_from: dict[str, str] = {}
    waiting = [element]
    while waiting:
        current = waiting.pop(0)
        for following in definition.followers(current):
            if following in busy and following not in came_from:
                came_from[following] = current
                waiting.append(following)
    if element not in came_from:
        return []
    path, current = [element], came_from[element]
    while current != element:
        path.append(current)
        current = came_from[current]
    return [element, *reversed(path)]


def _references(definition: ProcessDefinition, surroundings: Surroundings) -> Iterator[Problem]:
    for element in definition.ends:
        if "outcome" not in element.attributes:
            yield _problem(
                element,
                "end-without-outcome",
                "Es fehlt, wie der Vorgang hier endet (lz:outcome).",
                "how the case ends here is missing (lz:outcome).",
            )
    for element in definition.service_tasks:
        if element.attributes["command"] not in surroundings.commands:
            yield _unknown(element, "unknown-command", "command", sorted(surroundings.commands))
    for element in definition.decisions:
        if element.attributes["decision"] not in surroundings.decisions:
            yield _unknown(element, "unknown-decision", "decision", sorted(surroundings.decisions))
    for element in definition.user_tasks:
        yield from _unit(element, surroundings.units)


def _unknown(element: Element, code: str, attribute: str, known: list[str]) -> Problem:
    value = element.attributes[attribute]
    return _problem(
        element,
        code,
        f"lz:{attribute} „{value}“ gibt es nicht. Bekannt: {', '.join(known) or 'nichts'}.",
        f"there is no lz:{attribute} '{value}'. Known: {', '.join(known) or 'none'}.",
    )


def _unit(element: Element, units: Collection[str] | None) -> Iterator[Problem]:
    unit = element.attributes.get("unit", element.lane)
    if unit is None:
        yield _problem(
            element,
            "no-unit",
            "Niemand ist zuständig. Bitte lz:unit angeben oder die Aufgabe in eine Bahn legen.",
            "nobody is in charge. Give lz:unit or put the task into a lane.",
        )
    elif units is not None and unit not in units:
        yield _problem(
            element,
            "unknown-unit",
            f"Die Organisationseinheit „{unit}“ gibt es nicht. Bekannt: {', '.join(sorted(units))}.",
            f"there is no unit '{unit}'. Known: {', '.join(sorted(units))}.",
        )


def _four_eyes(definition: ProcessDefinition) -> Iterator[Problem]:
    before = preceding(definition=definition)
    for element in definition.user_tasks:
        for other in element.attributes.get("fourEyes", "").split():
            named = definition.elements.get(other)
            if named is None or named.kind is not ElementKind.USER:
                yield _problem(
                    element,
                    "four-eyes-unknown",
                    f"lz:fourEyes nennt „{other}“; das ist keine Aufgabe dieses Ablaufs.",
                    f"lz:fourEyes names '{other}', which is no user task of this process.",
                )
            elif other not in before[element.id]:
                yield _problem(
                    element,
                    "four-eyes-later",
                    f"lz:fourEyes nennt „{other}“, das hier nie vorausgeht; die Prüfung liefe leer.",
                    f"lz:fourEyes names '{other}', which never comes before; the check would be void.",
                )
