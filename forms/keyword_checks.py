"""Names and our own keywords at questions: are `x-id`, `x-file`, `x-prefill`, `x-date` in order?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from forms import date_limits, file_types, person
from forms.file_types import MEDIA_TYPES, MOST_BYTES
from forms.person import ATTRIBUTES

IDENTITY = "x-id"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_LIMITS = frozenset({"types", "max-bytes"})

TEXTS = {
    "name-is-number": (
        "Der Name „{detail}“ besteht nur aus Ziffern: so heißen Listeneinträge. Setzen Sie Buchstaben davor.",
        "The name “{detail}” is all digits, like the entries of lists. Please put letters before them.",
    ),
    "id-misplaced": (
        (
            "„x-id“ gehört an eine Frage, einen Abschnitt oder eine Liste unter „properties“, nicht in "
            "„$defs“, anyOf, if, then und Ähnliches."
        ),
        (
            "“x-id” belongs to a question, a section or a list under “properties”, not into “$defs”, "
            "anyOf, if, then and the like."
        ),
    ),
    "id-shape": (
        "„x-id“ besteht aus 1 bis 64 Buchstaben ohne Umlaute, Ziffern, Punkt, Binde- und Unterstrich.",
        "“x-id” is 1 to 64 letters from A to Z, digits, full stops, hyphens and underscores.",
    ),
    "id-twice": (
        "Die „x-id“ „{detail}“ gibt es in diesem Formular schon. Bitte vergeben Sie jede nur einmal.",
        "The “x-id” “{detail}” already exists in this form. Please use each only once.",
    ),
    "date-misplaced": (
        '„x-date“ gehört neben "format": "date" an eine Frage unter „properties“, nicht in if, then usw.',
        '“x-date” belongs beside "format": "date" at a question under “properties”, not into if, then etc.',
    ),
    "date-shape": (
        (
            'Nötig ist {{"not-before": …, "not-after": …}} mit „today“, „today-18Y“ (D, W, M, Y; bis 999) '
            "oder einem Tag wie „2024-01-01“, und der erste Tag nicht nach dem letzten."
        ),
        (
            'This must be {{"not-before": …, "not-after": …}} with “today”, “today-18Y” (D, W, M, Y; up to '
            "999) or a day like “2024-01-01”, the first day not after the last."
        ),
    ),
    "file-misplaced": (
        '„x-file“ gehört neben "format": "file", nicht in anyOf, if, then und Ähnliches.',
        '“x-file” belongs beside "format": "file", not into anyOf, if, then and the like.',
    ),
    "file-shape": (
        '„x-file“ ist zum Beispiel {{"types": ["image/png"], "max-bytes": 5000000}}. Beides darf fehlen.',
        '“x-file” is for example {{"types": ["image/png"], "max-bytes": 5000000}}. Both may be left out.',
    ),
    "file-type-unknown": (
        "Die Dateiart „{detail}“ gibt es nicht. Möglich sind: " + ", ".join(MEDIA_TYPES) + ".",
        "There is no kind of file “{detail}”. Possible are: " + ", ".join(MEDIA_TYPES) + ".",
    ),
    "file-size": (
        f"„max-bytes“ ist eine ganze Zahl von 1 bis {MOST_BYTES}.",
        f"“max-bytes” is a whole number from 1 to {MOST_BYTES}.",
    ),
    "prefill-misplaced": (
        (
            "„x-prefill“ gehört an eine einzelne Frage unter „properties“, die die Bürgerin oder der Bürger "
            "beantwortet: nicht in Listen, anyOf, if, then und Ähnliches, nicht an schreibgeschützte Felder."
        ),
        (
            "“x-prefill” belongs to a single question under “properties” that the citizen answers: not into "
            "lists, anyOf, if, then and the like, and not at read-only fields."
        ),
    ),
    "prefill-unknown": (
        "Das Merkmal „{detail}“ gibt es nicht. Möglich sind: " + ", ".join(ATTRIBUTES) + ".",
        "There is no attribute “{detail}”. Possible are: " + ", ".join(ATTRIBUTES) + ".",
    ),
    "prefill-kind": (
        "Dieses Merkmal passt nicht zur Art der Frage. Möglich ist hier: {detail}.",
        "This attribute does not fit the kind of question. Possible here: {detail}.",
    ),
}


def is_id(value: object) -> bool:
    """Whether the value can be an `x-id`."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def keyword_faults(
    *, node: Mapping[str, Any], steps: Sequence[str | int], alternative: bool
) -> Iterator[tuple[str, str]]:
    """(code, detail) of all faults at one subschema.

    `steps` are the keywords on the way to it, without the names of properties; `alternative`: one of them
    holds only under conditions, or for no question of its own.
    """
    yield from _name_faults(node)
    at_question = steps[-1:] in (["properties"], ["$defs"]) and not alternative
    if IDENTITY in node:
        if not at_question or "$defs" in steps:
            yield "id-misplaced", ""
        if not is_id(node[IDENTITY]):
            yield "id-shape", ""
    if file_types.KEYWORD in node:
        if alternative or node.get("format") != "file":
            yield "file-misplaced", ""
        yield from _file_faults(node[file_types.KEYWORD])
    if date_limits.KEYWORD in node:
        yield from _date_faults(node, at_question=at_question)
    if person.KEYWORD in node:
        if not at_question or "items" in steps or _is_locked(node):
            yield "prefill-misplaced", ""
        yield from _prefill_faults(node[person.KEYWORD], node)


def _name_faults(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in node.get("properties", {}):
        if name.isascii() and name.isdigit():
            yield "name-is-number", name


def _date_faults(node: Mapping[str, Any], *, at_question: bool) -> Iterator[tuple[str, str]]:
    if not at_question or node.get("format") != "date":
        yield "date-misplaced", ""
    if date_limits.read_limits(node[date_limits.KEYWORD]) is None:
        yield "date-shape", ""


def _is_locked(node: Mapping[str, Any]) -> bool:
    return node.get("readOnly") is True or "x-calculate" in node


def _file_faults(limits: object) -> Iterator[tuple[str, str]]:
    types = limits.get("types", ["application/pdf"]) if isinstance(limits, Mapping) else None
    if not isinstance(limits, Mapping) or limits.keys() - _LIMITS or not isinstance(types, list) or not types:
        yield "file-shape", ""
        return
    for each in types:
        if not isinstance(each, str) or each not in MEDIA_TYPES:
            yield "file-type-unknown", str(each)[:100]
    most = limits.get("max-bytes", 1)
    if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= MOST_BYTES:
        yield "file-size", ""


def _prefill_faults(name: object, node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    attribute = ATTRIBUTES.get(name) if isinstance(name, str) else None
    if attribute is None:
        yield "prefill-unknown", str(name)[:100]
    elif "$ref" not in node and (
        node.get("type", "string") != "string" or node.get("format", "") not in attribute.formats
    ):
        wanted = (f'"format": "{each}"' if each else '"type": "string"' for each in sorted(attribute.formats))
        yield "prefill-kind", ", ".join(wanted)
