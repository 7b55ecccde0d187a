"""PDF: links and turning pages are taken; every other action and everything from other files is refused."""

from __future__ import annotations

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Object, OutlineItem

from tests.unit.files.asking import english, verdict
from tests.unit.files.documents import PDF, pdf

REMOTE = b"/F (\\\\\\\\host\\\\s\\\\x.pdf)"


def opening(action):
    return lambda document: document.Root.__setitem__("/OpenAction", Object.parse(action))


def clicked(action):
    def change(document):
        note = Object.parse(b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A %b >>" % action)
        document.pages[0].Annots = Array([document.make_indirect(note)])

    return change


def stream(entries):
    def change(document):
        made = document.make_stream(b"")
        for key, value in Object.parse(entries).items():
            made[key] = value
        document.Root.Extra = made

    return change


def indirect_name(document):
    action = Dictionary(S=document.make_indirect(Name.GoToR), D=0)
    document.Root.OpenAction = document.make_indirect(action)


def outlined(document):
    with document.open_outline() as outline:
        outline.root += [OutlineItem("Eins", 0), OutlineItem("Zwei", 0)]


REFUSED = {
    "opens-another-file": (opening(b"<< /S /GoToR /D [0 /Fit] " + REMOTE + b" >>"), "other files"),
    "opens-a-thread": (opening(b"<< /S /Thread /D 0 " + REMOTE + b" >>"), "other files"),
    "opens-a-page": (opening(b"<< /S /URI /URI (http://a) >>"), "by themselves"),
    "opens-in-a-chain": (
        opening(b"<< /S /GoTo /D [0 /Fit] /Next << /S /URI /URI (http://a) >> >>"),
        "by themselves",
    ),
    "opens-unknown": (opening(b"<< /D [0 /Fit] >>"), "by themselves"),
    "indirect-name": (indirect_name, "other files"),
    "click-on-another-file": (clicked(b"<< /S /GoToR " + REMOTE + b" >>"), "other files"),
    "click-on-a-thread": (clicked(b"<< /S /Thread " + REMOTE + b" >>"), "other files"),
    "click-in-a-chain": (clicked(b"<< /S /GoTo /D 0 /Next [<< /S /Launch >>] >>"), "programs"),
    "click-on-unknown": (clicked(b"<< /S /Neues >>"), "not links"),
    "stream-elsewhere": (stream(b"<< " + REMOTE + b" >>"), "content from other files"),
    "reference": (
        stream(b"<< /Subtype /Form /BBox [0 0 1 1] /Ref << /Page 0 " + REMOTE + b" >> >>"),
        "content from other files",
    ),
    "postscript": (stream(b"<< /Type /XObject /Subtype /PS >>"), "PostScript"),
    "postscript-form": (stream(b"<< /Subtype /Form /Subtype2 /PS >>"), "PostScript"),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "object-streams"])
@pytest.mark.parametrize("case", REFUSED)
def test_what_leads_elsewhere_is_refused_and_named(case, packed):
    change, said = REFUSED[case]
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    content = pdf(change=change, object_stream_mode=mode)
    assert verdict(content) == "active-content"
    assert said in english(content)


@pytest.mark.parametrize(
    "change",
    [
        opening(b"<< /S /Named /N /FirstPage >>"),
        opening(b"[0 /XYZ null null 1]"),
        clicked(b"<< /S /URI /URI (https://neustadt.example) >>"),
        clicked(b"<< /S /GoTo /D [0 /Fit] >>"),
        clicked(b"<< /S /Named /N /NextPage >>"),
        outlined,
        lambda document: document.Root.__setitem__(
            "/StructTreeRoot", Object.parse(b"<< /K << /S /P /A << /O /Layout >> /Ref [] >> >>")
        ),
    ],
    ids=["first-page", "at-a-place", "link", "inside", "next-page", "outline", "tagged"],
)
def test_links_and_outlines_are_taken(change):
    assert verdict(pdf(pages=2, change=change)) == PDF
