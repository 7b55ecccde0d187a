"""A draft becomes an application: the same id, the same key, exactly once."""

from __future__ import annotations

import pytest

from backend.cases.models import Application
from backend.demo.applications import DECISION, EXEMPTION, PLAIN
from backend.drafts.models import Draft
from backend.drafts.operations.reminding import expire
from backend.services.operations import withdraw
from backend.tenancy import acting_for
from tests.integration.database import ops
from tests.integration.door import SUBMIT, at_once, problem
from tests.integration.drafts.desk import (
    HALF,
    add,
    answered,
    begun,
    changed_form,
    discard,
    in_force,
    look,
    save,
    submit,
    update,
)

WITH_PICTURE = changed_form(add("hund", "bild", type="string", format="file"))


def test_the_case_goes_on_under_the_drafts_id(citizen, clerk, published, rows):
    erika = citizen()
    draft = begun(erika, PLAIN)
    answer = submit(erika, draft)
    assert answer.status_code == 201
    receipt = answer.json()
    assert receipt["id"] == draft["id"]
    assert receipt["reference"].startswith("HUND-")
    assert answer["Location"] == f"/api/v1/applications/{draft['id']}"
    assert rows()["draft"] == 0
    problem(erika.get(f"/api/v1/drafts/{draft['id']}"), 410, "draft-submitted")
    published.work(kinds={"advance"})
    published.do("clara", "pruefung", DECISION)
    published.work(kinds={"advance", "issue-notice"})
    assert erika.get(answer["Location"]).json()["status"] == "closed"
    assert clerk("clara").get(f"/api/v1/cases/{draft['id']}").json()["answers"] == PLAIN


def test_the_key_is_kept(citizen):
    draft = begun(citizen(), PLAIN)
    key = ops("select wrapped from data_key where owner_id = %s", draft["id"])
    submit(citizen(), draft)
    assert ops("select wrapped from data_key where owner_id = %s", draft["id"]) == key


def test_submitting_again_gets_the_same_receipt(citizen, rows):
    draft = begun(citizen(), PLAIN)
    first = submit(citizen(), draft)
    before = rows()
    for revision in (draft["revision"], 99):
        again = submit(citizen(), draft, revision=revision)
        assert again.status_code == 200
        assert again.json() == {**first.json(), "repeated": True}
    problem(submit(citizen("paul"), draft), 404, "not-found")
    problem(
        submit(citizen(), {"id": "0" * 8 + "-0000-7000-8000-" + "0" * 12, "revision": 1}), 404, "not-found"
    )
    assert rows() == before


def test_an_application_without_a_draft_is_no_submitted_draft(citizen):
    case = citizen().submit().json()
    problem(submit(citizen(), {**case, "revision": 1}), 404, "not-found")


def test_incomplete_answers_name_what_is_missing_and_keep_the_draft(citizen, rows):
    draft = begun(citizen())
    before = rows()
    body = problem(submit(citizen(), draft), 422, "invalid-answers")
    assert {error["pointer"] for error in body["errors"]} == {e["pointer"] for e in draft["problems"]}
    assert (rows(), look(citizen(), draft)["answers"]) == (before, HALF)


def test_too_weak_a_sign_in_keeps_the_draft(citizen, rows):
    nina = citizen("nina")
    draft = begun(nina, PLAIN)
    before = rows()
    assert problem(submit(nina, draft), 401, "level-too-low")["needed"] == "low"
    assert rows() == before


def test_a_withdrawn_version_needs_the_update(citizen, published):
    erika = citizen()
    draft = begun(erika, PLAIN)
    with acting_for(authority_id=published.id):
        withdraw(authority_id=published.id, version_id=draft["version"], now=published.now)
    assert look(erika, draft)["withdrawn"] is True
    problem(submit(erika, draft), 410, "version-withdrawn")
    newer = in_force(published, changed_form(add("hund", "notiz", type="string", maxLength=99)), number=2)
    assert "update" in problem(submit(erika, draft), 409, "form-changed")["detail"]
    moved = update(erika, draft).json()
    assert (moved["version"], moved["answers"]) == (str(newer.id), PLAIN)
    assert submit(erika, moved).status_code == 201


