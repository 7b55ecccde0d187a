"""A clerk's day over HTTP: her inbox, claiming, completing, and everything she may not do."""

from __future__ import annotations

from uuid import uuid4

import pytest

from backend.demo.applications import DECISION, EXEMPTION, OPINION, PREPARED
from backend.tenancy import acting_for
from tests.integration.database import ops
from tests.integration.door import at_once, problem, same_answer
from tests.integration.town import TestTown

TASKS = "/api/v1/tasks"


@pytest.fixture
def waiting(published):
    """A plain registration that waits for a clerk of the tax office."""
    published.submit()
    published.work(kinds={"advance"})
    return published


@pytest.fixture
def exemption(published):
    """A claimed exemption, up to the point where a second person has to approve."""
    published.submit(EXEMPTION)
    published.work(kinds={"advance"})
    published.do("adam", "stellungnahme", OPINION)
    published.work(kinds={"advance"})
    published.do("anna", "vorbereitung", PREPARED)
    published.work(kinds={"advance"})
    return published


def test_the_inbox_shows_the_tasks_of_ones_own_units_only(waiting, clerk):
    (task,) = clerk("clara").get(TASKS).json()["results"]
    assert (task["element"], task["unit"], task["status"]) == ("pruefung", "steueramt", "open")
    assert clerk("otto").get(TASKS).json()["results"] == []
    problem(clerk("otto").get(f"{TASKS}?unit=steueramt"), 400, "bad-request")


def test_the_inbox_can_be_narrowed(waiting, clerk):
    clara = clerk("clara")
    assert clara.get(f"{TASKS}?mine=true").json()["results"] == []
    reference = clara.task("pruefung")["reference"]
    assert len(clara.get(f"{TASKS}?reference={reference}").json()["results"]) == 1
    assert clara.get(f"{TASKS}?reference={reference}0").json()["results"] == []
    clara.claim(clara.task("pruefung")["id"])
    assert len(clara.get(f"{TASKS}?mine=true").json()["results"]) == 1
    assert len(clara.get(f"{TASKS}?status=claimed").json()["results"]) == 1
    assert clara.get(f"{TASKS}?status=open").json()["results"] == []
    assert clerk("carl").get(f"{TASKS}?mine=true").json()["results"] == []


@pytest.mark.parametrize("query", ["mine=1", "status=done", "refrence=HUND", "limit=0", "cursor=x", "unit="])
def test_a_filter_that_is_not_understood_is_refused_not_ignored(waiting, clerk, query):
    body = problem(clerk("clara").get(f"{TASKS}?{query}"), 400, "bad-request")
    assert body["errors"][0]["pointer"] == query.partition("=")[0]


def test_claim_release_claim_complete(waiting, clerk):
    clara, carl = clerk("clara"), clerk("carl")
    task = clara.task("pruefung")
    claimed = clara.claim(task["id"])
    assert (claimed.status_code, claimed.json()["status"]) == (200, "claimed")
    assert claimed.json()["revision"] == task["revision"] + 1
    assert clara.claim(task["id"]).json() == claimed.json(), "claiming one's own again changes nothing"
    problem(carl.post(f"{TASKS}/{task['id']}/release"), 409, "not-claimed")
    assert clara.post(f"{TASKS}/{task['id']}/release").json()["assignee"] is None
    assert carl.claim(task["id"]).status_code == 200
    done = carl.complete(task["id"], DECISION)
    assert (done.status_code, done.json()["status"]) == (200, "done")
    kinds = waiting.events(task["case"])
    assert kinds[-4:] == ["task_claimed", "task_released", "task_claimed", "task_completed"]


def test_two_clerks_claim_at_the_same_moment(published, clerk):
    clara, carl = clerk("clara"), clerk("carl")
    for _ in range(5):
        published.submit()
    published.work(kinds={"advance"})
    for task in clara.get(TASKS).json()["results"]:
        path = f"{TASKS}/{task['id']}/claim"
        answers = at_once(lambda path=path: clara.post(path), lambda path=path: carl.post(path))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        problem(max(answers, key=lambda answer: answer.status_code), 409, "already-claimed")
        assert published.events(task["case"]).count("task_claimed") == 1


def test_two_completions_at_the_same_moment_count_once(waiting, clerk):
    clara = clerk("clara")
    task = clara.task("pruefung")
    clara.claim(task["id"])
    answers = at_once(*[lambda: clara.complete(task["id"], DECISION)] * 2)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert waiting.events(task["case"]).count("task_completed") == 1


def test_a_done_task_can_neither_be_completed_nor_claimed_nor_released(waiting, clerk):
    task = waiting.do("clara", "pruefung", DECISION)
    before = waiting.events(task.case_id)
    for answer in (
        clerk("clara").complete(task.id, DECISION),
        clerk("carl").claim(task.id),
        clerk("clara").post(f"{TASKS}/{task.id}/release"),
    ):
        problem(answer, 409, "already-done")
    assert waiting.events(task.case_id) == before


def test_a_task_has_to_be_claimed_first(waiting, clerk, rows):
    before = rows()
    problem(clerk("clara").complete(clerk("clara").task("pruefung")["id"], DECISION), 409, "not-claimed")
    assert rows() == before


