"""XDatenfelder 3 messages for tests, written from a few words."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from forms.fim.model import FimSchema
from forms.fim.reader import read_message

SPACE = "urn:xoev-de:fim:standard:xdatenfelder_3.0.0"


def coded(name: str, code: str) -> str:
    return f"<x:{name}><code>{code}</code></x:{name}>"


def element(identity: str, label: str, inside: str, version: str = "1.0.0") -> str:
    return (
        f"<x:identifikation><x:id>{identity}</x:id><x:version>{version}</x:version></x:identifikation>"
        f"<x:name>{label}</x:name>{coded('freigabestatus', '6')}"
        f"<x:letzteAenderung>2026-01-01T00:00:00Z</x:letzteAenderung>{inside}"
    )


def field(identity: str, kind: str = "text", art: str = "input", more: str = "", label: str = "Frage") -> str:
    inside = f"{coded('schemaelementart', 'HAR')}{coded('feldart', art)}{coded('datentyp', kind)}{more}"
    return f"<x:datenfeld>{element(identity, label, inside)}</x:datenfeld>"


def use(content: str, count: str = "1:1") -> str:
    return f"<x:struktur><x:anzahl>{count}</x:anzahl><x:enthaelt>{content}</x:enthaelt></x:struktur>"


def group(identity: str, *uses: str, more: str = "", label: str = "Gruppe") -> str:
    inside = f"{coded('schemaelementart', 'HAR')}{more}{''.join(uses)}"
    return f"<x:datenfeldgruppe>{element(identity, label, inside)}</x:datenfeldgruppe>"


def rule(identity: str, text: str) -> str:
    return (
        f"<x:regel><x:identifikation><x:id>{identity}</x:id><x:version>1.0.0</x:version></x:identifikation>"
        f"<x:name>Regel</x:name><x:freitextRegel><![CDATA[{text}]]></x:freitextRegel>{coded('typ', 'K')}</x:regel>"
    )


def values(**names: str) -> str:
    rows = "".join(
        f"<x:wert><x:code>{code.strip('_')}</x:code><x:name>{name}</x:name></x:wert>"
        for code, name in names.items()
    )
    return f"<x:werte>{rows}</x:werte>"


def message(*uses: str, more: str = "", space: str = SPACE) -> bytes:
    inside = element("S00000000001", "Antrag", more + "".join(uses))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<x:xdatenfelder.stammdatenschema.0102 xmlns:x="{space}">'
        f"<x:stammdatenschema>{inside}</x:stammdatenschema></x:xdatenfelder.stammdatenschema.0102>"
    ).encode()


def read(xml: bytes) -> FimSchema:
    return read_message(file=BytesIO(xml))


def refused(xml: bytes, error: type[Exception]) -> list[tuple[str, str]]:
    """(where, code) of every problem."""
    try:
        read(xml)
    except error as found:
        problems: Any = found
        return [(each.where, each.code) for each in problems.problems]
    return []
