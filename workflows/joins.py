"""When a gateway that joins branches may go on: one rule for the engine and for the proofs.

A parallel gateway needs a token on each way in. An inclusive one (BPMN 2.0.2, § 13.4.3) needs one, and waits
as long as a token elsewhere can still reach an empty way in and none of the filled ones.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from functools import lru_cache

from workflows.bpmn_words import Element, ElementKind, ProcessDefinition


def sources(*, definition: ProcessDefinition, join: Element) -> tuple[str, ...]:
    """The elements from which flows lead into `join`."""
    return tuple(definition.flows[flow].source for flow in join.incoming)


def place(*, definition: ProcessDefinition, element: Element) -> str:
    """Where a waiting token stands here: events of a race at their gateway, a boundary at its host."""
    if element.attached is not None:
        return element.attached
    before = [definition.elements[each] for each in sources(definition=definition, join=element)]
    if len(before) == 1 and before[0].kind is ElementKind.EVENTS:
        return before[0].id
    return element.id


def may_fire(
    *, definition: ProcessDefinition, join: Element, filled: Collection[str], elsewhere: Collection[str]
) -> bool:
    """`filled`: elements whose flows into `join` hold a token; `elsewhere`: places of all other tokens."""
    ways = sources(definition=definition, join=join)
    empty = [way for way in ways if way not in filled]
    if join.kind is not ElementKind.INCLUSIVE or not empty:
        return bool(filled) and not empty
    reach = _reach(definition, join.id)
    return bool(filled) and not any(
        any(token in reach[way] for way in empty) and not any(token in reach[way] for way in filled)
        for token in elsewhere
    )


@lru_cache(maxsize=1024)
def _reach(definition: ProcessDefinition, join: str) -> Mapping[str, frozenset[str]]:
    """Way in → the elements from which a token can come there without passing `join`."""
    element = definition.elements[join]
    return {way: _behind(definition, way, join) for way in sources(definition=definition, join=element)}


def _behind(definition: ProcessDefinition, way: str, join: str) -> frozenset[str]:
    found, waiting = {way}, deque([way])
    while waiting:
        element = definition.elements[waiting.popleft()]
        before = sources(definition=definition, join=element)
        for each in (*before, *([element.attached] if element.attached else ())):
            if each not in found and each != join:
                found.add(each)
                waiting.append(each)
    return frozenset(found)