class TestAtOnce:
    def test_submitting_many_times_makes_one_case(self, citizen, published):
        erika = citizen()
        draft = begun(erika, PLAIN)
        answers = at_once(*[lambda: submit(erika, draft)] * 4)
        assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
        with acting_for(authority_id=published.id):
            assert Application.objects.count() == 1

    @pytest.mark.parametrize("_", range(5))
    def test_submit_save_discard_and_expire_happen_in_one_order(self, citizen, published, rows, _):
        erika = citizen()
        draft = begun(erika, PLAIN)
        ops("update draft set expires_at = %s where id = %s", published.later(minutes=-1), draft["id"])
        before = rows()

        def expires():
            return expire(authority_id=published.id, draft_id=draft["id"], now=published.now)

        submitted, saved, discarded, expired = at_once(
            lambda: submit(erika, draft),
            lambda: save(erika, draft, EXEMPTION),
            lambda: discard(erika, draft, **{"If-Match": '"1"'}),
            expires,
        )
        answers = {submitted.status_code, saved.status_code, discarded.status_code}
        assert answers <= {200, 201, 204, 404, 410, 412}
        assert 410 not in answers or submitted.status_code == 201
        after = rows()
        won = (submitted.status_code == 201) + (discarded.status_code == 204) + expired
        if saved.status_code == 200:
            # The save came first: whoever saw the older revision may not end the draft any more.
            assert (won, after["draft"], after["case_file"]) == (0, 1, 0)
            assert look(erika, draft)["answers"] == EXEMPTION
        else:
            assert won == 1
            assert after["draft"] == 0
            assert (
                after["case_file"] == after["application"] == after["event"] == (submitted.status_code == 201)
            )
            assert after["data_key"] == after["case_file"]
        assert before["draft"] == 1


def test_a_submitted_draft_leads_its_applicant_to_the_application(citizen, clerk, rows):
    erika, paul = citizen(), citizen("paul")
    draft = begun(erika, PLAIN)
    assert submit(erika, draft).status_code == 201
    before = rows()

    def everything(who):
        yield who.get(f"/api/v1/drafts/{draft['id']}")
        yield save(who, draft, HALF)
        yield discard(who, draft)
        yield update(who, draft)

    for answer in everything(erika):
        address = problem(answer, 410, "draft-submitted")["application"]
        assert erika.get(address).json()["id"] == draft["id"]
    for answer in everything(paul):
        problem(answer, 404, "not-found")
    problem(clerk("clara").get(f"/api/v1/drafts/{draft['id']}"), 403, "forbidden")
    assert rows() == before


class TestFiles:
    def test_a_direct_application_with_a_file_is_told_to_begin_a_draft(self, citizen, published, rows):
        in_force(published, WITH_PICTURE, number=2)
        before = rows()
        hund = {**PLAIN["hund"], "bild": "0190aaaa-0000-7000-8000-000000000000"}
        body = problem(citizen().submit(answered(hund=hund), path=SUBMIT), 422, "invalid-answers")
        assert [(e["pointer"], e["code"]) for e in body["errors"]] == [
            ("/hund/bild", "attachment-needs-draft")
        ]
        assert rows() == before

    def test_an_answer_must_name_a_file_of_this_draft(self, citizen, published):
        in_force(published, WITH_PICTURE, number=2)
        hund = {**PLAIN["hund"], "bild": "0190aaaa-0000-7000-8000-000000000000"}
        draft = begun(citizen(), answered(hund=hund))
        assert [(e["pointer"], e["code"]) for e in draft["problems"]] == [("/hund/bild", "file-unknown")]
        body = problem(submit(citizen(), draft), 422, "invalid-answers")
        assert [error["pointer"] for error in body["errors"]] == ["/hund/bild"]


def test_a_draft_of_another_authority_is_not_seen(citizen, published):
    """Row-level security: the same person at another town, past every query of ours."""
    draft = begun(citizen(), PLAIN)
    other = type(published).found(now=published.now)
    with acting_for(authority_id=other.id):
        assert not Draft.objects.filter(id=draft["id"]).exists()
        assert Draft.objects.filter(id=draft["id"]).update(revision=9) == 0
    with acting_for(authority_id=published.id):
        assert Draft.objects.get(id=draft["id"]).revision == 1


def test_what_is_stored_is_not_readable(citizen):
    draft = begun(citizen(), answered())
    (row,) = ops("select sealed_answers, sealed_prefilled, sealed_lost from draft where id = %s", draft["id"])
    assert all(b"Mustermann" not in bytes(column) for column in row)
