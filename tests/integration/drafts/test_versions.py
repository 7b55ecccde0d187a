"""The form changes while somebody fills it in: what she entered is carried over, or shown apart."""

from __future__ import annotations

import pytest

from backend.demo.applications import PLAIN
from backend.services.package import Package
from tests.integration.door import problem
from tests.integration.drafts.desk import (
    add,
    answered,
    begun,
    changed_form,
    in_force,
    look,
    remove,
    save,
    submit,
    update,
)
from tests.integration.sign_in import crafted_token
from tests.integration.town import PACKAGE

PHONE = {"type": "string", "format": "phone", "x-id": "halter-telefon"}


def narrowed(schema, ui):
    choices = schema["properties"]["hund"]["properties"]["rasse"]["oneOf"]
    choices[:] = [choice for choice in choices if choice["const"] != "Labrador Retriever"]


FIRST = changed_form(
    remove("person", "telefon"), add("person", "telefon", **PHONE), add("hund", "farbe", type="string")
)
SECOND = changed_form(
    remove("person", "telefon"),
    add("person", "rufnummer", **PHONE),
    add("hund", "kastriert", required=True, type="boolean"),
    narrowed,
)
ANSWERS = answered(
    person={**PLAIN["person"], "telefon": "+49 5021 12345"}, hund={**PLAIN["hund"], "farbe": "schwarz"}
)


@pytest.fixture
def draft(citizen, published):
    """Begun with the first version; now the second one is in force."""
    in_force(published, FIRST, number=2)
    begun_draft = begun(citizen(), ANSWERS)
    assert begun_draft["complete"] is True
    in_force(published, SECOND, number=3)
    return begun_draft


def test_the_draft_tells_what_a_newer_version_would_change(citizen, draft):
    now = look(citizen(), draft)
    assert (now["newer_version"], now["withdrawn"], now["complete"]) == (True, False, True)
    assert now["answers"] == ANSWERS, "only a preview"
    changes = now["changes"]
    assert changes["moved"] == [{"from": "/person/telefon", "to": "/person/rufnummer"}]
    assert {each["pointer"]: each["value"] for each in changes["lost"]} == {
        "/hund/farbe": "schwarz",
        "/hund/rasse": "Labrador Retriever",
    }
    assert [(each["pointer"], each["required"]) for each in changes["added"]] == [("/hund/kastriert", True)]


def test_every_answer_is_carried_over_or_kept_apart(citizen, draft):
    moved = update(citizen(), draft)
    assert moved.status_code == 200
    now = look(citizen(), draft)
    hund = {name: value for name, value in PLAIN["hund"].items() if name != "rasse"}
    assert now["answers"] == answered(person={**PLAIN["person"], "rufnummer": "+49 5021 12345"}, hund=hund)
    assert (now["newer_version"], now["changes"], now["revision"]) == (False, None, draft["revision"] + 1)
    assert moved.json()["changes"]["moved"] == [{"from": "/person/telefon", "to": "/person/rufnummer"}]
    assert moved.json()["changes"]["lost"] == now["left_behind"]
    assert {each["pointer"]: each["value"] for each in now["left_behind"]} == {
        "/hund/farbe": "schwarz",
        "/hund/rasse": "Labrador Retriever",
    }
    for each in now["left_behind"]:
        assert each["title"]["de"]
        assert each["reason"].keys() >= {"de", "en"}
    assert {problem["pointer"] for problem in now["problems"]} == {"/hund/rasse", "/hund/kastriert"}


def test_what_was_left_behind_stays_until_the_end(citizen, draft, published):
    erika = citizen()
    moved = update(erika, draft).json()
    answers = moved["answers"]
    answers["hund"] |= {"rasse": "Mischling", "rasse_genau": "Dackelmix", "kastriert": True}
    saved = save(erika, moved, answers).json()
    assert len(saved["left_behind"]) == 2
    answer = submit(erika, saved)
    assert answer.status_code == 201, answer.content
    assert published.case(answer.json()["id"]).service_version_id != draft["version"]


def test_an_update_of_what_is_new_already_changes_nothing(citizen, published, rows):
    draft = begun(citizen())
    before = rows()
    answer = update(citizen(), draft)
    assert (answer.status_code, answer["ETag"]) == (200, f'"{draft["revision"]}"')
    assert answer.json()["answers"] == draft["answers"]
    assert rows() == before


def test_a_stale_update_is_refused(citizen, draft):
    problem(update(citizen(), draft, revision=7), 412, "changed-meanwhile")
    assert look(citizen(), draft)["newer_version"] is True


def test_the_older_version_may_still_be_submitted(citizen, draft, published):
    answer = submit(citizen(), draft)
    assert answer.status_code == 201
    assert str(published.case(answer.json()["id"]).service_version_id) == draft["version"]


def asked_as(x_id, **keywords):
    """A change of the form: at the place of the first name now stands the question `x_id`."""

    def change(schema, ui):
        question = schema["properties"]["person"]["properties"]["vorname"]
        if keywords:
            question.pop("x-prefill")
        question |= {"x-id": x_id, **keywords}

    return change


def test_another_question_in_the_place_of_a_verified_answer_is_not_verified(citizen, published):
    """Not even if somebody types there what her sign-in had said to the question before."""
    erika = citizen().with_token(crafted_token(given_name="Erika", family_name="Mustermann"))
    where = "/person/vorname"
    in_force(published, changed_form(asked_as("vorname")), number=2)
    before = begun(erika, {})
    assert before["origins"][where]["verified"] is True
    employer = {"title": "Arbeitgeber", "x-texts": {"en": {"title": "Employer"}}}
    in_force(published, changed_form(asked_as("arbeitgeber", **employer)), number=3)
    moved = update(erika, before).json()
    assert [each["pointer"] for each in moved["changes"]["lost"]] == [where]
    answers = answered(person={**PLAIN["person"], "vorname": before["answers"]["person"]["vorname"]})
    saved = save(erika, moved, answers).json()
    assert saved["answers"]["person"]["vorname"] == before["answers"]["person"]["vorname"]
    assert where not in saved["origins"]
    others = before["origins"].keys() - {where}
    assert others
    assert others <= moved["origins"].keys()


def test_a_newer_version_that_cannot_be_read_leaves_the_draft_alone(citizen, published):
    erika = citizen()
    draft = begun(erika, PLAIN)
    in_force(published, Package.of_texts(texts=PACKAGE.texts() | {"form.json": "{"}), number=2)
    now = look(erika, draft)
    assert (now["newer_version"], now["changes"], now["complete"]) == (False, None, True)
    saved = save(erika, now, PLAIN)
    assert saved.status_code == 200
    assert submit(erika, saved.json()).status_code == 201
