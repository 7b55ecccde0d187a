"""PDF: what it may hold, and where it may begin and end."""

from __future__ import annotations

import re

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Object

from backend.files.inspection.pdf import MAX_PAGES
from tests.unit.files.asking import english, verdict
from tests.unit.files.documents import CATALOGUE, PAGE, PAGES, PDF, image, packed, pdf, raw_pdf

SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
LAUNCH = b"<< /S /Launch /F (cmd.exe) >>"
LINK = b"<< /S /URI /URI (https://neustadt.example) >>"


def set_root(**entries):
    def change(document):
        for key, value in entries.items():
            document.Root[f"/{key}"] = Object.parse(value)

    return change


def annotation(entries):
    def change(document):
        note = Object.parse(b"<< /Type /Annot /Rect [0 0 9 9] %b >>" % entries)
        document.pages[0].Annots = Array([document.make_indirect(note)])

    return change


def link(action):
    return annotation(b"/Subtype /Link /A " + action)


def attached(document):
    document.attachments["daten.xml"] = b"<a/>"


def deep(document):
    hidden = document.make_indirect(Object.parse(SCRIPT))
    document.Root.PieceInfo = Dictionary(X=Array([Array([Dictionary(Y=hidden)])]))


def in_a_stream(document):
    stream = document.make_stream(b"x")
    stream.Info = Object.parse(b"[ << /A " + LAUNCH + b">> ]")
    document.Root.Extra = stream


ACTIVE = {
    "open-action": (set_root(OpenAction=SCRIPT), "JavaScript"),
    "names": (set_root(Names=b"<< /JavaScript << /Names [(a) " + SCRIPT + b"] >> >>"), "JavaScript"),
    "launch": (set_root(OpenAction=LAUNCH), "starting of programs"),
    "submit": (link(b"<< /S /SubmitForm /F (http://a) >>"), "sending or loading"),
    "import": (link(b"<< /S /ImportData /F (a) >>"), "sending or loading"),
    "next": (link(b"<< /S /URI /URI (http://a) /Next [" + SCRIPT + b"] >>"), "JavaScript"),
    "triggers": (set_root(AA=b"<< /WC " + LINK + b" >>"), "run by themselves"),
    "attached": (attached, "attached files"),
    "paper-clip": (annotation(b"/Subtype /FileAttachment"), "attached files"),
    "to-attached": (link(b"<< /S /GoToE >>"), "attached files"),
    "rich-media": (annotation(b"/Subtype /RichMedia"), "sound, video or 3D"),
    "3d": (annotation(b"/Subtype /3D"), "sound, video or 3D"),
    "xfa": (set_root(AcroForm=b"<< /XFA [] /Fields [] >>"), "an XFA form"),
    "deep": (deep, "JavaScript"),
    "in-a-stream": (in_a_stream, "starting of programs"),
}


@pytest.mark.parametrize("how", ACTIVE)
@pytest.mark.parametrize("packed_objects", [False, True], ids=["plain", "object-streams"])
def test_what_acts_is_refused_and_named(how, packed_objects):
    change, said = ACTIVE[how]
    mode = pikepdf.ObjectStreamMode.generate if packed_objects else pikepdf.ObjectStreamMode.disable
    content = pdf(change=change, object_stream_mode=mode)
    assert verdict(content) == "active-content"
    assert said in english(content)


def test_everything_that_was_found_is_named():
    content = pdf(change=lambda document: (attached(document), set_root(OpenAction=SCRIPT)(document)))
    assert "JavaScript" in english(content)
    assert "attached files" in english(content)


@pytest.mark.parametrize(
    "hidden",
    [
        b"<< /S /J#61vaScript /#4aS (x) >>",
        b"<< /S /JavaScript /JS (x) >>",
        b"<< /Type /Annot /A << /S /Launch >> >>",
    ],
    ids=["written-in-hexadecimal", "used-by-nothing", "inside-another"],
)
def test_nothing_hides_by_how_it_is_written(hidden):
    content = raw_pdf(CATALOGUE, PAGES, PAGE, hidden)
    assert verdict(raw_pdf(CATALOGUE, PAGES, PAGE)) == PDF
    assert verdict(content) == "active-content"


