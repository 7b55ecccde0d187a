"""Which element may stand where in XDatenfelder 2 and 3, how often, and which codes exist.

Written as tables: `name!` exactly once, `name?` at most once, `name*` any number, `~` before a name: the
element is in no namespace. Elements without a row hold text only; those in `OPAQUE` are not looked into.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from forms.problems import Problem
from forms.xml_stream import Node

NAMESPACES = {
    "urn:xoev-de:fim:standard:xdatenfelder_2": "2",
    "urn:xoev-de:fim:standard:xdatenfelder_3.0.0": "3",
}
ROOTS = {
    "xdatenfelder.stammdatenschema.0102": "stammdatenschema",
    "xdatenfelder.datenfeldgruppe.0103": "datenfeldgruppe",
}
# Most of a real file are relations to other elements, up to 90 %; nothing here needs them.
SKIPPED = frozenset({"relation"})
OPAQUE = frozenset({"header", "dokumentsteckbrief", "stichwort", "param", "ziel", "fehler"})


@dataclass(frozen=True, slots=True)
class Slot:
    """How often a child may stand in its parent, and whether it has no namespace."""

    needed: bool
    many: bool
    bare: bool


_SHARED_2 = (
    "identifikation! name! bezeichnungEingabe? bezeichnungAusgabe? beschreibung? definition? bezug? status! "
    "gueltigAb? gueltigBis? fachlicherErsteller? versionshinweis? freigabedatum? veroeffentlichungsdatum? "
)
_SHARED_3 = (
    "identifikation! name! beschreibung? definition? bezug* freigabestatus! statusGesetztAm? "
    "statusGesetztDurch? gueltigAb? gueltigBis? versionshinweis? veroeffentlichungsdatum? letzteAenderung! "
    "fachlicherErsteller? stichwort* "
)
_SHOWN = "bezeichnungEingabe? bezeichnungAusgabe? schemaelementart! hilfetextEingabe? hilfetextAusgabe? "
_DERIVED = "ableitungsmodifikationenStruktur? ableitungsmodifikationenRepraesentation? "
_CONTAINER = "regel* struktur* "
_LIST = "canonicalIdentification? version? canonicalVersionUri?"
_ROOT = "header? stammdatenschema? datenfeldgruppe?"

_ROWS_2 = {
    **dict.fromkeys(ROOTS, _ROOT),
    "identifikation": "id! version?",
    "stammdatenschema": _SHARED_2 + _DERIVED + _CONTAINER + "hilfetext?",
    "datenfeldgruppe": _SHARED_2 + "schemaelementart! hilfetextEingabe? hilfetextAusgabe? " + _CONTAINER,
    "datenfeld": _SHARED_2
    + "schemaelementart! hilfetextEingabe? hilfetextAusgabe? feldart! datentyp! praezisierung? inhalt? "
    "codelisteReferenz? regel*",
    "regel": _SHARED_2 + "script?",
    "struktur": "anzahl! bezug? enthaelt!",
    "enthaelt": "datenfeldgruppe? datenfeld?",
    "codelisteReferenz": "identifikation? genericodeIdentification?",
    "genericodeIdentification": _LIST,
}
_ROWS_3 = {
    **dict.fromkeys(ROOTS, _ROOT),
    "identifikation": "id! version!",
    "stammdatenschema": _SHARED_3
    + _DERIVED
    + _CONTAINER
    + "bezeichnung? bezeichnungEingabe? bezeichnungAusgabe? hilfetext? dokumentsteckbrief?",
    "datenfeldgruppe": _SHARED_3 + _SHOWN + _CONTAINER + "art?",
    "datenfeld": _SHARED_3
    + _SHOWN
    + "feldart! datentyp! praezisierung? inhalt* vorbefuellung? werte? codelisteReferenz? codeKey? nameKey? "
    "helpKey? mediaType* maxSize? regel*",
    "regel": "identifikation! name! beschreibung? definition? freitextRegel? bezug* stichwort* "
    "fachlicherErsteller? letzteAenderung? typ? param* ziel* skript? fehler*",
    "struktur": "anzahl! bezug* enthaelt!",
    "enthaelt": "datenfeldgruppe? datenfeld?",
    "werte": "wert*",
    "wert": "code! name? hilfe?",
    "codelisteReferenz": _LIST,
}
_DERIVATIONS = {
    "ableitungsmodifikationenStruktur": frozenset("0123"),
    "ableitungsmodifikationenRepraesentation": frozenset("01"),
    "schemaelementart": frozenset({"ABS", "HAR", "RNG"}),
}
_TYPES_2 = frozenset({"text", "date", "bool", "num", "num_int", "num_currency", "file", "obj"})
CODES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "2": {
        **_DERIVATIONS,
        "status": frozenset({"inVorbereitung", "aktiv", "inaktiv"}),
        "feldart": frozenset({"input", "select", "label"}),
        "datentyp": _TYPES_2,
    },
    "3": {
        **_DERIVATIONS,
        "freigabestatus": frozenset("12345678"),
        "feldart": frozenset({"input", "select", "label", "hidden", "locked"}),
        "datentyp": _TYPES_2 | {"text_latin", "time", "datetime"},
        "vorbefuellung": frozenset({"keine", "optional", "verpflichtend"}),
        "typ": frozenset("KMVB"),
        "art": frozenset("X"),
    },
}


def _slots(row: str) -> Mapping[str, Slot]:
    return {
        word.strip("~!?*"): Slot(word.endswith("!"), word.endswith("*"), word.startswith("~"))
        for word in row.split()
    }


_CODED = "~code! ~name?"
_GRAMMAR: Mapping[str, Mapping[str, Mapping[str, Slot]]] = {
    standard: {
        **{name: _slots(row) for name, row in rows.items()},
        **{name: _slots(_CODED) for name in CODES[standard]},
    }
    for standard, rows in (("2", _ROWS_2), ("3", _ROWS_3))
}


def faults(*, root: Node, standard: str) -> Iterator[Problem]:
    """Everything in which the document does not follow the tables; each with its line."""
    space = next(uri for uri, version in NAMESPACES.items() if version == standard)
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.name in OPAQUE:
            continue
        yield from _children(node, _GRAMMAR[standard].get(node.name, {}), space)
        if node.name in CODES[standard]:
            yield from _code(node, CODES[standard][node.name])
        if node.name == "identifikation" and node.first("id") is not None:
            yield from _identity(node, standard)
        waiting += reversed(node.children)


def _children(node: Node, slots: Mapping[str, Slot], space: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for child in node.children:
        slot = slots.get(child.name)
        if slot is None or child.space != ("" if slot.bare else space):
            yield problem(child.line, "element-unknown", child.name, node.name)
        elif child.name in seen and not slot.many:
            yield problem(child.line, "element-twice", child.name, node.name)
        seen.add(child.name)
    for name, slot in slots.items():
        if slot.needed and name not in seen:
            yield problem(node.line, "element-missing", name, node.name)
    # Exports repeat an empty `inhalt` beside the real one; two texts would leave open which one counts.
    if len([child for child in node.all("inhalt") if child.text]) > 1:
        yield problem(node.line, "element-twice", "inhalt", node.name)
    if node.name == "enthaelt" and len(seen & {"datenfeld", "datenfeldgruppe"}) != 1:
        yield problem(node.line, "element-missing", "datenfeld|datenfeldgruppe", node.name)


def _code(node: Node, allowed: frozenset[str]) -> Iterator[Problem]:
    code = node.first("code")
    if code is not None and code.text not in allowed:
        yield problem(code.line, "code-unknown", code.text[:60], node.name, ", ".join(sorted(allowed)))


def _identity(node: Node, standard: str) -> Iterator[Problem]:
    for name in ("id", "version") if standard == "3" else ("id",):
        child = node.first(name)
        if child is not None and not child.text:
            yield problem(child.line, "text-missing", name, node.name)
    found = node.text_of("id")
    if found and not (found.isascii() and found.isalnum() and found[0].isalpha() and len(found) <= _LONGEST):
        yield problem(node.line, "id-invalid", found[:60], node.name)


_LONGEST = 40
_TEXTS = {
    "namespace-unknown": (
        (
            "Der Namensraum „{0}“ ist nicht XDatenfelder 2 oder 3. Bitte laden Sie die Datei im "
            "FIM-Portal als "
            "XDatenfelder 2 oder 3.0.0 herunter."
        ),
        (
            "The namespace “{0}” is not XDatenfelder 2 or 3. Please download the file from the FIM portal as "
            "XDatenfelder 2 or 3.0.0."
        ),
    ),
    "root-unknown": (
        "„{0}“ kann nicht eingelesen werden, nur ein Stammdatenschema oder eine Datenfeldgruppe.",
        "“{0}” cannot be imported, only a Stammdatenschema or a Datenfeldgruppe.",
    ),
    "element-unknown": (
        "„{0}“ ist in „{1}“ unbekannt. Bitte lassen Sie die Datei neu erzeugen.",
        "“{0}” is unknown in “{1}”. Please have the file exported again.",
    ),
    "element-twice": (
        "„{0}“ steht in „{1}“ zweimal, erlaubt ist es einmal. Bitte lassen Sie die Datei neu erzeugen.",
        "“{0}” stands twice in “{1}”, it may stand once. Please have the file exported again.",
    ),
    "element-missing": (
        "In „{1}“ fehlt „{0}“. Bitte lassen Sie die Datei neu erzeugen.",
        "“{0}” is missing in “{1}”. Please have the file exported again.",
    ),
    "text-missing": (
        "„{0}“ in „{1}“ ist leer. Bitte lassen Sie die Datei neu erzeugen.",
        "“{0}” in “{1}” is empty. Please have the file exported again.",
    ),
    "code-unknown": (
        "Den Code „{0}“ gibt es bei „{1}“ nicht. Möglich sind: {2}.",
        "There is no code “{0}” for “{1}”. Possible are: {2}.",
    ),
    "id-invalid": (
        "„{0}“ ist keine Kennung: ein Buchstabe und Ziffern, höchstens 40 Zeichen.",
        "“{0}” is no identifier: a letter and digits, at most 40 characters.",
    ),
    "count-invalid": (
        "„{0}“ ist keine Anzahl. Nötig ist „von:bis“, zum Beispiel 0:1 oder 1:*.",
        "“{0}” is no cardinality. It must be “from:to”, for example 0:1 or 1:*.",
    ),
    "too-many-elements": (
        "Das Schema hat mehr als {0} Felder und Gruppen oder mehr als {1} Ebenen. Bitte teilen Sie es.",
        "The schema has more than {0} fields and groups or more than {1} levels. Please split it.",
    ),
    "too-many-problems": (
        "Es gibt noch mehr Fehler; gezeigt werden die ersten {0}.",
        "There are more problems; the first {0} are shown.",
    ),
    "precision-unreadable": (
        "Die Präzisierung „{0}“ von {1} ist nicht lesbar und bleibt ohne Wirkung: {2}.",
        "The Präzisierung “{0}” of {1} cannot be read and has no effect: {2}.",
    ),
}


def problem(line: int, code: str, *details: str) -> Problem:
    german, english = _TEXTS[code]
    text = {"de": german.format(*details), "en": english.format(*details)}
    return Problem(where=f"line {line}", code=code, text=text)
