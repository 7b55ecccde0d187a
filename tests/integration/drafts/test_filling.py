"""A citizen fills in a form over days, on several devices."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from backend.demo.applications import PLAIN
from tests.integration.door import at_once, problem, same_answer
from tests.integration.drafts.desk import BEGIN, HALF, begin, begun, discard, look, save, submit
from tests.integration.guests import GUEST_SLUG, offer_to_guests
from tests.integration.sign_in import crafted_token


def test_a_new_draft_says_what_is_still_missing(citizen):
    answer = begin(citizen())
    draft = answer.json()
    assert answer.status_code == 201
    assert answer["ETag"] == '"1"'
    assert answer["Location"] == f"/api/v1/drafts/{draft['id']}"
    assert draft["answers"] == HALF
    assert draft["complete"] is False
    missing = {entry["pointer"] for entry in draft["problems"] if entry["code"] == "required"}
    assert {"/person/strasse", "/hund", "/erklaerung"} <= missing
    assert all(entry["texts"].keys() == {"de", "en"} for entry in draft["problems"])


def test_a_draft_may_hold_wrong_answers(citizen):
    wrong = {"person": {"vorname": 7}, "unknown": [1.50], "hund": {"chipnummer": "abc"}}
    draft = begun(citizen(), wrong)
    assert draft["answers"] == wrong
    assert {"/person/vorname", "/unknown", "/hund/chipnummer"} <= {e["pointer"] for e in draft["problems"]}


def test_it_is_continued_on_another_device(citizen):
    draft = begun(citizen())
    phone = citizen().with_token(crafted_token(jti="another-sign-in"))
    assert phone.token != citizen().token
    saved = save(phone, look(phone, draft), PLAIN)
    assert (saved.status_code, saved["ETag"]) == (200, '"2"')
    home = look(citizen(), draft)
    assert home["answers"] == PLAIN
    assert (home["complete"], home["problems"], home["revision"]) == (True, [], 2)


def test_my_drafts_are_listed_the_one_begun_last_first(citizen):
    erika = citizen()
    first, second = begun(erika), begun(erika)
    body = erika.get("/api/v1/drafts").json()
    assert [row["id"] for row in body["results"]] == [second["id"], first["id"]]
    assert "answers" not in body["results"][0]
    page = erika.get("/api/v1/drafts?limit=1").json()
    rest = erika.get(f"/api/v1/drafts?limit=1&cursor={page['next']}").json()
    assert [row["id"] for row in page["results"] + rest["results"]] == [second["id"], first["id"]]
    assert citizen("paul").get("/api/v1/drafts").json()["results"] == []


def test_two_devices_saving_at_once_lose_nothing(citizen):
    erika = citizen()
    draft = begun(erika)
    texts = [{"person": {"vorname": f"Gerät {number}"}} for number in range(4)]
    answers = at_once(*[lambda text=text: save(erika, draft, text) for text in texts])
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    won = next(text for text, answer in zip(texts, answers, strict=True) if answer.status_code == 200)
    now = look(erika, draft)
    assert (now["answers"], now["revision"]) == (won, 2)
    for answer in answers:
        if answer.status_code == 412:
            assert problem(answer, 412, "changed-meanwhile")["revision"] == 2


@pytest.mark.parametrize("method", ["PUT", "submit", "update"])
def test_whoever_does_not_say_what_she_saw_is_refused(citizen, method, rows):
    erika = citizen()
    draft = begun(erika)
    before = rows()
    path = f"/api/v1/drafts/{draft['id']}" + ("" if method == "PUT" else f"/{method}")
    for headers in ({}, {"If-Match": "*"}):
        body = json.dumps({"answers": {}}).encode()
        verb = "PUT" if method == "PUT" else "POST"
        answer = erika.call(verb, path, data=body, content_type="application/json", headers=headers)
        assert "fehlt" not in problem(answer, 428, "precondition-required")["title"]
    for unquoted in ("1", "W/1"):
        answer = erika.call(
            verb, path, data=body, content_type="application/json", headers={"If-Match": unquoted}
        )
        (entry,) = problem(answer, 400, "bad-request")["errors"]
        assert (entry["pointer"], entry["code"]) == ("If-Match", "etag-unquoted")
        assert all('"1"' in text for text in entry["texts"].values())
    for stale in ('"2"', 'W/"2"', '"1", "2"', "abc"):
        answer = erika.call(
            verb, path, data=body, content_type="application/json", headers={"If-Match": stale}
        )
        problem(answer, 412, "changed-meanwhile")
    assert (rows(), look(erika, draft)["revision"]) == (before, 1)


def test_a_tag_that_a_proxy_has_weakened_still_names_its_state(citizen):
    erika = citizen()
    draft = begun(erika)
    path = f"/api/v1/drafts/{draft['id']}"
    body = json.dumps({"answers": {}}).encode()
    answer = erika.call(
        "PUT", path, data=body, content_type="application/json", headers={"If-Match": 'W/"1"'}
    )
    assert (answer.status_code, answer["ETag"]) == (200, '"2"')
    problem(discard(erika, draft, **{"If-Match": "2"}), 400, "bad-request")
    assert discard(erika, draft, **{"If-Match": 'W/"2"'}).status_code == 204


def test_discarding_leaves_nothing(citizen, rows):
    erika = citizen()
    before = rows()
    draft = begun(erika)
    assert rows() != before
    problem(discard(erika, draft, **{"If-Match": '"7"'}), 412, "changed-meanwhile")
    assert discard(erika, draft).status_code == 204
    problem(erika.get(f"/api/v1/drafts/{draft['id']}"), 404, "not-found")
    after = rows()
    assert {table: after[table] for table in ("draft", "data_key")} == {"draft": 0, "data_key": 0}


class TestStrangers:
    @pytest.mark.parametrize("what", ["GET", "PUT", "DELETE", "submit", "update"])
    def test_a_strangers_draft_looks_like_none(self, citizen, what):
        draft, missing = begun(citizen()), "0" * 8 + "-0000-7000-8000-" + "0" * 12
        paul = citizen("paul")

        def tried(draft_id):
            path = f"/api/v1/drafts/{draft_id}" + (f"/{what}" if what.islower() else "")
            body = json.dumps({"answers": {}}).encode()
            headers = {"If-Match": '"1"'}
            verb = "POST" if what.islower() else what
            return paul.call(verb, path, data=body, content_type="application/json", headers=headers)

        problem(tried(draft["id"]), 404, "not-found")
        assert same_answer(tried(draft["id"]), tried(missing))
        assert look(citizen(), draft)["revision"] == 1

    def test_clerks_and_nobody_have_no_drafts(self, clerk, nobody):
        problem(clerk("clara").get("/api/v1/drafts"), 403, "forbidden")
        problem(nobody.get("/api/v1/drafts"), 401, "not-signed-in")


class TestBeginning:
    def test_the_same_key_gets_the_same_draft(self, citizen, rows):
        first = begin(citizen(), key="the-one-key")
        before = rows()
        again = begin(citizen(), key="the-one-key")
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.json() == first.json()
        problem(begin(citizen(), {}, key="the-one-key"), 422, "idempotency-key-reused")
        assert rows() == before

    def test_the_same_key_for_another_version_or_language_is_refused(self, citizen, rows):
        first = begun(citizen(), key="the-one-key", language="de")
        before = rows()
        for more in ({"version": first["version"], "language": "de"}, {"language": "en"}):
            answer = begin(citizen(), key="the-one-key", **more)
            problem(answer, 422, "idempotency-key-reused")
        assert rows() == before

    def test_a_key_is_free_again_after_the_submission(self, citizen):
        erika = citizen()
        first = begun(erika, PLAIN, key="the-one-key")
        assert submit(erika, first).status_code == 201
        assert begun(erika, PLAIN, key="the-one-key")["id"] != first["id"]

    def test_a_version_of_another_service_is_unknown_here(self, citizen, published, rows):
        version = begun(citizen())["version"]
        offer_to_guests(published)
        before = rows()
        for slug in (GUEST_SLUG, "gibt-es-nicht"):
            path = BEGIN.replace("hundesteuer-anmeldung", slug)
            answer = citizen().post(path, {"version": version}, **{"Idempotency-Key": uuid4().hex})
            problem(answer, 404, "unknown-service")
        assert rows() == before

    def test_a_double_click_begins_one(self, citizen, rows):
        erika = citizen()
        answers = at_once(*[lambda: begin(erika, key="double-click")] * 4)
        assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
        assert rows()["draft"] == 1

    def test_there_is_a_limit(self, citizen, monkeypatch):
        monkeypatch.setattr("backend.drafts.operations.filling.MOST_DRAFTS", 2)
        erika = citizen()
        answers = at_once(*[lambda: begin(erika)] * 4)
        assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409]
        assert problem(begin(erika), 409, "too-many-drafts")["limit"] == 2
        assert begin(citizen("paul")).status_code == 201

    def test_neither_answers_nor_a_strong_sign_in_are_needed(self, citizen):
        answer = citizen("nina").post(BEGIN, {}, **{"Idempotency-Key": "nothing-yet"})
        assert answer.status_code == 201
        assert answer.json()["answers"] == {}

    def test_unknown_services_and_missing_keys(self, citizen):
        problem(citizen().post(BEGIN, {}), 400, "missing-idempotency-key")
        elsewhere = BEGIN.replace("hundesteuer-anmeldung", "gibt-es-nicht")
        problem(citizen().post(elsewhere, {}, **{"Idempotency-Key": "12345678"}), 404, "unknown-service")


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([], "not-an-object"),
        ({"a": [0] * 20_001}, "too-many-values"),
        ({"a": "\ud800"}, None),
        ({"a": 10**70}, None),
    ],
)
def test_what_cannot_be_kept_is_refused_whole(citizen, rows, answers, code):
    erika = citizen()
    draft = begun(erika)
    before = rows()
    answer = save(erika, draft, answers)
    assert answer.status_code in (400, 422)
    if code:
        assert [e["code"] for e in problem(answer, 422, "invalid-answers")["errors"]] == [code]
    assert (rows(), look(erika, draft)["answers"]) == (before, HALF)


@pytest.mark.parametrize("number", [10**30, -(10**18)])
def test_a_number_too_large_for_the_store_is_named(citizen, number):
    answer = save(citizen(), begun(citizen()), {"a": number})
    assert answer.status_code in (200, 422)
