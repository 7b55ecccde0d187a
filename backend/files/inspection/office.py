"""Office documents in ZIP containers: which one it is, and that it neither runs nor fetches anything.

OOXML: ECMA-376 part 2 (parts, relationships). OpenDocument: version 1.3 part 2 (mimetype, manifest).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

from backend.files.inspection import kinds
from backend.files.inspection.archives import Archive, check_contents
from backend.files.inspection.kinds import Kind
from backend.files.inspection.ooxml import OfficePart
from backend.files.inspection.opendocument import OpenPart
from backend.files.inspection.verdict import Refuse
from backend.files.inspection.xml_parts import Listener, listen, local

_MAIN_PARTS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": kinds.DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": kinds.XLSX,
}
_MACROS = ("vbaproject", "macroenabled", "macrosheet", "activex")
_MACRO_FOLDERS = ("xl/macrosheets/", "word/activex/", "xl/activex/", "basic/", "scripts/", "dialogs/")
_OPEN_DOCUMENTS = {kind.media_type.encode(): kind for kind in (kinds.ODT, kinds.ODS)}
_CONTENT_TYPES = "[content_types].xml"
_OPEN_MARKS = ("mimetype", "meta-inf/manifest.xml")
_XML_ENDINGS = (".xml", ".rels", ".vml", ".rdf", ".svg")
_XML_TYPE = re.compile(r"[/+]xml$|vmldrawing$")
_XML_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<|(?:\xff\xfe)?(?:\s\0)*<\0|(?:\xfe\xff)?(?:\0\s)*\0<")
_MAX_INDEX = 2_000_000
_MAX_DRAWING = 5_000_000
_TWO_LEVELS = 2


class _ContentTypes:
    """What `[Content_Types].xml` says: media types by folded part name, or by folded ending."""

    def __init__(self) -> None:
        self.overrides: dict[str, str] = {}
        self.defaults: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        declared = attributes.get("ContentType", "").strip().lower()
        if local(name) == "Override":
            self.overrides[attributes.get("PartName", "").lstrip("/").casefold()] = declared
        elif local(name) == "Default":
            self.defaults[attributes.get("Extension", "").casefold()] = declared

    def end(self, name: str) -> None: ...
    def text(self, data: str) -> None: ...
    def done(self) -> None: ...

    def all(self) -> set[str]:
        return {*self.overrides.values(), *self.defaults.values()}

    def of(self, folded: str) -> str:
        return self.overrides.get(folded, self.defaults.get(folded.rpartition(".")[2], ""))


def kind_of(archive: Archive) -> Kind:
    """What the container holds. Raises `Refuse` where that alone is a reason: macros, two at once."""
    names = archive.names
    if _CONTENT_TYPES in _folded(archive):
        return _office_kind(archive)
    if names and names[0] == "mimetype":
        return _OPEN_DOCUMENTS.get(archive.read("mimetype", limit=200).strip(), kinds.OTHER_OFFICE)
    return kinds.ZIP


def check_office(archive: Archive, *, kind: Kind) -> None:
    """No macros, nothing loaded from elsewhere, no archives deeper than a chart's table."""
    folded = _folded(archive)
    if any(name.startswith(_MACRO_FOLDERS) or name.endswith("vbaproject.bin") for name in folded):
        raise Refuse("macros", kind=kind.words)
    # Parts in pieces (ECMA-376 part 2, 6.2.3) are put together by some readers only.
    if any(name.endswith(".piece") for name in folded):
        raise Refuse("damaged", kind=kind.words)
    office = kind in (kinds.DOCX, kinds.XLSX)
    types = _content_types(archive) if office else _ContentTypes()
    read: set[str] = set()
    for name, entry in folded.items():
        named = name.endswith(_XML_ENDINGS) or bool(_XML_TYPE.search(types.of(name)))
        if not entry.is_dir() and (named or _starts_as_xml(archive, entry)):
            listener: Listener = OfficePart() if office else OpenPart(kind=kind)
            listen(_xml_pieces(archive, entry), listener, kind=kind)
            read.add(entry.filename)
    check_contents(archive, depth=_TWO_LEVELS, read=read)


def check_zip(archive: Archive) -> None:
    """A plain archive: bounded; documents inside may themselves be ZIP containers with one more inside."""
    check_contents(archive, depth=_TWO_LEVELS)


def _folded(archive: Archive) -> dict[str, zipfile.ZipInfo]:
    """Office programs compare names without case; `open_archive` refused those that then coincide."""
    return {entry.filename.casefold(): entry for entry in archive.entries}


def _content_types(archive: Archive) -> _ContentTypes:
    types = _ContentTypes()
    name = _folded(archive)[_CONTENT_TYPES].filename
    listen([archive.read(name, limit=_MAX_INDEX)], types, kind=archive.kind)
    return types


def _office_kind(archive: Archive) -> Kind:
    declared = _content_types(archive).all()
    found = [kind for part, kind in _MAIN_PARTS.items() if part in declared]
    kind = found[0] if len(found) == 1 else kinds.OTHER_OFFICE
    if any(mark in _folded(archive) for mark in _OPEN_MARKS):
        raise Refuse("mixed", kind=kind.words, other=kinds.OTHER_OFFICE.words)
    if any(word in value for value in declared for word in _MACROS):
        raise Refuse("macros", kind=kind.words)
    return kind


def _starts_as_xml(archive: Archive, entry: zipfile.ZipInfo) -> bool:
    """Whether a part that is called something else would be read as XML anyway."""
    first = next(iter(archive.pieces(entry)), b"")
    archive.budget.left += len(first)  # It is unpacked again from its beginning.
    return bool(_XML_START.match(first))


def _xml_pieces(archive: Archive, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Excel writes HTML line breaks into VML drawings, and nobody closes them."""
    if not entry.filename.casefold().endswith(".vml"):
        return archive.pieces(entry)
    drawing = archive.read(entry.filename, limit=_MAX_DRAWING)
    return iter([re.sub(rb"<br>", b"<br/>", drawing)])
