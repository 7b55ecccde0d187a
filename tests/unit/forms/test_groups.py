"""Lists in lists, sections in sections, exactly one of several sections: and people are told which entry."""

from __future__ import annotations

import pytest

from forms.definition import FormProblems, read_form
from forms.validation import check_answers
from tests.unit.forms.form_example import LANGUAGES, choice, closed, column, control, group, rule, titled


def text(german, english, **keywords):
    return titled(german, english, type="string", **keywords)


SHOT = titled(
    "Impfung",
    "Vaccination",
    **closed(["stoff"], stoff=text("Impfstoff", "Vaccine"), grund=text("Grund", "Reason")),
)
DOG = titled(
    "Hund",
    "Dog",
    **closed(
        ["name", "halter", "impfungen"],
        name=text("Rufname", "Call name", minLength=1),
        geimpft=titled("Geimpft", "Vaccinated", type="boolean"),
        halter=titled("Halter", "Keeper", **closed(["ort"], ort=text("Ort", "Town"), plz=text("PLZ", "Postcode", format="german-postcode"))),
        impfungen=titled("Impfungen", "Vaccinations", type="array", minItems=1, maxItems=3, items=SHOT),
    ),
)  # fmt: skip
SCHEMA = closed(["hunde"], hunde=titled("Hunde", "Dogs", type="array", items=DOG))
UI = column(
    control(
        "hunde",
        options={
            "detail": column(
                control("name"),
                control("geimpft"),
                group("Halter", "Keeper", control("halter.ort"), control("halter.plz")),
                control(
                    "impfungen",
                    rule=rule("SHOW", "geimpft", {"const": True}),
                    options={
                        "detail": column(
                            control("stoff"), control("grund", rule=rule("SHOW", "stoff", {"const": "sonst"}))
                        )
                    },
                ),
            )
        },
    )
)


def dog(**changes):
    fine = {"name": "Rex", "geimpft": True, "halter": {"ort": "Leer"}, "impfungen": [{"stoff": "Tollwut"}]}
    return {**fine, **changes}


def check(*dogs):
    form = read_form(schema=SCHEMA, ui=UI, languages=LANGUAGES)
    return check_answers(form=form, answers={"hunde": list(dogs)}, today=None)


def test_nested_lists_are_accepted():
    checked = check(dog(), dog(impfungen=[{"stoff": "sonst", "grund": "Reise"}, {"stoff": "x"}]))
    assert checked.problems == ()


@pytest.mark.parametrize(
    ("second", "where", "german", "english"),
    [
        ({"name": ""}, "/hunde/1/name", "2. Hund: Bitte geben Sie „Rufname“ an.", "Dog 2: Please enter “Call name”."),
        ({"halter": {}}, "/hunde/1/halter/ort", "2. Hund: Bitte geben Sie „Ort“ an.", "Dog 2: Please enter “Town”."),
        ({"halter": {"ort": "L", "plz": "1"}}, "/hunde/1/halter/plz", "2. Hund: Bitte geben Sie bei „PLZ“ eine deutsche", "Dog 2: Please enter a German"),
        ({"impfungen": [{"stoff": "x"}, {}]}, "/hunde/1/impfungen/1/stoff", "2. Hund, 2. Impfung: Bitte geben Sie „Impfstoff“ an.", "Dog 2, Vaccination 2: Please enter “Vaccine”."),
        ({"impfungen": ["x"]}, "/hunde/1/impfungen/0", "2. Hund, 1. Impfung: Bitte füllen Sie die Felder des Abschnitts „Impfung“ aus.", "Dog 2, Vaccination 1: Please fill in"),
        ({"impfungen": []}, "/hunde/1/impfungen", "2. Hund: Bei „Impfungen“ sind zu wenige Einträge.", "Dog 2: There are too few"),
        ({"alter": 3}, "/hunde/1/alter", "2. Hund: Das Feld „alter“ gibt es", "Dog 2: There is no field “alter”"),
    ],
)  # fmt: skip
def test_a_problem_says_which_entry(second, where, german, english):
    (problem,) = check(dog(), dog(**second)).problems
    assert problem.where == where
    assert problem.text["de"].startswith(german)
    assert problem.text["en"].startswith(english)


def test_rules_in_the_details_of_details_look_at_their_own_entry():
    shots = [{"stoff": "sonst", "grund": "Reise"}, {"stoff": "x", "grund": "weg"}]
    checked = check(dog(impfungen=shots), dog(geimpft=False, impfungen="quatsch"))
    assert checked.problems == ()
    assert checked.answers["hunde"][0]["impfungen"] == [{"stoff": "sonst", "grund": "Reise"}, {"stoff": "x"}]
    assert "impfungen" not in checked.answers["hunde"][1]


def test_entries_without_a_title_are_counted_under_the_lists_title():
    entry = closed(["x"], x=text("X", "X"))
    form = read_form(
        schema=closed([], l=titled("Liste", "List", type="array", items=entry)), ui=None, languages=LANGUAGES
    )
    (problem,) = check_answers(form=form, answers={"l": [{}]}, today=None).problems
    assert problem.text == {
        "de": "Liste, 1. Eintrag: Bitte geben Sie „X“ an.",
        "en": "List, entry 1: Please enter “X”.",
    }


def test_the_forms_own_hint_is_told_with_its_entry():
    hints = {"de": {"problem": "Bitte so: A1."}, "en": {"problem": "Like this: A1.", "title": "X"}}
    entry = closed([], x={"title": "X", "x-texts": hints, "pattern": "^A1$"})
    form = read_form(
        schema=closed([], l=titled("L", "L", type="array", items=entry)), ui=None, languages=LANGUAGES
    )
    (problem,) = check_answers(form=form, answers={"l": [{"x": "B"}]}, today=None).problems
    assert problem.text == {"de": "L, 1. Eintrag: Bitte so: A1.", "en": "L, entry 1: Like this: A1."}


