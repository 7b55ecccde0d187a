"""What goes into a running process and what comes out of it: signals, waiting points, the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workflows.bpmn_words import Element, ElementKind, Outcome, ProcessDefinition

Decide = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]


class WaitingKind(StrEnum):
    USER = "user"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Signal:
    """What came of a waiting point: `result` becomes the process data's member named by `lz:result`."""

    step: str
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open waiting point. `step` is stable and unique within the case (element id, #, count)."""

    step: str
    element: str
    name: str
    kind: WaitingKind
    attributes: Mapping[str, str]
    lane: str | None


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


def waiting_at(*, step: str, element: Element) -> Waiting:
    """The waiting point of a user or service task."""
    kind = WaitingKind.USER if element.kind is ElementKind.USER else WaitingKind.SERVICE
    return Waiting(step, element.id, element.name, kind, element.attributes, element.lane)


def end_of(*, definition: ProcessDefinition, ends: Sequence[str]) -> End:
    """How a case ended whose branches reached `ends`, in this order and at least one.

    The terminating end counts, else the last with an outcome, else the last.
    """
    reached = [definition.elements[end] for end in ends]
    _rank, element = max(
        enumerate(reached),
        key=lambda each: (each[1].kind is ElementKind.TERMINATE, "outcome" in each[1].attributes, each[0]),
    )
    outcome = element.attributes.get("outcome")
    return End(element.id, element.name, None if outcome is None else Outcome(outcome))
