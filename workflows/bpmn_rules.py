"""How the elements of a process must be connected and labelled: rules that need no token game."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from forms.problems import Problem
from workflows.bpmn_words import ATTRIBUTES, REQUIRED, Element, ElementKind, Flow, Outcome
from workflows.deadlines import DurationProblem, parse_duration

_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_RESERVED = frozenset({"answers", "context"})


def check_connections(
    *, elements: Mapping[str, Element], flows: Mapping[str, Flow], known: Collection[str]
) -> list[Problem]:
    """Ends of flows, number of starts, splits, and where conditions and defaults may stand.

    `known` are all ids of the process, also of elements that are refused for other reasons.
    """
    problems = list(_start_and_end(elements))
    pairs = Counter((flow.source, flow.target) for flow in flows.values())
    for flow in flows.values():
        problems += _flow(flow, elements, known)
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
        problems += _ways_in_and_out(element, flows)
    return problems


def _problem(where: str, code: str, de: str, en: str) -> Problem:
    return Problem(where, code, {"de": de, "en": en})


def _start_and_end(elements: Mapping[str, Element]) -> Iterator[Problem]:
    starts = [element.id for element in elements.values() if element.kind is ElementKind.START]
    if len(starts) != 1:
        yield _problem(
            starts[1] if starts else "process",
            "one-start",
            f"Ein Ablauf braucht genau ein Startereignis, hier sind es {len(starts)}.",
            f"A process needs exactly one start event, here are {len(starts)}.",
        )
    if not any(element.kind in {ElementKind.END, ElementKind.TERMINATE} for element in elements.values()):
        yield _problem(
            "process", "no-end", "Der Ablauf hat kein Endereignis.", "The process has no end event."
        )


def _flow(flow: Flow, elements: Mapping[str, Element], known: Collection[str]) -> Iterator[Problem]:
    source = elements.get(flow.source)
    if flow.condition is not None and source is not None and source.kind is not ElementKind.CHOICE:
        yield _problem(
            flow.id,
            "condition-outside-choice",
            f"Der Pfeil {flow.id} hat eine Bedingung, kommt aber nicht aus einem exklusiven Gateway.",
            f"The flow {flow.id} has a condition but does not leave an exclusive gateway.",
        )
    if flow.source not in known or flow.target not in known:
        yield _problem(
            flow.id,
            "loose-flow",
            f"Der Pfeil {flow.id} ist nicht an beiden Enden verbunden.",
            f"The flow {flow.id} is not connected at both ends.",
        )


def _ways_in_and_out(element: Element, flows: Mapping[str, Flow]) -> Iterator[Problem]:
    name = element.name or element.id
    splits = {ElementKind.CHOICE, ElementKind.PARALLEL}
    if len(element.outgoing) > 1 and element.kind not in splits:
        yield _problem(
            element.id,
            "implicit-split",
            f"Aus „{name}“ ({element.id}) führen mehrere Pfeile. Bitte ein Gateway dahinter setzen.",
            f"Several flows leave '{name}' ({element.id}). Put a gateway after it.",
        )
    if element.kind is ElementKind.START and element.incoming:
        yield _problem(
            element.id,
            "flow-into-start",
            f"In das Startereignis {element.id} führt ein Pfeil.",
            f"A flow leads into the start event {element.id}.",
        )
    if element.kind in {ElementKind.END, ElementKind.TERMINATE} and element.outgoing:
        yield _problem(
            element.id,
            "flow-out-of-end",
            f"Aus dem Endereignis {element.id} führt ein Pfeil.",
            f"A flow leaves the end event {element.id}.",
        )
    if element.default is not None or element.kind is ElementKind.CHOICE:
        yield from _choice(element, flows)


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


def check_attributes(*, elements: Mapping[str, Element]) -> list[Problem]:
    """Our `lz:` attributes: known, complete and with values we understand."""
    return [problem for element in elements.values() for problem in _attributes(element)]


def _attributes(element: Element) -> Iterator[Problem]:
    allowed = ATTRIBUTES[element.kind]
    for unknown in sorted(set(element.attributes) - allowed):
        yield _problem(
            element.id,
            "unknown-attribute",
            f"{element.id}: lz:{unknown} gibt es hier nicht. Möglich: {', '.join(sorted(allowed))}.",
            f"{element.id}: there is no lz:{unknown} here. Possible: {', '.join(sorted(allowed))}.",
        )
    required = REQUIRED.get(element.kind)
    if required is not None and not element.attributes.get(required):
        yield _problem(
            element.id,
            "missing-attribute",
            f"{element.id}: Es fehlt lz:{required}.",
            f"{element.id}: lz:{required} is missing.",
        )
    yield from _values(element)


def _values(element: Element) -> Iterator[Problem]:
    outcome = element.attributes.get("outcome")
    if outcome is not None and outcome not in set(Outcome):
        yield _problem(
            element.id,
            "unknown-outcome",
            f"{element.id}: Das Ergebnis „{outcome}“ gibt es nicht. Möglich: {', '.join(Outcome)}.",
            f"{element.id}: there is no outcome '{outcome}'. Possible: {', '.join(Outcome)}.",
        )
    due = element.attributes.get("due")
    if due is not None:
        try:
            parse_duration(text=due)
        except DurationProblem as error:
            yield Problem(element.id, "bad-duration", error.problems[0].text)
    result = element.attributes.get("result")
    if result is not None and (result in _RESERVED or not _IDENTIFIER.fullmatch(result)):
        yield _problem(
            element.id,
            "bad-result-name",
            f"{element.id}: „{result}“ taugt nicht als Name für lz:result (Buchstaben, Ziffern, _; nicht "
            "answers oder context).",
            f"{element.id}: '{result}' cannot be the name of lz:result (letters, digits, _; not answers, "
            "context).",
        )
