"""Look here for what the letter text language reads, refuses, and never lets through."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.body import Align, Heading, ListBlock, Paragraph, Run, TableBlock, plain_text
from signing.markup import MarkupProblems, compile_letter

HEAD = "---\nsubject: Betreff\n---\n"


def blocks(text, language="de", **values):
    return compile_letter(source=HEAD + text).render(values=values, language=language).blocks


def only_text(text, language="de", **values):
    (block,) = blocks(text, language, **values)
    return plain_text(runs=block.runs)


def problems(source):
    with pytest.raises(MarkupProblems) as caught:
        compile_letter(source=source)
    return {(p.where, p.code) for p in caught.value.problems}


def test_blocks():
    found = blocks("# A\n## B\nText **fett**\nweiter\n- x\n- y\n  z\n\n7. eins\n8. zwei\n")
    assert found == (
        Heading(2, (Run("A"),)),
        Heading(3, (Run("B"),)),
        Paragraph((Run("Text "), Run("fett", bold=True), Run(" weiter"))),
        ListBlock(((Run("x"),), (Run("y z"),))),
        ListBlock(((Run("eins"),), (Run("zwei"),)), numbered=True),
    )


def test_tables_may_say_which_column_stands_right():
    (table,) = blocks("| a | b |\n|---|---:|\n| 1 | |\n")
    assert table == TableBlock(((Run("a"),), (Run("b"),)), (((Run("1"),), ()),), (Align.LEFT, Align.RIGHT))


def test_links_line_breaks_and_escapes():
    (paragraph,) = blocks("Siehe [hier](https://a.example/b).\\\n\\*\\*neu\\*\\* \\{{ x }}\n")
    assert paragraph.runs == (
        Run("Siehe "),
        Run("hier", href="https://a.example/b"),
        Run(".\n**neu** {{ x }}"),
    )


@pytest.mark.parametrize(
    ("text", "language", "value", "written"),
    [
        ("{{ x | money }}", "de", "1234.5", "1.234,50 €"),
        ("{{ x | money }}", "de", Decimal("-1234567.89"), "-1.234.567,89 €"),
        ("{{ x|money }}", "en", 1234, "€1,234.00"),
        ("{{ x | money }}", "en", Decimal(-5), "-€5.00"),
        ("{{ x | date }}", "de", "2026-11-22", "22. November 2026"),
        ("{{ x | date }}", "en", date(2026, 3, 1), "1 March 2026"),
        ("{{ x | date }}", "de", "2026-03-01T12:00:00+01:00", "1. März 2026"),
        ("{{ x | date }}", "en", datetime(2026, 3, 1, tzinfo=UTC), "1 March 2026"),
        ("{{ x }}", "de", date(2026, 3, 1), "2026-03-01"),
        ("{{ x }}", "de", True, "ja"),
        ("{{ x | text }}", "en", False, "no"),
        ("{{ x }}", "de", Decimal("1.50"), "1,50"),
        ("{{ x }}", "en", 0.5, "0.5"),
        ("{{ x }}", "de", ["a", 2], "a, 2"),
        ("{{ x }}", "de", 0, "0"),
    ],
)
def test_formats(text, language, value, written):
    assert only_text(text, language, x=value) == written


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ x | money }}", "12,50"),
        ("{{ x | money }}", "1.005"),
        ("{{ x | money }}", True),
        ("{{ x | money }}", "NaN"),
        ("{{ x | date }}", "22.11.2026"),
        ("{{ x | date }}", 5),
        ("{{ x }}", {"a": 1}),
        ("{{ x }}", [{"a": 1}]),
    ],
)
def test_a_value_that_does_not_fit_names_field_and_line(text, value):
    with pytest.raises(MarkupProblems) as caught:
        blocks("\n\n" + text, x=value)
    (problem,) = caught.value.problems
    assert (problem.where, problem.code) == ("line 6", "unfit-value")
    assert "„x“" in problem.text["de"]
    assert str(value) not in problem.text["de"].replace("„x“", "")


def test_a_missing_value_names_field_and_line():
    with pytest.raises(MarkupProblems) as caught:
        blocks("eins\n\n{{ a.b }} und {{ c }}", a={"b": None})
    assert [(p.where, p.code) for p in caught.value.problems] == [("line 6", "missing-value")] * 2
    assert '"a.b"' in caught.value.problems[0].text["en"]


def test_conditions():
    text = "{% if a.b %}\nja\n{% else %}\nnein\n{% endif %}\n"
    assert only_text(text, a={"b": 1}) == "ja"
    assert only_text(text, a={}) == "nein"
    assert only_text("x{% if not a %} ohne{% endif %}.") == "x ohne."
    assert only_text("x{% if not a %} ohne{% endif %}.", a="y") == "x."


def test_loops_also_make_table_rows_and_nest():
    (table,) = blocks(
        "| a | b |\n{% for x in xs %}\n| {{ x.n }} | {% for y in x.ys %}{{ y }};{% endfor %} |\n{% endfor %}\n",
        xs=[{"n": "|", "ys": [1, 2]}, {"n": "q", "ys": []}],
    )
    assert [[plain_text(runs=cell) for cell in row] for row in table.rows] == [["|", "1;2;"], ["q", ""]]


def test_a_loop_needs_a_list_and_an_end():
    with pytest.raises(MarkupProblems, match="not a list"):
        blocks("{% for x in xs %}{{ x }}{% endfor %}", xs="abc")
    with pytest.raises(MarkupProblems, match="longer than"):
        blocks("{% for x in xs %}\n{{ x }}\n{% endfor %}", xs=list(range(10_000)))


def test_any_number_of_rows_up_to_the_limit():
    text = "| a |\n{% for x in xs %}\n| {{ x }} |\n{% endfor %}\n"
    assert len(blocks(text, xs=list(range(1000)))[0].rows) == 1000


def test_a_paragraph_of_nothing_is_left_out():
    assert blocks("{{ x }}", x="") == ()


def test_fields_are_every_path_read():
    letter = compile_letter(
        source="---\nsubject: {{ ref }}\n---\n{% if a.b %}{{ c | money }}{% endif %}"
        "{% for x in l.m %}{{ x.y }}{% for z in x.zs %}{{ z }}{% endfor %}{% endfor %}"
    )
    assert letter.fields == {"ref", "a.b", "c", "l.m", "l.m[].y", "l.m[].zs", "l.m[].zs[]"}


def test_subject_and_title_are_plain_and_filled():
    source = "---\ntitle: T {{ x }}\nsubject: **S** {{ x }}\n---\n"
    body = compile_letter(source=source).render(values={"x": "a\nb"}, language="en")
    assert (body.subject, body.title, body.language) == ("**S** a b", "T a b", "en")
    assert compile_letter(source=HEAD).render(values={}, language="de").title == "Betreff"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{% bla %}", "unknown-tag"),
        ("{% if a b %}x{% endif %}", "unknown-tag"),
        ("{% if a %}x", "unclosed-block"),
        ("{% for a in b %}x{% endif %}", "unclosed-block"),
        ("{% endfor %}", "unexpected-tag"),
        ("{% if a %}{% endif %}", "empty-branch"),
        ("{% if a %}x{% else %} {% endif %}", "empty-branch"),
        ("{{ a | shout }}", "unknown-format"),
        ("{{ a.__class__() }}", "bad-placeholder"),
        ("{{ a", "unclosed-tag"),
        ("**a", "unclosed-bold"),
        ("### a", "bad-heading"),
        ("[a](javascript:alert)", "bad-link"),
        ("[a](https://a.example/{{ x }})", "bad-link"),
        ("| a | b |\n| c |", "uneven-table"),
        ("- a\n  - b", "nested-list"),
        ("a\x00b", "forbidden-character"),
        ("a\ufdd0b", "forbidden-character"),
        ("{% if a %}" * 9 + "x" + "{% endif %}" * 9, "nested-too-deep"),
        ("{% if a %}x{% else %}**y{% endif %}", "unclosed-bold"),
    ],
)
def test_faults_name_their_line(text, code):
    found = problems(HEAD + "\nvorher\n\n" + text)
    line = 8 if code in {"uneven-table", "nested-list"} else 7
    assert (f"line {line}", code) in found


def test_all_faults_are_reported_at_once():
    assert problems("---\nfoo: x\n---\n{% bla %}\n{{ x | y }}\n") == {
        ("line 2", "bad-front-matter"),
        ("line 1", "no-subject"),
        ("line 4", "unknown-tag"),
        ("line 5", "unknown-format"),
    }
    assert ("line 1", "no-front-matter") in problems("hallo")
    assert problems("x" * 100_001) == {("line 1", "letter-too-long")}


def test_only_known_languages():
    with pytest.raises(ValueError, match="fr"):
        compile_letter(source=HEAD).render(values={}, language="fr")


@given(st.text(), st.sampled_from(["x{}", "# x{}", "- x{}", "1. x{}", "**x{}**", "[x{}](https://a.example)"]))
def test_what_a_citizen_typed_is_never_markup(typed, frame):
    """The value comes out as it went in (line ends and tabs aside), in the one run of the one block."""
    (block,) = blocks(frame.format("{{ x }}"), x=typed)
    (run,) = block.items[0] if isinstance(block, ListBlock) else block.runs
    assert run.text == "x" + typed.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    assert run.bold is frame.startswith("**")
    assert (run.href is None) is not frame.startswith("[")


@given(st.text(), st.text())
def test_cells_stay_cells(first, second):
    (table,) = blocks("| a | b |\n| {{ x }} | {{ y }} |", x=first, y=second)
    assert len(table.rows) == 1
    assert len(table.rows[0]) == 2


@given(st.text())
def test_any_source_is_read_or_refused(text):
    try:
        compile_letter(source=HEAD + text)
    except MarkupProblems as refused:
        assert all(p.where.startswith("line ") and p.text["de"] and p.text["en"] for p in refused.problems)  # noqa: PT017
