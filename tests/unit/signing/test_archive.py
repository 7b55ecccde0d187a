"""Look here for what an archived document must contain before any validator is asked."""

from __future__ import annotations

import dataclasses
import io
from datetime import datetime

import pikepdf
import pytest
from lxml import etree
from pikepdf import Name

from signing.archive import Attachment, Relationship, archive
from signing.letters import render
from tests.unit.signing.letter_samples import AT, ATTACHMENT, archived, letter, letter_with_logo


@pytest.fixture(scope="module")
def pdf():
    with pikepdf.open(io.BytesIO(archived(letter_with_logo()))) as opened:
        yield opened


def test_same_arguments_same_bytes():
    assert archived() == archived()


def test_it_says_what_it_is(pdf):
    root = pdf.Root
    assert str(root.Lang) == "de-DE"
    assert bool(root.MarkInfo.Marked)
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    assert root.OutputIntents[0].S == Name.GTS_PDFA1
    assert str(pdf.docinfo.CreationDate) == "D:20261122120000+00'00'"
    metadata = pdf.open_metadata()
    assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == (
        "3",
        "A",
        "1",
    )
    assert metadata["dc:title"] == "Hundesteuerbescheid 2027"
    assert metadata["dc:identifier"] == "urn:laufzettel:1"


def test_texts_in_metadata_are_escaped():
    rendered = dataclasses.replace(render(letter=letter()), title="<x>&amp;", author="</rdf:li>")
    with pikepdf.open(io.BytesIO(archive(rendered=rendered, created=AT, document_id="a<b"))) as opened:
        etree.fromstring(opened.Root.Metadata.read_bytes())
        assert opened.open_metadata()["dc:title"] == "<x>&amp;"
        assert "/AF" not in opened.Root


def test_every_font_is_embedded(pdf):
    for page in pdf.pages:
        assert page.Resources.Font
        for font in page.Resources.Font.values():
            assert "/FontFile2" in font.FontDescriptor


def test_links_can_be_heard_and_found(pdf):
    links = [note for page in pdf.pages for note in page.Annots if note.Subtype == Name.Link]
    assert links
    parents = dict(zip(*[iter(pdf.Root.StructTreeRoot.ParentTree.Nums)] * 2, strict=True))
    for link in links:
        assert str(link.Contents)
        assert str(link.A.URI) == "https://www.musterstadt.example/hund"
        assert Name.Link == parents[link.StructParent].S


def test_the_seal_field_is_empty_tagged_and_outside_nothing(pdf):
    (seal,) = pdf.Root.AcroForm.Fields
    assert (str(seal.T), seal.FT, str(seal.TU)) == ("Siegel", Name.Sig, "Elektronisches Siegel")
    assert "/V" not in seal
    form = [kid for kid in pdf.Root.StructTreeRoot.K.K if Name.Form == kid.S]
    assert form[0].K.Obj.objgen == seal.objgen


def test_attachments_are_listed_twice_and_unchanged(pdf):
    (file,) = pdf.Root.AF
    assert file.AFRelationship == Name.Data
    assert str(file.Desc) == "Angaben aus dem Antrag"
    assert pdf.attachments["antrag.json"].get_file().read_bytes() == ATTACHMENT.content


@pytest.mark.parametrize(
    "broken",
    [
        {"name": "../x"},
        {"name": ""},
        {"media_type": "text"},
        {"media_type": "text/x\n/Type"},
    ],
)
def test_unfit_attachments_are_refused(broken):
    attachment = dataclasses.replace(ATTACHMENT, relationship=Relationship.SOURCE, **broken)
    with pytest.raises(ValueError, match="unfit"):
        archive(rendered=render(letter=letter()), created=AT, document_id="x", attachments=[attachment])


def test_two_attachments_of_one_name_and_naive_times_are_refused():
    rendered = render(letter=letter())
    twice = [ATTACHMENT, Attachment(ATTACHMENT.name, "text/plain", b"", "x")]
    with pytest.raises(ValueError, match="same name"):
        archive(rendered=rendered, created=AT, document_id="x", attachments=twice)
    with pytest.raises(ValueError, match="time zone"):
        archive(rendered=rendered, created=datetime(2026, 1, 1), document_id="x")  # noqa: DTZ001
