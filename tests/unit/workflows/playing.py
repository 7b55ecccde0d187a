"""Play processes in tests: every call restores the stored state, as the case layer does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.unit.workflows.drawn_processes import Drawing, decide
from workflows.process import ProcessDefinition, Progressed, Signal, begin, resume

Given = str | tuple[str, Mapping[str, Any]]


def start(drawing: Drawing | ProcessDefinition, **answers: Any) -> tuple[ProcessDefinition, Progressed]:
    definition = drawing.definition if isinstance(drawing, Drawing) else drawing
    return definition, begin(definition=definition, data={"answers": answers}, decide=decide)


def go(definition: ProcessDefinition, at: Progressed, *signals: Given) -> Progressed:
    fed = [Signal(*((each, {}) if isinstance(each, str) else each)) for each in signals]
    return resume(definition=definition, state=at.state, signals=fed, decide=decide)


def play(drawing: Drawing, *signals: Given, **answers: Any) -> Progressed:
    """One signal for each call, so the state is stored and restored in between."""
    definition, at = start(drawing, **answers)
    for signal in signals:
        at = go(definition, at, signal)
        assert at.ignored == ()
    return at


def steps(at: Progressed) -> list[str]:
    return [waiting.step for waiting in at.waiting]


def outcome(at: Progressed) -> str | None:
    return at.ended.element if at.ended else None
