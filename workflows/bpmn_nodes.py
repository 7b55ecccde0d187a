"""One XML node of a BPMN file as one `Element`, and what of it cannot be carried out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lxml import etree

from forms.problems import Problem
from workflows.bpmn_hints import DEFAULT_HINT, HINTS
from workflows.bpmn_words import (
    BPMN,
    DOCUMENTATION,
    HOSTS,
    LZ,
    SEND,
    SUPPORTED,
    Element,
    ElementKind,
    EventKind,
    Flow,
    Several,
)
from workflows.expressions import Expression, ExpressionProblem, compile_expression
from workflows.untrusted_xml import local_name

_DEFINITION = "EventDefinition"
_ALLOWED_EVENTS: Mapping[str, frozenset[str]] = {
    "startEvent": frozenset({"", "message", "timer"}),
    "endEvent": frozenset({"", "terminate", "error", "escalation", "message"}),
    "intermediateCatchEvent": frozenset({"timer", "message"}),
    "intermediateThrowEvent": frozenset({"", "escalation", "message"}),
    "boundaryEvent": frozenset({"timer", "message", "error", "escalation"}),
}
_INNER = frozenset({"timeDate", "timeCycle"})
_LOOP = "multiInstanceLoopCharacteristics"


@dataclass(slots=True)
class Reading:
    """What reading a file collects: the names it declares, the flows at each element, problems."""

    names: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)
    incoming: dict[str, list[str]] = field(default_factory=dict)
    outgoing: dict[str, list[str]] = field(default_factory=dict)

    def connect(self, flow: Flow) -> None:
        self.outgoing.setdefault(flow.source, []).append(flow.id)
        self.incoming.setdefault(flow.target, []).append(flow.id)

    def expression(self, where: str, place: tuple[str, str], source: str) -> Expression:
        """Compile; a refused expression becomes `false`, the process is refused anyway."""
        try:
            return compile_expression(source=source)
        except ExpressionProblem as error:
            self.problems += [
                Problem(
                    where,
                    problem.code,
                    {
                        "de": f"{place[0]} {where}: {problem.text['de']}",
                        "en": f"{place[1]} {where}: {problem.text['en']}",
                    },
                )
                for problem in error.problems
            ]
        return compile_expression(source="false")


def declared_names(root: etree._Element) -> Mapping[str, str]:
    """Messages, errors and escalations of the file: id → name, or code where one is given."""
    found: dict[str, str] = {}
    for tag, code in (("message", ""), ("error", "errorCode"), ("escalation", "escalationCode")):
        for node in root.iter(f"{{{BPMN}}}{tag}"):
            given = node.get(code) if code else None
            found[node.get("id", "")] = str(given or node.get("name") or node.get("id", ""))
    return found


def node_id(node: etree._Element) -> str:
    return node.get("id", f"line {node.sourceline}")


def is_element(node: etree._Element) -> bool:
    """Whether the node is carried out, as opposed to describing or connecting."""
    tag = local_name(node)
    return tag not in DOCUMENTATION and tag != "sequenceFlow"


def text_of(node: etree._Element | None) -> str | None:
    text = "" if node is None else "".join(str(part) for part in node.itertext()).strip()
    return text or None


def event_of(node: etree._Element) -> str:
    """`timer`, `message` … of an event node; empty without a definition."""
    definitions = (local_name(part) for part in node if _DEFINITION in local_name(part))
    return next((tag.removesuffix(_DEFINITION) for tag in definitions), "")


def unsupported(node: etree._Element, *, nested: bool) -> Iterator[Problem]:
    """What of this node cannot be carried out; `nested`: it stands in a sub-process."""
    tag = local_name(node)
    if etree.QName(node).namespace != BPMN or tag not in SUPPORTED:
        yield _refusal(node, tag)
        return
    if tag == "subProcess" and node.get("triggeredByEvent") == "true":
        yield _refusal(node, "eventSubProcess")
    inner = [local_name(part) for part in node]
    definitions = [each for each in inner if _DEFINITION in each]
    allowed = _ALLOWED_EVENTS.get(tag, frozenset({""}))
    if nested and tag == "startEvent":
        allowed = frozenset({""})
    if len(definitions) > 1 or event_of(node) not in allowed:
        yield _refusal(node, definitions[0] if definitions else tag)
    loops = SUPPORTED[tag] in HOSTS and not tag.endswith("Event")
    # What stands in a sub-process is looked at on its own, but for a repetition of the whole.
    for inside in (each for each in inner if tag != "subProcess" or each.endswith("LoopCharacteristics")):
        if inside not in DOCUMENTATION and _DEFINITION not in inside and not (inside == _LOOP and loops):
            yield _refusal(node, inside)
    for timer in node.iterfind(f"{{{BPMN}}}timerEventDefinition"):
        for part in timer:
            if local_name(part) in _INNER:
                yield _refusal(node, local_name(part))


def _refusal(node: etree._Element, tag: str) -> Problem:
    element, name = node_id(node), node.get("name", "")
    hint_de, hint_en = HINTS.get(tag, DEFAULT_HINT)
    return Problem(
        element,
        "unsupported-element",
        {
            "de": f"„{name or element}“ ({element}): {tag} wird nicht unterstützt. {hint_de}",
            "en": f"'{name or element}' ({element}): {tag} is not supported. {hint_en}",
        },
    )


def read_element(
    node: etree._Element, *, scope: str | None, lane: str | None, reading: Reading
) -> Element | None:
    """The element; None if its kind is not supported."""
    tag, element = local_name(node), node_id(node)
    if etree.QName(node).namespace != BPMN or tag not in SUPPORTED:
        return None
    event = event_of(node)
    kind = _kind(tag, event)
    attributes = _attributes(node, tag, event, reading)
    return Element(
        id=element,
        kind=kind,
        name=node.get("name", ""),
        attributes=MappingProxyType(attributes),
        lane=lane,
        incoming=tuple(reading.incoming.get(element, ())),
        outgoing=tuple(reading.outgoing.get(element, ())),
        default=node.get("default"),
        event=EventKind(event) if event in set(EventKind) and kind not in _BY_KIND else None,
        scope=scope,
        attached=node.get("attachedToRef") if kind is ElementKind.BOUNDARY else None,
        interrupting=node.get("cancelActivity") != "false",
        calls=node.get("calledElement", "").rpartition(":")[2] if kind is ElementKind.CALL else None,
        several=_several(node, element, attributes, reading),
    )


# The kind alone says it all.
_BY_KIND = frozenset({ElementKind.TIMER, ElementKind.MESSAGE, ElementKind.SERVICE, ElementKind.ERROR})
_SPECIAL: Mapping[tuple[str, str], ElementKind] = {
    ("endEvent", "terminate"): ElementKind.TERMINATE,
    ("endEvent", "error"): ElementKind.ERROR,
    ("intermediateCatchEvent", "timer"): ElementKind.TIMER,
    ("intermediateThrowEvent", "message"): ElementKind.SERVICE,
}


def _kind(tag: str, event: str) -> ElementKind:
    return _SPECIAL.get((tag, event), SUPPORTED[tag])


def _attributes(node: etree._Element, tag: str, event: str, reading: Reading) -> dict[str, str]:
    """Our own attributes, completed by what BPMN itself says: duration, message, code."""
    found = {
        str(etree.QName(key).localname): str(value)
        for key, value in node.attrib.items()
        if etree.QName(key).namespace == LZ
    }
    definition = next((part for part in node if _DEFINITION in local_name(part)), node)
    for reference, attribute in (
        ("messageRef", "message"),
        ("errorRef", "code"),
        ("escalationRef", "code"),
    ):
        referred = (definition.get(reference) or "").rpartition(":")[2]
        if referred:
            found.setdefault(attribute, reading.names.get(referred, referred))
    duration = text_of(definition.find(f"{{{BPMN}}}timeDuration"))
    if duration is not None:
        found.setdefault("due", duration)
    if tag == "sendTask" or (event == "message" and tag in {"intermediateThrowEvent", "endEvent"}):
        found.setdefault("command", SEND)
    return found


def _several(
    node: etree._Element, element: str, attributes: Mapping[str, str], reading: Reading
) -> Several | None:
    loop = node.find(f"{{{BPMN}}}{_LOOP}")
    if loop is None:
        return None
    items = (
        attributes.get("unitsFrom")
        or attributes.get("collection")
        or text_of(loop.find(f"{{{BPMN}}}loopCardinality"))
    )
    place = ("Mehrfachausführung von", "Multi-instance of")
    complete = text_of(loop.find(f"{{{BPMN}}}completionCondition"))
    complete = complete or _COMPLETIONS.get(attributes.get("completion", ""))
    return Several(
        sequential=loop.get("isSequential") == "true",
        units=tuple(attributes.get("units", "").split()),
        items=None if items is None else reading.expression(element, place, items),
        by_unit="units" in attributes or "unitsFrom" in attributes,
        complete=None if complete is None else reading.expression(element, place, complete),
    )


_COMPLETIONS: Mapping[str, str] = {"majority": "completed * 2 > instances", "first": "completed >= 1"}
COMPLETIONS = frozenset({"all", *_COMPLETIONS})
