"""What the people of the tour enter: two applications and the clerks' decisions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

_YEAR = datetime.now(UTC).year

PLAIN: dict[str, Any] = {
    "person": {
        "vorname": "Erika",
        "nachname": "Mustermann",
        "strasse": "Heidestraße",
        "hausnummer": "17",
        "postleitzahl": "31999",
        "ort": "Musterhausen",
        "email": "erika@example.org",
    },
    "hund": {
        "rufname": "Bella",
        "rasse": "Labrador Retriever",
        "geschlecht": "weiblich",
        "geburtsmonat": "2025-03",
        "chipnummer": "276098106234567",
        "gehalten_seit": "2026-11-01",
    },
    "haushalt": {"weitere_hunde": 0},
    "befreiung": {"art": "keine"},
    "ermaessigung": {"grund": "keine"},
    "erklaerung": {"richtig": True},
}
DECISION: dict[str, Any] = {
    "ergebnis": "festsetzen",
    "ermaessigung": False,
    "steuerjahr": _YEAR,
    "erster_monat": 12,
    "markennummer": "4711",
}
EXEMPTION: dict[str, Any] = {
    **PLAIN,
    "person": {**PLAIN["person"], "vorname": "Ahmet", "nachname": "Beispiel", "email": "ahmet@example.org"},
    "hund": {**PLAIN["hund"], "rufname": "Paul", "geschlecht": "männlich", "chipnummer": "276098106234568"},
    "befreiung": {
        "art": "assistenzhund",
        "begruendung": "Paul ist mein Assistenzhund.",
        "nachweis": "Bescheinigung der Ausbildungsstätte vom 2. Oktober",
    },
}
OPINION: dict[str, Any] = {
    "empfehlung": "befreien",
    "stellungnahme": "Der Nachweis liegt vor und ist gültig.",
}
PREPARED: dict[str, Any] = {
    "ergebnis": "befreien",
    "befreit_ab": f"{_YEAR}-12-01",
    "markennummer": "4712",
    "begruendung": "Paul ist ein ausgebildeter Assistenzhund; der Nachweis liegt vor.",
}
