"""Images: whole, not too large, one picture, nothing before or behind."""

from __future__ import annotations

import io
import re
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.unit.files.asking import verdict
from tests.unit.files.documents import JPEG, PDF, PNG, chunk, heic, image, packed, pdf, png

GREY, PHOTO, DRAWING = zlib.compress(b"\x00\x00"), image("JPEG"), image("PNG")


def samsung(*, notes: bytes = b"\x00\x00\x01\x0aUTC_Data1700000000") -> bytes:
    """What these phones append: notes, then a table of them between SEFH and SEFT."""
    table = b"SEFH" + struct.pack("<III", 107, 1, 0x0A010000) + struct.pack("<II", len(notes), len(notes))
    return notes + table + struct.pack("<I", len(table)) + b"SEFT"


def with_comment(text: bytes) -> bytes:
    return PHOTO[:2] + b"\xff\xfe" + struct.pack(">H", 2 + len(text)) + text + PHOTO[2:]


def with_height(content: bytes, height: int, width: int) -> bytes:
    """The size that the frame header declares, whatever the data holds."""
    return re.sub(
        rb"(\xff\xc0..\x08)....",
        rb"\1" + struct.pack(">HH", height, width),
        content,
        count=1,
        flags=re.DOTALL,
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PHOTO + PHOTO, JPEG),
        (PHOTO + bytes(100) + PHOTO, JPEG),
        (PHOTO + samsung(), JPEG),
        (PHOTO + bytes(3), JPEG),
        (PHOTO + samsung(notes=bytes(8) + b"ftypmp42" + bytes(100)), "surrounded"),
        (PHOTO + samsung(notes=b"x" * 100_000), "surrounded"),
        (PHOTO + b"more", "surrounded"),
        (PHOTO + DRAWING, "surrounded"),
        (PHOTO * 12, "surrounded"),
        (PHOTO + packed({"a": "b"}), "mixed"),
        (PHOTO + pdf(), "mixed"),
        (with_comment(b"Guten Tag"), JPEG),
        (with_comment(pdf()), "mixed"),
        (with_comment(b"<html><script>alert(1)</script>"), "mixed"),
        (PHOTO[:-2], "damaged"),
        (PHOTO[: len(PHOTO) // 2], "damaged"),
        (PHOTO[: len(PHOTO) // 2] + PHOTO[-2:], "damaged"),
        (PHOTO[:30], "damaged"),
        (b"\xff\xd8\xff\xd9", "damaged"),
        (PHOTO.replace(b"\xff\xdb", b"\xff\xfe"), "damaged"),
        (with_height(PHOTO, 0, 64), "damaged"),
        (with_height(PHOTO, 65_000, 65_000), "too-many-pixels"),
    ],
)
def test_jpeg(content, expected):
    assert verdict(content, "foto.jpg") == expected


def test_a_photo_with_its_preview_as_phones_store_it():
    written = io.BytesIO()
    first = Image.open(io.BytesIO(PHOTO))
    first.save(
        written, "MPO", save_all=True, append_images=[Image.open(io.BytesIO(image("JPEG", size=(16, 16))))]
    )
    assert verdict(written.getvalue(), "foto.jpg") == JPEG


def test_a_picture_in_a_thousand_passes_costs_too_much():
    slow = image("JPEG", progressive=True)
    start, end = slow.rfind(b"\xff\xda"), len(slow) - 2
    assert verdict(slow[:end] + slow[start:end] * 200 + slow[end:], "foto.jpg") == "too-demanding"


def test_a_large_photo_of_a_good_camera_is_read_to_its_end():
    large = image("JPEG", size=(9000, 7000), quality=40)
    assert verdict(large, "foto.jpg") == JPEG
    assert verdict(large[: len(large) // 2], "foto.jpg") == "damaged"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (DRAWING + b"more", "surrounded"),
        (DRAWING + packed({"a": "b"}), "mixed"),
        (DRAWING[:-12], "damaged"),
        (DRAWING[: len(DRAWING) // 2], "damaged"),
        (DRAWING.replace(b"IDAT", b"IDAX"), "damaged"),
        (DRAWING[:40] + bytes([DRAWING[40] ^ 1]) + DRAWING[41:], "damaged"),
        (png(width=1, height=1, pixels=GREY), PNG),
        (png(width=1, height=1, pixels=GREY, depth=1), PNG),
        (png(width=2, height=1, pixels=GREY), "damaged"),
        (png(width=1, height=1, pixels=zlib.compress(b"\x00\x00\x00")), "damaged"),
        (png(width=1, height=1, pixels=GREY + b"more"), "damaged"),
        (png(width=1, height=1, pixels=b"no zlib"), "damaged"),
        (png(width=1, height=1, pixels=GREY, colour=5), "damaged"),
        (png(width=0, height=1, pixels=GREY), "damaged"),
        (png(width=100_000, height=100_000, pixels=GREY), "too-many-pixels"),
        (png(width=1, height=1, pixels=GREY, extra=chunk(b"acTL", bytes(8))), "animated"),
        (png(width=1, height=1, pixels=GREY, extra=chunk(b"tEXt", b"Titel\x00Markt")), PNG),
        (png(width=1, height=1, pixels=GREY, extra=chunk(b"zTXt", b"a\x00\x00" + zlib.compress(b"x"))), PNG),
        (
            png(
                width=1,
                height=1,
                pixels=GREY,
                extra=chunk(b"iTXt", b"a\x00\x01\x00de\x00\x00" + zlib.compress(b"x")),
            ),
            PNG,
        ),
        (png(width=1, height=1, pixels=GREY, extra=chunk(b"iTXt", b"a\x00\x00\x00de\x00\x00Markt")), PNG),
        (png(width=1, height=1, pixels=GREY, extra=chunk(b"zTXt", b"a\x00\x00no zlib")), "damaged"),
        (
            png(
                width=1,
                height=1,
                pixels=GREY,
                extra=chunk(b"iCCP", b"a\x00\x00" + zlib.compress(bytes(20 << 20))),
            ),
            "too-demanding",
        ),
        (png(width=1, height=1, pixels=GREY, extra=chunk(b"tEXt", pdf())), "mixed"),
        (
            png(width=1, height=1, pixels=GREY, extra=chunk(b"tEXt", b"a\x00<script>alert(1)</script>")),
            "mixed",
        ),
    ],
)
def test_png(content, expected):
    assert verdict(content, "bild.png") == expected


def test_an_animated_png():
    frames = [Image.new("L", (4, 4), shade) for shade in (0, 99)]
    written = io.BytesIO()
    frames[0].save(written, "PNG", save_all=True, append_images=frames[1:])
    assert verdict(written.getvalue(), "bild.png") == "animated"


# Adam7, by hand: the rows of each pass, so that the expected length is not computed by the code under test.
@given(width=st.integers(1, 20), height=st.integers(1, 20))
def test_an_interlaced_png_of_any_size(width, height):
    rows = [[0] * width for _ in range(height)]
    passes = b"".join(
        b"\x00" + bytes(row[x::dx])
        for x, y, dx, dy in (
            (0, 0, 8, 8),
            (4, 0, 8, 8),
            (0, 4, 4, 8),
            (2, 0, 4, 4),
            (0, 2, 2, 4),
            (1, 0, 2, 2),
            (0, 1, 1, 2),
        )
        for row in rows[y::dy]
        if row[x::dx]
    )
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 1))
    content = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(passes)) + chunk(b"IEND", b"")
    assert Image.open(io.BytesIO(content)).getpixel((width - 1, height - 1)) == 0
    assert verdict(content, "bild.png") == PNG


def tiff(*pages, **save):
    written = io.BytesIO()
    pages[0].save(written, "TIFF", save_all=True, append_images=pages[1:], **save)
    return written.getvalue()


SHEET = Image.new("1", (100, 140))


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_deflate", "group4", "jpeg"])
def test_scans_of_several_pages(compression):
    sheet = SHEET.convert("L") if compression == "jpeg" else SHEET
    assert verdict(tiff(sheet, sheet, sheet, compression=compression), "scan.tif") == "image/tiff"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (tiff(SHEET)[:200], "damaged"),
        (b"II*\x00" + bytes(50), "damaged"),
        (b"II*\x00\xff\xff\xff\xff", "damaged"),
        (tiff(SHEET) + packed({"a": "b"}), "mixed"),
        (tiff(Image.new("1", (11_000, 11_000)), compression="group4"), "too-many-pixels"),
        (tiff(*[Image.new("1", (1, 1))] * 501), "too-many-pages"),
    ],
)
def test_tiff(content, expected):
    assert verdict(content, "scan.tif") == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (heic(), "image/heic"),
        (heic() + b"more", "surrounded"),
        (heic() + packed({"a": "b"}), "mixed"),
        (heic()[:-1], "damaged"),
        (heic((b"mdat", b"x")), "damaged"),
        (heic((b"meta", b"x"), (b"moov", b"x")), "animated"),
    ],
)
def test_heic(content, expected):
    assert verdict(content, "foto.heic") == expected


def test_a_picture_inside_a_pdf_is_a_pdf():
    assert (
        verdict(
            pdf(
                change=lambda document: setattr(document.Root, "Extra", document.make_stream(PHOTO)),
                compress_streams=False,
            ),
            "a.pdf",
        )
        == PDF
    )
