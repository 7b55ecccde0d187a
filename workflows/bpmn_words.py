"""What a process is made of: the supported BPMN elements and our attributes, as tables and values.

To allow an element, add one line to `SUPPORTED` (and teach `process` to run it, `soundness` to prove it).
The subset as people read it: docs/reference/bpmn.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from workflows.expressions import Expression

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
LZ = "urn:laufzettel:bpmn:1"


class ElementKind(StrEnum):
    START = "start"
    END = "end"
    TERMINATE = "terminate"
    ERROR = "error"
    USER = "user"
    SERVICE = "service"
    DECISION = "decision"
    MESSAGE = "message"
    TIMER = "timer"
    BOUNDARY = "boundary"
    THROW = "throw"
    SUBPROCESS = "subprocess"
    CALL = "call"
    CHOICE = "choice"
    INCLUSIVE = "inclusive"
    PARALLEL = "parallel"
    EVENTS = "events"


class EventKind(StrEnum):
    """What a start, an end or an event on a boundary is about."""

    TIMER = "timer"
    MESSAGE = "message"
    ERROR = "error"
    ESCALATION = "escalation"


class Outcome(StrEnum):
    """How a case ends, as `lz:outcome` of an end event says."""

    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class DeadlineKind(StrEnum):
    """What a timer means, as `lz:deadline` says: which rules of the calendar the case layer applies."""

    LEGAL = "legal"
    SERVICE = "service"
    REMINDER = "reminder"
    FICTION = "fiction"


SUPPORTED: Mapping[str, ElementKind] = {
    "startEvent": ElementKind.START,
    "endEvent": ElementKind.END,
    "userTask": ElementKind.USER,
    "manualTask": ElementKind.USER,
    "serviceTask": ElementKind.SERVICE,
    "sendTask": ElementKind.SERVICE,
    "receiveTask": ElementKind.MESSAGE,
    "businessRuleTask": ElementKind.DECISION,
    "intermediateCatchEvent": ElementKind.MESSAGE,
    "intermediateThrowEvent": ElementKind.THROW,
    "boundaryEvent": ElementKind.BOUNDARY,
    "subProcess": ElementKind.SUBPROCESS,
    "callActivity": ElementKind.CALL,
    "exclusiveGateway": ElementKind.CHOICE,
    "inclusiveGateway": ElementKind.INCLUSIVE,
    "parallelGateway": ElementKind.PARALLEL,
    "eventBasedGateway": ElementKind.EVENTS,
}
# The order a sendTask or a sent message gives if it names none.
SEND = "send-message"
# Activities: what events can be attached to, and what can run for several at once.
HOSTS = frozenset(
    {ElementKind.USER, ElementKind.SERVICE, ElementKind.MESSAGE, ElementKind.SUBPROCESS, ElementKind.CALL}
)
ENDS = frozenset({ElementKind.END, ElementKind.TERMINATE, ElementKind.ERROR})
NESTING = frozenset({ElementKind.SUBPROCESS, ElementKind.CALL})
BRANCHING = frozenset({ElementKind.CHOICE, ElementKind.INCLUSIVE})
GATEWAYS = BRANCHING | {ElementKind.PARALLEL, ElementKind.EVENTS}

_LABELS = frozenset({"labelDe", "labelEn"})
MANY = frozenset({"units", "unitsFrom", "collection", "completion"})
_TIMER = _LABELS | {"due", "deadline", "from", "result"}
ATTRIBUTES: Mapping[ElementKind, frozenset[str]] = {
    ElementKind.START: _LABELS | {"due", "deadline", "from", "message"},
    ElementKind.END: _LABELS | {"outcome", "code", "message", "command", "letter", "result"},
    ElementKind.TERMINATE: _LABELS | {"outcome"},
    ElementKind.ERROR: _LABELS | {"outcome", "code"},
    ElementKind.USER: _LABELS | MANY | {"unit", "role", "form", "result", "fourEyes", "due"},
    ElementKind.SERVICE: _LABELS | MANY | {"command", "letter", "result", "message"},
    ElementKind.DECISION: _LABELS | {"decision", "result"},
    ElementKind.MESSAGE: _LABELS | MANY | {"message", "result"},
    ElementKind.TIMER: _TIMER,
    ElementKind.BOUNDARY: _TIMER | {"message", "code"},
    ElementKind.THROW: _LABELS | {"code"},
    ElementKind.SUBPROCESS: _LABELS | MANY | {"result"},
    ElementKind.CALL: _LABELS | MANY | {"result"},
    **dict.fromkeys(GATEWAYS, _LABELS),
}
REQUIRED: Mapping[ElementKind, str] = {
    ElementKind.SERVICE: "command",
    ElementKind.DECISION: "decision",
    ElementKind.MESSAGE: "message",
    ElementKind.TIMER: "due",
}

# Tags that describe and are not carried out.
DOCUMENTATION = frozenset({
    "extensionElements", "documentation", "laneSet", "textAnnotation", "association", "group", "category",
    "dataObject", "dataObjectReference", "dataStoreReference", "property", "auditing", "monitoring",
    "ioSpecification", "incoming", "outgoing", "potentialOwner", "humanPerformer", "performer",
    "resourceRole", "dataInputAssociation", "dataOutputAssociation", "rendering", "dataInput", "inputSet",
    "outputSet", "dataOutput", "supportedInterfaceRef", "ioBinding", "correlationSubscription",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Several:
    """How an activity runs for several at once (multi-instance).

    One of `units` (unit keys) and `items` (an expression for a list, or a number) says for whom; `by_unit`:
    the items are keys of units. `complete`: over early once it holds; it sees `instances` and `completed`.
    """

    sequential: bool
    units: tuple[str, ...]
    items: Expression | None
    by_unit: bool
    complete: Expression | None


@dataclass(frozen=True, slots=True)
class Element:
    """One node of the diagram. `attributes` are our `lz:` attributes without prefix.

    `scope`: id of the sub-process (or called process) it stands in, None in the process itself. `attached`:
    the activity whose boundary it stands on. `calls`: the process a call activity calls.
    """

    id: str
    kind: ElementKind
    name: str
    attributes: Mapping[str, str]
    lane: str | None
    incoming: tuple[str, ...]
    outgoing: tuple[str, ...]
    default: str | None
    event: EventKind | None = None
    scope: str | None = None
    attached: str | None = None
    interrupting: bool = True
    calls: str | None = None
    several: Several | None = None

    @property
    def result(self) -> str:
        """The member of the process data that this element writes."""
        return self.attributes.get("result", self.id)

    @property
    def inner(self) -> str | None:
        """The scope this element opens: its own id for a sub-process, the called process for a call."""
        return self.id if self.kind is ElementKind.SUBPROCESS else self.calls


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; `condition` only where it leaves an exclusive or inclusive gateway."""

    id: str
    source: str
    target: str
    name: str
    condition: Expression | None


