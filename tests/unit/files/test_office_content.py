"""Office documents: everyday ones are taken; what fetches or runs is refused however it is written."""

from __future__ import annotations

import pytest

from backend.files.inspection.links import formula_fetches, is_plain, stays_inside
from tests.unit.files.asking import verdict
from tests.unit.files.documents import (
    DOCX,
    ODS,
    ODT,
    XLSX,
    docx,
    image,
    open_content,
    opendocument,
    relationships,
    word,
    xlsx,
)

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SCRIPT = "urn:oasis:names:tc:opendocument:xmlns:script:1.0"
LINK = relationships(
    ("hyperlink", "https://neustadt.example/a?b=1&amp;c=2#d", "External"),
    ("hyperlink", "mailto:rathaus@neustadt.example?subject=Antrag", "External"),
    ("image", "media/image1.png", "Internal"),
)
RELS = "word/_rels/document.xml.rels"


def char(kind):
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def runs(*texts, tag="instrText"):
    return "".join(f"<w:r><w:{tag}>{text}</w:{tag}></w:r>" for text in texts)


def field(*texts, result="1"):
    return f"<w:p>{char('begin')}{runs(*texts)}{char('separate')}{runs(result, tag='t')}{char('end')}</w:p>"


def document(body, declared=""):
    return docx(parts={"word/document.xml": word(body, declared=declared)})


def sheet(body):
    return f'<worksheet xmlns="{SHEET}"><sheetData><row><c>{body}</c></row></sheetData></worksheet>'


def text(body, declared="", kind=ODT, **parts):
    return opendocument(kind, parts={"content.xml": open_content(body, declared=declared), **parts})


TAKEN = {
    "docx-link-image": (docx(parts={RELS: LINK, "word/media/image1.png": image("PNG")}), DOCX),
    "docx-page": (document(field(" PA", "GE  \\* MERGEFORMAT ")), DOCX),
    "docx-toc": (
        document(
            char("begin")
            + runs(" TOC \\o &quot;1-3&quot; \\h ")
            + char("separate")
            + field(' HYPERLINK \\l "_Toc1" ')
            + char("end")
        ),
        DOCX,
    ),
    "docx-nested": (
        document(f"{char('begin')}{runs(' IF ')}{field(' MERGEFIELD Anrede ')}{runs(' = 1 ')}{char('end')}"),
        DOCX,
    ),
    "docx-simple": (document('<w:fldSimple w:instr=" NUMPAGES "><w:r/></w:fldSimple>'), DOCX),
    "docx-text-names-dde": (document(runs("DDEAUTO ist ein Feld", tag="t")), DOCX),
    "docx-byte-order-mark": (docx(parts={"word/document.xml": word("").encode("utf-8-sig")}), DOCX),
    "docx-svg": (
        docx(
            parts={"word/media/i.svg": '<svg xmlns="http://www.w3.org/2000/svg"><a href="https://a"/></svg>'}
        ),
        DOCX,
    ),
    "xlsx-link": (
        xlsx(
            parts={
                "xl/worksheets/s1.xml": sheet("<f>SUM(A1:B2)</f>"),
                "xl/worksheets/_rels/s1.xml.rels": LINK,
            }
        ),
        XLSX,
    ),
    "xlsx-comments": (
        xlsx(
            parts={
                "xl/drawings/vmlDrawing1.vml": '<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape>a<br>b'
                "</v:shape></xml>"
            }
        ),
        XLSX,
    ),
    "odt-link-image": (
        text(
            '<text:a xlink:href="https://neustadt.example">a</text:a><text:a xlink:href="#Kapitel">b</text:a>'
            '<draw:image xlink:href="Pictures/1.png"/><draw:object xlink:href="./Object 1"/>',
            **{"Pictures/1.png": image("PNG")},
        ),
        ODT,
    ),
    "ods-formula": (text('<table:table-cell table:formula="of:=SUM([.A1:.B2])"/>', kind=ODS), ODS),
}


@pytest.mark.parametrize("case", TAKEN)
def test_everyday_documents_are_taken(case):
    content, expected = TAKEN[case]
    assert verdict(content) == expected


