"""Play every way a process can go with tokens: finds deadlocks, lost synchronisation and ways without end.

A marking says which sequence flows hold how many tokens. Conditions are taken as free: each may hold.
Bounded; where the bound is met the answer is "not decided", never "sound".
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from forms.problems import Problem
from workflows.bpmn_words import Element, ElementKind, ProcessDefinition

MAX_MARKINGS = 20_000

_Marking = tuple[tuple[str, int], ...]


@dataclass(slots=True)
class _Explored:
    """Markings with the one and the element they were first reached by, and who leads where."""

    reached_by: dict[_Marking, tuple[_Marking, str] | None] = field(default_factory=dict)
    before: dict[_Marking, set[_Marking]] = field(default_factory=dict)

    def path(self, marking: _Marking) -> str:
        """Element ids from the start to `marking`: the counter-example."""
        steps: list[str] = []
        came = self.reached_by[marking]
        while came is not None:
            marking, element = came
            steps.append(element)
            came = self.reached_by[marking]
        return " → ".join(reversed(steps))


def play(*, definition: ProcessDefinition, max_markings: int = MAX_MARKINGS) -> list[Problem]:
    """Faults of the token game, each with the shortest path to it."""
    explored = _Explored()
    start: _Marking = tuple((flow, 1) for flow in definition.start.outgoing)
    explored.reached_by[start] = None
    waiting = deque([start])
    # The start event itself stands at the head of every path.
    head = definition.start.id
    problems: dict[tuple[str, str], Problem] = {}
    while waiting:
        marking = waiting.popleft()
        moves = list(_moves(definition, dict(marking)))
        if marking and not moves:
            _add(problems, _deadlock(definition, marking, _path(head, explored.path(marking))))
        for element, following in moves:
            crowded = next((flow for flow, count in following if count > 1), None)
            if crowded is not None:
                path = _path(head, explored.path(marking), element)
                _add(problems, _crowded(definition, crowded, path))
                continue
            explored.before.setdefault(following, set()).add(marking)
            if following not in explored.reached_by:
                explored.reached_by[following] = (marking, element)
                waiting.append(following)
        if len(explored.reached_by) > max_markings:
            return [*problems.values(), _not_decided(definition, max_markings)]
    if not problems:
        problems.update(_without_end(definition, explored, head))
    return list(problems.values())


def _add(problems: dict[tuple[str, str], Problem], problem: Problem) -> None:
    problems.setdefault((problem.where, problem.code), problem)


def _path(*parts: str) -> str:
    return " → ".join(part for part in parts if part)


def _moves(definition: ProcessDefinition, marking: dict[str, int]) -> Iterator[tuple[str, _Marking]]:
    for element in definition.elements.values():
        held = [flow for flow in element.incoming if marking.get(flow)]
        if not held:
            continue
        if element.kind is ElementKind.TERMINATE:
            yield element.id, ()
        elif element.kind is ElementKind.PARALLEL:
            if len(held) == len(element.incoming):
                yield element.id, _fired(marking, held, element.outgoing)
        else:
            for flow in held:
                for produced in _choices(element):
                    yield element.id, _fired(marking, [flow], produced)


def _choices(element: Element) -> list[tuple[str, ...]]:
    if element.kind is ElementKind.CHOICE:
        return [(flow,) for flow in element.outgoing]
    return [element.outgoing]


def _fired(marking: dict[str, int], consumed: list[str], produced: tuple[str, ...]) -> _Marking:
    tokens = Counter(marking)
    tokens.subtract(consumed)
    tokens.update(produced)
    return tuple(sorted((flow, count) for flow, count in tokens.items() if count > 0))


def _deadlock(definition: ProcessDefinition, marking: _Marking, path: str) -> Problem:
    # Without a move every token waits at a parallel gateway, or at a choice without a way out.
    element = definition.elements[definition.flows[marking[0][0]].target]
    called = element.name or element.id
    return Problem(
        element.id,
        "deadlock",
        {
            "de": f"„{called}“ ({element.id}) wartet auf einen Zweig, der nicht mehr kommt. "
            f"Weg dorthin: {path}. Zweige eines exklusiven Gateways "
            "mit einem exklusiven Gateway zusammenführen.",
            "en": f"'{called}' ({element.id}) waits for a branch that no longer comes. "
            f"Path: {path}. Join the branches of an exclusive gateway by an exclusive gateway.",
        },
    )


def _crowded(definition: ProcessDefinition, flow: str, path: str) -> Problem:
    element = definition.elements[definition.flows[flow].source]
    called = element.name or element.id
    return Problem(
        element.id,
        "not-synchronised",
        {
            "de": f"„{called}“ ({element.id}) kann mehrfach zugleich laufen, weil parallele Zweige nicht "
            f"zusammengeführt werden. Weg dorthin: {path}. Davor ein paralleles Gateway setzen.",
            "en": f"'{called}' ({element.id}) can run several times at once, because parallel branches are "
            f"not joined. Path: {path}. Put a parallel gateway before it.",
        },
    )


def _not_decided(definition: ProcessDefinition, limit: int) -> Problem:
    return Problem(
        definition.id,
        "not-decided",
        {
            "de": f"Der Ablauf hat mehr als {limit} mögliche Zustände; ob er immer endet, ließ sich nicht "
            "feststellen. Bitte weniger Zweige zugleich laufen lassen oder den Ablauf teilen.",
            "en": f"The process has more than {limit} possible states; whether it always ends could not be "
            "decided. Run fewer branches at once or split the process.",
        },
    )


def _without_end(
    definition: ProcessDefinition, explored: _Explored, head: str
) -> dict[tuple[str, str], Problem]:
    """Markings from which the empty one cannot be reached any more."""
    finishing: set[_Marking] = set()
    waiting: list[_Marking] = [()] if () in explored.reached_by else []
    while waiting:
        marking = waiting.pop()
        if marking not in finishing:
            finishing.add(marking)
            waiting += explored.before.get(marking, ())
    for marking in explored.reached_by:
        if marking not in finishing:
            element = definition.elements[definition.flows[marking[0][0]].target]
            path = _path(head, explored.path(marking))
            text = {
                "de": f"Ab „{element.name or element.id}“ ({element.id}) kann der Vorgang nie mehr enden. "
                f"Weg dorthin: {path}. Bitte einen Weg zum Ende zeichnen.",
                "en": f"From '{element.name or element.id}' ({element.id}) the case can never end. "
                f"Path: {path}. Draw a way to an end.",
            }
            return {(element.id, "no-way-to-end"): Problem(element.id, "no-way-to-end", text)}
    return {}