@dataclass(frozen=True, slots=True, eq=False)
class ProcessDefinition:
    """A process that may be begun; compared and cached by identity. `bpmn_hash` is SHA-256 in hex.

    `elements` and `flows` hold those of sub-processes and called processes too; ids are unique in a file.
    """

    id: str
    name: str
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    bpmn_hash: str

    def of_kind(self, *kinds: ElementKind) -> tuple[Element, ...]:
        """The elements of these kinds, in the order of the file."""
        return tuple(element for element in self.elements.values() if element.kind in kinds)

    def followers(self, element: str) -> tuple[str, ...]:
        """Ids of the elements that can come directly after `element` by a sequence flow."""
        return tuple(self.flows[flow].target for flow in self.elements[element].outgoing)

    def inside(self, scope: str | None) -> tuple[Element, ...]:
        """The elements that stand directly in a scope, in the order of the file."""
        return _scopes(self).get(scope, ())

    def boundaries(self, element: str) -> tuple[Element, ...]:
        """The events on the boundary of an activity."""
        return _boundaries(self).get(element, ())

    def start_of(self, scope: str | None) -> Element:
        return next(element for element in self.inside(scope) if element.kind is ElementKind.START)

    def ends_of(self, scope: str | None) -> tuple[Element, ...]:
        return tuple(element for element in self.inside(scope) if element.kind in ENDS)

    @property
    def scopes(self) -> tuple[str | None, ...]:
        """The process itself (None), its sub-processes and the processes it calls."""
        return tuple(_scopes(self))

    @property
    def start(self) -> Element:
        return self.start_of(None)

    @property
    def user_tasks(self) -> tuple[Element, ...]:
        return self.of_kind(ElementKind.USER)

    @property
    def service_tasks(self) -> tuple[Element, ...]:
        """What gives an order: service and send tasks, and ends that send a message."""
        return tuple(
            element
            for element in self.elements.values()
            if element.kind is ElementKind.SERVICE
            or (element.kind is ElementKind.END and element.event is EventKind.MESSAGE)
        )

    @property
    def decisions(self) -> tuple[Element, ...]:
        return self.of_kind(ElementKind.DECISION)

    @property
    def ends(self) -> tuple[Element, ...]:
        """The ends of the process itself, not those of its sub-processes."""
        return self.ends_of(None)

    @property
    def conditions(self) -> tuple[Flow, ...]:
        return tuple(flow for flow in self.flows.values() if flow.condition is not None)


@lru_cache(maxsize=128)
def _scopes(definition: ProcessDefinition) -> Mapping[str | None, tuple[Element, ...]]:
    found: dict[str | None, list[Element]] = {None: []}
    for element in definition.elements.values():
        found.setdefault(element.scope, []).append(element)
    return {scope: tuple(elements) for scope, elements in found.items()}


@lru_cache(maxsize=128)
def _boundaries(definition: ProcessDefinition) -> Mapping[str, tuple[Element, ...]]:
    found: dict[str, list[Element]] = {}
    for element in definition.of_kind(ElementKind.BOUNDARY):
        found.setdefault(str(element.attached), []).append(element)
    return {host: tuple(elements) for host, elements in found.items()}
