"""Files as people have them, made when a test needs them: nothing binary lies in the repository."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

import pikepdf
from PIL import Image

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT, ODS = "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"
_MAIN = {
    DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def pdf(*, pages: int = 1, change: Callable[[pikepdf.Pdf], None] | None = None, **save: object) -> bytes:
    """`change` gets the document before it is saved with the arguments in `save`."""
    written = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        if change:
            change(document)
        document.save(written, **save)
    return written.getvalue()


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF letter by letter: object 1 is the catalogue."""
    written, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, start = len(objects) + 1, len(written)
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
    return b"%b%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        written,
        table,
        size,
        start,
    )


PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"


def image(kind: str, *, size: tuple[int, int] = (64, 48), mode: str = "RGB", **save: object) -> bytes:
    written = io.BytesIO()
    picture = Image.linear_gradient("L").resize(size).convert(mode)
    picture.save(written, kind, **save)
    return written.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    *, width: int, height: int, pixels: bytes, depth: int = 8, colour: int = 0, extra: bytes = b""
) -> bytes:
    """A PNG by hand: `pixels` as packed, whatever the header says; `extra` chunks before them."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def heic(*boxes: tuple[bytes, bytes]) -> bytes:
    return b"".join(
        struct.pack(">I", 8 + len(data)) + kind + data
        for kind, data in (
            (b"ftyp", b"heic\0\0\0\0mif1heic"),
            *(boxes or ((b"meta", b"\0" * 20), (b"mdat", b"x" * 50))),
        )
    )


def packed(
    parts: Mapping[str, bytes | str], *, stored: tuple[str, ...] = (), method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """A ZIP of the parts in their order; the names in `stored` are not compressed."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name in stored else method)
    return written.getvalue()


def relationships(*entries: tuple[str, str, str]) -> str:
    """Each entry: the last word of the type, the target, its mode."""
    rows = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'
        for n, (kind, target, mode) in enumerate(entries)
    )
    return f'<Relationships xmlns="{_RELATIONS}">{rows}</Relationships>'


def ooxml(kind: str, main: str, *, parts: Mapping[str, bytes | str] | None = None, types: str = "") -> bytes:
    content_types = (
        f'<?xml version="1.0"?><Types xmlns="{_TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{main}" ContentType="{_MAIN[kind]}"/>{types}</Types>'
    )
    base = {
        "[Content_Types].xml": content_types,
        "_rels/.rels": relationships(("officeDocument", main, "Internal")),
        main: "<document>Guten Tag</document>",
    }
    return packed({**base, **(parts or {})})


def docx(*, parts: Mapping[str, bytes | str] | None = None, types: str = "") -> bytes:
    return ooxml(DOCX, "word/document.xml", parts=parts, types=types)


def xlsx(*, parts: Mapping[str, bytes | str] | None = None, types: str = "") -> bytes:
    return ooxml(XLSX, "xl/workbook.xml", parts=parts, types=types)


def open_content(body: str, *, declared: str = "") -> str:
    """The main part of an OpenDocument; `declared` adds namespaces."""
    spaces = "".join(
        f' xmlns:{name}="{_ODF}{name}:1.0"' for name in ("office", "text", "table", "style", "form", "script")
    )
    return (
        f'<office:document-content{spaces} xmlns:draw="{_ODF}drawing:1.0"'
        f' xmlns:xlink="http://www.w3.org/1999/xlink"{declared}><office:scripts/><office:body>{body}'
        "</office:body></office:document-content>"
    )


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word(body: str, *, declared: str = "") -> str:
    """The main part of a Word document; `declared` adds namespaces."""
    return f'<w:document xmlns:w="{WORD}"{declared}><w:body>{body}</w:body></w:document>'


def opendocument(kind: str, *, parts: Mapping[str, bytes | str] | None = None) -> bytes:
    base: dict[str, bytes | str] = {
        "mimetype": kind,
        "content.xml": open_content("<text:p>Guten Tag</text:p>"),
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{_ODF}manifest:1.0"/>',
    }
    return packed({**base, **(parts or {})}, stored=("mimetype",))
