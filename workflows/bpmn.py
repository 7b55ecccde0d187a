"""Read a BPMN 2.0 file into a `ProcessDefinition`, or refuse it with everything that is wrong with it.

Standard: OMG BPMN 2.0.2. What is supported stands in `bpmn_words`, how it must be connected in `bpmn_rules`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from lxml import etree

from forms.problems import Problem, Problems
from workflows.bpmn_attributes import check_attributes
from workflows.bpmn_nodes import (
    Reading,
    declared_names,
    is_element,
    node_id,
    read_element,
    text_of,
    unsupported,
)
from workflows.bpmn_rules import check_connections
from workflows.bpmn_words import BPMN, Element, Flow, ProcessDefinition
from workflows.untrusted_xml import XmlProblem, local_name, read_xml

# More elements than any process of a town hall has; the proofs grow with their square.
MAX_ELEMENTS = 1_000

_Scopes = dict[str | None, list[etree._Element]]  # noqa: SLF001


class ProcessProblems(Problems):
    """The process is refused; every problem names its element."""


def read_process(*, xml: bytes) -> ProcessDefinition:
    """Read and check one process. Raises `ProcessProblems` with all problems found."""
    try:
        root = read_xml(xml=xml)
    except XmlProblem as error:
        raise ProcessProblems(error.problems) from error
    process, called, others = _choose_process(root)
    _check_size([process, *called, *others])
    reading = Reading(names=declared_names(root))
    if others:
        reading.problems.append(_several_processes([process, *others]))
    for other in others:
        reading.problems += _unsupported(_scopes(other, None))
    scopes: _Scopes = _scopes(process, None)
    for each in called:
        scopes |= _scopes(each, node_id(each))
    reading.problems += _unsupported(scopes)
    flows = dict(_flows(scopes, reading))
    elements = dict(_elements(scopes, flows, reading))
    known = {str(node.get("id")): scope for scope, nodes in scopes.items() for node in nodes}
    problems = reading.problems
    problems += check_connections(elements=elements, flows=flows, known=known, scopes=tuple(scopes))
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


def _choose_process(
    root: etree._Element,
) -> tuple[etree._Element, list[etree._Element], list[etree._Element]]:
    """The process to run, those it calls, and those that stand in its way.

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
    by_id = {node_id(process): process for process in processes}
    executable = [process for process in processes if process.get("isExecutable") == "true"] or processes
    main = [each for each in executable if not any(each in _called(other, by_id) for other in executable)]
    first, *others = main or executable
    called = [each for each in _called(first, by_id) if each not in (first, *others)]
    others += [each for other in others for each in _called(other, by_id) if each not in (first, *called)]
    return first, called, list(dict.fromkeys(others))


def _called(process: etree._Element, by_id: Mapping[str, etree._Element]) -> list[etree._Element]:
    """The other processes of the file that are called from here, directly or not."""
    found: list[etree._Element] = []
    waiting = [process]
    while waiting:
        for node in waiting.pop().iter(f"{{{BPMN}}}callActivity"):
            called = by_id.get(node.get("calledElement", "").rpartition(":")[2])
            if called is not None and called is not process and called not in found:
                found.append(called)
                waiting.append(called)
    return found


def _check_size(processes: list[etree._Element]) -> None:
    nodes = sum(len(nodes) for process in processes for nodes in _scopes(process, None).values())
    flows = sum(1 for process in processes for _ in process.iter(f"{{{BPMN}}}sequenceFlow"))
    if max(nodes, flows // 3) > MAX_ELEMENTS:
        text = {
            "de": f"Der Ablauf hat mehr als {MAX_ELEMENTS} Elemente. Bitte teilen.",
            "en": f"The process has more than {MAX_ELEMENTS} elements. Divide it.",
        }
        raise ProcessProblems([Problem(node_id(processes[0]), "too-many-elements", text)])


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


def _scopes(process: etree._Element, scope: str | None) -> _Scopes:
    """Scope → its nodes: the process and each sub-process in it."""
    found: _Scopes = {scope: [node for node in process if is_element(node)]}
    waiting = list(found[scope])
    while waiting:
        node = waiting.pop()
        if local_name(node) == "subProcess":
            inner = [part for part in node if is_element(part) and not _is_loop(part)]
            found[node_id(node)] = inner
            waiting += inner
    return found


def _is_loop(node: etree._Element) -> bool:
    return local_name(node).endswith("LoopCharacteristics")


def _unsupported(scopes: _Scopes) -> Iterator[Problem]:
    for scope, nodes in scopes.items():
        for node in nodes:
            yield from unsupported(node, nested=scope is not None)


def _flows(scopes: _Scopes, reading: Reading) -> Iterator[tuple[str, Flow]]:
    seen: set[str] = set()
    for node in _flow_nodes(scopes):
        flow = node_id(node)
        if flow in seen:
            reading.problems.append(_duplicate(flow))
            continue
        seen.add(flow)
        source = text_of(node.find(f"{{{BPMN}}}conditionExpression"))
        place = ("Bedingung am Pfeil", "Condition of flow")
        read = Flow(
            id=flow,
            source=node.get("sourceRef", ""),
            target=node.get("targetRef", ""),
            name=node.get("name", ""),
            condition=None if source is None else reading.expression(flow, place, source),
        )
        reading.connect(read)
        yield flow, read


def _flow_nodes(scopes: _Scopes) -> Iterator[etree._Element]:
    nodes = (node for inside in scopes.values() for node in inside)
    for parent in dict.fromkeys(next(node.iterancestors()) for node in nodes):
        yield from parent.iterchildren(f"{{{BPMN}}}sequenceFlow")


def _duplicate(element: str) -> Problem:
    text = {"de": f"Die Kennung {element} ist doppelt vergeben.", "en": f"The id {element} is used twice."}
    return Problem(element, "duplicate-id", text)


def _elements(scopes: _Scopes, flows: Mapping[str, Flow], reading: Reading) -> Iterator[tuple[str, Element]]:
    lanes, seen = _lanes(scopes), set(flows)
    for scope, nodes in scopes.items():
        for node in nodes:
            element = node_id(node)
            if element in seen:
                reading.problems.append(_duplicate(element))
                continue
            seen.add(element)
            read = read_element(node, scope=scope, lane=lanes.get(element), reading=reading)
            if read is not None:
                yield element, read


def _lanes(scopes: _Scopes) -> dict[str, str]:
    """Element id → lane name (or id); an inner lane comes later in the file and wins.

    What stands in a sub-process without lanes of its own is in the lane of the sub-process.
    """
    found: dict[str, str] = {}
    for scope, nodes in scopes.items():
        inherited = found.get(scope or "")
        if inherited is not None:
            found |= {node_id(node): inherited for node in nodes}
        container = nodes[0].getparent() if nodes else None
        for laneset in container.iterchildren(f"{{{BPMN}}}laneSet") if container is not None else ():
            found |= {
                str(reference.text).strip(): str(lane.get("name") or lane.get("id"))
                for lane in laneset.iter(f"{{{BPMN}}}lane")
                for reference in lane.iterchildren(f"{{{BPMN}}}flowNodeRef")
            }
    return found
