from __future__ import annotations

import copy
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.definition import read_form
from forms.pointers import pointer
from forms.validation import check_answers
from tests.unit.forms.form_example import ANSWERS, LANGUAGES, SCHEMA, UI, closed, titled


@cache
def form():
    return read_form(schema=SCHEMA, ui=UI, languages=LANGUAGES)


def small(required=(), **properties):
    return read_form(schema=closed(list(required), **properties), ui=None, languages=LANGUAGES)


def problems(changes: dict, *, without=(), of=None) -> dict[str, str]:
    answers = {name: value for name, value in {**ANSWERS, **changes}.items() if name not in without}
    return {p.where: p.code for p in check_answers(form=of or form(), answers=answers, today=None).problems}


def test_good_answers_pass_unchanged():
    before = copy.deepcopy(ANSWERS)
    checked = check_answers(form=form(), answers=ANSWERS, today=None)
    assert (checked.answers, checked.problems) == (ANSWERS, ())
    assert before == ANSWERS
    assert checked.answers is not ANSWERS


def test_answers_to_hidden_questions_are_removed_along_the_chain():
    checked = check_answers(form=form(), answers={**ANSWERS, "befreit": False}, today=None)
    assert checked.problems == ()
    assert not {"grund", "nachweis"} & checked.answers.keys()


def test_a_section_goes_when_all_its_questions_go_and_is_then_not_required():
    checked = check_answers(form=form(), answers={**ANSWERS, "art": "neu"}, today=None)
    assert checked.problems == ()
    assert "adresse" not in checked.answers
    assert problems({"art": "neu"}, without=["adresse"]) == {}
    assert problems({}, without=["adresse"]) == {"/adresse": "required"}
    assert problems({"adresse": {}}) == {"/adresse/ort": "required"}


def test_rules_in_a_list_look_at_their_own_entry():
    dogs = [{"name": "Rex", "gefährlich": False, "rasse": "x"}, {"name": "Bello", "gefährlich": True}]
    checked = check_answers(form=form(), answers={**ANSWERS, "hunde": dogs}, today=None)
    assert checked.answers["hunde"][0] == {"name": "Rex", "gefährlich": False}
    assert [(p.where, p.code) for p in checked.problems] == [("/hunde/1/rasse", "required")]
    assert problems({"hunde": "Rex"}) == {"/hunde": "type"}
    assert problems({"hunde": ["Rex"]}) == {"/hunde/0": "type"}


def test_text_is_normalised_to_nfc():
    checked = check_answers(form=form(), answers={**ANSWERS, "name": "Mu\u0308ller"}, today=None)
    assert checked.answers["name"] == "Müller"


@pytest.mark.parametrize("value", [5, 5.25, Decimal("5.25"), Decimal("999.99")])
def test_all_kinds_of_numbers_are_numbers(value):
    assert problems({"betrag": value}) == {}


@pytest.mark.parametrize(
    ("changes", "where", "code", "german"),
    [
        ({"art": "x"}, "/art", "enum", "Bitte wählen Sie bei „Anliegen“ eine der angebotenen Möglichkeiten."),
        ({"plz": "2678"}, "/plz", "format", "deutsche Postleitzahl mit fünf Ziffern"),
        ({"name": ""}, "/name", "required", "Bitte geben Sie „Name“ an."),
        ({"name": "x" * 81}, "/name", "max-length", "höchstens 80 Zeichen, es sind 81"),
        ({"geburt": "2001-02-29"}, "/geburt", "format", "gültiges Datum"),
        ({"betrag": 0.015}, "/betrag", "multiple-of", "Vielfaches von 0,01"),
        ({"betrag": Decimal("-1.5")}, "/betrag", "minimum", "mindestens 0"),
        ({"betrag": 1000}, "/betrag", "exclusive-maximum", "weniger als 1000"),
        ({"betrag": "5"}, "/betrag", "type", "eine Zahl"),
        ({"befreit": "ja"}, "/befreit", "type", "mit Ja oder Nein"),
        ({"kennzeichen": "L"}, "/kennzeichen", "pattern", "Beispiel: LER-AB 123"),
        ({"hunde": []}, "/hunde", "min-items", "mindestens 1"),
        ({"hunde": [{"name": str(i)} for i in range(6)]}, "/hunde", "max-items", "höchstens 5"),
        ({"hunde": [{"name": "a"}, {"name": "a"}]}, "/hunde", "unique-items", "doppelt"),
        ({"hunde": [{}]}, "/hunde/0/name", "required", "Hunde, 1. Eintrag: Bitte geben Sie „Rufname“ an."),
        ({"fremd": 1}, "/fremd", "unknown-property", "Das Feld „fremd“"),
        ({"adresse": {"ort": "L", "a/b~": 1}}, "/adresse/a~1b~0", "unknown-property", "a/b~"),
        ({"name": "a\x00b"}, "/name", "character-not-allowed", "unsichtbare Steuerzeichen"),
        ({"name": "a\ud800"}, "/name", "character-not-allowed", "„Name“"),
        ({"name": "a\u202eb"}, "/name", "character-not-allowed", "„Name“"),
        ({"betrag": float("nan")}, "/betrag", "number-not-allowed", "kürzere Zahl"),
        ({"betrag": 10**100}, "/betrag", "number-not-allowed", "kürzere Zahl"),
        ({"betrag": Decimal("1E+999999")}, "/betrag", "number-not-allowed", "kürzere Zahl"),
        ({"betrag": Decimal("Infinity")}, "/betrag", "number-not-allowed", "kürzere Zahl"),
        ({"betrag": {1, 2}}, "/betrag", "not-json", "kein JSON-Wert"),
        ({"x\ud800": 1}, "", "name-not-allowed", "Feldname"),
        ({5: 1}, "", "name-not-allowed", "Feldname"),
        ({"x" * 201: 1}, "", "name-not-allowed", "Feldname"),
        ({"grund": "x" * 20_001}, "/grund", "max-length", "höchstens 20000 Zeichen"),
    ],
)
def test_each_problem_has_place_code_and_plain_texts(changes, where, code, german):
    found = check_answers(form=form(), answers={**ANSWERS, **changes}, today=None).problems
    assert (where, code) in [(p.where, p.code) for p in found]
    problem = next(p for p in found if (p.where, p.code) == (where, code))
    assert german in problem.text["de"]
    assert problem.text["en"]
    assert "{" not in problem.text["de"] + problem.text["en"]


