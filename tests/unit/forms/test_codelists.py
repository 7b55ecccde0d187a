"""Code lists: read from Genericode, kept, looked up, searched page by page."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.codelists import CodeList, CodeListProblems, Entry, read_code_list, read_genericode

HEAD = '<g:CodeList xmlns:g="http://docs.oasis-open.org/codelist/ns/genericode/1.0/">'
ABOUT = (
    "<Identification><ShortName>staat</ShortName><LongName>Staaten</LongName><Version>3</Version>"
    "<CanonicalUri>urn:x:staat</CanonicalUri></Identification>"
)
COLUMNS = (
    '<ColumnSet><Column Id="iso2"/><Column Id="kurzname"/><Column Id="nr"/><Column Id="hinweis"/>'
    '<Key><ColumnRef Ref="iso2"/></Key>'
    "<Key><Annotation><AppInfo><m:recommendedKeyColumn xmlns:m='urn:m'/></AppInfo></Annotation>"
    '<ColumnRef Ref="nr"/></Key></ColumnSet>'
)


def row(**cells: str) -> str:
    values = "".join(
        f'<Value ColumnRef="{name}"><SimpleValue>{text}</SimpleValue></Value>' for name, text in cells.items()
    )
    return f"<Row>{values}</Row>"


ROWS = row(iso2="DE", kurzname="Deutschland", nr="000", hinweis="hier") + row(
    iso2="TR", kurzname="Türkei", nr="163"
)


def genericode(columns: str = COLUMNS, rows: str = ROWS, about: str = ABOUT) -> BytesIO:
    return BytesIO(f"{HEAD}{about}{columns}<SimpleCodeList>{rows}</SimpleCodeList></g:CodeList>".encode())


def refused(call) -> str:
    with pytest.raises(CodeListProblems) as caught:
        call()
    (found,) = caught.value.problems
    return found.code


STATES = read_genericode(file=genericode())


def test_the_recommended_key_is_stored_and_the_name_is_shown():
    assert STATES.entries == (Entry("000", "Deutschland"), Entry("163", "Türkei"))
    assert (STATES.uri, STATES.version, STATES.title) == ("urn:x:staat", "3", "Staaten")


def test_named_columns_come_first():
    found = read_genericode(file=genericode(), code_column="iso2", name_column="nr", help_column="hinweis")
    assert found.entries == (Entry("DE", "000", "hier"), Entry("TR", "163"))


def test_codes_are_looked_up():
    assert "163" in STATES
    assert "TR" not in STATES
    assert STATES.find(code="163") == Entry("163", "Türkei")
    assert STATES.find(code="x") is None


@pytest.mark.parametrize(("text", "codes"), [("turkei", ["163"]), ("TÜRK", ["163"]), ("e", ["000", "163"]), ("163", ["163"]), ("land deu", ["000"]), ("x", []), ("", ["000", "163"])])  # fmt: skip
def test_search_forgives_case_and_accents(text, codes):
    assert [entry.code for entry in STATES.search(text=text).entries] == codes


TOWNS = CodeList("urn:x:ort", "1", "", tuple(Entry(name, name) for name in ("Köln", "Soest", "Neuenkirchen", "Großenkneten", "Val-d’Isère", "Baden‑Baden")))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name"),
    [("Köln", "Köln"), ("koeln", "Köln"), ("Koln", "Köln"), ("KÖLN", "Köln"), ("Ko\u0308ln", "Köln"), ("Söst", "Soest"), ("soest", "Soest"), ("sost", "Soest"), ("enkirchen", "Neuenkirchen"), ("Neünkirchen", "Neuenkirchen"), ("grossen", "Großenkneten"), ("GROẞEN", "Großenkneten"), ("d'isere", "Val-d’Isère"), ("d`Isère", "Val-d’Isère"), ("val–d’", "Val-d’Isère"), ("baden-baden", "Baden‑Baden"), ("Baden—Baden", "Baden‑Baden")],
)  # fmt: skip
def test_search_forgives_how_a_keyboard_writes(text, name):
    assert [entry.name for entry in TOWNS.search(text=text).entries] == [name]


@given(st.text(alphabet="aäoöuüeßs -'’–", min_size=1, max_size=12), st.data())
def test_any_piece_of_a_name_finds_it(name, data):
    listed = CodeList("urn:x", "1", "", (Entry("1", name),))
    start = data.draw(st.integers(0, len(name)))
    piece = name[start : data.draw(st.integers(start, len(name)))]
    spelt = piece.replace("ö", "oe").replace("ä", "ae").replace("ü", "ue").replace("ß", "ss")
    assert listed.search(text=piece).total == 1
    assert listed.search(text=spelt.replace("’", "'").replace("–", "-")).total == 1


@given(st.integers(1, 300), st.integers(1, 100))
def test_the_pages_of_a_search_are_the_list(count, length):
    listed = CodeList("urn:x", "1", "", tuple(Entry(str(n), f"Name {n}") for n in range(count)))
    found, start = [], 0
    while start is not None:
        page = listed.search(text="name", start=start, length=length)
        assert page.total == count
        assert len(page.entries) <= length
        found += page.entries
        start = page.next
    assert tuple(found) == listed.entries


def test_ten_different_words_count():
    listed = CodeList("urn:x", "1", "", (Entry("1", "a b c d e f g h i j"),))
    ten = "a b c d e f g h i j"
    assert listed.search(text=f"{ten} {ten}").total == 1, "the same words again change nothing"
    assert listed.search(text=f"x {ten}").total == 0
    assert listed.search(text=f"{ten} x").total == 1, "the eleventh is not looked at"


def test_a_page_has_at_most_a_hundred_entries():
    listed = CodeList("urn:x", "1", "", tuple(Entry(str(n), "n") for n in range(300)))
    assert len(listed.search(length=10_000).entries) == 100
    assert len(listed.search(length=-1, start=-5).entries) == 1


def test_what_is_kept_is_what_was_read():
    listed = read_genericode(file=genericode(), help_column="hinweis")
    assert read_code_list(value=json.loads(json.dumps(listed.as_json()))) == listed


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: read_genericode(file=BytesIO(b"<CodeList/>")), "codelist-no-genericode"),
        (lambda: read_genericode(file=genericode(about="")), "codelist-incomplete"),
        (lambda: read_genericode(file=genericode(columns="<ColumnSet/>")), "codelist-incomplete"),
        (lambda: read_genericode(file=genericode(rows="")), "codelist-size"),
        (lambda: read_genericode(file=genericode(rows=row(nr="1") * 2)), "codelist-twice"),
        (lambda: read_genericode(file=genericode(rows=row(iso2="DE"))), "codelist-no-code"),
        (lambda: read_genericode(file=genericode(), name_column="x"), "codelist-column"),
        (lambda: read_code_list(value=[]), "codelist-shape"),
        (lambda: read_code_list(value={"entries": []}), "codelist-shape"),
        (lambda: read_code_list(value={"entries": [["1", "a"]], "uri": 1}), "codelist-shape"),
        (lambda: read_code_list(value={"entries": [["1", "a"]], "mehr": 1}), "codelist-shape"),
        (lambda: read_code_list(value={"entries": [["1"]]}), "codelist-entry"),
        (lambda: read_code_list(value={"entries": [["", "a"]]}), "codelist-entry"),
        (lambda: read_code_list(value={"entries": [["1", "a"], ["1", "b"]]}), "codelist-twice"),
    ],
)
def test_a_broken_list_is_refused(call, code):
    assert refused(call) == code
