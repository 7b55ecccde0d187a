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
_VERSION = 2
_DECIMAL = "$decimal"
_OBJECT = "$object"


class ProcessFault(Problems):
    """A running process cannot go on; the problem names the element and what to do."""


@dataclass(frozen=True, slots=True)
class SavedInstance:
    """One of several runs of an activity, or the one run of a sub-process: `item` says for whom."""

    step: str
    item: Any
    level: SavedLevel | None


@dataclass(frozen=True, slots=True)
class SavedActivity:
    """An open activity with something in it: who is still to come (`left`), how many were and are done."""

    left: list[Any]
    total: int
    done: int
    instances: list[SavedInstance]


@dataclass(frozen=True, slots=True)
class Position:
    """A token: waiting at a step, or at a join (`arrived`: way in → tokens there).

    `group`: steps of which one ends the others.
    """

    element: str
    step: str | None
    group: str | None
    arrived: dict[str, int]
    held: SavedActivity | None


@dataclass(frozen=True, slots=True)
class SavedLevel:
    """A process, or one run of a sub-process: its tokens, the ends it reached, data of its own if it has."""

    positions: list[Position]
    ends: list[str]
    data: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Saved:
    data: dict[str, Any]
    counts: dict[str, int]
    level: SavedLevel


def save(*, saved: Saved, bpmn_hash: str) -> bytes:
    """Raises `ProcessFault` if the data is no JSON or the state exceeds 4 MB or 2,000 positions."""
    if _count(saved.level) > MAX_POSITIONS:
        _fault(
            "state-too-large",
            f"Der Vorgang hat mehr als {MAX_POSITIONS} offene Schritte zugleich. Bitte den Ablauf prüfen.",
            f"The case has more than {MAX_POSITIONS} open steps at once. Check the process.",
        )
    content = {
        "v": _VERSION,
        "hash": bpmn_hash,
        "data": _encode(saved.data),
        "counts": saved.counts,
        "level": _level_out(saved.level),
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
        saved = Saved(
            data=_decode(content["data"]),
            counts={str(key): int(value) for key, value in content["counts"].items()},
            level=_level_in(content["level"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation, RecursionError):
        _damaged()
    if not isinstance(saved.data, dict):
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


def _count(level: SavedLevel) -> int:
    inner = (
        1 if instance.level is None else _count(instance.level)
        for row in level.positions
        for instance in (row.held.instances if row.held else ())
    )
    return len(level.positions) + sum(inner)


def _level_out(level: SavedLevel) -> list[Any]:
    rows = [
        [row.element, row.step, row.group, row.arrived, None if row.held is None else _held_out(row.held)]
        for row in level.positions
    ]
    return [rows, level.ends, None if level.data is None else _encode(level.data)]


def _held_out(held: SavedActivity) -> list[Any]:
    instances = [
        [each.step, _encode(each.item), None if each.level is None else _level_out(each.level)]
        for each in held.instances
    ]
    return [_encode(held.left), held.total, held.done, instances]


def _level_in(content: Any) -> SavedLevel:
    rows, ends, data = content
    own = None if data is None else _decode(data)
    if not isinstance(ends, list) or not isinstance(own, dict | None):
        raise TypeError(content)
    return SavedLevel([_position(row) for row in rows], [str(end) for end in ends], own)


def _position(row: Any) -> Position:
    element, step, group, arrived, held = row
    return Position(
        element=str(element),
        step=_text(step),
        group=_text(group),
        arrived={str(way): int(count) for way, count in arrived.items()},
        held=None if held is None else _held_in(held),
    )


def _held_in(content: Any) -> SavedActivity:
    left, total, done, rows = content
    instances = [
        SavedInstance(str(step), _decode(item), None if level is None else _level_in(level))
        for step, item, level in rows
    ]
    return SavedActivity(list(_decode(left)), int(total), int(done), instances)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


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
