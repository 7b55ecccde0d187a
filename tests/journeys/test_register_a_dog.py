"""Erika registers her dog: from the form to the sealed notice in her mailbox."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import pytest

from backend.demo.applications import DECISION, PLAIN
from signing.verify import verify
from tests.journeys.mails import mails_about
from tests.journeys.people import DOG_TAX, until


@pytest.fixture(scope="module")
def registered(people):
    receipt = people.apply("erika", PLAIN)
    people.do("s.berger", receipt["id"], "pruefung", DECISION)
    return people.wait_closed("erika", receipt["id"])


def notice_of(people, case):
    messages = people.citizen().get(f"/api/v1/applications/{case}/messages")
    return [message["notice"] for message in messages if message["notice"]]


def test_the_form_says_what_is_asked(people):
    services = people.citizen().get("/api/v1/services")
    form = people.citizen().get(f"/api/v1/services/{DOG_TAX}/form")
    version = next(service["version"] for service in services if service["slug"] == DOG_TAX)
    assert form["version"] == version
    assert form["ui"]["elements"]


def test_the_case_ends_granted(registered):
    assert registered["outcome"] == "granted"
    kinds = [entry["kind"] for entry in registered["timeline"]]
    # The mail about the notice may be on its way still.
    assert [kind for kind in kinds if kind != "mail_sent"] == [
        "submitted",
        "task_claimed",
        "task_completed",
        "command_done",
        "closed",
    ]


def test_all_steps_are_done(registered):
    assert {step["state"] for step in registered["steps"]} <= {"done", "skipped"}


def test_one_sealed_notice_is_in_the_mailbox(people, town, registered):
    (notice,) = notice_of(people, registered["id"])
    pdf = people.citizen().call("GET", notice["document"]).content
    trusted = [town.layout.seal_certificate.read_bytes()]
    verdict = verify(pdf=pdf, trusted_pem=trusted, at=datetime.now(UTC))
    assert verdict.intact
    assert verdict.trusted


def test_fetching_the_notice_is_on_the_record_once(people, registered):
    (notice,) = notice_of(people, registered["id"])
    for _ in range(2):
        people.citizen().call("GET", notice["document"])
    timeline = people.citizen().get(f"/api/v1/applications/{registered['id']}")["timeline"]
    assert [entry["kind"] for entry in timeline].count("notice_retrieved") == 1


def test_two_mails_tell_her_and_name_no_content(people, town, registered):
    folder = town.layout.mail_folder

    def look():
        mails = mails_about(folder, registered["reference"])
        return mails if len(mails) == 2 else None

    received, notice = until(look, "the two mails")
    assert "angekommen" in received["subject"]
    assert "Bescheid" in notice["subject"]
    assert received["to"] == notice["to"] == [PLAIN["person"]["email"]]
    text = (folder / notice["file"]).read_text()
    assert PLAIN["hund"]["rufname"] not in text


def test_a_double_click_gets_the_first_receipt_again(people):
    key = secrets.token_urlsafe(16)
    first, second = (people.try_to_apply("erika", PLAIN, key=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == {**first.json(), "repeated": True}


def test_nobody_else_sees_it(people, registered):
    lena = people.citizen("lena")
    assert lena.try_call("GET", f"/api/v1/applications/{registered['id']}").status_code == 404
    (notice,) = notice_of(people, registered["id"])
    assert lena.try_call("GET", notice["document"]).status_code == 404
    mine = lena.get("/api/v1/applications")["results"]
    assert registered["reference"] not in [case["reference"] for case in mine]


def test_answers_that_break_the_form_are_all_named_at_once(people):
    broken = {**PLAIN, "hund": {**PLAIN["hund"], "chipnummer": "1"}, "erklaerung": {"richtig": False}}
    answer = people.try_to_apply("erika", broken)
    assert answer.status_code == 422
    problem = answer.json()
    assert {error["pointer"] for error in problem["errors"]} == {"/hund/chipnummer", "/erklaerung/richtig"}
    assert all(error["texts"]["de"] and error["texts"]["en"] for error in problem["errors"])


def test_an_unknown_service_is_told_so(people):
    assert people.try_to_apply("erika", PLAIN, service="gibt-es-nicht").status_code == 404
