"""Read a BPMN 2.0 file into a `ProcessDefinition`, or refuse it with everything that is wrong with it.

Standard: OMG BPMN 2.0.2. What is supported stands in `bpmn_words`, how it must be connected in `bpmn_rules`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from lxml import etree

from forms.problems import Problem, Problems
from workflows.bpmn_rules import check_attributes, check_connections
from workflows.bpmn_words import (
    BPMN,
    DEFAULT_HINT,
    DOCUMENTATION,
    HINTS,
    LZ,
    SUPPORTED,
    Element,
    ElementKind,
    Flow,
    ProcessDefinition,
)
from workflows.expressions import Expression, ExpressionProblem, compile_expression
from workflows.untrusted_xml import XmlProblem, local_name, read_xml


class ProcessProblems(Problems):
    """The process is refused; every problem names its element."""


def read_process(*, xml: bytes) -> ProcessDefinition:
    """Read and check one process. Raises `ProcessProblems` with all problems found."""
    try:
        root = read_xml(xml=xml)
    except XmlProblem as error:
        raise ProcessProblems(error.problems) from error
    process, others = _choose_process(root)
    problems = [problem for each in (process, *others) for problem in _unsupported(each)]
    if others:
        problems.append(_several_processes([process, *others]))
    flows = dict(_flows(process, problems))
    elements = dict(_elements(process, flows, problems))
    problems += check_connections(
        elements=elements, flows=flows, known={str(node.get("id")) for node in process}
    )
    problems += check_attributes(elements=elements)
    if problems:
        raise ProcessProblems(problems)
    return ProcessDefinition(
        id=process.get("id", "process"),
        name=process.get("name", process.get("id", "")),
        elements=MappingProxyType(elements),
        flows=MappingProxyType(flows),
        bpmn_hash=hashlib.sha256(xml).hexdigest(),
    )


def _choose_process(root: etree._Element) -> tuple[etree._Element, list[etree._Element]]:
    """The process to run, and those that stand in its way.

    Other pools are documentation if exactly one process is marked executable. Without any mark the only
    process counts: many modelling tools write isExecutable="false" into everything.
    """
    processes = list(root.iter(f"{{{BPMN}}}process"))
    if not processes:
        text = {
            "de": "Die Datei enthält keinen BPMN-2.0-Prozess. Bitte als BPMN 2.0 exportieren.",
            "en": "The file holds no BPMN 2.0 process. Export it as BPMN 2.0.",
        }
        raise ProcessProblems([Problem("line 1", "no-process", text)])
    executable = [process for process in processes if process.get("isExecutable") == "true"]
    candidates = executable or processes
    return candidates[0], candidates[1:]


def _several_processes(processes: list[etree._Element]) -> Problem:
    ids = ", ".join(process.get("id", "?") for process in processes)
    return Problem(
        processes[0].get("id", "process"),
        "several-processes",
        {
            "de": f"Die Datei enthält mehrere Prozesse ({ids}). Bitte genau einen als ausführbar "
            "kennzeichnen.",
            "en": f"The file holds several processes ({ids}). Mark exactly one as executable.",
        },
    )


def _unsupported(process: etree._Element) -> Iterator[Problem]:
    for node in process:
        tag = local_name(node)
        if tag in DOCUMENTATION or tag == "sequenceFlow":
            continue
        if not _is_bpmn(node) or tag not in SUPPORTED:
            yield _refusal(node, tag)
            continue
        for part in node:
            inner = local_name(part)
            terminate = inner == "terminateEventDefinition" and tag == "endEvent"
            if inner not in DOCUMENTATION and not terminate:
                yield _refusal(node, inner)


def _refusal(node: etree._Element, tag: str) -> Problem:
    element, name = node.get("id", f"line {node.sourceline}"), node.get("name", "")
    hint_de, hint_en = HINTS.get(tag, DEFAULT_HINT)
    return Problem(
        element,
        "unsupported-element",
        {
            "de": f"„{name or element}“ ({element}): {tag} wird nicht unterstützt. {hint_de}",
            "en": f"'{name or element}' ({element}): {tag} is not supported. {hint_en}",
        },
    )


def _is_bpmn(node: etree._Element) -> bool:
    return etree.QName(node).namespace == BPMN


def _flows(process: etree._Element, problems: list[Problem]) -> Iterator[tuple[str, Flow]]:
    seen: set[str] = set()
    for node in process.iterchildren(f"{{{BPMN}}}sequenceFlow"):
        flow = node.get("id", f"line {node.sourceline}")
        if flow in seen:
            problems.append(_duplicate(flow))
        seen.add(flow)
        source = _condition_source(node)
        yield (
            flow,
            Flow(
                id=flow,
                source=node.get("sourceRef", ""),
                target=node.get("targetRef", ""),
                name=node.get("name", ""),
                condition=None if source is None else _condition(flow, source, problems),
            ),
        )


def _condition_source(node: etree._Element) -> str | None:
    condition = node.find(f"{{{BPMN}}}conditionExpression")
    text = "" if condition is None else "".join(str(part) for part in condition.itertext()).strip()
    return text or None


def _condition(flow: str, source: str, problems: list[Problem]) -> Expression:
    try:
        return compile_expression(source=source)
    except ExpressionProblem as error:
        problems += [
            Problem(
                flow,
                problem.code,
                {
                    "de": f"Bedingung am Pfeil {flow}: {problem.text['de']}",
                    "en": f"Condition of flow {flow}: {problem.text['en']}",
                },
            )
            for problem in error.problems
        ]
    # A refused condition still counts as one for the other checks; the process is refused anyway.
    return compile_expression(source="false")


def _duplicate(element: str) -> Problem:
    text = {"de": f"Die Kennung {element} ist doppelt vergeben.", "en": f"The id {element} is used twice."}
    return Problem(element, "duplicate-id", text)


def _elements(
    process: etree._Element, flows: Mapping[str, Flow], problems: list[Problem]
) -> Iterator[tuple[str, Element]]:
    lanes, seen = _lanes(process), set(flows)
    for node in process:
        tag = local_name(node)
        if not _is_bpmn(node) or tag in DOCUMENTATION or tag == "sequenceFlow":
            continue
        element = node.get("id", f"line {node.sourceline}")
        if element in seen:
            problems.append(_duplicate(element))
        seen.add(element)
        kind = SUPPORTED.get(tag)
        if kind is ElementKind.END and node.find(f"{{{BPMN}}}terminateEventDefinition") is not None:
            kind = ElementKind.TERMINATE
        if kind is not None:
            yield element, _element(node, element, kind, flows, lanes)


def _element(
    node: etree._Element,
    element: str,
    kind: ElementKind,
    flows: Mapping[str, Flow],
    lanes: Mapping[str, str],
) -> Element:
    attributes = {
        str(etree.QName(key).localname): str(value)
        for key, value in node.attrib.items()
        if etree.QName(key).namespace == LZ
    }
    return Element(
        id=element,
        kind=kind,
        name=node.get("name", ""),
        attributes=MappingProxyType(attributes),
        lane=lanes.get(element),
        incoming=tuple(flow.id for flow in flows.values() if flow.target == element),
        outgoing=tuple(flow.id for flow in flows.values() if flow.source == element),
        default=node.get("default"),
    )


def _lanes(process: etree._Element) -> dict[str, str]:
    """Element id → lane name (or id); an inner lane comes later in the file and wins."""
    return {
        str(reference.text).strip(): str(lane.get("name") or lane.get("id"))
        for lane in process.iter(f"{{{BPMN}}}lane")
        for reference in lane.iterchildren(f"{{{BPMN}}}flowNodeRef")
    }
