"""The files of a draft: they go along into the case, or end with the draft."""

from __future__ import annotations

import pytest

from backend.cases.models import Event
from backend.demo.applications import PLAIN
from backend.files.models import Attachment
from backend.keys.queries import data_key
from backend.tenancy import acting_for
from tests.integration.door import problem
from tests.integration.drafts import desk
from tests.integration.drafts.desk import add, answered, changed_form, in_force, save, update
from tests.integration.files.desk import begun as started
from tests.integration.files.desk import pdf, uploaded

FILE = {"type": "string", "format": "file"}
FIRST = changed_form(
    add("hund", "bild", **FILE, **{"x-id": "bild-des-hundes"}), add("hund", "zettel", **FILE)
)
SECOND = changed_form(add("haushalt", "foto", **FILE, **{"x-id": "bild-des-hundes"}))


@pytest.fixture
def draft(citizen, published):
    """A draft with two files, each answered."""
    in_force(published, FIRST, number=2)
    erika = citizen()
    begun = desk.begun(erika, PLAIN)
    files = {
        name: uploaded(erika, begun["id"], pdf(), field=f"/hund/{name}").rpartition("/")[2]
        for name in ("bild", "zettel")
    }
    return save(erika, begun, answered(hund={**PLAIN["hund"], **files})).json()


def fields(town):
    with acting_for(authority_id=town.id):
        return dict(Attachment.objects.values_list("field", "status"))


def submitted_payload(town, case_id):
    with acting_for(authority_id=town.id):
        event = Event.objects.get(case_id=case_id, kind="submitted")
        return data_key(owner_id=case_id).open_json(event.sealed_payload, context=f"event:{case_id}:1")


def test_files_that_are_being_checked_do_not_hold_up_the_submission(citizen, draft, published):
    assert draft["complete"] is True
    case_id = desk.submit(citizen(), draft).json()["id"]
    recorded = submitted_payload(published, case_id)["attachments"]
    hund = draft["answers"]["hund"]
    assert [(each["field"], each["id"]) for each in recorded] == [
        ("/hund/bild", hund["bild"]),
        ("/hund/zettel", hund["zettel"]),
    ]
    assert fields(published).keys() == {"/hund/bild", "/hund/zettel"}


def test_the_record_has_the_hash_of_a_checked_file(citizen, draft, published):
    published.work(kinds={"inspect-file"}, rounds=1)
    case_id = desk.submit(citizen(), draft).json()["id"]
    hashes = [each["sha256"] for each in submitted_payload(published, case_id)["attachments"]]
    assert [len(each) for each in hashes] == [64, 64]


def test_files_that_no_answer_names_end_with_the_draft(citizen, draft, published):
    erika = citizen()
    hund = {name: value for name, value in draft["answers"]["hund"].items() if name != "zettel"}
    saved = save(erika, draft, answered(hund=hund)).json()
    assert fields(published).keys() == {"/hund/bild", "/hund/zettel"}, "she may name it again"
    assert desk.submit(erika, saved).status_code == 201
    assert fields(published).keys() == {"/hund/bild"}


def test_a_file_of_another_question_or_draft_is_refused(citizen, draft):
    erika = citizen()
    hund = draft["answers"]["hund"]
    swapped = {**hund, "bild": hund["zettel"], "zettel": hund["bild"]}
    saved = save(erika, draft, answered(hund=swapped)).json()
    assert {each["code"] for each in saved["problems"]} == {"file-of-another-question"}
    body = problem(desk.submit(erika, saved), 422, "invalid-answers")
    assert {error["pointer"] for error in body["errors"]} == {"/hund/bild", "/hund/zettel"}
    other = desk.begun(erika, draft["answers"])
    assert {each["code"] for each in other["problems"]} == {"file-unknown"}


def test_a_file_goes_along_with_its_question_and_a_lost_one_stays_until_the_end(citizen, draft, published):
    erika = citizen()
    in_force(published, SECOND, number=3)
    moved = update(erika, draft).json()
    assert moved["answers"]["haushalt"]["foto"] == draft["answers"]["hund"]["bild"]
    assert [each["pointer"] for each in moved["left_behind"]] == ["/hund/zettel"]
    assert moved["complete"] is True, moved["problems"]
    assert fields(published).keys() == {"/haushalt/foto", "/hund/zettel"}
    case_id = desk.submit(erika, moved).json()["id"]
    assert fields(published).keys() == {"/haushalt/foto"}
    (recorded,) = submitted_payload(published, case_id)["attachments"]
    assert recorded["field"] == "/haushalt/foto"


@pytest.mark.parametrize(
    ("rule", "code"),
    [({"types": ["image/png"]}, "file-type-changed"), ({"max-bytes": 50}, "file-size-changed"), ({}, None)],
)
def test_a_file_is_judged_by_the_rule_of_the_version_it_is_submitted_with(
    citizen, draft, published, rule, code
):  # fmt: skip
    """Also one that is checked only now, by the rule it was uploaded for."""
    erika = citizen()
    stricter = changed_form(
        add("hund", "bild", **FILE, **{"x-id": "bild-des-hundes", "x-file": rule}),
        add("hund", "zettel", **FILE),
    )
    in_force(published, stricter, number=3)
    waiting = update(erika, draft).json()
    assert [each["code"] for each in waiting["problems"]] == [
        {"file-type-changed": "file-being-checked"}.get(code, code)
    ] * (code is not None)
    published.work(kinds={"inspect-file"}, rounds=1)
    (mine,) = erika.get("/api/v1/drafts").json()["results"]
    seen = desk.look(erika, mine)
    assert [(each["pointer"], each["code"]) for each in seen["problems"]] == [("/hund/bild", code)] * (
        code is not None
    )
    answer = desk.submit(erika, seen)
    if code is None:
        assert answer.status_code == 201
    else:
        (entry,) = problem(answer, 422, "invalid-answers")["errors"]
        assert set(entry["texts"]) == {"de", "en"}


def test_discarding_the_draft_discards_its_files(citizen, draft, rows):
    assert rows()["attachment"] == 2
    assert desk.discard(citizen(), draft).status_code == 204
    assert rows()["attachment"] == 0


def test_a_file_not_wholly_uploaded_is_named(citizen, published):
    in_force(published, FIRST, number=2)
    erika = citizen()
    half = started(erika, desk.begun(erika, PLAIN)["id"], length=9, field="/hund/bild").rpartition("/")[2]
    (mine,) = erika.get("/api/v1/drafts").json()["results"]
    saved = save(erika, mine, answered(hund={**PLAIN["hund"], "bild": half})).json()
    assert [(each["pointer"], each["code"]) for each in saved["problems"]] == [
        ("/hund/bild", "file-incomplete")
    ]
    problem(desk.submit(erika, saved), 422, "invalid-answers")
