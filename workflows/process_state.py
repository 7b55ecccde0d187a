"""The stored state of a running process: compact, bounded, exact; nothing in it is ever executed.

zlib-compressed JSON without the specification. Decimals are tagged, so they come back as they were.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from forms.problems import Problem, Problems

MAX_BYTES = 4_000_000
MAX_POSITIONS = 2_000
_VERSION = 1
_DECIMAL = "$decimal"
_OBJECT = "$object"


class ProcessFault(Problems):
    """A running process cannot go on; the problem names the element and what to do."""


@dataclass(frozen=True, slots=True)
class Position:
    """One entry of the engine's tree; `parent` is an index into the list of positions before it."""

    name: str
    state: int
    parent: int | None
    step: str | None


@dataclass(frozen=True, slots=True)
class Saved:
    data: dict[str, Any]
    positions: list[Position]
    counts: dict[str, int]
    ends: list[str]


def save(*, saved: Saved, bpmn_hash: str) -> bytes:
    """Raises `ProcessFault` if the data is no JSON or the state exceeds 4 MB or 2,000 positions."""
    if len(saved.positions) > MAX_POSITIONS:
        _fault(
            "state-too-large",
            f"Der Vorgang hat mehr als {MAX_POSITIONS} offene Schritte durchlaufen. Bitte den Ablauf prüfen.",
            f"The case went through more than {MAX_POSITIONS} open steps. Check the process.",
        )
    content = {
        "v": _VERSION,
        "hash": bpmn_hash,
        "data": _encode(saved.data),
        "tasks": [[row.name, row.state, row.parent, row.step] for row in saved.positions],
        "counts": saved.counts,
        "ends": saved.ends,
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    if len(text) > MAX_BYTES:
        _fault(
            "state-too-large",
            f"Die Daten des Vorgangs sind größer als {MAX_BYTES // 1_000_000} MB.",
            f"The data of the case exceed {MAX_BYTES // 1_000_000} MB.",
        )
    return zlib.compress(text, level=6)


def load(*, state: bytes, bpmn_hash: str) -> Saved:
    """Raises `ProcessFault` if the state is damaged or belongs to another version of the process."""
    content = _read(state)
    if content.get("hash") != bpmn_hash:
        _fault(
            "state-of-another-process",
            "Der Stand gehört zu einer anderen Fassung des Ablaufs. Bitte mit der Fassung des "
            "Vorgangs laden.",
            "The state belongs to another version of the process. Load the version the case was begun with.",
        )
    try:
        positions = [_position(row, index) for index, row in enumerate(content["tasks"])]
        saved = Saved(
            data=_decode(content["data"]),
            positions=positions,
            counts={str(key): int(value) for key, value in content["counts"].items()},
            ends=[str(end) for end in content["ends"]],
        )
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation, RecursionError):
        _damaged()
    if not positions or not isinstance(saved.data, dict):
        _damaged()
    return saved


def _read(state: bytes) -> dict[str, Any]:
    unpacker = zlib.decompressobj()
    try:
        # Bounded: a few bytes must not unpack to gigabytes.
        text = unpacker.decompress(state, MAX_BYTES + 1)
        content = json.loads(text) if unpacker.eof else None
    except (zlib.error, ValueError, RecursionError):
        _damaged()
    if not isinstance(content, dict) or content.get("v") != _VERSION:
        _damaged()
    return content


def _position(row: Any, index: int) -> Position:
    name, state, parent, step = row
    first = index == 0
    if (parent is None) is not first or (parent is not None and not 0 <= int(parent) < index):
        raise ValueError(row)
    return Position(str(name), int(state), parent, None if step is None else str(step))


def _encode(value: Any) -> Any:
    match value:
        case None | bool() | str() | int():
            return value
        case float() if value - value == 0:
            return value
        case Decimal():
            return {_DECIMAL: str(value)}
        case Mapping() if all(isinstance(key, str) for key in value):
            encoded = {key: _encode(member) for key, member in value.items()}
            # Someone's own key must not be mistaken for our tag.
            return {_OBJECT: encoded} if any(key.startswith("$") for key in value) else encoded
        case list() | tuple():
            return [_encode(item) for item in value]
        case _:
            return _not_json(value)


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return [_decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {_DECIMAL}:
        return Decimal(value[_DECIMAL])
    members = value[_OBJECT] if set(value) == {_OBJECT} else value
    return {key: _decode(member) for key, member in members.items()}


def _not_json(value: Any) -> NoReturn:
    kind = type(value).__name__
    _fault(
        "data-not-json",
        f"Ein Wert der Art {kind} lässt sich nicht speichern. Erlaubt sind JSON-Werte und Dezimalzahlen.",
        f"A value of type {kind} cannot be stored. JSON values and decimals can.",
    )


def _damaged() -> NoReturn:
    _fault(
        "state-damaged",
        "Der gespeicherte Stand des Ablaufs ist beschädigt. Bitte aus der Sicherung wiederherstellen.",
        "The stored state of the process is damaged. Restore it from the backup.",
    )


def _fault(code: str, de: str, en: str) -> NoReturn:
    raise ProcessFault([Problem("state", code, {"de": de, "en": en})])
