"""Small processes for tests: a builder that writes BPMN, and one example with everything the subset has."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from workflows.process import ProcessDefinition, read_process

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:lz="urn:laufzettel:bpmn:1" '
    'targetNamespace="urn:test">'
)


def many(*, sequential: bool = False, inner: str = "", until: str = "") -> str:
    """The mark of an activity that runs for several."""
    condition = f"<completionCondition>{escape(until)}</completionCondition>" if until else ""
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">{inner}{condition}'
        "</multiInstanceLoopCharacteristics>"
    )


class Drawing:
    """Collects elements and flows: `Drawing().start("a").user("b")` are connected with `flow("a", "b")`."""

    def __init__(self, prefix: str = "") -> None:
        self.parts: list[str] = []
        self.others: list[str] = []
        self.prefix = prefix
        self._flows = itertools.count(1)

    def add(self, tag: str, element: str, *, inner: str = "", plain: str = "", **attributes: str) -> Drawing:
        lz = "".join(f" lz:{name}={quoteattr(value)}" for name, value in attributes.items())
        self.parts.append(f"<{tag} id={quoteattr(element)} {plain}{lz}>{inner}</{tag}>")
        return self

    def start(self, element: str = "start") -> Drawing:
        return self.add("startEvent", element)

    def end(self, element: str = "end", *, outcome: str = "granted") -> Drawing:
        return self.add("endEvent", element, outcome=outcome)

    def terminate(self, element: str, *, outcome: str = "withdrawn") -> Drawing:
        return self.add("endEvent", element, inner="<terminateEventDefinition/>", outcome=outcome)

    def user(self, element: str, **attributes: str) -> Drawing:
        return self.add("userTask", element, **({"unit": "amt"} | attributes))

    def service(self, element: str, **attributes: str) -> Drawing:
        return self.add("serviceTask", element, **({"command": "issue-notice"} | attributes))

    def decision(self, element: str, **attributes: str) -> Drawing:
        return self.add("businessRuleTask", element, **({"decision": "fee"} | attributes))

    def choice(self, element: str, *, default: str | None = None) -> Drawing:
        return self.add("exclusiveGateway", element, plain="" if default is None else f'default="{default}"')

    def parallel(self, element: str) -> Drawing:
        return self.add("parallelGateway", element)

    def inclusive(self, element: str, *, default: str | None = None) -> Drawing:
        return self.add("inclusiveGateway", element, plain="" if default is None else f'default="{default}"')

    def events(self, element: str) -> Drawing:
        return self.add("eventBasedGateway", element)

    def timer(self, element: str, due: str = "P14D", **attributes: str) -> Drawing:
        inner = f"<timerEventDefinition><timeDuration>{due}</timeDuration></timerEventDefinition>"
        return self.add("intermediateCatchEvent", element, inner=inner, **attributes)

    def message(self, element: str, message: str = "antwort", **attributes: str) -> Drawing:
        inner = "<messageEventDefinition/>"
        return self.add("intermediateCatchEvent", element, inner=inner, **{"message": message, **attributes})

    def receive(self, element: str, message: str = "antwort", **attributes: str) -> Drawing:
        return self.add("receiveTask", element, **{"message": message, **attributes})

    def throw(self, element: str, code: str | None = None) -> Drawing:
        inner = "" if code is None else "<escalationEventDefinition/>"
        return self.add("intermediateThrowEvent", element, inner=inner, **({"code": code} if code else {}))

    def ends_with(self, element: str, event: str, **attributes: str) -> Drawing:
        return self.add("endEvent", element, inner=f"<{event}EventDefinition/>", **attributes)

    def boundary(
        self, element: str, host: str, event: str = "timer", *, ends: bool = True, **attributes: str
    ) -> Drawing:
        given = {"timer": {"due": "P1M"}, "message": {"message": "antwort"}}.get(event, {}) | attributes
        plain = f'attachedToRef="{host}" cancelActivity="{str(ends).lower()}"'
        inner = f"<{event}EventDefinition/>"
        return self.add("boundaryEvent", element, inner=inner, plain=plain, **given)

    def sub(self, element: str, inside: Drawing, *, inner: str = "", **attributes: str) -> Drawing:
        return self.add("subProcess", element, inner=inner + "".join(inside.parts), **attributes)

    def call(self, element: str, process: str, *, inner: str = "", **attributes: str) -> Drawing:
        return self.add(
            "callActivity", element, plain=f'calledElement="{process}"', inner=inner, **attributes
        )

    def process(self, process: str, inside: Drawing) -> Drawing:
        self.others.append(f'<process id="{process}">{"".join(inside.parts)}</process>')
        return self

    def flow(
        self, source: str, target: str, condition: str | None = None, *, name: str | None = None
    ) -> Drawing:
        flow = name or f"{self.prefix}flow{next(self._flows)}"
        inner = "" if condition is None else f"<conditionExpression>{escape(condition)}</conditionExpression>"
        self.parts.append(
            f'<sequenceFlow id="{flow}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'
        )
        return self

    def path(self, *elements: str) -> Drawing:
        for source, target in itertools.pairwise(elements):
            self.flow(source, target)
        return self

    @property
    def xml(self) -> bytes:
        body, others = "".join(self.parts), "".join(self.others)
        main = f'<process id="p" name="Probe" isExecutable="true">{body}</process>'
        return f"{HEAD}{main}{others}</definitions>".encode()

    @property
    def definition(self) -> ProcessDefinition:
        return read_process(xml=self.xml)


def example() -> Drawing:
    """Using the pavement for café tables: completeness, two opinions at once, a fee, a decision by four eyes."""
    return (
        Drawing()
        .start()
        .user("pruefen", labelDe="Prüfung Ihres Antrags", labelEn="Check of your application", due="P14D")
        .choice("vollstaendig", default="ja")
        .user("nachfordern", labelDe="Unterlagen nachreichen")
        .parallel("auf")
        .user("bauamt", result="bau")
        .user("polizei")
        .parallel("zu")
        .decision("gebuehr")
        .user("entscheiden", fourEyes="pruefen", role="approver")
        .choice("ergebnis", default="ablehnen")
        .service("genehmigung", letter="genehmigung")
        .service("ablehnung", letter="ablehnung")
        .end("genehmigt", outcome="granted")
        .end("abgelehnt", outcome="refused")
        .path("start", "pruefen", "vollstaendig")
        .flow("vollstaendig", "nachfordern", "pruefen.fehlt != null")
        .flow("vollstaendig", "auf", name="ja")
        .path("nachfordern", "pruefen")
        .path("auf", "bauamt", "zu")
        .path("auf", "polizei", "zu")
        .path("zu", "gebuehr", "entscheiden", "ergebnis")
        .flow("ergebnis", "genehmigung", 'entscheiden.ergebnis == "ja" and bau.bedenken != true')
        .flow("ergebnis", "ablehnung", name="ablehnen")
        .path("genehmigung", "genehmigt")
        .path("ablehnung", "abgelehnt")
    )


def decide(decision: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"betrag": Decimal("12.50"), "fuer": decision}