@pytest.mark.parametrize(
    "target",
    [
        *(
            "file://host/s/x.dotm",
            "file:////host/s/x.dotm",
            "file:\\\\host\\s",
            "file:///\\\\host\\s\\x.dotm",
        ),
        *("mhtml:http://a/x.html!x-usc:http://a", "ht&#9;tp://a/x", "\\/host/x", "/\\host/x", "ldap://a"),
        *("search-ms:query=x&amp;crumb=location:\\\\host\\x", "ms-word:ofe|u|http://a", "vorlage.dotm"),
    ],
)
@pytest.mark.parametrize("kind", ["attachedTemplate", "hyperlink"])
def test_external_targets(kind, target):
    if (kind, target) == ("hyperlink", "vorlage.dotm"):
        target = " https://a"
    for mode in ("External", "external", " External"):
        assert verdict(docx(parts={RELS: relationships((kind, target, mode))})) == "external-content"


@pytest.mark.parametrize("name", ["word/_rels/settings.xml.RELS", "Word/_Rels/a.xml.Rels", "word/a.bin"])
def test_relationships_are_found_by_what_they_are(name):
    rels = relationships(("attachedTemplate", "http://a/x.dotm", "External"))
    assert verdict(docx(parts={name: rels})) == "external-content"
    assert verdict(docx(parts={name: rels.encode("utf-16")})) in ("damaged", "external-content")


def test_internal_means_inside_the_package():
    assert (
        verdict(docx(parts={RELS: relationships(("image", "http://a/b.png", "Internal"))}))
        == "external-content"
    )
    assert verdict(docx(parts={RELS: relationships(("aFChunk", "a.html", "Internal"))})) == "external-content"


FOREIGN = ' xmlns:x="urn:x"'
FIELDS = {
    "ddeauto": field(' DDEAUTO c:\\cmd.exe "/k calc" '),
    "dde": field("dde x y"),
    "quoted": field('DDE"cmd"'),
    "picture": field(' INCLUDEPICTURE "http://a/b.png" \\d '),
    "text": field(' INCLUDETEXT "\\\\host\\a.docx" '),
    "split": field(" D", "DEA", "UTO ", "c:\\cmd.exe"),
    "split-by-text": f"{char('begin')}{runs('DD')}{runs('E x', tag='t')}{char('end')}",
    "split-by-deleted": f"{char('begin')}{runs('DDE')}{runs('X', tag='delInstrText')}{runs('AUTO c')}{char('end')}",
    "deleted": f"{char('begin')}{runs('DDE c', tag='delInstrText')}{char('end')}",
    "loose": runs("DDE", "AUTO c"),
    "never-ended": char("begin") + runs("DDEAUTO c"),
    "in-another": f"{char('begin')}{runs('IF ')}{field('DDEAUTO c')}{runs(' = 1')}{char('end')}",
    "name-computed": f"{char('begin')}{field('QUOTE 68 68 69')}{runs(' c')}{char('end')}",
    "simple": '<w:fldSimple w:instr=" DDEAUTO c "/>',
    "character-reference": '<w:fldSimple w:instr="&#68;DE c"/>',
    "another-namespace": char("begin") + "<x:instrText>PAGE </x:instrText>" + runs("DDE c") + char("end"),
    "ignored-wrapper": f"{char('begin')}<x:a>{runs('PAGE ')}</x:a>{runs('DDE c')}{char('end')}",
    "link": field(' HYPERLINK "file://host/s" '),
}


@pytest.mark.parametrize("case", FIELDS)
def test_fields_that_fetch(case):
    assert verdict(document(FIELDS[case], declared=FOREIGN)) == "external-content"


