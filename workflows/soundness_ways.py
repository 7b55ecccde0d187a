"""Ways through a process that need no token game: reachability, complete gateways, circles, effects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from forms.problems import Problem
from workflows.bpmn_words import BRANCHING, ENDS, NESTING, Element, ElementKind, EventKind, ProcessDefinition
from workflows.process_graph import preceding, waits_for_sure
from workflows.syntax import Binary, Literal, Node
from workflows.token_game import thrown

_ACTING = NESTING | {
    ElementKind.USER,
    ElementKind.SERVICE,
    ElementKind.DECISION,
    ElementKind.MESSAGE,
    ElementKind.TERMINATE,
    ElementKind.ERROR,
}


def problem(element: Element, code: str, de: str, en: str) -> Problem:
    """A problem that begins with the element."""
    called = element.name or element.id
    return Problem(
        element.id, code, {"de": f"„{called}“ ({element.id}): {de}", "en": f"'{called}' ({element.id}): {en}"}
    )


def reachability(*, definition: ProcessDefinition) -> Iterator[Problem]:
    """Elements nobody comes to, and those where it does not go on."""
    before = preceding(definition=definition)
    start = definition.start.id
    for element in definition.elements.values():
        if element.id != start and start not in before[element.id]:
            yield problem(
                element,
                "unreachable",
                "Kein Weg führt vom Start hierher. Bitte verbinden oder löschen.",
                "no way leads here from the start. Connect or delete it.",
            )
        if element.kind not in ENDS and not element.outgoing:
            yield problem(
                element,
                "dead-end",
                "Hier geht es nicht weiter. Bitte mit dem nächsten Schritt oder einem Ende verbinden.",
                "nothing follows. Connect it to the next step or an end.",
            )


def complete_gateways(*, definition: ProcessDefinition) -> Iterator[Problem]:
    """Gateways at which it may be that no condition holds."""
    for element in definition.of_kind(*BRANCHING):
        flows = [definition.flows[flow] for flow in element.outgoing]
        conditions = [flow.condition.node for flow in flows if flow.condition is not None]
        if flows and len(conditions) == len(flows) and not _exhaustive(conditions):
            yield problem(
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


def circles(*, definition: ProcessDefinition) -> Iterator[Problem]:
    """Circles without a waiting point, each reported once at its first element."""
    busy = {
        element.id
        for element in definition.elements.values()
        if not waits_for_sure(definition=definition, element=element)
    }
    seen: set[str] = set()
    for element in definition.elements.values():
        path = [] if element.id in seen or element.id not in busy else _way_back(definition, element.id, busy)
        if path:
            seen.update(path)
            yield problem(
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
        events = [each.id for each in definition.boundaries(current)]
        for following in (*definition.followers(current), *events):
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


def effects(*, definition: ProcessDefinition) -> Iterator[Problem]:
    """Events beside an activity after which nothing is done: the deadline passes in silence."""
    for element in definition.of_kind(ElementKind.BOUNDARY):
        if not element.interrupting and element.outgoing and not _acts(definition, element):
            yield problem(
                element,
                "without-effect",
                "Wenn das eintritt, geschieht nichts: Auf dem Weg von hier steht keine Aufgabe. Bitte "
                "zeichnen, was dann zu tun ist (etwa erinnern), oder das Ereignis unterbrechend machen.",
                "when this happens nothing is done: no task stands on the way from here. Draw what to do "
                "then (such as a reminder), or make the event interrupting.",
            )


def _acts(definition: ProcessDefinition, element: Element) -> bool:
    seen: set[str] = set()
    waiting = list(definition.followers(element.id))
    while waiting:
        current = definition.elements[waiting.pop()]
        told = current.event in {EventKind.MESSAGE, EventKind.ESCALATION}
        if current.kind in _ACTING or (told and current.kind in {ElementKind.END, ElementKind.THROW}):
            return True
        if current.id not in seen:
            seen.add(current.id)
            waiting += definition.followers(current.id)
    return False


def uncaught(*, definition: ProcessDefinition) -> Iterator[Problem]:
    """Errors of sub-processes and escalations that no boundary catches on the way out."""
    for element in definition.elements.values():
        ends_process = element.scope is None and element.kind in ENDS
        error = element.kind is ElementKind.ERROR
        called_out = element.event is EventKind.ESCALATION and element.kind is not ElementKind.BOUNDARY
        if ends_process or not (error or called_out):
            continue
        event = EventKind.ERROR if error else EventKind.ESCALATION
        if (event, element.attributes.get("code")) in thrown(definition=definition, scope=None):
            yield problem(
                element,
                "error-not-caught" if error else "escalation-not-caught",
                "Niemand fängt das auf. Bitte ein passendes Ereignis an den Rand des Teilprozesses setzen.",
                "nobody catches this. Put a fitting event on the boundary of the sub-process.",
            )
