"""The child process: small verdicts, hard limits, nothing left behind; measured with the largest and the worst files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from backend.files.inspection import MAX_BYTES, SUPPORTED_TYPES, Accepted, InspectionBroke, Refused, inspect
from tests.unit.files.documents import (
    CATALOGUE,
    JPEG,
    PAGE,
    PAGES,
    PDF,
    PNG,
    chunk,
    image,
    packed,
    pdf,
    png,
    raw_pdf,
)

ROOT = Path(__file__).resolve().parents[3]
MEGABYTES = 300


def ask(content, name="datei", **limits):
    return inspect(content=content, name=name, types=SUPPORTED_TYPES, **limits)


def peak_of_child(content):
    """The verdict, and the most memory that the process which asked its child ever saw there, in 10^6 bytes."""
    code = (
        "import json, resource, sys\n"
        "from backend.files.inspection import SUPPORTED_TYPES, Refused, inspect\n"
        "content = sys.stdin.buffer.read()\n"
        "said = inspect(content=content, name='datei', types=SUPPORTED_TYPES)\n"
        "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 // 10**6\n"
        "print(json.dumps([said.code if isinstance(said, Refused) else said.content_type, peak]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=content, capture_output=True, cwd=ROOT, check=True
    )
    return json.loads(done.stdout)


def flate(content: bytes, entries: bytes = b"") -> bytes:
    squeezed = zlib.compress(content, 9)
    return b"<< /Filter /FlateDecode /Length %d %b >>\nstream\n%b\nendstream" % (
        len(squeezed),
        entries,
        squeezed,
    )


def page_bomb() -> bytes:
    """Two gigabytes of page content, deflated twice to almost nothing; viewers would unpack it, we do not."""
    inner = zlib.compress(zlib.compress(bytes(200_000_000), 9), 9)
    content = b"<< /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n%b\nendstream" % (
        len(inner),
        inner,
    )
    return raw_pdf(CATALOGUE, PAGES, PAGE.replace(b"/Type", b"/Contents 4 0 R /Type"), content)


def object_stream_bomb() -> bytes:
    """A stream of objects that unpacks to 400 MB; qpdf has to unpack it to know whether it holds an action."""
    bomb = flate(b"9 0 << >>" + b" " * 400_000_000, b"/Type /ObjStm /N 1 /First 4")
    body = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate((CATALOGUE, PAGES, PAGE, bomb), start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    rows = [(0, 0, 255), *((1, place, 0) for place in places), (1, len(body), 0), *[(0, 0, 0)] * 3, (2, 4, 0)]
    table = b"".join(bytes([kind]) + field.to_bytes(4, "big") + bytes([last]) for kind, field, last in rows)
    start = len(body)
    index = flate(table, b"/Type /XRef /W [1 4 1] /Size %d /Root 1 0 R" % len(rows))
    return body + b"5 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (index, start)


def many_objects() -> bytes:
    return raw_pdf(CATALOGUE, PAGES, PAGE, *[b"<< /A [1 2 3] /B << /C /D >> >>"] * 200_000)


def large_pdf() -> bytes:
    noise = os.urandom(MAX_BYTES - 40_000)
    content = pdf(change=lambda document: setattr(document.Root, "Extra", document.make_stream(noise)))
    assert MAX_BYTES - 40_000 < len(content) <= MAX_BYTES
    return content


def large_png() -> bytes:
    """The most pixels that are allowed, with colours and transparency: 400 MB unpacked."""
    squeeze = zlib.compressobj(9)
    row = bytes(1 + 4 * 10_000)
    pixels = b"".join(squeeze.compress(row) for _ in range(10_000)) + squeeze.flush()
    return png(width=10_000, height=10_000, pixels=pixels, colour=6)


def large_archive() -> bytes:
    noise = os.urandom(1_000_000)
    return packed({f"{n}.txt": noise for n in range(49)}, stored=tuple(f"{n}.txt" for n in range(49)))


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (large_pdf, {PDF}),
        (large_png, {PNG}),
        (lambda: image("JPEG", size=(10_000, 10_000), quality=10), {JPEG}),
        (lambda: image("JPEG", size=(10_000, 10_000), quality=10, progressive=True), {JPEG}),
        (lambda: image("JPEG", size=(7_000, 7_000), quality=10, progressive=True), {JPEG}),
        (large_archive, {"application/zip"}),
        (lambda: "ä😀".encode() * 8_000_000, {"text/plain"}),
        (page_bomb, {PDF}),
        (object_stream_bomb, {"too-demanding", "damaged"}),
        (many_objects, {"too-demanding", PDF}),
        (lambda: packed({"a.txt": bytes(90_000_000)}), {"archive-bomb"}),
        (lambda: raw_pdf(CATALOGUE, PAGES, PAGE, b"[" * 400_000 + b"]" * 400_000), {PDF, "damaged", "too-demanding"}),
    ],
    ids=[
        "pdf-50-MB", "png-100-MP", "jpeg-100-MP", "progressive-100-MP", "progressive-49-MP", "zip-50-MB",
        "text-48-MB", "page-bomb", "object-stream-bomb", "200000-objects", "zip-bomb", "nested-arrays",
    ],
)  # fmt: skip
def test_no_file_takes_the_process_over_its_memory(make, expected):
    said, peak = peak_of_child(make())
    assert said in expected
    assert peak <= MEGABYTES


def test_a_verdict_travels_back_whole():
    assert ask(pdf(), "a.pdf") == Accepted(PDF)
    said = ask(image("PNG"), "a.pdf")
    assert isinstance(said, Refused)
    assert said.code == "wrong-extension"
    assert "PNG-Bild" in said.text["de"]
    assert "PNG image" in said.text["en"]


def test_it_is_quick_enough_to_be_done_for_every_file():
    content = pdf()
    ask(content)
    started = time.monotonic()
    ask(content)
    assert time.monotonic() - started < 2


def slow() -> bytes:
    """Within all limits of size, but unpacked slowly: many pages' worth of packed texts."""
    text = b"a\x00\x00" + zlib.compress(bytes(16_000_000), 9)
    grey = zlib.compress(b"\x00\x00")
    return png(width=1, height=1, pixels=grey, extra=chunk(b"zTXt", text) * 2_000)