def test_a_wrong_result_names_every_place_and_stores_nothing(waiting, clerk, rows):
    clara = clerk("clara")
    task = clara.task("pruefung")
    clara.claim(task["id"])
    before = rows()
    wrong = {**DECISION, "erster_monat": 13, "steuerjahr": "now"}
    body = problem(clara.complete(task["id"], wrong), 422, "invalid-answers")
    assert {error["pointer"] for error in body["errors"]} == {"/erster_monat", "/steuerjahr"}
    assert rows() == before
    assert clara.complete(task["id"], DECISION).status_code == 200, "the claim is kept"


def test_the_form_comes_with_the_task(waiting, clerk):
    clara = clerk("clara")
    found = clara.get(f"{TASKS}/{clara.task('pruefung')['id']}").json()
    assert set(DECISION) <= set(found["form"]["properties"])


@pytest.mark.parametrize("account", ["anna", "anna.second"])
def test_nobody_approves_her_own_work_not_even_with_a_second_account(exemption, clerk, account):
    exemption.employ("anna.second", person="anna", memberships=[("steueramt", "approver")])
    colleague = clerk(account)
    task = colleague.task("freigabe")
    (error,) = problem(colleague.claim(task["id"]), 403, "not-entitled")["errors"]
    assert error["code"] == "four-eyes"
    assert "task_claimed" not in exemption.events(task["case"])[-1:]
    assert clerk("adam").claim(task["id"]).status_code == 200


def test_who_lost_the_role_meanwhile_cannot_complete(exemption, clerk):
    adam = clerk("adam")
    task = adam.task("freigabe")
    assert adam.claim(task["id"]).status_code == 200
    ops("update membership set role = 'clerk' where clerk_id = %s", exemption.clerks["adam"].id)
    (error,) = problem(adam.complete(task["id"], {"ergebnis": "freigeben"}), 403, "not-entitled")["errors"]
    assert error["code"] == "role-missing"


def test_a_task_of_another_role_is_refused_with_the_reason(exemption, clerk):
    clara = clerk("clara")
    (error,) = problem(clara.claim(clara.task("freigabe")["id"]), 403, "not-entitled")["errors"]
    assert error["code"] == "role-missing"


def test_what_is_not_ones_own_looks_as_if_it_did_not_exist(waiting, clerk, now):
    neighbour = TestTown.found(now=now)
    neighbour.publish()
    neighbour.submit()
    neighbour.work(kinds={"advance"})
    (foreign,) = neighbour.tasks(status="open")
    (own,) = waiting.tasks(status="open")
    otto, clara = clerk("otto"), clerk("clara")
    for caller, task in ((clara, foreign), (otto, foreign), (otto, own)):
        for answer, missing in (
            (caller.get(f"{TASKS}/{task.id}"), caller.get(f"{TASKS}/{uuid4()}")),
            (caller.claim(task.id), caller.claim(uuid4())),
            (caller.post(f"{TASKS}/{task.id}/release"), caller.post(f"{TASKS}/{uuid4()}/release")),
            (caller.complete(task.id, DECISION), caller.complete(uuid4(), DECISION)),
            (caller.get(f"/api/v1/cases/{task.case_id}"), caller.get(f"/api/v1/cases/{uuid4()}")),
        ):
            problem(answer, 404, "not-found")
            assert same_answer(answer, missing)


def test_the_case_shows_answers_record_and_notices_to_the_unit(published, clerk):
    receipt = published.finish_plain()
    case = clerk("carl").get(f"/api/v1/cases/{receipt.case_id}").json()
    assert (case["status"], case["outcome"]) == ("closed", "granted")
    assert [event["kind"] for event in case["events"]] == published.events(receipt.case_id)
    assert [event["seq"] for event in case["events"]] == list(range(1, len(case["events"]) + 1))
    assert len(case["notices"]) == 1


def test_an_auditor_reads_cases_without_working_on_them(published, clerk):
    receipt = published.finish_plain()
    published.employ("dismissed", person="audit", memberships=[("it", "auditor")])
    auditor = clerk("dismissed")
    assert auditor.get(f"/api/v1/cases/{receipt.case_id}").status_code == 200
    assert auditor.get(TASKS).json()["results"] == []


def test_pages_neither_skip_nor_repeat_while_tasks_arrive(published, clerk):
    clara = clerk("clara")
    for _ in range(7):  # All made at the same moment: only the id tells them apart.
        published.submit()
    published.work(kinds={"advance"})
    wanted = {str(task.id) for task in published.tasks(status="open")}
    seen, cursor = [], ""
    while cursor is not None:
        page = clara.get(f"{TASKS}?limit=3&cursor={cursor}").json()
        seen += [task["id"] for task in page["results"]]
        cursor = page["next"]
        if len(seen) == 3:
            published.submit()
            published.work(kinds={"advance"})
    assert len(seen) == len(set(seen)) == 8
    assert wanted < set(seen)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "limit=²", "cursor=x", "cursor=MjAyNi0xMS0yM3x4", "cursor=é"]
)
def test_wrong_page_parameters_are_named(published, clerk, query):
    (error,) = problem(clerk("clara").get(f"{TASKS}?{query}"), 400, "bad-request")["errors"]
    assert error["pointer"] == query.partition("=")[0]


def test_the_record_names_who_did_it(waiting, clerk):
    task = waiting.do("clara", "pruefung", DECISION)
    clara = waiting.clerks["clara"]
    events = clerk("carl").get(f"/api/v1/cases/{task.case_id}").json()["events"]
    assert {event["actor"] for event in events if event["kind"].startswith("task_c")} == {f"clerk:{clara.id}"}
    with acting_for(authority_id=waiting.id):
        assert task.done_by_person == "clara"
