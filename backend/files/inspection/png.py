"""PNG (W3C, third edition): its chunks to the last byte, and whether exactly its pixels are there."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from backend.files.inspection.kinds import PNG
from backend.files.inspection.pixels import check_pixels
from backend.files.inspection.verdict import Refuse

_START = 8
_HEADER = 13
_CHECKSUM = 4
_PIECE = 1 << 20
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
# Adam7: first column, first row, step of columns, step of rows.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_ANIMATED = (b"acTL", b"fcTL", b"fdAT")
_COMPRESSED = (b"zTXt", b"iTXt", b"iCCP")
_MAX_COMPRESSED = 16 << 20


@dataclass(frozen=True, slots=True)
class _Chunk:
    kind: bytes
    data: memoryview


def check_png(content: bytes) -> None:
    """Raises `Refuse`. Pixels are unpacked piece by piece and counted, never kept."""
    chunks = list(_chunks(content))
    if chunks[0].kind != b"IHDR" or chunks[-1].kind != b"IEND" or len(chunks[0].data) != _HEADER:
        raise _damaged()
    if any(chunk.kind in _ANIMATED for chunk in chunks):
        raise Refuse("animated")
    expected = _expected_bytes(bytes(chunks[0].data))
    if any(_unpacks_to_much(chunk) for chunk in chunks):
        raise Refuse("too-demanding")
    _check_pixels(chunks, expected)


def _damaged() -> Refuse:
    return Refuse("damaged", kind=PNG.words)


def _chunks(content: bytes) -> Iterator[_Chunk]:
    """Every chunk with its checksum checked; the file ends where IEND ends."""
    whole, at = memoryview(content), _START
    while at + 12 <= len(content):
        length = int.from_bytes(whole[at : at + 4], "big")
        kind, data = bytes(whole[at + 4 : at + 8]), whole[at + 8 : at + 8 + length]
        checksum = whole[at + 8 + length : at + 12 + length]
        if len(checksum) < _CHECKSUM or zlib.crc32(data, zlib.crc32(kind)) != int.from_bytes(checksum, "big"):
            raise _damaged()
        yield _Chunk(kind, data)
        at += 12 + length
        if kind == b"IEND":
            if at != len(content):
                raise Refuse("surrounded", kind=PNG.words)
            return
    raise _damaged()


def _expected_bytes(header: bytes) -> int:
    """How many bytes the pixels unpack to: each row with its filter byte."""
    width, height = int.from_bytes(header[0:4], "big"), int.from_bytes(header[4:8], "big")
    depth, colour, compression, filtering, interlace = header[8:13]
    if not width or not height or depth not in _DEPTHS.get(colour, ()):
        raise _damaged()
    if compression or filtering or interlace not in (0, 1):
        raise _damaged()
    check_pixels(width=width, height=height)
    bits = depth * _CHANNELS[colour]
    if not interlace:
        return _rows(width, height, bits)
    return sum(
        _rows(-(-(width - x) // dx) if width > x else 0, -(-(height - y) // dy) if height > y else 0, bits)
        for x, y, dx, dy in _PASSES
    )


def _rows(width: int, height: int, bits: int) -> int:
    return height * (1 + (width * bits + 7) // 8) if width else 0


def _check_pixels(chunks: list[_Chunk], expected: int) -> None:
    unpack, seen = zlib.decompressobj(), 0
    for chunk in chunks:
        if chunk.kind != b"IDAT":
            continue
        for size in _unpacked(unpack, chunk.data):
            seen += size
            if seen > expected:
                raise _damaged()
    if seen != expected or not unpack.eof or unpack.unused_data:
        raise _damaged()


def _unpacked(unpack: zlib._Decompress, data: memoryview) -> Iterator[int]:
    """Sizes of the pieces the data unpacks to."""
    waiting: bytes | memoryview = data
    while waiting:
        try:
            piece = unpack.decompress(waiting, _PIECE)
        except zlib.error as error:
            raise _damaged() from error
        yield len(piece)
        waiting = unpack.unconsumed_tail
        if not piece and not waiting:
            return


def _unpacks_to_much(chunk: _Chunk) -> bool:
    """Texts and colour profiles are packed too: no text is that long."""
    if chunk.kind not in _COMPRESSED:
        return False
    packed = bytes(chunk.data).partition(b"\x00")[2][1:]
    if chunk.kind == b"iTXt":
        if not packed or chunk.data.tobytes().partition(b"\x00")[2][:1] != b"\x01":
            return False
        packed = packed[1:].split(b"\x00", 2)[-1]
    try:
        return len(zlib.decompressobj().decompress(packed, _MAX_COMPRESSED)) >= _MAX_COMPRESSED
    except zlib.error as error:
        raise _damaged() from error
