"""Steps done and ahead, as the citizen sees them: open it when the progress display tells something odd.

"Ahead" is the most likely remaining way: at a choice the default flow, else the one that leads to an end with
the fewest steps. Steps that lie on other ways only are marked as possible.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from workflows.bpmn_words import Element, ElementKind, ProcessDefinition
from workflows.process_graph import hosts

_SHOWN = frozenset({ElementKind.USER, ElementKind.SERVICE, ElementKind.MESSAGE})


class StepState(StrEnum):
    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `label` holds `de` and `en`."""

    element: str
    label: Mapping[str, str]
    state: StepState


def progress(
    *, definition: ProcessDefinition, passed: Sequence[str], waiting: Collection[str]
) -> tuple[Step, ...]:
    """Done in the order it happened (a repeated step once), then now, ahead and possible.

    `passed` are the element ids of the whole case so far, `waiting` those of the open steps; without open
    steps the case has ended and nothing is ahead. A step that is open again is shown as now only.
    """
    likely = _likely(definition, waiting)
    possible = _reachable(definition, waiting)
    done = [element for element in dict.fromkeys(passed) if element not in waiting]
    groups: Iterable[tuple[StepState, Iterable[str]]] = (
        (StepState.DONE, done),
        (StepState.NOW, dict.fromkeys(waiting)),
        (StepState.AHEAD, likely),
        # What is done already may come again, but that is no step to look forward to.
        (StepState.POSSIBLE, [element for element in possible if element not in done]),
    )
    steps: dict[str, Step] = {}
    for state, ids in groups:
        for element in (definition.elements[each] for each in ids):
            # A step that is done and certain to come again is shown where it is done.
            if element.kind in _SHOWN and element.id not in steps:
                steps[element.id] = Step(element.id, label(element=element), state)
    return tuple(steps.values())


def label(*, element: Element) -> Mapping[str, str]:
    """What the citizen reads: `lz:labelDe`/`lz:labelEn`, else the element's name, else its id."""
    plain = element.name or element.id
    german = element.attributes.get("labelDe", plain)
    return {"de": german, "en": element.attributes.get("labelEn", german)}


def _likely(definition: ProcessDefinition, waiting: Collection[str]) -> list[str]:
    distance = _distance_to_end(definition)
    found: dict[str, None] = {}
    queue = deque(waiting)
    while queue:
        element = definition.elements[queue.popleft()]
        for following in _likely_followers(definition, element, distance):
            if following not in found and following not in waiting:
                found[following] = None
                queue.append(following)
    return list(found)


def _likely_followers(
    definition: ProcessDefinition, element: Element, distance: Mapping[str, int]
) -> Sequence[str]:
    followers = _next(definition, element)
    if element.kind is not ElementKind.CHOICE or not followers:
        return followers
    if element.default is not None:
        return [definition.flows[element.default].target]
    return [min(followers, key=lambda each: distance.get(each, len(definition.elements)))]


def _next(definition: ProcessDefinition, element: Element) -> Sequence[str]:
    """What follows, into sub-processes and out of them; events on boundaries are no steps ahead."""
    if element.inner is not None:
        return [definition.start_of(element.inner).id]
    if element.kind is ElementKind.END:
        around = hosts(definition=definition, scope=element.scope)
        return [following for host in around for following in definition.followers(host.id)]
    return definition.followers(element.id)


def _distance_to_end(definition: ProcessDefinition) -> Mapping[str, int]:
    distance = {element.id: 0 for element in definition.ends}
    queue = deque(distance)
    while queue:
        element = queue.popleft()
        for flow in definition.elements[element].incoming:
            source = definition.flows[flow].source
            if source not in distance:
                distance[source] = distance[element] + 1
                queue.append(source)
    return distance


def _reachable(definition: ProcessDefinition, waiting: Collection[str]) -> list[str]:
    found: dict[str, None] = {}
    queue = deque(waiting)
    while queue:
        for following in _next(definition, definition.elements[queue.popleft()]):
            if following not in found:
                found[following] = None
                queue.append(following)
    return list(found)