def test_a_file_that_takes_too_long_is_ended_and_refused():
    started = time.monotonic()
    said = ask(slow(), cpu_seconds=1)
    assert isinstance(said, Refused)
    assert said.code == "too-demanding"
    assert time.monotonic() - started < 10


def test_a_file_that_needs_too_much_memory_is_refused():
    said = ask(many_objects(), megabytes=150)
    assert isinstance(said, Refused)
    assert said.code == "too-demanding"


def test_a_slow_machine_is_not_the_fault_of_the_file():
    with pytest.raises(InspectionBroke, match="no answer within"):
        ask(pdf(), wall_seconds=0.01)


def test_a_child_that_cannot_start_is_not_the_fault_of_the_file(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(InspectionBroke, match="ended with 1"):
        ask(pdf())


def test_nothing_secret_and_no_file_name_is_within_reach_of_other_processes(tmp_path, monkeypatch):
    """What the child gets to see, written down by a program that stands in for Python."""
    seen = tmp_path / "seen"
    stand_in = tmp_path / "python"
    stand_in.write_text(f'#!/bin/sh\nenv >{seen}\necho "$@" >>{seen}\nexec {sys.executable} "$@"\n')
    stand_in.chmod(0o700)
    monkeypatch.setenv("LAUFZETTEL_SECRET_KEY", "geheim")
    monkeypatch.setattr(sys, "executable", str(stand_in))
    assert ask(pdf(), "Krankenakte Meier.pdf") == Accepted(PDF)
    assert "geheim" not in seen.read_text()
    assert "Meier" not in seen.read_text()


def test_larger_than_any_form_allows():
    said = ask(bytes(MAX_BYTES + 1))
    assert isinstance(said, Refused)
    assert said.code == "too-large"
    assert "50 MB" in said.text["de"]


def test_it_needs_no_django():
    code = "import sys, backend.files.inspection.child, backend.files.scanner; print('django' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"
