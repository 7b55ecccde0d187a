"""A citizen applies over HTTP: what she gets for it, and that a refusal stores nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from backend.cases.models import Application, Case
from backend.demo.applications import EXEMPTION, PLAIN
from backend.services.operations import withdraw
from backend.services.package import Package
from backend.tenancy import acting_for
from tests.integration.door import SUBMIT, at_once, problem
from tests.integration.guests import GUEST_SLUG, offer_to_guests
from tests.integration.town import PACKAGE

BODY = json.dumps({"answers": PLAIN}).encode()


@pytest.fixture
def nothing_stored(published, rows):
    """The test's requests leave every table of the authority as it was."""
    before = rows()
    yield
    assert rows() == before


def test_the_receipt_names_the_application_and_where_to_find_it(citizen, rows):
    erika = citizen()
    before = rows()
    answer = erika.submit(key="first-of-all")
    assert answer.status_code == 201
    receipt = answer.json()
    assert receipt["reference"].startswith("HUND-")
    assert receipt["repeated"] is False
    found = erika.get(answer["Location"])
    assert found.status_code == 200
    assert found.json()["id"] == receipt["id"]
    assert found.json()["status"] == "received"
    added = {table: count - before[table] for table, count in rows().items() if count != before[table]}
    assert added == {"case_file": 1, "application": 1, "event": 1, "data_key": 1, "command": 1}


def test_the_same_key_again_gets_the_first_receipt_again(citizen, rows):
    first = citizen().submit(key="one-and-the-same")
    before = rows()
    second = citizen().submit(key="one-and-the-same")
    assert second.status_code == 200
    assert second["Location"] == first["Location"]
    assert second.json() == {**first.json(), "repeated": True}
    assert rows() == before


def test_the_same_key_is_another_key_for_another_citizen(citizen):
    first, second = (
        citizen("erika").submit(key="chosen-by-both"),
        citizen("paul").submit(key="chosen-by-both"),
    )
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]


def test_the_same_key_for_another_application_is_refused(citizen, rows):
    citizen().submit(key="used-before")
    before = rows()
    problem(citizen().submit(EXEMPTION, key="used-before"), 422, "idempotency-key-reused")
    assert rows() == before


def test_many_submissions_with_one_key_at_the_same_moment_make_one_case(citizen, published):
    erika = citizen()
    answers = at_once(*[lambda: erika.submit(key="double-click")] * 4)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    with acting_for(authority_id=published.id):
        assert (Case.objects.count(), Application.objects.count()) == (1, 1)


def test_the_answers_are_kept_as_they_were_entered(citizen, clerk, published):
    case_id = citizen().submit(EXEMPTION).json()["id"]
    published.work(kinds={"advance"})
    assert clerk("clara").get(f"/api/v1/cases/{case_id}").json()["answers"] == EXEMPTION


