"""What to use instead of a BPMN element we do not carry out: the second half of each refusal."""

from __future__ import annotations

from collections.abc import Mapping

_INLINE = (
    "Bitte einen eingebetteten Teilprozess (subProcess) verwenden.",
    "Use an embedded sub-process (subProcess).",
)
_GATEWAYS = (
    "Bitte exklusive, inklusive, parallele oder ereignisbasierte Gateways verwenden.",
    "Use exclusive, inclusive, parallel or event-based gateways.",
)
_EVENTS = (
    "Bitte ein Nachrichten-, Frist-, Fehler- oder Eskalationsereignis verwenden.",
    "Use a message, timer, error or escalation event.",
)
_ONE_EVENT = (
    "Bitte für jedes Ereignis ein eigenes Element zeichnen.",
    "Draw an element of its own for each event.",
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
    "adHocSubProcess": _INLINE,
    "transaction": _INLINE,
    "eventSubProcess": (
        "Bitte das Ereignis an den Rand eines Teilprozesses setzen (boundaryEvent).",
        "Put the event on the boundary of a sub-process (boundaryEvent).",
    ),
    "complexGateway": _GATEWAYS,
    "signalEventDefinition": _EVENTS,
    "conditionalEventDefinition": (
        "Bitte ein exklusives Gateway mit Bedingung verwenden.",
        "Use an exclusive gateway with a condition.",
    ),
    "linkEventDefinition": ("Bitte einen Pfeil zeichnen.", "Draw a sequence flow."),
    "compensateEventDefinition": (
        "Bitte die Rückabwicklung als eigenen Weg zeichnen.",
        "Draw the undoing as a way of its own.",
    ),
    "cancelEventDefinition": (
        "Bitte ein Fehlerereignis verwenden.",
        "Use an error event.",
    ),
    "timeCycle": (
        "Bitte die Wiederholung mit einem exklusiven Gateway zeichnen; die Dauer steht in timeDuration.",
        "Draw the repetition by an exclusive gateway; the duration stands in timeDuration.",
    ),
    "timeDate": (
        "Bitte eine Dauer angeben (timeDuration, etwa P14D); das Datum rechnet der Fristenkalender aus.",
        "Give a duration (timeDuration, such as P14D); the calendar computes the date.",
    ),
    "standardLoopCharacteristics": (
        "Bitte die Aufgabe einmal zeichnen und mit einem exklusiven Gateway wiederholen.",
        "Draw the task once and repeat it by an exclusive gateway.",
    ),
    "multiInstanceLoopCharacteristics": (
        "Mehrfach ausführen lassen sich userTask, serviceTask, receiveTask, subProcess und callActivity.",
        "Only userTask, serviceTask, receiveTask, subProcess and callActivity can run several times.",
    ),
    "timerEventDefinition": (
        "Fristen stehen an Zwischen- und Randereignissen, nicht am Ende oder am Anfang eines Teilprozesses.",
        "Timers belong to intermediate and boundary events; an end, or a start in a sub-process, has none.",
    ),
    "messageEventDefinition": _EVENTS,
    "errorEventDefinition": (
        "Fehler stehen an Endereignissen und am Rand von Tätigkeiten.",
        "Errors belong to end events and boundaries.",
    ),
    "escalationEventDefinition": (
        "Eskalationen stehen an Endereignissen, werfenden Zwischenereignissen und am Rand von Tätigkeiten.",
        "Escalations belong to end events, throwing intermediate events and boundaries.",
    ),
    "boundaryEvent": _ONE_EVENT,
    "intermediateCatchEvent": (
        "Es braucht genau ein Ereignis: eine Frist oder eine Nachricht.",
        "It needs exactly one event: a timer or a message.",
    ),
    "eventDefinitionRef": _ONE_EVENT,
}
DEFAULT_HINT = (
    "Bitte mit Aufgaben, Gateways, Start- und Endereignissen ausdrücken.",
    "Express it with tasks, gateways, start and end events.",
)
