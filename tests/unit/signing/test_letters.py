"""Look here for what a rendered letter must hold: structure, order, nothing lost, nothing overlapping."""

from __future__ import annotations

import io
import unicodedata

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signing import fonts
from signing.body import Align, Body, Heading, ListBlock, Paragraph, Run, TableBlock
from signing.flow import block_strips, paginate
from signing.letters import Letterhead, LetterProblems, render
from signing.strips import Strip
from signing.tagging import Element, Marked
from signing.typesetting import break_lines
from tests.unit.signing.letter_samples import HEAD, body, letter, letter_with_logo

# Letters of names that DIN 91379 has and that have no code point of their own.
SEQUENCES = "A̋ C̀ C̄ C̆ C̈ C̕ C̣ C̦ C̨̆ D̂ F̀ F̄ G̀ H̄ H̦ H̱ J́ J̌ K̀ K̂ K̄ K̇ K̕ K̛ K̦ K͟H K͟h L̂ L̥ L̥̄ L̦ M̀ M̂ M̆ M̐ N̂ N̄ N̆ N̦ P̀ P̄ P̕ P̣ R̆ R̥ R̥̄ S̀ S̄ S̛̄ S̱ T̀ T̄ T̈ T̕ T̛ U̇ Z̀ Z̄ Z̆ Z̈ Z̧ a̋ c̀ d̂ k͟h l̥ m̐ z̧ Ç̆ Û̄ ç̆ û̄ ÿ́ Č̕ Č̣ č̕ č̣ Ī́ ī́ Ž̦ ž̦"


def tags(element):
    return [element.tag for element in element.walk()]


def text_of(rendered):
    with pikepdf.open(io.BytesIO(rendered.pdf)) as pdf:
        return len(pdf.pages)


def plain(text, **changes):
    return Body(
        **{"subject": "S", "title": "T", "language": "de", "blocks": (Paragraph((Run(text),)),)} | changes
    )


def test_the_structure_is_in_reading_order():
    rendered = render(letter=letter_with_logo())
    order = [element.tag for element in rendered.root.kids]
    assert order[0] == "Figure"
    # Name, unit, return address, address, two rows of information; then the subject.
    assert order[1:8] == ["P"] * 6 + ["H1"]
    assert order[-1] == "Sect"
    found = tags(rendered.root)
    for tag in ("H2", "H3", "L", "LI", "Lbl", "LBody", "Table", "THead", "TBody", "TR", "TH", "TD", "Link"):
        assert tag in found
    assert (found.count("H1"), found.count("THead"), found.count("TR"), found.count("LI")) == (1, 1, 46, 4)


def test_every_mark_points_back_to_its_element():
    rendered = render(letter=letter())
    seen = 0
    for element in rendered.root.walk():
        for kid in element.kids:
            if isinstance(kid, Marked):
                assert rendered.marks[kid.page][kid.mcid] is element
                seen += 1
    assert seen == sum(map(len, rendered.marks))
    assert len(rendered.marks) == 3 == text_of(rendered)


def test_the_same_letter_gives_the_same_bytes():
    assert render(letter=letter()).pdf == render(letter=letter()).pdf


def test_language_title_and_author_come_from_the_letter():
    rendered = render(letter=letter(text=plain("x", language="en")))
    assert (rendered.language, rendered.title, rendered.subject) == ("en", "T", "S")
    assert rendered.author == "Stadt Musterstadt"


def test_names_of_din_91379_can_be_set():
    known = fonts.register()
    letters = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x180)])) + SEQUENCES
    letters += "ƎƏƐƑƓƔƖƗƘƙƟƠơƤƥƯưƱƲƳƴƷǅǆǈǋǍǎǢǣǤǥǦǧǨǩǪǫǬǭǮǯǰǲǵǸǹǺǻǼǽǾǿȘșȚțȟȤȥȦȧȨȩȪȫȬȭȮȯȰȱȲȳəɛʒḂḃḆḇḊḋḌḍẞẗẠạỲỳỸỹ"
    letters += "ʰʳʹʺʻʼʾʿˈˌ‘’‚“”„†‡…‰′″‹›€™"
    assert {character for character in letters if ord(character) not in known} == set()
    render(letter=letter(text=plain(SEQUENCES)))


def test_marks_without_a_letter_of_their_own_keep_their_text():
    rendered = render(letter=letter(text=plain("M̂ara")))
    with pikepdf.open(io.BytesIO(rendered.pdf)) as pdf:
        content = pdf.pages[0].Contents.read_bytes()
    assert b"/ActualText <FEFF" + "M̂ara".encode("utf-16-be").hex().encode() in content


@pytest.mark.parametrize("character", ["漢", "😀", "\x07", "\ue000", "\uffff"])
def test_a_character_the_font_lacks_is_named_never_boxed(character):
    with pytest.raises(LetterProblems) as caught:
        render(letter=letter(recipient=("A", f"B{character}"), text=plain(character)))
    found = caught.value.problems
    assert [(p.where, p.code) for p in found] == [
        ("/recipient/1", "unknown-character"),
        ("/body/blocks/0", "unknown-character"),
    ]
    assert f"U+{ord(character):04X}" in found[0].text["de"]


def test_decomposed_letters_and_shapeless_characters():
    assert fonts.clean(text="Mu\u0308ller\u00ad\u200b") == "Müller"