@pytest.mark.parametrize(
    "change",
    [
        link(LINK),
        set_root(OpenAction=b"[1 /Fit]"),
        set_root(OpenAction=b"<< /S /GoTo /D [0 /Fit] >>"),
        set_root(AcroForm=b"<< /Fields [] >>"),
        set_root(StructTreeRoot=b"<< /K << /S /P >> >>"),
    ],
    ids=["link", "opens-at-page", "goes-to-page", "form", "tagged"],
)
def test_what_only_shows_is_taken(change):
    assert verdict(pdf(change=change)) == PDF


@pytest.mark.parametrize(
    "save",
    [
        {},
        {"linearize": True},
        {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
        {"encryption": pikepdf.Encryption(owner="owner", user="")},
    ],
    ids=["plain", "linearized", "object-streams", "owner-password-only"],
)
def test_all_ways_of_saving_are_taken(save):
    assert verdict(pdf(pages=3, **save)) == PDF


@pytest.mark.parametrize("r", [2, 3, 4, 6])
def test_with_a_password_it_cannot_be_read(r):
    locked = pikepdf.Encryption(owner="o", user="u", R=r, aes=r >= 4, metadata=r >= 4)
    assert verdict(pdf(encryption=locked, **({"compress_streams": False} if r < 4 else {}))) == "encrypted"


def test_pages_are_limited():
    assert verdict(pdf(pages=MAX_PAGES)) == PDF
    assert verdict(pdf(pages=MAX_PAGES + 1)) == "too-many-pages"


def test_pages_are_counted_even_if_the_file_says_something_else():
    def lie(document):
        page = document.pages[0].obj
        document.Root.Pages.Kids = Array([page] * (MAX_PAGES + 1))
        document.Root.Pages.Count = 1

    assert verdict(pdf(change=lie)) == "too-many-pages"


def test_a_tree_of_pages_that_bites_its_tail_ends():
    def loop(document):
        document.Root.Pages.Kids = Array([document.Root.Pages, document.Root.Pages])

    assert verdict(pdf(change=loop)) in ("damaged", "too-many-pages")


def test_no_page_is_no_document():
    assert verdict(pdf(pages=0)) == "damaged"


GOOD = pdf()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\n" + GOOD, "surrounded"),
        (b"x" * 900 + GOOD, "surrounded"),
        (GOOD + b"\r\n\x00", PDF),
        (GOOD + b"more", "surrounded"),
        (GOOD + image("JPEG"), "surrounded"),
        (GOOD + packed({"a": "b"}), "mixed"),
        (GOOD + packed({"a": "b"}) + b"\nstartxref\n0\n%%EOF\n", "mixed"),
        (GOOD.replace(b"\n", b"\n%<script>alert(1)</script>\n", 1), "mixed"),
        (GOOD.replace(b"\n", b"\n%<!DOCTYPE html><html>\n", 1), "mixed"),
        (GOOD[: len(GOOD) // 2], "damaged"),
        (GOOD[:-10], "damaged"),
        (b"%PDF-1.7\n%%EOF\n", "surrounded"),
        (re.sub(rb"startxref\n\d+", b"startxref\n7", GOOD), "damaged"),
        (b"%PDF-1.7\nstartxref\n99999\n%%EOF\n", "damaged"),
        (raw_pdf(CATALOGUE, PAGES, PAGE).replace(b"3 0 obj", b"4 0 obj"), "damaged"),
        (GOOD.replace(b"/Pages", b"/Pagez"), "damaged"),
        (GOOD.replace(b"/Root", b"/Soot"), "damaged"),
    ],
)
def test_where_it_begins_and_ends_and_whether_it_is_whole(content, expected):
    assert verdict(content, "a.pdf") == expected
