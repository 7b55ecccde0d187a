"""Every reason for a refusal happens, is said in both languages, and stands in the documentation."""

from __future__ import annotations

import io
import re
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from backend.files.inspection import MAX_BYTES, REFUSALS, SUPPORTED_TYPES, Refused, inspect, refused
from tests.unit.files.documents import chunk, docx, image, opendocument, packed, pdf, png, relationships

PAGE = Path(__file__).resolve().parents[3] / "docs/reference/attachments.md"


def animated() -> bytes:
    written = io.BytesIO()
    frames = [Image.new("L", (4, 4), shade) for shade in (0, 99)]
    frames[0].save(written, "PNG", save_all=True, append_images=frames[1:])
    return written.getvalue()


def fetching() -> bytes:
    rels = relationships(("attachedTemplate", "https://angreifer.example/a.dotm", "External"))
    return docx(parts={"word/_rels/settings.xml.rels": rels})


def profile_bomb() -> bytes:
    """A colour profile that unpacks to 20 MB."""
    profile = chunk(b"iCCP", b"a\x00\x00" + zlib.compress(bytes(20_000_000)))
    return png(width=1, height=1, pixels=zlib.compress(b"\x00\x00"), extra=profile)


def attached(document: pikepdf.Pdf) -> None:
    document.attachments["a.txt"] = b"a"


SAMPLES = {
    "empty": ("a.pdf", lambda: b""),
    "too-large": ("a.pdf", lambda: bytes(MAX_BYTES + 1)),
    "bad-name": ("a/b.pdf", pdf),
    "unknown-type": ("a.bin", lambda: bytes(100)),
    "not-allowed": ("a.gif", lambda: image("GIF", mode="P")),
    "wrong-extension": ("a.pdf", lambda: image("PNG")),
    "mixed": ("a.pdf", lambda: pdf() + packed({"a": "b"})),
    "surrounded": ("a.png", lambda: image("PNG") + b"more"),
    "damaged": ("a.png", lambda: image("PNG")[:-20]),
    "too-demanding": ("a.png", profile_bomb),
    "encrypted": ("a.pdf", lambda: pdf(encryption=pikepdf.Encryption(owner="o", user="u"))),
    "active-content": ("a.pdf", lambda: pdf(change=attached)),
    "macros": ("a.docx", lambda: docx(parts={"word/vbaProject.bin": b"x"})),
    "external-content": ("a.docx", fetching),
    "too-many-pages": ("a.pdf", lambda: pdf(pages=501)),
    "too-many-pixels": ("a.jpg", lambda: image("JPEG", mode="L", size=(20_000, 5_001), quality=1)),
    "animated": ("a.png", animated),
    "not-utf8": ("a.csv", lambda: "Straße;Nr".encode("latin-1")),
    "archive-bomb": ("a.zip", lambda: packed({"a.txt": bytes(60_000_000)})),
    "archive-names": ("a.zip", lambda: packed({"../a.txt": "a"})),
    "archive-nested": ("a.zip", lambda: packed({"a.7z": b"7z\xbc\xaf\x27\x1c"})),
}


def test_there_is_a_sample_for_each_refusal():
    assert set(SAMPLES) | {"infected"} == set(REFUSALS)  # The scanner's: tests/integration/files.


@pytest.mark.parametrize("code", SAMPLES)
def test_it_happens_and_is_said_in_both_languages(code):
    name, make = SAMPLES[code]
    said = inspect(content=make(), name=name, types=SUPPORTED_TYPES)
    assert isinstance(said, Refused)
    assert said.code == code
    assert set(said.text) == {"de", "en"}
    for text in said.text.values():
        assert not re.search(r"[{}]|None", text)
        assert text.endswith(".")
    assert said.text["de"] != said.text["en"]


def test_a_refusal_by_the_scanner_names_what_was_found():
    said = refused(code="infected", signature=("Eicar-Test", "Eicar-Test"))
    assert all("Eicar-Test" in text for text in said.text.values())


def test_an_open_document_of_no_kind_we_take():
    content = opendocument("application/vnd.oasis.opendocument.presentation")
    said = inspect(content=content, name="a.odp", types=SUPPORTED_TYPES)
    assert isinstance(said, Refused)
    assert said.code == "not-allowed"


def test_the_documentation_lists_exactly_the_refusals():
    section = PAGE.read_text().split("## Refusals", 1)[1].split("\n## ", 1)[0]
    assert set(re.findall(r"^\| `([a-z0-9-]+)` \|", section, re.MULTILINE)) == set(REFUSALS)


def test_the_documentation_lists_exactly_the_types():
    section = PAGE.read_text().split("## Types", 1)[1].split("\n## ", 1)[0]
    assert set(re.findall(r"^\| `([a-z]+/[\w.+-]+)` \|", section, re.MULTILINE)) == set(SUPPORTED_TYPES)
