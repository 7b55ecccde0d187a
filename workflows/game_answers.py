"""What the token game found, in words: the element, the path to it, and what to draw instead."""

from __future__ import annotations

from forms.problems import Problem
from workflows.bpmn_words import Element


def _called(element: Element) -> tuple[str, str]:
    name = element.name or element.id
    return f"„{name}“ ({element.id})", f"'{name}' ({element.id})"


def deadlock(element: Element, path: str) -> Problem:
    german, english = _called(element)
    return Problem(
        element.id,
        "deadlock",
        {
            "de": f"{german} wartet auf einen Zweig, der nicht mehr kommt. Weg dorthin: {path}. Zweige eines "
            "exklusiven Gateways mit einem exklusiven Gateway zusammenführen.",
            "en": f"{english} waits for a branch that no longer comes. Path: {path}. Join the branches of an "
            "exclusive gateway by an exclusive gateway.",
        },
    )


def crowded(element: Element, path: str) -> Problem:
    german, english = _called(element)
    return Problem(
        element.id,
        "not-synchronised",
        {
            "de": f"{german} kann mehrfach zugleich laufen, weil parallele Zweige nicht zusammengeführt "
            f"werden. Weg dorthin: {path}. Davor ein paralleles Gateway setzen.",
            "en": f"{english} can run several times at once, because parallel branches are not joined. "
            f"Path: {path}. Put a parallel gateway before it.",
        },
    )


def not_decided(where: str, limit: int) -> Problem:
    return Problem(
        where,
        "not-decided",
        {
            "de": f"Der Ablauf hat mehr als {limit} mögliche Zustände; ob er immer endet, ließ sich nicht "
            "feststellen. Bitte weniger Zweige zugleich laufen lassen oder den Ablauf teilen.",
            "en": f"The process has more than {limit} possible states; whether it always ends could not be "
            "decided. Run fewer branches at once or split the process.",
        },
    )


def without_end(element: Element, path: str) -> Problem:
    german, english = _called(element)
    return Problem(
        element.id,
        "no-way-to-end",
        {
            "de": f"Ab {german} kann der Vorgang nie mehr enden. Weg dorthin: {path}. Bitte einen Weg zum "
            "Ende zeichnen.",
            "en": f"From {english} the case can never end. Path: {path}. Draw a way to an end.",
        },
    )


def never_happens(element: Element) -> Problem:
    german, english = _called(element)
    return Problem(
        element.id,
        "never-happens",
        {
            "de": f"{german} kommt nie an die Reihe: Nichts löst es aus. Bitte den Auslöser zeichnen (etwa "
            "das Fehler- oder Eskalationsereignis im Teilprozess) oder das Element löschen.",
            "en": f"{english} never happens: nothing sets it off. Draw what does (such as the error or "
            "escalation event in the sub-process) or delete the element.",
        },
    )
