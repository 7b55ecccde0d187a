"""XML inside containers, read piece by piece: decoded values, names with their namespace, nothing declared.

Namespaces in XML 1.0: names are written `namespace local` with one space; without namespace only `local`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from xml.parsers import expat

from backend.files.inspection.kinds import Kind
from backend.files.inspection.verdict import Refuse

# The encodings in which every byte means what UTF-8 says it means.
_ENCODINGS = (None, "utf-8", "us-ascii")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Listener(Protocol):
    """Hears the elements of one part in their order; raises `Refuse` for what may not be there."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, data: str) -> None: ...
    def done(self) -> None: ...


def local(name: str) -> str:
    return name.rpartition(" ")[2]


def namespace(name: str) -> str:
    return name.rpartition(" ")[0]


def listen(pieces: Iterable[bytes], listener: Listener, *, kind: Kind) -> None:
    """Read a part to its end. Raises `Refuse("damaged")` unless it is well-formed UTF-8 without a DTD."""

    def damaged(*_: object) -> None:
        raise Refuse("damaged", kind=kind.words)

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        if (encoding and encoding.lower()) not in _ENCODINGS:
            damaged()

    def instructed(target: str, _data: str) -> None:
        if target.lower() == "xml-stylesheet":
            raise Refuse("external-content")

    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = damaged
    parser.XmlDeclHandler = declared
    parser.ProcessingInstructionHandler = instructed
    parser.StartElementHandler = listener.start
    parser.EndElementHandler = listener.end
    parser.CharacterDataHandler = listener.text
    try:
        for number, piece in enumerate(pieces):
            # Expat follows the marks of UTF-16 even if told otherwise.
            if number == 0 and (piece.startswith(_UTF_16) or b"\0" in piece[:4]):
                damaged()
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Refuse("damaged", kind=kind.words) from error
    listener.done()