@pytest.mark.parametrize(
    ("head", "recipient", "where"),
    [
        (Letterhead(name="Sehr langer Name " * 30, return_address="x"), ("A",), "/letterhead/name"),
        (Letterhead(name="A", return_address="Straße " * 30), ("A",), "/letterhead/return_address"),
        (HEAD, ("Zeile",) * 12, "/recipient"),
        (HEAD, (), "/recipient"),
        (Letterhead(name="A", return_address="x", footer=(("a",) * 9,)), ("A",), "/letterhead/footer/0"),
    ],
)
def test_what_does_not_fit_its_field_is_named(head, recipient, where):
    with pytest.raises(LetterProblems) as caught:
        render(letter=letter(head=head, recipient=recipient))
    assert [(p.where, p.code) for p in caught.value.problems] == [(where, "does-not-fit")]


def test_a_long_address_is_set_smaller():
    render(letter=letter(recipient=tuple(f"Zeile {n}" for n in range(8))))


def test_lines_hold_amounts_and_paragraph_signs_together():
    for width in range(30, 200, 3):
        lines = break_lines(
            runs=[Run("am 15. Februar nach § 5 Abs. 1 sind 1.200,00 € fällig")], width=width, size=10
        )
        for line in ("".join(piece.text for piece in line.pieces).rstrip() for line in lines):
            assert not line.endswith(("§", "Abs."))
            assert not line.startswith("€") or width < 60


@given(st.text(alphabet=st.sampled_from("ab ÄM̂-.\n€"), max_size=200), st.floats(8, 300))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_lines_lose_nothing_and_stay_inside(text, width):
    lines = break_lines(runs=[Run(text[:50], bold=True), Run(text[50:])], width=width, size=10)
    joined = "".join(piece.text for line in lines for piece in line.pieces)
    expected = unicodedata.normalize("NFC", text[:50]) + unicodedata.normalize("NFC", text[50:])
    assert joined.replace(" ", "") == expected.replace(" ", "").replace("\n", "")
    widest = fonts.width(text="M", bold=True, size=10)
    assert all(line.width <= max(width, widest + 1) + 1e-6 for line in lines)


def test_links_over_two_lines_are_one_element():
    runs = (Run("Siehe "), Run("lange Adresse " * 20, href="https://a.example"), Run("!"))
    rendered = render(letter=letter(text=plain("", blocks=(Paragraph(runs),))))
    assert tags(rendered.root).count("Link") == 1


WORD = st.text(alphabet="abc ", max_size=60)
RUNS = st.builds(Run, WORD, st.booleans()).map(lambda run: (run,))
BLOCKS = st.one_of(
    st.builds(Heading, st.sampled_from([2, 3]), RUNS),
    st.builds(Paragraph, RUNS),
    st.builds(ListBlock, st.lists(RUNS, min_size=1, max_size=5).map(tuple), st.booleans()),
    st.builds(
        TableBlock,
        st.tuples(RUNS, RUNS),
        st.lists(st.tuples(RUNS, RUNS), min_size=1, max_size=30).map(tuple),
        st.just((Align.LEFT, Align.RIGHT)),
    ),
)


@given(st.lists(BLOCKS, max_size=20), st.floats(100, 500), st.floats(100, 700))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
def test_pages_hold_every_strip_once_in_order_without_overlap(drawn, first, later):
    strips = block_strips(blocks=drawn, parent=Element("Document"), width=400)
    pages = paginate(strips=strips, first=first, later=later)
    repeated = {id(again) for strip in strips for again in strip.repeats}
    assert [p.strip for page in pages for p in page if id(p.strip) not in repeated] == strips
    for number, page in enumerate(pages):
        below = 0.0
        for placed in page:
            assert placed.top >= below - 1e-6
            below = placed.top + placed.strip.height
        assert below <= (later if number else first) + 1e-6


def test_headings_never_end_a_page():
    one = Strip(height=10, texts=(), keep_next=False)
    heading = Strip(height=10, texts=(), keep_next=True)
    pages = paginate(strips=[one, heading, one], first=20, later=100)
    assert [len(page) for page in pages] == [1, 2]


def test_what_keeps_together_is_parted_when_no_page_holds_it():
    strips = [Strip(height=10, texts=(), keep_next=True) for _ in range(7)]
    assert [len(page) for page in paginate(strips=strips, first=20, later=30)] == [2, 3, 2]


def test_a_table_repeats_its_head_as_an_artifact():
    rows = tuple(((Run(str(n)),),) for n in range(100))
    table = TableBlock(head=((Run("Kopf"),),), rows=rows, align=(Align.LEFT,))
    strips = block_strips(blocks=[table], parent=Element("Document"), width=400)
    second = paginate(strips=strips, first=300, later=300)[1]
    assert [text.element for text in second[0].strip.texts] == [None]
    assert second[1].strip.texts[0].element is not None


def test_a_cell_longer_than_a_page_is_parted():
    table = TableBlock(head=((Run("K"),),), rows=(((Run("Wort " * 3000),),),), align=(Align.LEFT,))
    assert len(render(letter=letter(text=plain("", blocks=(table,)))).marks) > 2


def test_values_reach_the_letter():
    assert "Waldi 44" in str(body().blocks)


def test_a_letterhead_needs_neither_unit_nor_foot():
    plain_head = Letterhead(name="Amt", return_address="Amt · Weg 1 · 12345 Ort")
    assert "Sect" not in tags(render(letter=letter(head=plain_head)).root)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Bella 😀", "Bella [U+1F600]"),
        ("a\tb", "a b"),
        ("Łukasz Ñandú", "Łukasz Ñandú"),
        ("\ue000", "[U+E000]"),
    ],
)
def test_what_has_no_shape_is_named_never_a_blank_box(typed, shown):
    assert fonts.printable(text=typed) == shown
    assert fonts.clean(text=fonts.printable(text=typed)) == shown
