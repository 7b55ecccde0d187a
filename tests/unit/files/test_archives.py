"""ZIP containers and the office documents in them: bounded, honest, without programs and without messengers."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from backend.files.inspection.archives import MAX_ENTRIES
from tests.unit.files.asking import english, verdict
from tests.unit.files.documents import (
    DOCX,
    ODS,
    ODT,
    XLSX,
    docx,
    image,
    open_content,
    opendocument,
    packed,
    pdf,
    relationships,
    xlsx,
)

ZIP = "application/zip"
PLAIN = packed({"a.txt": "Guten Tag", "b.txt": "Auf Wiedersehen"})
SHEET = xlsx()


def changed(content: bytes, old: bytes, new: bytes) -> bytes:
    assert old in content
    return content.replace(old, new)


def encrypted(content: bytes) -> bytes:
    """The flag that says so, in the entry and in the directory."""
    content = changed(content, b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00")
    return changed(content, b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")


def overlapping() -> bytes:
    """Two entries of the directory that unpack the same bytes."""
    content = packed({"a.txt": bytes(1000), "b.txt": bytes(1000)})
    end = content.rfind(b"PK\x05\x06")
    second = content.rfind(b"PK\x01\x02")
    return content[: second + 42] + struct.pack("<I", 0) + content[second + 46 : end] + content[end:]


def declared(content: bytes, size: int) -> bytes:
    """The unpacked size that the directory declares for the first entry."""
    at = content.find(b"PK\x01\x02") + 24
    return content[:at] + struct.pack("<I", size) + content[at + 4 :]


def linked() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        entry = zipfile.ZipInfo("a.txt")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return written.getvalue()


def nested(content: bytes, levels: int) -> bytes:
    for _ in range(levels):
        content = packed({"inner.zip": content})
    return content


def twice() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("a.txt", "eins")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.txt", "zwei")
    return written.getvalue()


def streamed() -> bytes:
    """As programs write that do not know the size beforehand: sizes stand behind the data."""

    class Stream(io.RawIOBase):
        written = b""

        def writable(self):
            return True

        def write(self, data):
            self.written += bytes(data)
            return len(data)

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "Guten Tag")
        archive.writestr("b.txt", "Guten Tag")
    return stream.written


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PLAIN, ZIP),
        (streamed(), ZIP),
        (packed({"a/": "", "a/Grüße.txt": "x"}), ZIP),
        (packed({"brief.docx": docx(), "foto.jpg": image("JPEG")}), ZIP),
        (packed({"bescheid.pdf": pdf()}, stored=("bescheid.pdf",)), ZIP),
        (nested(PLAIN, 2), ZIP),
        (nested(PLAIN, 3), "archive-nested"),
        (packed({"a.7z": b"7z\xbc\xaf\x27\x1c" + bytes(50)}), "archive-nested"),
        (packed({"a.rar": b"Rar!\x1a\x07\x01\x00"}), "archive-nested"),
        (packed({"a.txt": bytes(60_000_000)}), "archive-bomb"),
        (nested(packed({"a.txt": bytes(60_000_000)}), 1), "archive-bomb"),
        (packed({f"{n}.txt": "" for n in range(MAX_ENTRIES + 1)}), "archive-bomb"),
        (overlapping(), "archive-bomb"),
        (declared(PLAIN, 100_000_001), "archive-bomb"),
        (declared(PLAIN, 1), "damaged"),
        (declared(PLAIN, 5000), "damaged"),
        (packed({"a.txt": "x"}, method=zipfile.ZIP_LZMA), "damaged"),
        (packed({"../a.txt": "x"}), "archive-names"),
        (packed({"a/../../b.txt": "x"}), "archive-names"),
        (packed({"/etc/passwd": "x"}), "archive-names"),
        (packed({"C:/a.txt": "x"}), "archive-names"),
        (changed(packed({"a.b.c": "x"}), b"a.b.c", b"a\\b.c"), "archive-names"),
        (changed(packed({"a.b.c": "x"}), b"a.b.c", b"a\x00b.c"), "archive-names"),
        (changed(packed({"a.b.c": "x"}), b"a.b.c", b"a\nb.c"), "archive-names"),
        (packed({"A.txt": "x", "a.TXT": "y"}), "archive-names"),
        (twice(), "archive-names"),
        (linked(), "archive-names"),
        (encrypted(packed({"a.txt": "x"})), "encrypted"),
        (PLAIN + b"more", "surrounded"),
        (PLAIN[:-2] + b"\x04\x00more", "surrounded"),
        (PLAIN[:-30], "damaged"),
        (b"PK\x05\x06" + bytes(18), ZIP),
    ],
)
def test_archives(content, expected):
    assert verdict(content, "alles.zip") == expected


def test_an_entry_that_is_called_something_else_where_it_lies():
    at = PLAIN.find(b"a.txt")
    assert verdict(PLAIN[:at] + b"x" + PLAIN[at + 1 :], "alles.zip") == "damaged"


VBA = '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
DOCM = '<Override PartName="/a" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'


def word(kind: str, target: str, mode: str = "External") -> bytes:
    return docx(parts={"word/_rels/document.xml.rels": relationships((kind, target, mode))})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (docx(parts={"word/media/image1.png": image("PNG")}), DOCX),
        (docx(parts={"word/embeddings/Tabelle.xlsx": SHEET}), DOCX),
        (word("hyperlink", "https://neustadt.example"), DOCX),
        (word("attachedTemplate", "file:///C:\\Users\\x\\Normal.dotm"), "external-content"),
        (word("image", "media/image1.png", "Internal"), DOCX),
        (word("attachedTemplate", "https://angreifer.example/a.dotm"), "external-content"),
        (word("image", "http://angreifer.example/a.png"), "external-content"),
        (word("oleObject", "\\\\angreifer\\share\\a.doc"), "external-content"),
        (word("frame", " HTTPS://angreifer.example"), "external-content"),
        (
            xlsx(parts={"xl/externalLinks/externalLink1.xml": "<x><ddeLink ddeService='cmd'/></x>"}),
            "external-content",
        ),
        (xlsx(parts={"xl/externalLinks/externalLink1.xml": "<x><externalBook/></x>"}), XLSX),
        (docx(parts={"word/vbaProject.bin": b"x"}), "macros"),
        (docx(types=VBA), "macros"),
        (docx(types=DOCM), "macros"),
        (xlsx(parts={"xl/macrosheets/sheet1.xml": "<x/>"}), "macros"),
        (docx(parts={"word/activeX/activeX1.xml": "<x/>"}), "macros"),
        (docx(parts={"word/_rels/document.xml.rels": "no xml"}), "damaged"),
        (docx(parts={"word/_rels/document.xml.rels": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "damaged"),
        (docx(parts={"word/big.xml": bytes(60_000_000)}), "archive-bomb"),
        (
            docx(parts={"word/embeddings/a.docx": docx(parts={"b.docx": docx(parts={"c.docx": docx()})})}),
            "archive-nested",
        ),
        (docx() + b"more", "surrounded"),
        (opendocument(ODT, parts={"Pictures/1.png": image("PNG")}), ODT),
        (opendocument(ODS), ODS),
        (opendocument(ODT, parts={"Basic/Standard/Module1.xml": "<x/>"}), "macros"),
        (opendocument(ODT, parts={"Scripts/python/a.py": "x"}), "macros"),
        (
            opendocument(
                ODT, parts={"content.xml": open_content("x" * 300_000 + "<script:event-listener/>")}
            ),
            "macros",
        ),
        (
            opendocument(ODT, parts={"META-INF/manifest.xml": "<m:encryption-data xmlns:m='urn:m'/>"}),
            "encrypted",
        ),
    ],
)
def test_office_documents(content, expected):
    assert verdict(content, "datei") == expected


def test_a_document_that_is_a_page_too():
    content = packed({"mimetype": ODT, "a": pdf()}, stored=("mimetype", "a"))
    assert verdict(content, "brief.odt") == "mixed"


def test_people_learn_which_document_has_macros():
    assert "a Word document with programs" in english(docx(types=VBA))
    assert "an Excel spreadsheet with programs" in english(xlsx(parts={"xl/vbaProject.bin": b"x"}))
