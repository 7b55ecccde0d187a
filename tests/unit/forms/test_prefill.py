"""What a sign-in says about a person stands in the form where it fits, and nowhere else."""

from __future__ import annotations

import pytest

from forms.definition import read_form
from forms.person import ATTRIBUTES
from forms.prefill import prefill
from tests.unit.forms.form_example import LANGUAGES, choice, closed, titled

OIDC = {
    "given_name": " Erika  Maria ",
    "family_name": "Mustermann",
    "birthdate": "1984-01-26",
    "email": "erika@example.org",
    "address": {
        "street_address": "Am Markt 12 b",
        "postal_code": "31999",
        "locality": "Musterhausen",
        "country": "DE",
    },
}


def asked(attribute, **more):
    return titled("Frage", "Question", **{"type": "string", "x-prefill": attribute, **more})


def form_of(**questions):
    return read_form(schema=closed([], **questions), ui=None, languages=LANGUAGES)


def filled(attributes, **questions):
    return prefill(form=form_of(**questions), attributes=attributes)


def test_a_whole_address_is_filled_in():
    formats = {"birth_date": "date", "email": "email", "phone_number": "phone", "postcode": "german-postcode"}
    questions = {
        name: asked(name, **({"format": formats[name]} if name in formats else {})) for name in ATTRIBUTES
    }
    assert filled(OIDC, person=titled("Person", "Person", **closed([], **questions))) == {
        "/person/given_name": "Erika Maria",
        "/person/family_name": "Mustermann",
        "/person/birth_date": "1984-01-26",
        "/person/street": "Am Markt 12 b",
        "/person/street_name": "Am Markt",
        "/person/house_number": "12 b",
        "/person/postcode": "31999",
        "/person/city": "Musterhausen",
        "/person/country": "DE",
        "/person/email": "erika@example.org",
    }


@pytest.mark.parametrize(
    ("street", "parts"),
    [
        ("Rathausstraße 1", ("Rathausstraße", "1")),
        ("Lindenweg 2a", ("Lindenweg", "2a")),
        ("Ring, 3-5", ("Ring", "3-5")),
        ("Straße des 17. Juni 135", None),
        ("C4 12", None),
        ("Am Markt", None),
        ("Am Markt 1/2", None),
        ("Am Markt 12 Hinterhaus", None),
        ("12", None),
    ],
)
def test_a_house_number_is_told_apart_only_without_doubt(street, parts):
    found = filled({"street": street}, a=asked("street_name"), b=asked("house_number"))
    assert found == ({} if parts is None else {"/a": parts[0], "/b": parts[1]})


def test_the_parts_count_more_than_the_whole_if_they_are_known():
    known = {"street": "Weg 1", "street_name": "Langer Weg", "house_number": "1 c"}
    assert filled(known, a=asked("street_name"), b=asked("house_number")) == {"/a": "Langer Weg", "/b": "1 c"}


@pytest.mark.parametrize(
    ("said", "kept"),
    [("26.01.1984", "1984-01-26"), ("1984-01-26", "1984-01-26"), ("1984", None), ("0000-01-26", None),
     ("30.02.1984", None), ("1984-W04-4", None), (19840126, None)],
)  # fmt: skip
def test_a_birth_date_is_a_whole_day(said, kept):
    found = filled({"birthdate": said}, day=asked("birth_date", format="date"))
    assert found == ({} if kept is None else {"/day": kept})


def test_what_does_not_fit_the_question_is_left_out():
    assert filled(OIDC, city=asked("city", maxLength=5)) == {}
    assert filled({"family_name": "中"}, name=asked("family_name", format="din-91379-name")) == {}
    assert filled({"country": "FR"}, land=asked("country", oneOf=[choice("DE", "D", "G")])) == {}
    assert filled({"country": "DE"}, land=asked("country", oneOf=[choice("DE", "D", "G")])) == {"/land": "DE"}
    assert filled({"given_name": " ", "address": "no object"}, a=asked("given_name"), b=asked("city")) == {}
    assert filled({"city": ["Leer"], "address": {"locality": "Leer"}}, b=asked("city")) == {"/b": "Leer"}


def test_the_text_is_put_into_normal_form():
    assert filled({"given_name": "O\u0308do\u0308n"}, a=asked("given_name")) == {"/a": "Ödön"}


def test_questions_in_lists_and_of_the_server_get_nothing():
    shared = {"$defs": {"name": {"type": "string", "x-prefill": "given_name"}}}
    by_reference = {**titled("Name", "Name"), "$ref": "#/$defs/name"}
    form = read_form(
        schema=closed(
            [],
            own=by_reference,
            locked={**by_reference, "readOnly": True},
            others=titled("Andere", "Others", type="array", items=closed([], name=by_reference)),
        )
        | shared,
        ui=None,
        languages=LANGUAGES,
    )
    assert prefill(form=form, attributes={"given_name": "Erika"}) == {"/own": "Erika"}
