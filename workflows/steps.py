"""What goes into a running process and what comes out of it: signals, waiting points, the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from workflows.bpmn_words import Element, ElementKind, EventKind, Outcome, ProcessDefinition

Decide = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]


class WaitingKind(StrEnum):
    """Who or what a waiting point waits for.

    `timer`: a named deadline (`lz:due` its length, `lz:deadline` what it means, `lz:from` since when);
    `message`: the message `lz:message`; `error`, `escalation`: raised from outside at an open task.
    """

    USER = "user"
    SERVICE = "service"
    TIMER = "timer"
    MESSAGE = "message"
    ERROR = "error"
    ESCALATION = "escalation"


@dataclass(frozen=True, slots=True)
class Signal:
    """What came of a waiting point: `result` becomes the process data's member named by `lz:result`."""

    step: str
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open waiting point. `step` is stable and unique within the case (element id, #, count).

    `instance`: for whom, where an activity runs for several (a unit key, or the item). `attached`: the step
    on whose boundary this event stands, `interrupting` whether it ends that step.
    """

    step: str
    element: str
    name: str
    kind: WaitingKind
    attributes: Mapping[str, str]
    lane: str | None
    instance: str | None = None
    attached: str | None = None
    interrupting: bool = True


@dataclass(frozen=True, slots=True)
class End:
    element: str
    name: str
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Progressed:
    """Where the process stands after a call. `passed` holds the elements completed in this call, in order."""

    state: bytes
    waiting: tuple[Waiting, ...]
    passed: tuple[str, ...]
    data: Mapping[str, Any]
    ended: End | None
    ignored: tuple[str, ...]


_KINDS: Mapping[ElementKind, WaitingKind] = {
    ElementKind.USER: WaitingKind.USER,
    ElementKind.SERVICE: WaitingKind.SERVICE,
    ElementKind.END: WaitingKind.SERVICE,
    ElementKind.MESSAGE: WaitingKind.MESSAGE,
    ElementKind.TIMER: WaitingKind.TIMER,
    ElementKind.START: WaitingKind.TIMER,
}


def waits(*, element: Element) -> bool:
    """Whether the process rests at this element until a signal comes, or until what is in it has ended."""
    match element.kind:
        case ElementKind.START:
            return element.event is EventKind.TIMER
        case ElementKind.END:
            return element.event is EventKind.MESSAGE
        case ElementKind.BOUNDARY | ElementKind.SUBPROCESS | ElementKind.CALL:
            return True
        case kind:
            return kind in _KINDS


def waiting_at(
    *, step: str, element: Element, instance: str | None, unit: str | None, attached: str | None
) -> Waiting:
    """The waiting point of an element; `unit` replaces the unit in charge."""
    event = element.event if element.kind is ElementKind.BOUNDARY else None
    return Waiting(
        step=step,
        element=element.id,
        name=element.name,
        kind=_KINDS[element.kind] if event is None else WaitingKind(event),
        attributes=element.attributes
        if unit is None
        else MappingProxyType({**element.attributes, "unit": unit}),
        lane=element.lane,
        instance=instance,
        attached=attached,
        interrupting=element.interrupting,
    )


def end_of(*, definition: ProcessDefinition, ends: Sequence[str]) -> End:
    """How a case ended whose branches reached `ends`, in this order and at least one.

    The terminating end (or error) counts, else the last with an outcome, else the last.
    """
    reached = [definition.elements[end] for end in ends]
    _rank, element = max(
        enumerate(reached),
        key=lambda each: (each[1].kind is not ElementKind.END, "outcome" in each[1].attributes, each[0]),
    )
    outcome = element.attributes.get("outcome")
    return End(element.id, element.name, None if outcome is None else Outcome(outcome))
