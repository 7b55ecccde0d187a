"""Read this to see how bytes are checked to be DER (X.690, 10): written in the only possible way."""

from __future__ import annotations

from typing import Final

_MAX_DEPTH: Final = 40
_LONG_FORM: Final = 0x80
_CONSTRUCTED: Final = 0x20
_HIGH_TAG: Final = 0x1F
_MAX_LENGTH_BYTES: Final = 4


class NotDer(ValueError):
    """The bytes are not DER: lengths do not fit or could have been written shorter."""


def value_length(*, data: bytes, start: int = 0) -> int:
    """How many bytes the value beginning at `start` takes, head included. Raises `NotDer`."""
    head, length = _head(data, start, len(data))
    return head + length


def check_der(*, data: bytes) -> None:
    """Raises `NotDer` unless `data` is exactly one value whose parts fill each other exactly."""
    _check(data, 0, len(data), 0)
    if value_length(data=data) != len(data):
        raise NotDer("trailing bytes")


def _check(data: bytes, start: int, end: int, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise NotDer("nested too deep")
    while start < end:
        head, length = _head(data, start, end)
        stop = start + head + length
        if data[start] & _CONSTRUCTED:
            _check(data, start + head, stop, depth + 1)
        start = stop


def _head(data: bytes, start: int, end: int) -> tuple[int, int]:
    """(length of tag and length, length of the content)."""
    if start + 2 > end or data[start] & _HIGH_TAG == _HIGH_TAG:
        raise NotDer("tag")
    first = data[start + 1]
    if first < _LONG_FORM:
        head, length = 2, first
    else:
        count = first - _LONG_FORM
        digits = data[start + 2 : start + 2 + count]
        head, length = 2 + count, int.from_bytes(digits, "big")
        shortest = digits[:1] != b"\0" and length >= _LONG_FORM
        if not 1 <= count <= _MAX_LENGTH_BYTES or len(digits) < count or not shortest:
            raise NotDer("length")
    if start + head + length > end:
        raise NotDer("length")
    return head, length