@pytest.mark.usefixtures("nothing_stored")
class TestRefusals:
    def test_no_key(self, citizen):
        body = problem(citizen().post(SUBMIT, {"answers": PLAIN}), 400, "missing-idempotency-key")
        assert "Idempotency-Key" in body["detail"]

    @pytest.mark.parametrize("key", ["short", "x" * 201, "with\x01control"])
    def test_unusable_key(self, citizen, key):
        problem(citizen().submit(key=key), 400, "missing-idempotency-key")

    def test_unknown_service(self, citizen):
        answer = citizen().submit(path="/api/v1/services/hundesteuer-abschaffen/applications")
        problem(answer, 404, "unknown-service")

    def test_version_that_does_not_exist(self, citizen):
        assert citizen().submit(version=str(uuid4())).status_code == 404

    def test_version_that_is_no_uuid(self, citizen):
        body = problem(citizen().submit(version="latest"), 400, "bad-request")
        assert [error["pointer"] for error in body["errors"]] == ["/version"]

    @pytest.mark.parametrize(
        ("broken", "place"),
        [
            (b'{"answers": {"person": ', "line 1, column 24"),
            (b'{"answers": {},\n "answers": {}}', "line 2"),
            (b'{"answers": {"a": NaN}}', "line 1"),
            (b'{"answers": "\xff"}', "line 1"),
            (b'{"answers": ' + b"[" * 5000 + b"]" * 5000 + b"}", ""),
        ],
    )
    def test_unreadable_json_names_the_place(self, citizen, broken, place):
        body = problem(citizen().post(SUBMIT, broken, **{"Idempotency-Key": uuid4().hex}), 400, "broken-json")
        (error,) = body["errors"]
        assert error["pointer"].startswith(place)
        assert set(error["texts"]) == {"de", "en"}

    @pytest.mark.parametrize("body", [[], "text", 7, None, {}])
    def test_body_of_another_shape(self, citizen, body):
        raw = json.dumps(body).encode()
        problem(citizen().post(SUBMIT, raw, **{"Idempotency-Key": uuid4().hex}), 400, "bad-request")

    def test_an_empty_body(self, citizen):
        body = problem(citizen().post(SUBMIT, **{"Idempotency-Key": uuid4().hex}), 400, "bad-request")
        assert [error["pointer"] for error in body["errors"]] == ["/answers"]

    def test_too_large(self, citizen):
        answers = {**PLAIN, "person": {**PLAIN["person"], "vorname": "x" * 1_000_000}}
        problem(citizen().submit(answers), 413, "too-large")

    @pytest.mark.parametrize(
        "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
    )
    def test_another_content_type(self, citizen, content_type):
        headers = {"Idempotency-Key": uuid4().hex}
        answer = citizen().call("POST", SUBMIT, data=BODY, content_type=content_type, headers=headers)
        problem(answer, 415, "unsupported-media-type")

    def test_every_wrong_answer_is_named_at_once_in_two_languages(self, citizen):
        person = {**PLAIN["person"], "postleitzahl": "319", "email": "nobody"}
        del person["nachname"]
        answers = {**PLAIN, "person": person, "hund": {**PLAIN["hund"], "chipnummer": "abc"}, "unexpected": 1}
        body = problem(citizen().submit(answers), 422, "invalid-answers")
        pointers = {error["pointer"] for error in body["errors"]}
        wrong = {
            "/person/postleitzahl",
            "/person/email",
            "/person/nachname",
            "/hund/chipnummer",
            "/unexpected",
        }
        assert wrong <= pointers
        for error in body["errors"]:
            assert error["texts"]["de"] != error["texts"]["en"]
            assert error["detail"] == error["texts"]["de"]

    def test_answers_that_are_no_object(self, citizen):
        problem(citizen().submit([1, 2]), 422, "invalid-answers")

    def test_too_weak_a_sign_in(self, citizen):
        answer = citizen("nina").submit()
        assert problem(answer, 401, "level-too-low")["needed"] == "low"
        challenge = answer["WWW-Authenticate"]
        assert challenge.startswith('Bearer error="insufficient_user_authentication", acr_values="')
        assert "http://eidas.europa.eu/LoA/low" in challenge

    def test_a_clerk_cannot_apply(self, clerk):
        problem(clerk("clara").submit(), 403, "forbidden")

    def test_another_host(self, citizen):
        erika = citizen()
        problem(type(erika)(host="elsewhere.example", token=erika.token).submit(), 404, "not-found")


def test_the_problem_is_told_in_english_to_who_reads_english(citizen):
    erika = citizen()
    english = type(erika)(host=erika.host, token=erika.token, language="en")
    body = problem(english.submit({}), 422, "invalid-answers")
    assert body["title"] == "Please check your answers"
    assert all(error["detail"] == error["texts"]["en"] for error in body["errors"])


def test_a_withdrawn_version_takes_no_application(citizen, published, rows):
    version = str(published.publish().id)
    assert citizen().submit(version=version).status_code == 201
    with acting_for(authority_id=published.id):
        withdraw(authority_id=published.id, version_id=version, now=datetime.now(UTC))
    before = rows()
    problem(citizen().submit(version=version), 410, "version-withdrawn")
    problem(citizen().submit(), 410, "version-withdrawn")
    assert rows() == before


def test_a_form_that_was_loaded_before_a_new_version_still_counts(citizen, published):
    old = published.publish()
    texts = PACKAGE.texts()
    texts["service.toml"] = texts["service.toml"].replace("Register a dog for", "Sign up a dog for")
    new = published.publish(Package.of_texts(texts=texts))
    assert old.id != new.id
    case_id = citizen().submit(version=str(old.id)).json()["id"]
    assert published.case(case_id).service_version_id == old.id
    assert published.case(citizen().submit().json()["id"]).service_version_id == new.id


def test_a_number_with_a_point_is_a_number(citizen, published):
    """`0.0` is the integer 0 in JSON Schema; and 0.5 is refused for what it is, not as broken JSON."""
    answers = {**PLAIN, "haushalt": {"weitere_hunde": 0.0}}
    assert citizen("erika").submit(answers).status_code == 201
    answers["haushalt"] = {"weitere_hunde": 0.5}
    body = problem(citizen("erika").submit(answers), 422, "invalid-answers")
    assert body["errors"][0]["pointer"] == "/haushalt/weitere_hunde"


def test_a_version_of_another_service_is_unknown_here(citizen, published, rows):
    version = citizen().get("/api/v1/services/hundesteuer-anmeldung/form").json()["version"]
    offer_to_guests(published)
    before = rows()
    for slug in (GUEST_SLUG, "gibt-es-nicht"):
        path = SUBMIT.replace("hundesteuer-anmeldung", slug)
        problem(citizen().submit(path=path, version=version), 404, "unknown-service")
    assert rows() == before
