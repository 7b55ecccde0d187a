"""Our `lz:` attributes and what BPMN says in their place: known, complete and with values we understand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from forms.problems import Problem
from workflows.bpmn_nodes import COMPLETIONS
from workflows.bpmn_words import (
    ATTRIBUTES,
    MANY,
    REQUIRED,
    DeadlineKind,
    Element,
    ElementKind,
    EventKind,
    Outcome,
)
from workflows.deadlines import DurationProblem, parse_duration

_IDENTIFIER = re.compile(r"[^\W\d]\w*")
# What conditions find in the data beside the results of elements.
RESERVED = frozenset({"answers", "context", "representation", "item", "instances", "completed"})


def check_attributes(*, elements: Mapping[str, Element]) -> list[Problem]:
    """All problems of all elements."""
    return [problem for element in elements.values() for problem in _attributes(element)]


def _problem(element: Element, code: str, de: str, en: str) -> Problem:
    return Problem(element.id, code, {"de": f"{element.id}: {de}", "en": f"{element.id}: {en}"})


def _attributes(element: Element) -> Iterator[Problem]:
    allowed = ATTRIBUTES[element.kind]
    for unknown in sorted(set(element.attributes) - allowed):
        yield _problem(
            element,
            "unknown-attribute",
            f"lz:{unknown} gibt es hier nicht. Möglich: {', '.join(sorted(allowed))}.",
            f"there is no lz:{unknown} here. Possible: {', '.join(sorted(allowed))}.",
        )
    required = REQUIRED.get(element.kind) or _required_by_event(element)
    if required is not None and not element.attributes.get(required):
        yield _problem(
            element,
            "missing-attribute",
            f"Es fehlt lz:{required}{_or_in_bpmn(required, 'de')}.",
            f"lz:{required} is missing{_or_in_bpmn(required, 'en')}.",
        )
    yield from _words(element)
    yield from _values(element)
    yield from _several(element)


def _required_by_event(element: Element) -> str | None:
    if element.event is EventKind.TIMER:
        return "due"
    waits = element.event is EventKind.MESSAGE and element.kind is ElementKind.BOUNDARY
    return "message" if waits else None


def _or_in_bpmn(attribute: str, language: str) -> str:
    either = {"de": "oder", "en": "or"}[language]
    return {"due": f" ({either} timeDuration)", "message": f" ({either} messageRef)"}.get(attribute, "")


def _words(element: Element) -> Iterator[Problem]:
    """Attributes that take one of a few words."""
    for attribute, code, words in (
        ("outcome", "unknown-outcome", list(Outcome)),
        ("deadline", "unknown-deadline", list(DeadlineKind)),
        ("completion", "unknown-completion", sorted(COMPLETIONS)),
    ):
        value = element.attributes.get(attribute)
        if value is not None and value not in words:
            yield _problem(
                element,
                code,
                f"lz:{attribute} „{value}“ gibt es nicht. Möglich: {', '.join(words)}.",
                f"there is no lz:{attribute} '{value}'. Possible: {', '.join(words)}.",
            )


def _values(element: Element) -> Iterator[Problem]:
    due = element.attributes.get("due")
    if due is not None:
        try:
            parse_duration(text=due)
        except DurationProblem as error:
            yield Problem(element.id, "bad-duration", error.problems[0].text)
    result = element.attributes.get("result")
    if result is not None and (result in RESERVED or not _IDENTIFIER.fullmatch(result)):
        reserved = ", ".join(sorted(RESERVED))
        yield _problem(
            element,
            "bad-result-name",
            f"„{result}“ taugt nicht als Name für lz:result (Buchstaben, Ziffern, _; nicht {reserved}).",
            f"'{result}' cannot be the name of lz:result (letters, digits, _; not {reserved}).",
        )


def _several(element: Element) -> Iterator[Problem]:
    given = sorted(MANY & set(element.attributes))
    if element.several is None:
        if given:
            yield _problem(
                element,
                "not-for-several",
                f"lz:{given[0]} gehört zur Mehrfachausführung; es fehlt multiInstanceLoopCharacteristics.",
                f"lz:{given[0]} belongs to multi-instance; multiInstanceLoopCharacteristics is missing.",
            )
        return
    sources = sum(name in element.attributes for name in ("units", "unitsFrom", "collection"))
    if sources > 1 or not (element.several.units or element.several.items):
        yield _problem(
            element,
            "for-whom",
            "Für wen mehrfach? Bitte genau eines angeben: lz:units (Organisationseinheiten), lz:unitsFrom "
            "oder lz:collection (Ausdruck für eine Liste), loopCardinality (Anzahl).",
            "for whom several times? Give exactly one: lz:units (units), lz:unitsFrom or lz:collection (an "
            "expression for a list), loopCardinality (a number).",
        )
    elif len(set(element.several.units)) < len(element.several.units):
        yield _problem(
            element,
            "unit-twice",
            "lz:units nennt eine Organisationseinheit zweimal.",
            "lz:units names a unit twice.",
        )
