"""The headers of tus 1.0.0 (resumable uploads): read strictly, refused by name."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from typing import Any

from backend.api import problems
from backend.api.errors import Refused
from backend.api.problems import ApiProblem
from forms.problems import Problem

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
CONTENT_TYPE = "application/offset+octet-stream"
CHECKSUMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
LARGEST = 50_000_000
_CHUNK = 65_536
_DIGITS = 12

_TEXTS: Mapping[str, Mapping[str, str]] = {
    "Upload-Length": {
        "de": "Geben Sie die Größe der Datei in Bytes an, als ganze Zahl.",
        "en": "Give the size of the file in bytes, as a whole number.",
    },
    "Upload-Offset": {
        "de": "Geben Sie an, ab welchem Byte gesendet wird, als ganze Zahl.",
        "en": "Give the byte at which the body begins, as a whole number.",
    },
    "Upload-Metadata": {
        "de": "Nötig sind „filename“ (Name) und „field“ (JSON-Zeiger der Frage), jeweils UTF-8 in Base64.",
        "en": "Needed are “filename” and “field” (JSON pointer of the question), each UTF-8 in base64.",
    },
    "Upload-Checksum": {
        "de": "Möglich sind sha256 und sha1, gefolgt von einem Leerzeichen und der Prüfsumme in Base64.",
        "en": "Possible are sha256 and sha1, followed by a space and the checksum in base64.",
    },
    "Content-Length": {
        "de": "Geben Sie an, wie viele Bytes diese Anfrage trägt.",
        "en": "Say how many bytes this request carries.",
    },
}


def wrong(header: str) -> Refused:
    """The refusal that names a header and says what belongs there."""
    entry = Problem(where=header, code="invalid-header", text=_TEXTS[header])
    return Refused(ApiProblem(problems.BAD_REQUEST, errors=(entry,)))


def check_version(request: Any) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise Refused(ApiProblem(problems.TUS_VERSION, headers={"Tus-Version": VERSION}))


def check_body(request: Any) -> int:
    """How many bytes of a file the body carries."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != CONTENT_TYPE:
        raise Refused(ApiProblem(problems.UPLOAD_MEDIA_TYPE))
    return number(request, "Content-Length")


def number(request: Any, header: str) -> int:
    raw = request.headers.get(header, "")
    if not (raw.isascii() and raw.isdigit()) or len(raw) > _DIGITS:
        raise wrong(header)
    return int(raw)


def metadata(request: Any) -> tuple[str, str]:
    """The file's name, and the question it answers."""
    found: dict[str, str] = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        name, _, encoded = pair.strip().partition(" ")
        if name in found:
            raise wrong("Upload-Metadata")
        try:
            found[name] = base64.b64decode(encoded, validate=True).decode()
        except ValueError:
            raise wrong("Upload-Metadata") from None
    if not found.get("filename") or not found.get("field"):
        raise wrong("Upload-Metadata")
    return found["filename"], found["field"]


def pieces(request: Any, *, length: int, largest: int) -> Iterator[bytes]:
    """The body in pieces of at most `largest` bytes.

    It may end early: a line that breaks loses nothing of what has arrived. With an `Upload-Checksum` the
    body is one piece, and all of it or nothing. An empty body has no piece.
    """
    checksum = request.headers.get("Upload-Checksum")
    if checksum is not None:
        content = _verified(request, checksum, length=length, largest=largest)
        if content:
            yield content
        return
    left = length
    while left:
        piece = _read(request, min(left, largest))
        if piece:
            yield piece
        if len(piece) < min(left, largest):
            return
        left -= len(piece)


def _verified(request: Any, header: str, *, length: int, largest: int) -> bytes:
    algorithm, _, encoded = header.partition(" ")
    try:
        expected = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise wrong("Upload-Checksum") from None
    if algorithm not in CHECKSUMS:
        raise wrong("Upload-Checksum")
    if length > largest:
        raise Refused(ApiProblem(problems.FILE_TOO_LARGE, extra={"limit": largest}))
    content = _read(request, length)
    if not hmac.compare_digest(CHECKSUMS[algorithm](content).digest(), expected):
        raise Refused(ApiProblem(problems.CHECKSUM))
    return content


def _read(request: Any, size: int) -> bytes:
    """Up to `size` bytes; fewer only if the sender has gone."""
    found = bytearray()
    while len(found) < size:
        try:
            chunk = request._request.read(min(_CHUNK, size - len(found)))  # noqa: SLF001 -- DRF has no door
        except OSError:  # Django's UnreadablePostError: the line broke
            break
        if not chunk:
            break
        found += chunk
    return bytes(found)
