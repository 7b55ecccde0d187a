"""JPEG (ITU-T T.81): its segments, where it ends, and whether the picture can be read to its end."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass

from PIL import Image

from backend.files.inspection.kinds import JPEG
from backend.files.inspection.pixels import check_pixels
from backend.files.inspection.verdict import Refuse

_MAX_SCANS = 100
_MAX_IMAGES = 10
# What a progressive picture needs to be read; above, only its structure is checked.
_MAX_COEFFICIENTS = 100_000_000
# Samsung phones append notes of their own to every photo. Moving photos are longer: they hold a video.
_MAX_NOTES = 65_536
_SHORTEST_NOTES = 24
_FILL, _SOI, _EOI, _SOS = 0xFF, 0xD8, 0xD9, 0xDA
_LENGTH = 2
_STANDALONE = (0x01, *range(0xD0, 0xD8))
_FRAMES = (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0))
_PROGRESSIVE = (0xC2, 0xC6, 0xCA, 0xCE)
_MARKER_IN_DATA = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")


@dataclass(frozen=True, slots=True)
class _Picture:
    end: int
    coefficient_bytes: int
    progressive: bool


def check_jpeg(content: bytes) -> None:
    """Raises `Refuse`. More pictures may follow (phones add previews and depth maps), but nothing else."""
    first = _walk(content, 0)
    _check_rest(content, first.end)
    if first.progressive and first.coefficient_bytes > _MAX_COEFFICIENTS:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=["JPEG", "MPO"]) as image:
                image.draft("L", (1, 1))  # An eighth of width and height: all data is read, little is kept.
                image.load()
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError) as error:
        raise _damaged() from error


def _damaged() -> Refuse:
    return Refuse("damaged", kind=JPEG.words)


def _check_rest(content: bytes, end: int) -> None:
    for _ in range(_MAX_IMAGES):
        rest = re.compile(rb"\x00*").match(content, end)
        end = rest.end() if rest else end
        if end == len(content) or _is_notes(content[end:] if len(content) - end <= _MAX_NOTES else b""):
            return
        if not content.startswith(b"\xff\xd8\xff", end):
            break
        end = _walk(content, end).end
    raise Refuse("surrounded", kind=JPEG.words)


def _is_notes(rest: bytes) -> bool:
    """Samsung's trailer: ends with the length of its table, which begins with SEFH, and SEFT."""
    if not rest.endswith(b"SEFT") or len(rest) < _SHORTEST_NOTES:
        return False
    length = int.from_bytes(rest[-8:-4], "little")
    table = rest[-8 - length : -8]
    return table.startswith(b"SEFH") and b"PK\x03\x04" not in rest and b"ftyp" not in rest


def _walk(content: bytes, start: int) -> _Picture:
    """From SOI to EOI; raises `Refuse` if a segment leads out of the file or the picture is too large."""
    at, scans, coefficients, progressive = start + 2, 0, None, False
    while True:
        if content[at : at + 1] != b"\xff" or at + 2 > len(content):
            raise _damaged()
        marker = content[at + 1]
        at += 1 if marker == _FILL else 2
        if marker == _EOI and coefficients is not None and scans:
            return _Picture(at, coefficients, progressive)
        if marker == _FILL or marker in _STANDALONE:
            continue
        length = int.from_bytes(content[at : at + 2], "big")
        if length < _LENGTH or at + length > len(content) or marker in (_SOI, _EOI):
            raise _damaged()
        if marker in _FRAMES:
            coefficients = _read_frame(content[at + 2 : at + length])
            progressive = marker in _PROGRESSIVE
        at += length
        if marker == _SOS:
            scans += 1
            data = _MARKER_IN_DATA.search(content, at)
            if data is None:
                raise _damaged()
            if scans > _MAX_SCANS:
                raise Refuse("too-demanding")
            at = data.end() - 2


def _read_frame(frame: bytes) -> int:
    """Bytes of all coefficients; checks the size in pixels. A height of 0 (told later) is nowhere used."""
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    components = [frame[at + 1] for at in range(6, len(frame) - 2, 3)]
    if not height or not width or not components or 0 in components:
        raise _damaged()
    check_pixels(width=width, height=height)
    most = max(c >> 4 for c in components) * max(c & 15 for c in components) or 1
    return width * height * 2 * sum((c >> 4) * (c & 15) for c in components) // most