WEB = f'<connections xmlns="{SHEET}"><connection refreshOnLoad="1"><webPr url="http://a"/></connection></connections>'
DDE = f'<externalLink xmlns="{SHEET}"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("xl/connections.xml", WEB, "external-content"),
        ("xl/Connections.XML", WEB, "external-content"),
        ("xl/daten.bin", WEB, "external-content"),
        ("xl/connections.xml", WEB.replace("webPr", "dbPr"), "external-content"),
        ("xl/ExternalLinks/externalLink1.xml", DDE, "external-content"),
        ("xl/externalLinks/externalLink1.xml", DDE.encode("utf-16"), "damaged"),
        ("xl/externalLinks/externalLink1.xml", ("\ufeff" + DDE).encode("utf-16-be"), "damaged"),
        ("xl/a.xml", '<?xml version="1.0" encoding="UTF-7"?><a/>', "damaged"),
        ("xl/a.xml", "<a/>".encode("utf-16-le"), "damaged"),
        ("xl/a.bin", "<a/>".encode("utf-16-be"), "damaged"),
        ("xl/a.bin", "\ufeff <a/>".encode("utf-16-le"), "damaged"),
        ("xl/a.xml", "<!DOCTYPE a><a/>", "damaged"),
        ("xl/a.xml", '<?xml-stylesheet href="http://a"?><a/>', "external-content"),
        ("xl/worksheets/s.xml", sheet('<f>_xlfn.WEBSERVICE("http://a")</f>'), "external-content"),
        ("xl/worksheets/s.xml", sheet("<f><f/>WEBSERVICE(A1)</f>"), "external-content"),
        ("xl/worksheets/s.xml", sheet("<f>cmd|'/c calc'!A0</f>"), "external-content"),
        (
            "xl/media/i.svg",
            '<svg xmlns="http://www.w3.org/2000/svg"><image href="//a/b"/></svg>',
            "external-content",
        ),
        (
            "xl/drawings/d.vml",
            '<v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" src="//a/b"/>',
            "external-content",
        ),
        ("mimetype", ODT, "mixed"),
        ("Mimetype", ODT, "mixed"),
        ("META-INF/manifest.xml", "<a/>", "mixed"),
        ("XL/workbook.XML", "<a/>", "archive-names"),
    ],
)
def test_parts_of_a_spreadsheet(name, content, expected):
    assert verdict(xlsx(parts={name: content})) == expected


MACRO = '<s:event-listener xlink:href="&#118;nd.sun.star.script:a"/>'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (text(MACRO, declared=f' xmlns:s="{SCRIPT}"'), "macros"),
        (text('<text:a xlink:href="&#118;nd.sun.star.script:a"/>'), "macros"),
        (text('<office:script script:language="ooo:Basic"/>'), "macros"),
        (opendocument(ODT, parts={"content.xml": open_content(MACRO).encode("utf-16")}), "damaged"),
        (text('<draw:image xlink:href="http://a/b.png" xlink:actuate="onLoad"/>'), "external-content"),
        (text('<text:section-source xlink:href="file://host/s/x.odt"/>'), "external-content"),
        (text('<text:section-source xlink:href="../x.odt"/>'), "external-content"),
        (
            text('<draw:image y:href="//host/b.png"/>', ' xmlns:y="http://www.w3.org/1999/xlink"'),
            "external-content",
        ),
        (text('<text:a xlink:href="file://host/s"/>'), "external-content"),
        (text('<xlink:href/><draw:image xlink:href="http://a/b.png"/>'), "external-content"),
        (text('<text:p office:script="a"/><office:script/>'), "macros"),
        (text('<office:dde-source office:dde-application="cmd"/>'), "external-content"),
        (text('<table:table-cell table:formula="of:=DDE(&quot;a&quot;)"/>', kind=ODS), "external-content"),
        (opendocument(ODT, parts={"[Content_Types].xml": "<Types/>"}), "mixed"),
    ],
)
def test_open_documents(content, expected):
    assert verdict(content) == expected


def test_which_links_are_plain():
    assert is_plain("https://neustadt.example/ä b")
    assert not any(
        map(is_plain, ("https:", "http:///a", "http:\\\\a", "tel:1", "a\u200b", "http://[a", "//a"))
    )
    assert stays_inside("../media/1.png")
    assert not any(map(stays_inside, ("//a", "\\\\a", "C:/a", "http://a", "ht\ttp")))
    assert not formula_fetches("CONCATENATE(\"http://a | b\\c\",'A|B'!A1)")
    assert formula_fetches("'\\\\host\\[a.xlsx]B'!A1")
