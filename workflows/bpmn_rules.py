"""How the elements of a process must be connected: rules that need no token game."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from forms.problems import Problem
from workflows.bpmn_words import BRANCHING, ENDS, GATEWAYS, HOSTS, Element, ElementKind, EventKind, Flow


@dataclass(frozen=True, slots=True)
class _Drawn:
    """All of a process; `known`: id → scope, also of elements that are refused for other reasons."""

    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    known: Mapping[str, str | None]
    scopes: Sequence[str | None]


def check_connections(
    *,
    elements: Mapping[str, Element],
    flows: Mapping[str, Flow],
    known: Mapping[str, str | None],
    scopes: Sequence[str | None],
) -> list[Problem]:
    """Ends of flows, number of starts, splits, boundaries, and where conditions and defaults may stand."""
    drawn = _Drawn(elements, flows, known, scopes)
    problems = [problem for scope in scopes for problem in _start_and_end(drawn, scope)]
    pairs = Counter((flow.source, flow.target) for flow in flows.values())
    for flow in flows.values():
        problems += _flow(flow, drawn)
        if pairs.pop((flow.source, flow.target), 1) > 1:
            problems.append(
                _problem(
                    flow.id,
                    "double-flow",
                    f"Von {flow.source} nach {flow.target} führen mehrere Pfeile. Bitte zu einem "
                    "zusammenfassen (Bedingungen mit or).",
                    f"Several flows lead from {flow.source} to {flow.target}. Make them one "
                    "(conditions with or).",
                )
            )
    for element in elements.values():
        problems += _ways_in_and_out(element, drawn)
        problems += _special(element, drawn)
    return problems


def _problem(where: str, code: str, de: str, en: str) -> Problem:
    return Problem(where, code, {"de": de, "en": en})


def _start_and_end(drawn: _Drawn, scope: str | None) -> Iterator[Problem]:
    inside = [element for element in drawn.elements.values() if element.scope == scope]
    starts = [element.id for element in inside if element.kind is ElementKind.START]
    where = scope or "process"
    if len(starts) != 1:
        yield _problem(
            starts[1] if starts else where,
            "one-start",
            f"Ein Ablauf braucht genau ein Startereignis, hier ({where}) sind es {len(starts)}.",
            f"A process needs exactly one start event, here ({where}) are {len(starts)}.",
        )
    if not any(element.kind in ENDS for element in inside):
        yield _problem(
            where, "no-end", f"Der Ablauf {where} hat kein Endereignis.", f"{where} has no end event."
        )


def _flow(flow: Flow, drawn: _Drawn) -> Iterator[Problem]:
    source = drawn.elements.get(flow.source)
    if flow.condition is not None and source is not None and source.kind not in BRANCHING:
        yield _problem(
            flow.id,
            "condition-outside-choice",
            f"Der Pfeil {flow.id} hat eine Bedingung, kommt aber nicht aus einem exklusiven oder inklusiven "
            "Gateway.",
            f"The flow {flow.id} has a condition but leaves no exclusive or inclusive gateway.",
        )
    if flow.source not in drawn.known or flow.target not in drawn.known:
        yield _problem(
            flow.id,
            "loose-flow",
            f"Der Pfeil {flow.id} ist nicht an beiden Enden verbunden.",
            f"The flow {flow.id} is not connected at both ends.",
        )
    elif drawn.known[flow.source] != drawn.known[flow.target]:
        yield _problem(
            flow.id,
            "flow-across-border",
            f"Der Pfeil {flow.id} führt über den Rand eines Teilprozesses.",
            f"The flow {flow.id} crosses the border of a sub-process.",
        )


def _ways_in_and_out(element: Element, drawn: _Drawn) -> Iterator[Problem]:
    name = element.name or element.id
    if len(element.outgoing) > 1 and element.kind not in GATEWAYS:
        yield _problem(
            element.id,
            "implicit-split",
            f"Aus „{name}“ ({element.id}) führen mehrere Pfeile. Bitte ein Gateway dahinter setzen.",
            f"Several flows leave '{name}' ({element.id}). Put a gateway after it.",
        )
    if element.kind in {ElementKind.START, ElementKind.BOUNDARY} and element.incoming:
        kind_de, kind_en, code = (
            ("Startereignis", "start event", "flow-into-start")
            if element.kind is ElementKind.START
            else ("Randereignis", "boundary event", "flow-into-boundary")
        )
        yield _problem(
            element.id,
            code,
            f"In das {kind_de} {element.id} führt ein Pfeil.",
            f"A flow leads into the {kind_en} {element.id}.",
        )
    if element.kind in ENDS and element.outgoing:
        yield _problem(
            element.id,
            "flow-out-of-end",
            f"Aus dem Endereignis {element.id} führt ein Pfeil.",
            f"A flow leaves the end event {element.id}.",
        )
    if element.default is not None or element.kind in BRANCHING:
        yield from _choice(element, drawn.flows)


def _choice(element: Element, flows: Mapping[str, Flow]) -> Iterator[Problem]:
    if element.default is not None and element.default not in element.outgoing:
        yield _problem(
            element.id,
            "unknown-default",
            f"Der Standardpfeil {element.default} geht nicht von {element.id} aus.",
            f"The default flow {element.default} does not leave {element.id}.",
        )
    for flow in (flows[flow] for flow in element.outgoing):
        if flow.id == element.default and flow.condition is not None:
            yield _problem(
                flow.id,
                "condition-on-default",
                f"Der Standardpfeil {flow.id} darf keine Bedingung haben.",
                f"The default flow {flow.id} must not have a condition.",
            )
        if flow.condition is None and flow.id != element.default and len(element.outgoing) > 1:
            yield _problem(
                flow.id,
                "flow-without-condition",
                f"Der Pfeil {flow.id} aus dem Gateway „{element.name or element.id}“ hat keine Bedingung "
                "und ist nicht der Standard.",
                f"The flow {flow.id} leaving gateway '{element.name or element.id}' has no condition and is "
                "not the default.",
            )


def _special(element: Element, drawn: _Drawn) -> Iterator[Problem]:
    match element.kind:
        case ElementKind.BOUNDARY:
            yield from _boundary(element, drawn)
        case ElementKind.EVENTS:
            yield from _event_gateway(element, drawn)
        case ElementKind.CALL:
            yield from _call(element, drawn)
        case _:
            return


def _boundary(element: Element, drawn: _Drawn) -> Iterator[Problem]:
    host = drawn.elements.get(element.attached or "")
    if host is None or host.kind not in HOSTS or host.scope != element.scope:
        yield _problem(
            element.id,
            "bad-attachment",
            f"Das Randereignis {element.id} hängt an „{element.attached}“. Möglich sind Aufgaben von "
            "Menschen und Systemen, Empfangsaufgaben, Teilprozesse und Aufrufe im selben Ablauf.",
            f"The boundary event {element.id} is attached to '{element.attached}'. Possible are user, "
            "service, send and receive tasks, sub-processes and call activities of the same process.",
        )
    if element.event is EventKind.ERROR and not element.interrupting:
        yield _problem(
            element.id,
            "error-must-interrupt",
            f"Ein Fehlerereignis am Rand unterbricht immer ({element.id}).",
            f"An error event on a boundary always interrupts ({element.id}).",
        )


def _event_gateway(element: Element, drawn: _Drawn) -> Iterator[Problem]:
    name = element.name or element.id
    if len(element.outgoing) < 2:  # noqa: PLR2004
        yield _problem(
            element.id,
            "one-event-only",
            f"Am ereignisbasierten Gateway „{name}“ ({element.id}) braucht es mindestens zwei Ereignisse.",
            f"The event-based gateway '{name}' ({element.id}) needs at least two events.",
        )
    for flow in (drawn.flows[flow] for flow in element.outgoing):
        target = drawn.elements.get(flow.target)
        waits = target is not None and target.kind in {ElementKind.TIMER, ElementKind.MESSAGE}
        attached = any(each.attached == flow.target for each in drawn.elements.values())
        if target is None or not waits or len(target.incoming) != 1 or target.several or attached:
            yield _problem(
                element.id,
                "not-an-event",
                f"Hinter dem ereignisbasierten Gateway „{name}“ ({element.id}) steht „{flow.target}“. "
                "Erlaubt sind Fristen und Nachrichten, die nur von dort erreicht werden.",
                f"The event-based gateway '{name}' ({element.id}) leads to '{flow.target}'. Only timers and "
                "messages that are reached from there alone are allowed.",
            )


def _call(element: Element, drawn: _Drawn) -> Iterator[Problem]:
    if element.calls not in drawn.scopes:
        yield _problem(
            element.id,
            "unknown-process",
            f"{element.id} ruft „{element.calls}“ auf; so heißt kein anderer Prozess dieser Datei.",
            f"{element.id} calls '{element.calls}'; no other process of this file has that id.",
        )
        return
    seen, waiting = set[str | None](), [element.inner]
    while waiting:
        scope = waiting.pop()
        inside = [each for each in drawn.elements.values() if each.scope == scope and each.inner]
        if element in inside:
            yield _problem(
                element.id,
                "recursive-call",
                f"{element.id} ruft „{element.calls}“ auf, und der Aufruf führt hierher zurück.",
                f"{element.id} calls '{element.calls}', and that leads back here.",
            )
            return
        seen.add(scope)
        waiting += [each.inner for each in inside if each.inner not in seen]
