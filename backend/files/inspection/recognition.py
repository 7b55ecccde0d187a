"""What a file is, told by its first bytes and never by its name; and whether it is a second thing besides."""

from __future__ import annotations

import re

from backend.files.inspection import kinds
from backend.files.inspection.kinds import Kind
from backend.files.inspection.verdict import Refuse

# Readers look for a PDF header, and browsers for markup, in about the first kilobyte.
HEAD = 1024
_EXACT = (
    (b"%PDF-", kinds.PDF),
    (b"\xff\xd8\xff", kinds.JPEG),
    (b"\x89PNG\r\n\x1a\n", kinds.PNG),
    (b"II*\x00", kinds.TIFF),
    (b"MM\x00*", kinds.TIFF),
    (b"II+\x00", kinds.TIFF),
    (b"MM\x00+", kinds.TIFF),
    (b"PK\x03\x04", kinds.ZIP),
    (b"PK\x05\x06", kinds.ZIP),
)
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_MARKUP_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|script|iframe|svg)\b", re.IGNORECASE
)
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|svg)[\s>/]", re.IGNORECASE)
_XML_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\b", re.IGNORECASE)
_LONGEST_ZIP_END = 22 + 65_535
_ZIP_ENDS = 50


def recognise(content: bytes) -> Kind | None:
    """The kind by content; plain text is `TEXT`; None if nothing we know."""
    head = content[:HEAD]
    for start, kind in _EXACT:
        if head.startswith(start):
            return kind
    if b"%PDF-" in head:
        return kinds.PDF
    return _media(head) or (_text(head) if looks_like_text(content) else _by_name(head))


def _media(head: bytes) -> Kind | None:
    """Containers that name their kind a few bytes later."""
    if head[4:8] == b"ftyp":
        return kinds.HEIC if head[8:12] in _HEIC_BRANDS else kinds.VIDEO
    if head.startswith(b"RIFF"):
        return kinds.WEBP if head[8:12] == b"WEBP" else kinds.RIFF
    return None


def _by_name(head: bytes) -> Kind | None:
    return next((kind for start, kind in kinds.KNOWN_BY_NAME if head.startswith(start)), None)


def _text(head: bytes) -> Kind:
    """Text, or markup, a script, RTF, which are text too; two letters (MZ, BM) make no program of it."""
    if _MARKUP_START.match(head):
        return kinds.HTML
    if _XML_START.match(head):
        return kinds.XML
    known = _by_name(head)
    return known if known and known.media_type in _WRITTEN_IN_TEXT else kinds.TEXT


_WRITTEN_IN_TEXT = ("text/x-script", "application/rtf", "application/postscript")


def looks_like_text(content: bytes) -> bool:
    """No control characters in the first kilobyte; which encoding is another question."""
    head = content[:HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", head)


def forbid_second_nature(content: bytes, *, kind: Kind) -> None:
    """Refuse a file that another program would read as something else."""
    if kind is not kinds.PDF and kind is not kinds.ZIP and b"%PDF-" in content[:HEAD]:
        raise Refuse("mixed", kind=kind.words, other=kinds.PDF.words)
    if kind in (kinds.PDF, kinds.JPEG, kinds.PNG, kinds.TIFF, kinds.HEIC) and _MARKUP.search(content[:HEAD]):
        raise Refuse("mixed", kind=kind.words, other=kinds.HTML.words)
    if content.startswith(b"PK"):
        return
    if has_zip_directory(content):
        raise Refuse("mixed", kind=kind.words, other=kinds.ZIP.words)


def has_zip_directory(content: bytes) -> bool:
    """Whether an unpacker would find a ZIP directory: they search for it from the end."""
    tail_start = max(0, len(content) - _LONGEST_ZIP_END)
    at = len(content)
    for _ in range(_ZIP_ENDS):
        at = content.rfind(b"PK\x05\x06", tail_start, at)
        if at < 0:
            return False
        size = int.from_bytes(content[at + 12 : at + 16], "little")
        if content[max(0, at - size) : max(0, at - size) + 4] == b"PK\x01\x02":
            return True
        if content[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
            return True
    return True  # Nobody writes that many by accident.