@pytest.mark.parametrize(
    ("keywords", "value", "code", "german"),
    [
        ({"type": "boolean", "const": True}, False, "const", "Bitte bestätigen Sie „Frage“."),
        ({"const": 4}, 5, "const", "nur der vorgegebene Wert"),
        ({"type": "integer"}, 1.5, "type", "ganze Zahl"),
        ({"type": "array"}, 1, "type", "Liste von Einträgen"),
        ({"type": "object", "additionalProperties": False}, 1, "type", "Felder des Abschnitts"),
        ({"type": ["null", "string"]}, 1, "type", "einen Text"),
        ({"type": "null"}, 1, "type", "leer"),
        ({"type": "number", "maximum": 4.5}, 5, "maximum", "höchstens 4,5"),
        ({"type": "number", "exclusiveMinimum": 4}, 4, "exclusive-minimum", "mehr als 4"),
        (
            {"type": "string", "minLength": 5},
            "abc",
            "min-length",
            "mindestens 5 Zeichen ein, bisher sind es 3",
        ),
        ({"type": "number", "enum": [1, 2]}, 3, "enum", "angebotenen Möglichkeiten"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 3, "combination", "passen so nicht zusammen"),
        ({"oneOf": [{"type": "number"}, {"minimum": 1}]}, 3, "combination", "passen so nicht zusammen"),
        ({"not": {"const": 3}}, 3, "combination", "passen so nicht zusammen"),
        ({"type": "array", "contains": {"const": 1}}, [2], "combination", "passen so nicht zusammen"),
        ({"type": "string", "format": "email"}, "a@b", "format", "name@example.org"),
        (
            {"pattern": "^a$", "examples": []},
            "b",
            "pattern",
            "nicht die erwartete Form. Bitte prüfen Sie die Eingabe.",
        ),
    ],
)
def test_every_keyword_has_a_sentence(keywords, value, code, german):
    checked = check_answers(
        form=small(frage=titled("Frage", "Question", **keywords)), answers={"frage": value}, today=None
    )
    assert [(p.where, p.code) for p in checked.problems] == [("/frage", code)]
    assert german in checked.problems[0].text["de"]


@pytest.mark.parametrize(
    ("keywords", "german"),
    [
        ({"type": "boolean"}, "Bitte beantworten Sie „Frage“."),
        ({"type": "array"}, "mindestens einen Eintrag"),
        ({"type": "object", "additionalProperties": False}, "Abschnitt „Frage“"),
        ({"enum": [1, 2]}, "Bitte wählen Sie bei „Frage“ etwas aus."),
        ({"type": ["string", "null"]}, "Bitte geben Sie „Frage“ an."),
    ],
)
def test_what_is_missing_is_asked_for_by_kind(keywords, german):
    of = small(["frage"], frage=titled("Frage", "Question", **keywords))
    (problem,) = check_answers(form=of, answers={}, today=None).problems
    assert (problem.where, problem.code) == ("/frage", "required")
    assert german in problem.text["de"]


def test_the_forms_own_hint_comes_before_ours():
    hint = {
        "de": {"problem": "Bitte so: LER-AB 1."},
        "en": {"problem": "Please like this.", "title": "Plate"},
    }
    of = small(k={"title": "K", "pattern": "^a$", "x-texts": hint})
    (problem,) = check_answers(form=of, answers={"k": "b"}, today=None).problems
    assert problem.text == {"de": "Bitte so: LER-AB 1.", "en": "Please like this."}


