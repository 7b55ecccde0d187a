"""What to write instead of FEEL that we do not support; add a line when people trip over something."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Pattern in the cell → (German, English).
_HINTS: Mapping[str, tuple[str, str]] = {
    r"\b(now|today)\s*\(|date and time\s*\(|\btime\s*\(": (
        "Tabellen kennen keine Uhr: context.received_on vergleichen, Fristen im Ablauf festlegen.",
        "tables know no clock: compare context.received_on, set deadlines in the process.",
    ),
    r"\bduration\s*\(|\"P\d": (
        "Dauern gibt es in Tabellen nicht: Fristen im Ablauf festlegen (lz:due).",
        "there are no durations in tables: set deadlines in the process (lz:due).",
    ),
    r"\bif\b.*\bthen\b": (
        "Statt if … then … else: Bedingung ? Wert : anderer Wert, oder zwei Regeln.",
        "instead of if … then … else: condition ? value : other value, or two rules.",
    ),
    r"\b(some|every)\b.*\bsatisfies\b|\bfor\b.*\breturn\b": (
        "Statt some, every, for: some(liste, # > 1), all(liste, # > 1), map(liste, # * 2) in der Spalte.",
        "instead of some, every, for: some(list, # > 1), all(list, # > 1), map(list, # * 2) in the column.",
    ),
    r"\bfunction\s*\(|\binstance of\b|\bexternal\b": (
        "Eigene Funktionen und Typprüfungen gibt es nicht: Bedingung in Regeln auflösen.",
        "there are no own functions or type checks: spread the condition over rules.",
    ),
    r"\bmatches\s*\(|\breplace\s*\(|\bsplit\s*\(": (
        "Muster gibt es nicht: startsWith, endsWith oder contains in der Spalte verwenden.",
        "there are no patterns: use startsWith, endsWith or contains in the column.",
    ),
    r"\*\*|\^": (
        "Potenzen sind nicht exakt: als Produkt schreiben.",
        "powers are not exact: write a product.",
    ),
    r"^\s*\{": (
        "Kontexte gibt es nicht: mehrere Ergebnisspalten anlegen.",
        "there are no contexts: make several output columns.",
    ),
    r"\?": (
        "Statt eines Ausdrucks mit ? den Ausdruck als Spalte anlegen und hier true schreiben.",
        "instead of an expression with ?, make the expression a column and write true here.",
    ),
    r"\bbetween\b": ("Statt between: [1..5].", "instead of between: [1..5]."),
    r"\bin\b": (
        "Statt in: Werte mit Komma oder einen Bereich schreiben.",
        "instead of in: write values with commas or an interval.",
    ),
    r"\band\b|\bor\b": (
        "Statt and und or: mehrere Spalten (und), Werte mit Komma oder mehrere Regeln (oder).",
        "instead of and and or: several columns (and), values with commas or several rules (or).",
    ),
    r"^\d+,\d+\.\.|\d+,\d+\s*€|€": (
        "Beträge mit Punkt und ohne Zeichen schreiben: 5.50.",
        "write amounts with a point and without a sign: 5.50.",
    ),
    r"[-+*/]|\w\s*\(": (
        "Rechnungen gehören in die Spalte (inputExpression) oder in eine Ergebniszelle.",
        "calculations belong into the column (inputExpression) or into an output cell.",
    ),
}


def hint(source: str) -> tuple[str, str]:
    """(German, English) advice for a cell, with a leading space; empty if we have none."""
    for pattern, (german, english) in _HINTS.items():
        if re.search(pattern, source, re.DOTALL):
            return f" {german}", f" {english[0].upper()}{english[1:]}"
    return "", ""
