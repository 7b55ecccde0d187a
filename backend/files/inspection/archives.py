"""ZIP containers: honest about their content, bounded when unpacked, harmless names."""

from __future__ import annotations

import io
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from backend.files.inspection.kinds import Kind
from backend.files.inspection.verdict import Refuse

MAX_ENTRIES = 5_000
MAX_UNPACKED = 250_000_000
# What ClamAV looks at by default is a little more (MaxFileSize, MaxScanSize): nothing passes it unscanned.
MAX_ENTRY = 100_000_000
# No document packs better than this; a bomb of zeros packs a thousand to one.
MAX_RATIO = 200
MAX_NESTED = 20_000_000
_RATIO_FROM = 5_000_000
_MAX_DIRECTORY = MAX_ENTRIES * 400
_END = b"PK\x05\x06"
_LOCAL = b"PK\x03\x04"
_LOCAL_HEAD = 30
_LONGEST_DESCRIPTOR = 24
_PIECE = 1 << 18
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_PACKED_STARTS = (_LOCAL, b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"\xfd7zXZ\x00")


@dataclass
class Budget:
    """What may still be unpacked, shared by an archive and those inside it."""

    left: int = MAX_UNPACKED

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Refuse("archive-bomb")


@dataclass
class Archive:
    """A ZIP whose directory has been checked. Reading raises `Refuse` when an entry is not as declared."""

    kind: Kind
    zip: zipfile.ZipFile
    budget: Budget = field(default_factory=Budget)

    @property
    def entries(self) -> list[zipfile.ZipInfo]:
        return self.zip.infolist()

    @property
    def names(self) -> list[str]:
        return self.zip.namelist()

    def pieces(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """The entry unpacked, piece by piece; size and checksum are compared at its end."""
        size = 0
        try:
            with self.zip.open(entry) as file:
                while piece := file.read(_PIECE):
                    size += len(piece)
                    self.budget.spend(len(piece))
                    yield piece
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, ValueError) as error:
            raise Refuse("damaged", kind=self.kind.words) from error
        if size != entry.file_size:
            raise Refuse("damaged", kind=self.kind.words)

    def read(self, name: str, *, limit: int) -> bytes:
        """A small entry as a whole; raises `Refuse` above `limit` bytes or when it is missing."""
        try:
            entry = self.zip.getinfo(name)
        except KeyError as error:
            raise Refuse("damaged", kind=self.kind.words) from error
        if entry.file_size > limit:
            raise Refuse("too-demanding")
        return b"".join(self.pieces(entry))


def open_archive(content: bytes, *, kind: Kind, budget: Budget | None = None) -> Archive:
    """Raises `Refuse` unless the directory is plain: no data beside the entries, no tricks in their names."""
    _check_end(content, kind)
    try:
        opened = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, OverflowError) as error:
        raise Refuse("damaged", kind=kind.words) from error
    archive = Archive(kind, opened, budget or Budget())
    entries = archive.entries
    if len(entries) > MAX_ENTRIES:
        raise Refuse("archive-bomb")
    if any(entry.flag_bits & 0x41 for entry in entries):
        raise Refuse("encrypted", kind=kind.words)
    _check_names(entries)
    _check_places(content, opened, kind)
    _check_sizes(entries)
    return archive


def check_contents(archive: Archive, *, depth: int, read: AbstractSet[str] = frozenset()) -> None:
    """Unpack everything into nothing, and look into archives inside, `depth` levels deep.

    The entries in `read` were already read to their end, and are no archives.
    """
    for entry in archive.entries:
        if entry.filename in read:
            continue
        inner: list[bytes] = []
        size = 0
        for piece in archive.pieces(entry):
            if not size and piece.startswith(_PACKED_STARTS):
                inner = [b""]
            size += len(piece)
            if inner:
                inner.append(piece)
                if depth == 0 or size > MAX_NESTED or not inner[1].startswith(_LOCAL):
                    raise Refuse("archive-nested")
        if inner:
            nested = open_archive(b"".join(inner), kind=archive.kind, budget=archive.budget)
            check_contents(nested, depth=depth - 1)


def _check_end(content: bytes, kind: Kind) -> None:
    """The directory ends where the file ends, and is small enough to be read."""
    at = content.rfind(_END, max(0, len(content) - 22 - 65_535))
    if at < 0:
        raise Refuse("damaged", kind=kind.words)
    if at + 22 != len(content):
        raise Refuse("surrounded", kind=kind.words)
    if int.from_bytes(content[at + 12 : at + 16], "little") > _MAX_DIRECTORY:
        raise Refuse("archive-bomb")


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    seen = set()
    for entry in entries:
        name = entry.orig_filename
        folded = unicodedata.normalize("NFC", name).casefold()
        parts = name.replace("\\", "/").split("/")
        link = stat.S_ISLNK(entry.external_attr >> 16)
        if ".." in parts or name.startswith(("/", "\\")) or "\\" in name or ":" in parts[0] or link:
            raise Refuse("archive-names")
        if not name or folded in seen or any(unicodedata.category(c) in ("Cc", "Cf") for c in name):
            raise Refuse("archive-names")
        seen.add(folded)


def _check_places(content: bytes, opened: zipfile.ZipFile, kind: Kind) -> None:
    """Entries lie one behind the other from the first byte on, and are there what the directory says."""
    at = 0
    for entry in sorted(opened.infolist(), key=lambda entry: entry.header_offset):
        start = entry.header_offset
        if start < at:
            raise Refuse("archive-bomb")  # Overlapping entries: the same bytes are unpacked several times.
        head = content[start : start + _LOCAL_HEAD]
        if start - at > _LONGEST_DESCRIPTOR or len(head) < _LOCAL_HEAD or not head.startswith(_LOCAL):
            raise Refuse("surrounded" if at == 0 else "damaged", kind=kind.words)
        name_length, extra_length = (
            int.from_bytes(head[26:28], "little"),
            int.from_bytes(head[28:30], "little"),
        )
        name = content[start + _LOCAL_HEAD : start + _LOCAL_HEAD + name_length]
        encoded = entry.orig_filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437", "replace")
        if entry.compress_type not in _METHODS or name != encoded:
            raise Refuse("damaged", kind=kind.words)
        at = start + _LOCAL_HEAD + name_length + extra_length + entry.compress_size
    if at > opened.start_dir or opened.start_dir - at > _LONGEST_DESCRIPTOR:
        raise Refuse("damaged", kind=kind.words)


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    total = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if any(entry.file_size > MAX_ENTRY for entry in entries):
        raise Refuse("archive-bomb")
    if total > MAX_UNPACKED or (total > _RATIO_FROM and total > packed * MAX_RATIO):
        raise Refuse("archive-bomb")