def test_forms_in_one_language_answer_in_both():
    of = read_form(schema=closed(["a"], a={"title": "Alter", "type": "integer"}), ui=None, languages=["de"])
    (problem,) = check_answers(form=of, answers={}, today=None).problems
    assert problem.text == {"de": "Bitte geben Sie „Alter“ an.", "en": "Please enter “Alter”."}


def test_forbidden_members_and_entries_are_named():
    empty = {"type": "object", "additionalProperties": False}
    of = small(leer=titled("Leer", "Empty", **empty), liste=titled("L", "L", prefixItems=[{}], items=False))
    found = check_answers(form=of, answers={"leer": {"a": 1, "b": 2}, "liste": [1, 2]}, today=None).problems
    assert [(p.where, p.code) for p in found] == [
        ("/leer/a", "unknown-property"),
        ("/leer/b", "unknown-property"),
        ("/liste/1", "not-allowed"),
    ]
    assert found[2].text["de"].startswith("L, 2. Eintrag: „L“ ist hier nicht vorgesehen.")


def test_long_texts_are_allowed_where_the_schema_says_so():
    of = small(a=titled("A", "A", type="string", maxLength=30_000))
    assert check_answers(form=of, answers={"a": "x" * 25_000}, today=None).problems == ()
    assert [p.code for p in check_answers(form=of, answers={"a": "x" * 30_001}, today=None).problems] == [
        "max-length"
    ]


def test_faults_in_hidden_answers_do_not_count():
    assert problems({"befreit": False, "grund": "\x00", "nachweis": "x" * 20_001}) == {}
    assert problems({"befreit": False, "grund": {"a": "\x00"}}) == {}


def test_problems_come_in_the_forms_order_without_repetition():
    of = small(["b", "a"], b=titled("B", "B", type="string", minLength=1, format="date"), a=titled("A", "A"))
    found = check_answers(form=of, answers={"zz": 1, "b": ""}, today=None).problems
    assert [(p.where, p.code) for p in found] == [
        ("/b", "required"),
        ("/a", "required"),
        ("/zz", "unknown-property"),
    ]


@pytest.mark.parametrize("answers", [None, [], "x", 5, True, float("nan"), object(), "\ud800"])
def test_answers_must_be_an_object(answers):
    checked = check_answers(form=form(), answers=answers, today=None)
    assert [(p.where, p.code) for p in checked.problems] == [("", "not-an-object")]
    assert checked.answers == {}


def test_depth_and_number_are_limited():
    deep: dict = {}
    for _ in range(5_000):
        deep = {"a": deep}
    assert problems({"x": deep}) == {"": "too-deep"}
    assert problems({"x": [1] * 20_001}) == {"": "too-many-values"}
    assert problems({"x": [[] for _ in range(20_001)]}) == {"": "too-many-values"}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(st.characters(exclude_categories=()), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
NAMES = sorted(SCHEMA["properties"])


def _resolves(answers, where: str) -> bool:
    """RFC 6901: the last step may be a member that is missing."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in where.split("/")[1:]]
    for position, step in enumerate(steps):
        if isinstance(answers, list):
            answers = answers[int(step)]
        elif step in answers:
            answers = answers[step]
        else:
            return position == len(steps) - 1
    return True


@given(JSON)
@settings(deadline=None)
def test_no_json_makes_checking_fail(value):
    for problem in check_answers(form=form(), answers=value, today=None).problems:
        assert problem.text["de"]
        assert problem.text["en"]


@given(
    st.dictionaries(st.sampled_from(NAMES), JSON),
    st.fixed_dictionaries(
        {},
        optional={
            "art": st.sampled_from(["neu", "um"]),
            "befreit": st.booleans(),
            "adresse": st.dictionaries(st.sampled_from(["ort", "straße"]), JSON),
            "hunde": st.lists(
                st.fixed_dictionaries(
                    {}, optional={"gefährlich": st.booleans(), "rasse": st.text(max_size=3)}
                ),
                max_size=3,
            ),
        },
    ),
)
@settings(deadline=None)
def test_hidden_answers_never_survive_and_pointers_resolve(wild, tame):
    answers = {**ANSWERS, **wild, **tame}
    checked = check_answers(form=form(), answers=answers, today=None)
    kept = checked.answers
    assert kept.keys() <= answers.keys()
    if kept:
        assert ("grund" in kept) <= (kept.get("befreit") is True)
        assert ("nachweis" in kept) <= ("grund" in kept)
        assert ("adresse" in kept) <= (kept.get("art") == "um")
        dogs = kept.get("hunde")
        for dog in dogs if isinstance(dogs, list) else []:
            assert not (isinstance(dog, dict) and "rasse" in dog and dog.get("gefährlich") is not True)
        again = check_answers(form=form(), answers=kept, today=None)
        assert again.answers == kept
    for problem in checked.problems:
        assert _resolves(answers, problem.where)


def test_pointers_are_escaped():
    assert pointer(("a/b", 0, "c~d")) == "/a~1b/0/c~0d"
