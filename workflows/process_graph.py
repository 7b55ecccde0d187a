"""What can come after what, through sub-processes, calls and events on boundaries."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from workflows.bpmn_words import ENDS, Element, ElementKind, EventKind, ProcessDefinition


def preceding(*, definition: ProcessDefinition) -> Mapping[str, frozenset[str]]:
    """Element id → ids of the elements that can have happened before it."""
    return _preceding(definition)


@lru_cache(maxsize=128)
def _preceding(definition: ProcessDefinition) -> Mapping[str, frozenset[str]]:
    numbers = {element: number for number, element in enumerate(definition.elements)}
    after = {element: _following(definition, definition.elements[element]) for element in numbers}
    # Sets as bits: a thousand elements stay cheap.
    before = dict.fromkeys(numbers, 0)
    waiting = dict.fromkeys(numbers)
    while waiting:
        element = next(iter(waiting))
        del waiting[element]
        found = before[element] | 1 << numbers[element]
        for following in after[element]:
            if found & ~before[following]:
                before[following] |= found
                waiting[following] = None
    names = list(numbers)
    return {
        element: frozenset(names[bit] for bit in range(bits.bit_length()) if bits >> bit & 1)
        for element, bits in before.items()
    }


def _following(definition: ProcessDefinition, element: Element) -> list[str]:
    """The elements that can come directly after `element`, looking into and out of sub-processes."""
    found = [each.id for each in definition.boundaries(element.id)]
    if element.inner is not None:
        found.append(definition.start_of(element.inner).id)
        found += definition.followers(element.id) if may_be_nobody(element=element) else ()
    else:
        found += definition.followers(element.id)
    for host in hosts(definition=definition, scope=element.scope):
        found += [each.id for each in definition.boundaries(host.id)]
        if element.kind in ENDS:
            found += definition.followers(host.id)
    return found


def hosts(*, definition: ProcessDefinition, scope: str | None) -> tuple[Element, ...]:
    """The sub-process or the calls that open `scope`."""
    return () if scope is None else _hosts(definition).get(scope, ())


@lru_cache(maxsize=128)
def _hosts(definition: ProcessDefinition) -> Mapping[str, tuple[Element, ...]]:
    found: dict[str, tuple[Element, ...]] = {}
    for element in definition.of_kind(ElementKind.SUBPROCESS, ElementKind.CALL):
        found[str(element.inner)] = (*found.get(str(element.inner), ()), element)
    return found


def may_be_nobody(*, element: Element) -> bool:
    """Whether the activity runs for the members of a list that may turn out empty."""
    return element.several is not None and element.several.items is not None


def waits_for_sure(*, definition: ProcessDefinition, element: Element) -> bool:  # noqa: PLR0911 - a table
    """Whether nothing gets past this element without somebody or something from outside."""
    if may_be_nobody(element=element):
        return False
    match element.kind:
        case ElementKind.USER | ElementKind.SERVICE | ElementKind.MESSAGE | ElementKind.TIMER:
            return True
        case ElementKind.START:
            return element.event is EventKind.TIMER
        case ElementKind.END:
            return element.event is EventKind.MESSAGE
        case ElementKind.BOUNDARY:
            host = definition.elements[str(element.attached)]
            return host.inner is None or element.event in {EventKind.TIMER, EventKind.MESSAGE}
        case ElementKind.SUBPROCESS | ElementKind.CALL:
            return not _passes_at_once(definition, str(element.inner))
        case _:
            return False


@lru_cache(maxsize=1024)
def _passes_at_once(definition: ProcessDefinition, scope: str) -> bool:
    """Whether a way leads from the start of a sub-process to an end of it without a wait."""
    seen: set[str] = set()
    waiting = [definition.start_of(scope).id]
    while waiting:
        element = definition.elements[waiting.pop()]
        if element.id in seen or waits_for_sure(definition=definition, element=element):
            continue
        seen.add(element.id)
        if element.kind in ENDS:
            return True
        waiting += definition.followers(element.id)
        waiting += [each.id for each in definition.boundaries(element.id)]
    return False
