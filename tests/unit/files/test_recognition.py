"""What a file is stands in its bytes; what it is called only has to agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.files.inspection import SUPPORTED_TYPES
from backend.files.inspection.judgement import judge
from tests.unit.files.asking import english, verdict
from tests.unit.files.documents import (
    DOCX,
    JPEG,
    ODS,
    ODT,
    PDF,
    PNG,
    XLSX,
    docx,
    heic,
    image,
    opendocument,
    packed,
    pdf,
    xlsx,
)

USUAL = (PDF, JPEG, PNG)
GOOD = {
    "bescheid.pdf": (pdf(), PDF),
    "foto.jpg": (image("JPEG"), JPEG),
    "foto.JPEG": (image("JPEG", progressive=True), JPEG),
    "grau.jpg": (image("JPEG", mode="L"), JPEG),
    "druck.jpg": (image("JPEG", mode="CMYK"), JPEG),
    "bild.png": (image("PNG", mode="RGBA"), PNG),
    "palette.png": (image("PNG", mode="P"), PNG),
    "schwarzweiss.png": (image("PNG", mode="1", size=(33, 7)), PNG),
    "scan.tif": (image("TIFF"), "image/tiff"),
    "foto.heic": (heic(), "image/heic"),
    "notiz.txt": ("Grüße aus Neustadt\r\n\tEingerückt".encode(), "text/plain"),
    "windows.txt": ("\ufeffGrüße".encode(), "text/plain"),
    "liste.csv": ("Straße;Nr\nMarkt;1\n".encode(), "text/csv"),
    "brief.docx": (docx(), DOCX),
    "tabelle.xlsx": (xlsx(), XLSX),
    "brief.odt": (opendocument(ODT), ODT),
    "tabelle.ods": (opendocument(ODS), ODS),
    "alles.zip": (
        packed({"ordner/brief.txt": "Guten Tag", "ordner/bild.png": image("PNG")}),
        "application/zip",
    ),
    "ohne Endung": (pdf(), PDF),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_is_taken_as_what_it_is(name):
    content, media_type = GOOD[name]
    assert verdict(content, name) == media_type


def test_every_supported_type_has_a_good_file():
    assert {media_type for _, media_type in GOOD.values()} == set(SUPPORTED_TYPES)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (image("GIF", mode="P"), "a GIF image"),
        (image("WEBP"), "a WebP image"),
        (image("BMP"), "a BMP image"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "a web page"),
        (b"<?xml version='1.0'?><a/>", "an XML file"),
        (b"MZ\x90\x00\x03" + bytes(200), "a Windows program"),
        (b"\x7fELF\x02\x01\x01" + bytes(200), "a Linux program"),
        (b"#!/bin/sh\nrm -rf /\n", "a script"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old or password-protected Office"),
        (b"Rar!\x1a\x07\x01\x00" + bytes(50), "a RAR archive"),
        (b"\x1f\x8b\x08\x00" + bytes(50), "a GZIP archive"),
        (b"{\\rtf1 Guten Tag}", "an RTF document"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(50), "a video"),
        (packed({"a.txt": "a"}), "a ZIP archive"),
        (
            opendocument("application/vnd.oasis.opendocument.presentation"),
            "an Office document of another kind",
        ),
        (heic(), "a HEIC image"),
    ],
)
def test_people_are_told_what_they_have_and_what_is_allowed(content, said):
    assert verdict(content, "datei", USUAL) == "not-allowed"
    told = english(content, "datei", USUAL)
    assert said in told
    assert "PDF, JPEG, PNG" in told


def test_what_nobody_recognises():
    assert verdict(bytes(range(256)) * 10, "daten.bin") == "unknown-type"


def test_a_type_that_cannot_be_checked_is_never_taken_even_if_a_form_names_it():
    assert verdict(image("GIF", mode="P"), "bild.gif", ("image/gif",)) == "not-allowed"
    assert verdict(b"<html></html>", "seite.html", ("text/html", "*/*")) == "not-allowed"
    assert "Allowed here: none" in english(pdf(), "a.pdf", ())


def test_an_archive_only_where_the_form_says_so():
    content = packed({"a.txt": "a"})
    assert verdict(content, "a.zip", (PDF, DOCX)) == "not-allowed"
    assert verdict(content, "a.zip", ("application/zip",)) == "application/zip"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", image("PNG"), "a PNG image"),
        ("a.png", image("JPEG"), "a JPEG image"),
        ("rechnung.pdf.exe", pdf(), "a PDF file"),
        ("a.docx", pdf(), "a PDF file"),
        ("a.xlsx", docx(), "a Word document"),
        ("a.docm", docx(), "a Word document"),
        ("a.html", b"Guten Tag", "a text file"),
    ],
)
def test_an_extension_that_says_something_else(name, content, said):
    assert verdict(content, name) == "wrong-extension"
    assert said in english(content, name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        "a/b.pdf",
        "..\\a.pdf",
        "a\x00.pdf",
        "a\n.pdf",
        "rechnung\u202efdp.exe",
        "a\u200b.pdf",
        "ä" * 128,
    ],
)
def test_names_that_hide_something(name):
    assert verdict(pdf(), name) == "bad-name"


def test_nothing_at_all():
    assert verdict(b"", "a.pdf") == "empty"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Grüße".encode("latin-1"), "not-utf8"),
        ("Grüße".encode("utf-16"), "not-utf8"),
        (b"a" * 2_000_000 + b"\xff", "not-utf8"),
        ("ä".encode()[:1], "not-utf8"),
        (b"a" * 5000 + b"\x00", "damaged"),
        ("umgedreht \u202e text".encode(), "damaged"),
        (b"a" * 999_999 + "ä".encode(), "text/plain"),
        (b"BMW und MZ sind Fahrzeuge", "text/plain"),
        (b"MZ steht vorn", "text/plain"),
    ],
)
def test_texts(content, expected):
    assert verdict(content, "a.txt") == expected


STARTS = [content[:40] for content, _ in GOOD.values()]


@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.builds(lambda start, rest: start + rest, st.sampled_from(STARTS), st.binary(max_size=300)),
    ),
    name=st.text(max_size=20),
)
def test_any_bytes_get_a_verdict(content, name):
    judge(content=content, name=name, types=SUPPORTED_TYPES)


@given(
    sample=st.sampled_from(sorted(GOOD)),
    place=st.floats(0, 1, exclude_max=True),
    value=st.integers(0, 255),
    cut=st.booleans(),
)
def test_any_good_file_with_a_wrong_byte_or_cut_off_gets_a_verdict(sample, place, value, cut):
    content = GOOD[sample][0]
    at = int(place * len(content))
    changed = content[:at] if cut else content[:at] + bytes([value]) + content[at + 1 :]
    verdict(changed, sample)
