"""Defaults, read-only fields and normal forms: what the server adds, and that it says so."""

from __future__ import annotations

import pytest

from forms.definition import FormProblems, read_form
from forms.validation import check_answers
from tests.unit.forms.form_example import LANGUAGES, closed, column, control, rule, titled


def text(title="Frage", **keywords):
    return titled(title, title, type="string", **keywords)


def form(required=(), /, *, ui=None, defs=None, **properties):
    schema = {**closed(list(required), **properties), **({"$defs": defs} if defs else {})}
    return read_form(schema=schema, ui=ui, languages=LANGUAGES)


def refused(required=(), /, **properties):
    with pytest.raises(FormProblems) as problems:
        form(required, **properties)
    return [(problem.where, problem.code) for problem in problems.value.problems]


def checked(of, **answers):
    return check_answers(form=of, answers=answers, today=None)


def test_a_missing_optional_answer_gets_its_default_and_it_is_told():
    of = form(a=text(default="x"), b=text())
    found = checked(of)
    assert (found.answers, found.filled) == ({"a": "x"}, ("/a",))
    assert checked(of, a="y", b="z").filled == ()
    assert checked(of, a="y").answers == {"a": "y"}


def test_a_required_answer_is_never_given_by_the_server():
    of = form(["a"], a=text(default="x"))
    assert [(p.where, p.code) for p in checked(of).problems] == [("/a", "required")]


def test_without_default_nothing_is_added():
    assert checked(form(a=text(), b=titled("B", "B", const=1))).answers == {}


def test_defaults_in_sections_and_entries_that_are_there():
    entry = closed([], art=text(default="hund"))
    of = form(
        g=titled("G", "G", **closed([], a=text(default="x"))), l=titled("L", "L", type="array", items=entry)
    )
    assert checked(of).answers == {}
    found = checked(of, g={}, l=[{}, {"art": "katze"}])
    assert found.answers == {"g": {"a": "x"}, "l": [{"art": "hund"}, {"art": "katze"}]}
    assert found.filled == ("/g/a", "/l/0/art")
    assert checked(of, g=5, l=[5]).filled == ()


def test_a_default_is_a_copy_each_time():
    of = form(l=titled("L", "L", type="array", items={"type": "string"}, default=["x"]))
    first = checked(of).answers
    first["l"].append("y")
    assert checked(of).answers == {"l": ["x"]}


def test_rules_see_defaults_and_close_what_they_filled():
    ui = column(control("a"), control("b", rule=rule("SHOW", "a", {"const": "ja"})))
    shown = form(a=text(default="ja"), b=text(default="x"), ui=ui)
    assert checked(shown).answers == {"a": "ja", "b": "x"}
    hidden = checked(shown, a="nein")
    assert (hidden.answers, hidden.filled) == ({"a": "nein"}, ())


def test_read_only_answers_come_from_the_server_only():
    of = form(
        ["a", "b"],
        a=text(readOnly=True, default="x"),
        b=text(readOnly=True, const="y"),
        c=text(readOnly=True),
    )
    found = checked(of, a="z", b="\x00", c="mine")
    assert (found.problems, found.answers) == ((), {"a": "x", "b": "y"})
    assert found.filled == ("/a", "/b")


def test_a_default_must_fit_its_own_question():
    assert refused(a=text(default=5)) == [("form.json#/properties/a", "default-invalid")]
    assert refused(a=text(format="iban", default="DE1")) == [("form.json#/properties/a", "default-invalid")]
    of = form(a={"$ref": "#/$defs/a", "default": "x"}, defs={"a": text(maxLength=1)})
    assert checked(of).answers == {"a": "x"}


def test_what_nobody_can_fill_in_must_not_be_required():
    assert refused(["a"], a=text(readOnly=True)) == [("form.json#/properties/a", "read-only-required")]
    entry = closed(["a"], a=text(readOnly=True))
    found = refused(l=titled("L", "L", type="array", items=entry))
    assert found == [("form.json#/properties/l/items/properties/a", "read-only-required")]


def test_answers_are_kept_in_normal_form():
    iban = text(format="iban")
    entry = closed([], konto=iban)
    of = form(
        konto=iban,
        konten=titled("K", "K", type="array", items={"type": "string", "format": "iban"}),
        liste=titled("L", "L", type="array", items=entry),
        offen=titled("O", "O", type=["string", "null"], format="iban"),
    )
    written, kept = "de89 3704 0044 0532 0130 00", "DE89370400440532013000"
    found = checked(of, konto=written, konten=[written], liste=[{"konto": written}, {}], offen=None)
    assert found.problems == ()
    assert found.answers == {"konto": kept, "konten": [kept], "liste": [{"konto": kept}, {}], "offen": None}


def test_answers_that_do_not_fit_stay_as_they_are():
    of = form(konto=text(format="iban"), x=text(maxLength=1))
    assert checked(of, konto="de89 3704 0044 0532 0130 00", x="ab").answers["konto"].startswith("de89 ")


@pytest.mark.parametrize(
    ("keywords", "code"),
    [
        ({"format": "money"}, "format-of-other-type"),
        ({"type": "string", "format": "money"}, "format-of-other-type"),
        ({"type": "number", "format": "iban"}, "format-of-other-type"),
        ({"type": "object", "format": "geo-point", "additionalProperties": False}, "format-shape"),
        (
            closed([], lat=titled("B", "B", type="number"), lon=titled("L", "L", type="string"))
            | {"format": "geo-point"},
            "format-shape",
        ),
    ],
)
def test_a_format_needs_its_type_and_shape(keywords, code):
    assert refused(a=titled("A", "A", **keywords)) == [("form.json#/properties/a", code)]


@pytest.mark.parametrize(
    "keywords",
    [
        {"type": "integer", "format": "money"},
        {"type": ["number", "null"], "format": "money"},
        {"format": "iban"},
    ],
)
def test_types_that_go_with_a_format(keywords):
    assert checked(form(a=titled("A", "A", **keywords))).problems == ()


def test_formats_of_several_parts():
    day = {"type": "string", "format": "date"}
    period = closed(
        ["from", "to"], **{"from": titled("von", "from", **day), "to": titled("bis", "to", **day)}
    )
    point = closed(
        ["lat", "lon"], lat=titled("Breite", "lat", type="number"), lon=titled("Länge", "lon", type="number")
    )
    of = form(
        z=titled("Sperrung", "Closure", **period, format="date-range"),
        o=titled("Ort", "Place", **point, format="geo-point"),
    )

    def found(**answers):
        return [(p.where, p.code, p.text["de"]) for p in checked(of, **answers).problems]

    assert found(z={"from": "2026-01-01", "to": "2026-01-31"}, o={"lat": 53.2, "lon": 7.4}) == []
    ((where, code, german),) = found(z={"from": "2026-02-01", "to": "2026-01-31"})
    assert (where, code) == ("/z", "format")
    assert german == "Bei „Sperrung“ liegt das Ende vor dem Anfang. Bitte prüfen Sie die beiden Tage."
    assert [each[:2] for each in found(z={"from": "2026-02-30", "to": "2026-01-31"})] == [
        ("/z/from", "format")
    ]
    assert [each[:2] for each in found(o={"lat": 99, "lon": 7})] == [("/o", "format")]
    assert [each[:2] for each in found(o={"lat": "x", "lon": 7})] == [("/o/lat", "type")]
