"""What a process is made of: the supported BPMN elements and our attributes, as tables and values.

To allow an element, add one line to `SUPPORTED` (and teach `process` to run it, `soundness` to prove it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workflows.expressions import Expression

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
LZ = "urn:laufzettel:bpmn:1"


class ElementKind(StrEnum):
    START = "start"
    END = "end"
    TERMINATE = "terminate"
    USER = "user"
    SERVICE = "service"
    DECISION = "decision"
    CHOICE = "choice"
    PARALLEL = "parallel"


class Outcome(StrEnum):
    """How a case ends, as `lz:outcome` of an end event says."""

    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


SUPPORTED: Mapping[str, ElementKind] = {
    "startEvent": ElementKind.START,
    "endEvent": ElementKind.END,
    "userTask": ElementKind.USER,
    "manualTask": ElementKind.USER,
    "serviceTask": ElementKind.SERVICE,
    "businessRuleTask": ElementKind.DECISION,
    "exclusiveGateway": ElementKind.CHOICE,
    "parallelGateway": ElementKind.PARALLEL,
}

_LABELS = frozenset({"labelDe", "labelEn"})
_WORK = frozenset({"unit", "role", "form", "result", "fourEyes", "due"}) | _LABELS
ATTRIBUTES: Mapping[ElementKind, frozenset[str]] = {
    ElementKind.START: _LABELS,
    ElementKind.END: _LABELS | {"outcome"},
    ElementKind.TERMINATE: _LABELS | {"outcome"},
    ElementKind.USER: _WORK,
    ElementKind.SERVICE: _LABELS | {"command", "letter", "result"},
    ElementKind.DECISION: _LABELS | {"decision", "result"},
    ElementKind.CHOICE: _LABELS,
    ElementKind.PARALLEL: _LABELS,
}
REQUIRED: Mapping[ElementKind, str] = {ElementKind.SERVICE: "command", ElementKind.DECISION: "decision"}

# Tags that describe and are not carried out.
DOCUMENTATION = frozenset({
    "extensionElements", "documentation", "laneSet", "textAnnotation", "association", "group", "category",
    "dataObject", "dataObjectReference", "dataStoreReference", "property", "auditing", "monitoring",
    "ioSpecification", "incoming", "outgoing", "potentialOwner", "humanPerformer", "performer",
    "resourceRole", "dataInputAssociation", "dataOutputAssociation", "rendering", "dataInput", "inputSet",
    "outputSet", "dataOutput", "supportedInterfaceRef", "ioBinding", "correlationSubscription",
})  # fmt: skip

_TIMER = ("Fristen bitte mit lz:due an der Aufgabe angeben.", "Give the limit as lz:due of the task.")
_MESSAGE = (
    "Bitte eine Aufgabe (userTask) verwenden, die auf die Antwort wartet, oder zum Senden einen serviceTask.",
    "Use a userTask that waits for the answer, or a serviceTask to send.",
)
_INLINE = (
    "Bitte die Schritte direkt in diesen Ablauf zeichnen.",
    "Draw the steps directly into this process.",
)
_ONCE = (
    "Bitte die Aufgabe einmal zeichnen und mit einem exklusiven Gateway wiederholen.",
    "Draw the task once and repeat it by an exclusive gateway.",
)
_PLAIN = (
    "Bitte ein einfaches Start- oder Endereignis verwenden.",
    "Use a plain start or end event.",
)
HINTS: Mapping[str, tuple[str, str]] = {
    "task": (
        "Bitte festlegen, wer es tut: userTask (Mensch), serviceTask (System), businessRuleTask (Tabelle).",
        "Say who does it: userTask (person), serviceTask (system), businessRuleTask (table).",
    ),
    "scriptTask": (
        "Programmcode wird nie ausgeführt. Bitte eine Entscheidungstabelle (businessRuleTask) verwenden.",
        "Code is never run. Use a decision table (businessRuleTask).",
    ),
    "sendTask": _MESSAGE,
    "receiveTask": _MESSAGE,
    "subProcess": _INLINE,
    "adHocSubProcess": _INLINE,
    "transaction": _INLINE,
    "callActivity": _INLINE,
    "inclusiveGateway": (
        "Bitte ein paralleles Gateway mit exklusiven Gateways in den Zweigen verwenden.",
        "Use a parallel gateway with exclusive gateways in its branches.",
    ),
    "complexGateway": (
        "Bitte exklusive und parallele Gateways verwenden.",
        "Use exclusive and parallel gateways.",
    ),
    "eventBasedGateway": _MESSAGE,
    "boundaryEvent": _TIMER,
    "intermediateCatchEvent": _TIMER,
    "intermediateThrowEvent": _MESSAGE,
    "timerEventDefinition": _TIMER,
    "messageEventDefinition": _PLAIN,
    "signalEventDefinition": _PLAIN,
    "errorEventDefinition": _PLAIN,
    "multiInstanceLoopCharacteristics": _ONCE,
    "standardLoopCharacteristics": _ONCE,
}
DEFAULT_HINT = (
    "Bitte mit Aufgaben, Gateways, Start- und Endereignissen ausdrücken.",
    "Express it with tasks, gateways, start and end events.",
)


@dataclass(frozen=True, slots=True)
class Element:
    """One node of the diagram. `attributes` are our `lz:` attributes without prefix."""

    id: str
    kind: ElementKind
    name: str
    attributes: Mapping[str, str]
    lane: str | None
    incoming: tuple[str, ...]
    outgoing: tuple[str, ...]
    default: str | None

    @property
    def result(self) -> str:
        """The member of the process data that this element writes."""
        return self.attributes.get("result", self.id)


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; `condition` only where it leaves an exclusive gateway."""

    id: str
    source: str
    target: str
    name: str
    condition: Expression | None


@dataclass(frozen=True, slots=True, eq=False)
class ProcessDefinition:
    """A process that may be begun; compared and cached by identity. `bpmn_hash` is SHA-256 in hex."""

    id: str
    name: str
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    bpmn_hash: str

    def of_kind(self, *kinds: ElementKind) -> tuple[Element, ...]:
        """The elements of these kinds, in the order of the file."""
        return tuple(element for element in self.elements.values() if element.kind in kinds)

    def followers(self, element: str) -> tuple[str, ...]:
        """Ids of the elements that can come directly after `element`."""
        return tuple(self.flows[flow].target for flow in self.elements[element].outgoing)

    @property
    def start(self) -> Element:
        return self.of_kind(ElementKind.START)[0]

    @property
    def user_tasks(self) -> tuple[Element, ...]:
        return self.of_kind(ElementKind.USER)

    @property
    def service_tasks(self) -> tuple[Element, ...]:
        return self.of_kind(ElementKind.SERVICE)

    @property
    def decisions(self) -> tuple[Element, ...]:
        return self.of_kind(ElementKind.DECISION)

    @property
    def ends(self) -> tuple[Element, ...]:
        return self.of_kind(ElementKind.END, ElementKind.TERMINATE)

    @property
    def conditions(self) -> tuple[Flow, ...]:
        return tuple(flow for flow in self.flows.values() if flow.condition is not None)