def test_an_entry_in_a_list_without_titles():
    form = read_form(
        schema=closed(
            [], l=titled("L", "L", type="array", items={"type": "array", "items": {"type": "integer"}})
        ),
        ui=None,
        languages=LANGUAGES,
    )
    (problem,) = check_answers(form=form, answers={"l": [[1, "x"]]}, today=None).problems
    assert problem.where == "/l/0/1"
    assert problem.text["de"].startswith("L, 1. Eintrag, 2. Eintrag: ")


def bank(**keywords):
    way = closed([], konto=titled("Konto", "Account", **closed(["iban"], iban=text("IBAN", "IBAN", format="iban"))), bar=titled("Bar", "Cash", **closed([], ort=text("Ort", "Place"))))  # fmt: skip
    return read_form(
        schema=closed(["zahlung"], zahlung=titled("Zahlung", "Payment", **way, **keywords)),
        ui=None,
        languages=LANGUAGES,
    )


KONTO = {"iban": "DE89370400440532013000"}


@pytest.mark.parametrize(
    "keywords",
    [{"minProperties": 1, "maxProperties": 1}, {"oneOf": [{"required": ["konto"]}, {"required": ["bar"]}]}],
)
def test_exactly_one_of_several_sections(keywords):
    form = bank(**keywords)
    for good in ({"konto": KONTO}, {"bar": {}}):
        assert check_answers(form=form, answers={"zahlung": good}, today=None).problems == ()
    for bad in ({}, {"konto": KONTO, "bar": {}}):
        (problem,) = check_answers(form=form, answers={"zahlung": bad}, today=None).problems
        assert (problem.where, problem.code) == ("/zahlung", "choose-one")
        assert problem.text == {
            "de": "Bitte füllen Sie bei „Zahlung“ genau einen dieser Abschnitte aus: „Konto“, „Bar“.",
            "en": "Please fill in exactly one of these sections of “Payment”: “Account”, “Cash”.",
        }
    (problem,) = check_answers(form=form, answers={"zahlung": {"konto": {}}}, today=None).problems
    assert (problem.where, problem.code) == ("/zahlung/konto/iban", "required")


def test_some_of_several_sections():
    (few,) = check_answers(form=bank(minProperties=1), answers={"zahlung": {}}, today=None).problems
    assert (few.code, few.text["de"]) == ("min-properties", "Bei „Zahlung“ fehlen Angaben. Bitte füllen Sie mindestens 1 davon aus: „Konto“, „Bar“.")  # fmt: skip
    (many,) = check_answers(
        form=bank(maxProperties=1), answers={"zahlung": {"konto": KONTO, "bar": {}}}, today=None
    ).problems
    assert (many.code, "höchstens 1 davon" in many.text["de"]) == ("max-properties", True)


def test_a_choice_by_question_closes_the_other_sections():
    schema = closed(
        ["art", "konto", "bar"],
        art=titled("Wie?", "How?", oneOf=[choice("k", "Konto", "Account"), choice("b", "Bar", "Cash")]),
        konto=titled("Konto", "Account", **closed(["iban"], iban=text("IBAN", "IBAN", format="iban"))),
        bar=titled("Bar", "Cash", **closed(["ort"], ort=text("Ort", "Place"))),
    )
    ui = column(
        control("art"),
        group("Konto", "Account", control("konto.iban"), rule=rule("SHOW", "art", {"const": "k"})),
        group("Bar", "Cash", control("bar.ort"), rule=rule("SHOW", "art", {"const": "b"})),
    )
    form = read_form(schema=schema, ui=ui, languages=LANGUAGES)
    checked = check_answers(form=form, answers={"art": "k", "konto": KONTO, "bar": {"ort": "x"}}, today=None)
    assert (checked.problems, checked.answers) == ((), {"art": "k", "konto": KONTO})
    assert [p.where for p in check_answers(form=form, answers={"art": "b"}, today=None).problems] == ["/bar"]


def test_a_section_that_can_be_hidden_must_not_be_required_in_an_alternative():
    schema = closed([], a=text("A", "A"), b=text("B", "B")) | {
        "oneOf": [{"required": ["a"]}, {"required": ["b"]}]
    }
    ui = column(control("a"), control("b", rule=rule("SHOW", "a", {"const": "x"})))
    with pytest.raises(FormProblems) as refused:
        read_form(schema=schema, ui=ui, languages=LANGUAGES)
    assert [p.code for p in refused.value.problems] == ["requirement-not-liftable"]


def test_the_whole_form_as_one_of_several():
    schema = closed([], a=text("A", "A"), b=text("B", "B")) | {"minProperties": 1, "maxProperties": 1}
    form = read_form(schema=schema, ui=None, languages=LANGUAGES)
    (problem,) = check_answers(form=form, answers={}, today=None).problems
    assert (
        problem.text["de"] == "Bitte füllen Sie bei „Formular“ genau einen dieser Abschnitte aus: „A“, „B“."
    )


def test_alternatives_where_the_form_names_no_question():
    pair = [{"type": "integer"}, {"oneOf": [{"type": "integer"}, {"minimum": 5}]}]
    form = read_form(
        schema=closed([], l=titled("L", "L", type="array", prefixItems=pair)), ui=None, languages=LANGUAGES
    )
    (problem,) = check_answers(form=form, answers={"l": [1, 7]}, today=None).problems
    assert (problem.where, problem.code) == ("/l/1", "combination")
