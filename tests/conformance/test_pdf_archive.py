"""Look here for the proof that notices are PDF/UA-1 and PDF/A-3a, before and after sealing, by veraPDF."""

from __future__ import annotations

import io
import os
import re

import pikepdf
import pytest
from pikepdf import Name

from signing.body import Align, Body, Heading, ListBlock, Paragraph, Run, TableBlock
from tests.conformance.verapdf.engine import EngineMissing, ask, class_path
from tests.unit.signing.letter_samples import AT, archived, letter, letter_with_logo, seal, sealed

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module", autouse=True)
def _engine():
    try:
        class_path()
    except EngineMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


def stress():
    """Everything at once: long tables, links over lines and pages, bold, marks without letters, long words."""
    link = Run("eine Seite mit einem langen Namen, die viele Fragen beantwortet", href="https://a.example/b")
    paragraph = Paragraph((Run("Text M̂ L̂ C̀ " * 30), Run("fett ", bold=True), link, Run(".")))
    cells = ((Run("Zelle " * 9), link), (Run("1.234,50 €"),), ())
    table = TableBlock(
        head=((Run("A"),), (Run("B"),), (Run("C"),)),
        rows=(cells,) * 40,
        align=(Align.LEFT, Align.RIGHT, Align.LEFT),
    )
    items = ListBlock(items=((Run("Punkt " * 40),), (link,), (Run("x" * 300),)), numbered=True)
    blocks = (
        Heading(2, (Run("Erstens"),)),
        paragraph,
        table,
        Heading(3, (Run("Z"),)),
        items,
        *[paragraph] * 20,
    )
    return letter(text=Body(subject="Prüfung <&> " * 8, title="T <&>", language="en", blocks=blocks))


def test_archives_and_sealed_notices_conform(tmp_path):
    long = archived(stress())
    files = {
        "plain": archived(),
        "logo": archived(letter_with_logo()),
        "stress": long,
        "sealed": sealed(),
        "stress-sealed": seal().apply(pdf=long, at=AT, reason="Bescheid"),
    }
    questions = []
    for name, content in files.items():
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(content)
        questions += [("ua1", path), ("3a", path)]
    answers = ask(questions=questions)
    assert [(q[0], q[1].stem, a.said) for q, a in zip(questions, answers, strict=True) if not a.passed] == []


def elements(pdf, tag):
    return [
        thing
        for thing in pdf.objects
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == Name(f"/{tag}") and "/P" in thing
    ]


def links(pdf):
    return [note for page in pdf.pages for note in page.Annots if note.Subtype == Name.Link]


def without_artifact(pdf):
    page = pdf.pages[0]
    content = page.Contents.read_bytes()
    changed = re.sub(rb"/Artifact BMC(.*?)EMC", rb"\1", content, count=1, flags=re.DOTALL)
    assert changed != content
    page.Contents = pdf.make_stream(changed)


def without_extension_schema(pdf):
    packet = pdf.Root.Metadata.read_bytes()
    changed = re.sub(rb"<pdfaExtension:schemas>.*</pdfaExtension:schemas>", b"", packet, flags=re.DOTALL)
    assert changed != packet
    pdf.Root.Metadata.write(changed)


def delete(thing, key):
    del thing[key]


def retag(pdf, old, new):
    for element in elements(pdf, old):
        element.S = Name(f"/{new}")


FAULTS = {
    "no alternative text": ("ua1", lambda pdf: delete(elements(pdf, "Figure")[0], "/Alt")),
    "content outside any tag": ("ua1", without_artifact),
    "link without its element": ("ua1", lambda pdf: delete(links(pdf)[0], "/StructParent")),
    "link without description": ("ua1", lambda pdf: delete(links(pdf)[0], "/Contents")),
    "no language": ("ua1", lambda pdf: delete(pdf.Root, "/Lang")),
    "head cells without scope": ("ua1", lambda pdf: [delete(cell, "/A") for cell in elements(pdf, "TH")]),
    "wrong tab order": (
        "ua1",
        lambda pdf: delete(pdf.pages[0].obj, "/Tabs") or delete(pdf.pages[-1].obj, "/Tabs"),
    ),
    "list item without body": ("ua1", lambda pdf: retag(pdf, "LBody", "P")),
    "title not shown": ("ua1", lambda pdf: delete(pdf.Root, "/ViewerPreferences")),
    "heading level left out": ("ua1", lambda pdf: retag(pdf, "H2", "H4")),
    "not marked as tagged": ("3a", lambda pdf: delete(pdf.Root, "/MarkInfo")),
    "attachment without relationship": ("3a", lambda pdf: delete(pdf.Root.AF[0], "/AFRelationship")),
    "undescribed metadata": ("3a", without_extension_schema),
    "no output intent": ("3a", lambda pdf: delete(pdf.Root, "/OutputIntents")),
    "font not embedded": (
        "3a",
        lambda pdf: delete(next(iter(pdf.pages[0].Resources.Font.values())).FontDescriptor, "/FontFile2"),
    ),
    "no metadata": ("ua1", lambda pdf: delete(pdf.Root, "/Metadata")),
}


def test_the_engine_sees_every_deliberate_fault(tmp_path):
    """The test of the test: what passes above would not pass with any of these faults."""
    original = archived(letter_with_logo())
    questions = []
    for number, (flavour, spoil) in enumerate(FAULTS.values()):
        path = tmp_path / f"{number}.pdf"
        with pikepdf.open(io.BytesIO(original)) as pdf:
            spoil(pdf)
            pdf.save(path)
        questions.append((flavour, path))
    answers = ask(questions=questions)
    unseen = [
        name for name, answer in zip(FAULTS, answers, strict=True) if answer.passed or not answer.failed
    ]
    assert unseen == []
