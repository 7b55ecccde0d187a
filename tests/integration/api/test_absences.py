"""Somebody is away: her deputy sees and does her tasks, the record says for whom, and four eyes stay four."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils.timezone import localdate

from backend.cases.operations import tasks as operations
from backend.demo.applications import DECISION, EXEMPTION, OPINION, PREPARED
from tests.integration.database import ops
from tests.integration.door import problem, same_answer
from tests.integration.town import TestTown

OWN = "/api/v1/me/absences"
TODAY = localdate(datetime.now(UTC))


def day(offset: int) -> str:
    return (TODAY + timedelta(days=offset)).isoformat()


def wish(first=-2, last=2, **more):
    return {"first_day": day(first), "last_day": day(last), **more}


@pytest.fixture
def away(published, clerk):
    """`away("otto", deputy="clara")`: Anna, the configurator, enters it."""

    def declare(name, **more):
        if "deputy" in more:
            more["deputy"] = str(published.clerks[more["deputy"]].id)
        path = f"/api/v1/clerks/{published.clerks[name].id}/absences"
        return clerk("anna").post(path, wish(**more), **{"Idempotency-Key": uuid4().hex})

    return declare


@pytest.fixture
def waiting(published):
    published.submit()
    published.work(kinds={"advance"})
    return published


@pytest.fixture
def exemption(published):
    published.submit(EXEMPTION)
    published.work(kinds={"advance"})
    published.do("adam", "stellungnahme", OPINION)
    published.work(kinds={"advance"})
    return published


def end(caller, absence, revision=None):
    number = absence["revision"] if revision is None else revision
    return caller.post(f"/api/v1/absences/{absence['id']}/end", None, **{"If-Match": f'"{number}"'})


def correct(caller, absence, body, revision=None):
    number = absence["revision"] if revision is None else revision
    return caller.call(
        "PUT",
        f"/api/v1/absences/{absence['id']}",
        data=json.dumps(body).encode(),
        content_type="application/json",
        headers={"If-Match": f'"{number}"'},
    )


def last_event(caller, case):
    return caller.get(f"/api/v1/cases/{case}").json()["events"][-1]


def test_a_deputy_of_another_unit_does_the_task_and_the_record_says_for_whom(waiting, clerk, away):
    otto, clara = clerk("otto"), clerk("clara")
    task = clara.task("pruefung")
    problem(otto.get(f"/api/v1/cases/{task['case']}"), 404, "not-found")
    absence = away("clara", deputy="otto").json()
    assert otto.task("pruefung")["id"] == task["id"]
    assert len(otto.get("/api/v1/tasks?unit=steueramt").json()["results"]) == 1
    claimed = otto.claim(task["id"]).json()
    ids = {name: str(one.id) for name, one in waiting.clerks.items()}
    assert (claimed["assignee"], claimed["assigned_for"]) == (ids["otto"], ids["clara"])
    assert otto.complete(task["id"], DECISION).status_code == 200
    event = last_event(otto, task["case"])
    assert (event["kind"], event["actor"]) == ("task_completed", f"clerk:{ids['otto']}")
    assert event["payload"]["for"] == ids["clara"]
    assert end(clerk("anna"), absence).json()["ended_by"] == f"clerk:{ids['anna']}"
    problem(otto.get(f"/api/v1/cases/{task['case']}"), 404, "not-found")


def test_only_within_the_days(waiting, clerk, away):
    assert away("clara", first=1, last=3, deputy="otto").status_code == 201
    assert away("carl", first=-9, last=-1, deputy="otto").status_code == 201
    assert clerk("otto").get("/api/v1/tasks").json()["results"] == []


def test_a_deputy_gets_tasks_and_nothing_else(waiting, clerk, away):
    assert away("anna", deputy="otto").status_code == 201
    problem(clerk("otto").get("/api/v1/clerks"), 403, "forbidden")
    problem(clerk("otto").get("/api/v1/attention"), 403, "forbidden")


def test_the_deputy_of_a_deputy(waiting, clerk, away):
    assert away("clara", deputy="adam").status_code == 201
    assert away("adam", deputy="otto").status_code == 201
    task = clerk("otto").task("pruefung")
    assert clerk("otto").claim(task["id"]).json()["assigned_for"] == str(waiting.clerks["clara"].id)


def test_a_unit_as_deputy(waiting, clerk, away):
    assert away("clara", deputy_unit="ordnungsamt").status_code == 201
    assert clerk("otto").claim(clerk("otto").task("pruefung")["id"]).status_code == 200


def test_what_the_absent_clerk_had_claimed_is_taken_over_and_comes_back(waiting, clerk, away):
    clara, otto, carl = clerk("clara"), clerk("otto"), clerk("carl")
    task = clara.claim(clara.task("pruefung")["id"]).json()
    absence = away("clara", deputy="otto").json()
    problem(carl.claim(task["id"]), 409, "already-claimed")
    taken = otto.claim(task["id"]).json()
    ids = {name: str(one.id) for name, one in waiting.clerks.items()}
    assert (taken["assignee"], taken["assigned_for"]) == (ids["otto"], ids["clara"])
    event = last_event(otto, task["case"])
    assert (event["kind"], event["payload"]["from"]) == ("task_taken_over", ids["clara"])
    assert event["payload"]["for"] == ids["clara"]
    end(clerk("anna"), absence)
    problem(otto.complete(task["id"], DECISION), 403, "not-entitled")
    back = clara.claim(task["id"]).json()
    assert (back["assignee"], back["assigned_for"]) == (ids["clara"], None)
    assert clara.complete(task["id"], DECISION).status_code == 200


def test_a_deputy_whose_time_is_over_can_give_the_task_back(waiting, clerk, away):
    absence = away("clara", deputy="otto").json()
    otto = clerk("otto")
    task = otto.claim(otto.task("pruefung")["id"]).json()
    end(clerk("anna"), absence)
    assert otto.post(f"/api/v1/tasks/{task['id']}/release").json()["status"] == "open"
    problem(otto.get(f"/api/v1/tasks/{task['id']}"), 404, "not-found")


def approve_as(town, clerk, name):
    town.work(kinds={"advance"})
    caller = clerk(name)
    (task,) = town.tasks(role="approver", status="open")
    return caller.claim(task.id)


def test_nobody_approves_her_own_work_in_the_place_of_another(exemption, clerk, away):
    exemption.do("clara", "vorbereitung", PREPARED)
    assert away("adam", deputy="clara").status_code == 201
    refused = problem(approve_as(exemption, clerk, "clara"), 403, "not-entitled")
    assert [one["code"] for one in refused["errors"]] == ["four-eyes"]


def test_the_deputy_does_not_approve_what_the_absent_approver_prepared(exemption, clerk, away):
    exemption.do("anna", "vorbereitung", PREPARED)
    assert away("anna", deputy="clara").status_code == 201
    refused = problem(approve_as(exemption, clerk, "clara"), 403, "not-entitled")
    assert [one["code"] for one in refused["errors"]] == ["four-eyes"]


def test_whose_work_a_deputy_did_does_not_approve_it_herself(exemption, clerk, away):
    absence = away("anna", deputy="otto").json()
    otto = clerk("otto")
    task = otto.task("vorbereitung")
    otto.claim(task["id"])
    assert otto.complete(task["id"], PREPARED).status_code == 200
    end(clerk("anna"), absence)
    refused = problem(approve_as(exemption, clerk, "anna"), 403, "not-entitled")
    assert [one["code"] for one in refused["errors"]] == ["four-eyes"]
    assert approve_as(exemption, clerk, "adam").status_code == 200


def test_what_one_may_do_oneself_one_does_in_ones_own_name(waiting, clerk, away):
    assert away("clara", deputy="carl").status_code == 201
    carl = clerk("carl")
    assert carl.claim(carl.task("pruefung")["id"]).json()["assigned_for"] is None


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"first": 3, "last": 1, "deputy": "otto"}, "ends-before-it-begins"),
        ({"last": 4000, "deputy": "otto"}, "too-long"),
        ({}, "one-deputy"),
        ({"deputy": "otto", "deputy_unit": "it"}, "one-deputy"),
        ({"deputy": "clara"}, "no-such-deputy"),
        ({"deputy": "otto", "unit": "mars"}, "unknown-unit"),
        ({"deputy_unit": "mars"}, "unknown-unit"),
        ({"deputy_unit": "empty"}, "nobody-left"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(clerk, away, rows, more, code):
    clerk("anna").call("PUT", "/api/v1/units/empty", data=b'{"name": "x"}', content_type="application/json")
    before = rows()
    refused = problem(away("clara", **more), 422, "absence-refused")
    assert code in [one["code"] for one in refused["errors"]]
    assert rows() == before


def test_a_deputy_of_another_town_or_without_an_active_account_is_none(published, clerk, away):
    other = TestTown.found(now=published.now)
    path = f"/api/v1/clerks/{published.clerks['clara'].id}/absences"
    ops("update clerk set active = false where id = %s", published.clerks["otto"].id)
    for deputy in (other.clerks["otto"].id, published.clerks["otto"].id, uuid4()):
        answer = clerk("anna").post(path, wish(deputy=str(deputy)), **{"Idempotency-Key": uuid4().hex})
        refused = problem(answer, 422, "absence-refused")
        assert [one["code"] for one in refused["errors"]] == ["no-such-deputy"]


def test_no_contradictions_and_no_circles(published, clerk, away):
    assert away("clara", deputy="carl").status_code == 201
    refused = problem(away("clara", first=2, last=9, deputy="otto"), 422, "absence-refused")
    assert [one["code"] for one in refused["errors"]] == ["overlaps"]
    assert away("clara", first=3, last=9, deputy="otto").status_code == 201
    refused = problem(away("carl", first=1, last=9, deputy="clara"), 422, "absence-refused")
    assert [one["code"] for one in refused["errors"]] == ["nobody-left"]
    assert away("carl", first=1, last=9, deputy="adam").status_code == 201


def test_an_absence_is_corrected_and_ended_but_never_deleted(published, clerk, away):
    anna = clerk("anna")
    absence = away("clara", deputy="otto").json()
    changed = correct(anna, absence, wish(last=5, deputy=absence["deputy"]))
    new = changed.json()
    assert (changed.status_code, changed["ETag"], new["last_day"]) == (200, '"1"', day(5))
    problem(end(anna, absence, revision=2), 404, "not-found")
    problem(end(anna, new, revision=2), 412, "changed-meanwhile")
    assert end(anna, new).json()["ended_at"]
    problem(end(anna, new, revision=2), 404, "not-found")
    kept = anna.get(f"/api/v1/clerks/{published.clerks['clara'].id}/absences").json()
    assert {one["id"] for one in kept} == {absence["id"], new["id"]}
    assert away("clara", deputy="otto").status_code == 201, "what has ended contradicts nothing"


def test_ones_own_absence_with_somebody_of_ones_own_unit(published, clerk):
    clara, ids = clerk("clara"), {name: str(one.id) for name, one in published.clerks.items()}
    key = {"Idempotency-Key": "my-own-absence"}
    refused = problem(clara.post(OWN, wish(deputy=ids["otto"]), **key), 422, "absence-refused")
    assert [one["code"] for one in refused["errors"]] == ["deputy-of-another-unit"]
    declared = clara.post(OWN, wish(deputy=ids["carl"]), **key)
    assert declared.status_code == 201
    again = clara.post(OWN, wish(deputy=ids["carl"]), **key)
    assert (again.status_code, again.json()) == (200, declared.json())
    problem(clara.post(OWN, wish(deputy=ids["anna"]), **key), 422, "idempotency-key-reused")
    assert [one["id"] for one in clara.get(OWN).json()] == [declared.json()["id"]]
    carl = clerk("carl")
    assert carl.get(OWN).json() == []
    missing = {**declared.json(), "id": str(uuid4())}
    assert same_answer(end(carl, declared.json()), end(carl, missing))
    problem(end(carl, declared.json()), 404, "not-found")
    corrected = correct(clara, declared.json(), wish(last=3, deputy=ids["carl"]))
    assert corrected.status_code == 200
    assert end(clara, corrected.json()).status_code == 200


def test_who_corrects_an_absence_answers_for_it_and_what_was_declared_stays(published, clerk, rows):
    clara, anna = clerk("clara"), clerk("anna")
    ids = {name: str(one.id) for name, one in published.clerks.items()}
    key = {"Idempotency-Key": "my-own-absence"}
    declared = clara.post(OWN, wish(deputy=ids["carl"]), **key).json()
    before = rows()
    wrong = correct(anna, declared, wish(last=-9, deputy=ids["anna"]))
    problem(wrong, 422, "absence-refused")
    assert rows() == before, "refused as a whole"
    corrected = correct(anna, declared, wish(deputy=ids["anna"])).json()
    by_anna, by_clara = f"clerk:{ids['anna']}", f"clerk:{ids['clara']}"
    assert (corrected["declared_by"], corrected["deputy"], corrected["ended_by"]) == (
        by_anna,
        ids["anna"],
        "",
    )
    old = next(one for one in clara.get(OWN).json() if one["id"] == declared["id"])
    assert (old["declared_by"], old["deputy"], old["ended_by"]) == (by_clara, ids["carl"], by_anna)
    problem(correct(anna, declared, wish(deputy=ids["otto"]), revision=2), 404, "not-found")


def test_only_clerks_have_absences_of_their_own(published, citizen, clerk, nobody):
    problem(citizen().get(OWN), 403, "forbidden")
    problem(nobody.get(OWN), 401, "not-signed-in")
    path = f"/api/v1/clerks/{published.clerks['carl'].id}/absences"
    problem(clerk("clara").get(path), 403, "forbidden")


def test_rights_are_asked_again_when_the_task_is_finished(waiting, clerk, away):
    """The account was read before the absence ended: what counts is what the operation is given."""
    away("clara", deputy="otto")
    otto = clerk("otto")
    task = otto.claim(otto.task("pruefung")["id"]).json()
    plain = waiting.clerks["otto"]
    assert plain.substitutions == frozenset()
    with pytest.raises(operations.NotYours):
        operations.complete(
            authority_id=waiting.id, clerk=plain, task_id=task["id"], result=DECISION, now=waiting.now
        )
