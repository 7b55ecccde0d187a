"""Ahmet claims an exemption: an opinion, a prepared decision, a second pair of eyes that returns it once."""

from __future__ import annotations

import pytest

from backend.demo.applications import EXEMPTION, OPINION, PREPARED


@pytest.fixture(scope="module")
def case(people):
    """Up to the approval that waits for a second person."""
    case = people.apply("ahmet", EXEMPTION)["id"]
    people.do("j.adler", case, "stellungnahme", OPINION)
    people.do("m.krause", case, "vorbereitung", PREPARED)
    return case


@pytest.fixture(scope="module")
def decided(people, case):
    """Returned once, prepared again, approved; whoever prepared it tries to approve each time."""
    refusals = [try_to_claim(people, "m.krause", case, "freigabe")]
    people.do("j.adler", case, "freigabe", {"ergebnis": "zurueckgeben", "hinweis": "Bitte das Datum prüfen."})
    people.do("m.krause", case, "vorbereitung", PREPARED)
    refusals.append(try_to_claim(people, "m.krause", case, "freigabe"))
    people.do("j.adler", case, "freigabe", {"ergebnis": "freigeben"})
    return people.wait_closed("ahmet", case), refusals


def try_to_claim(people, account, case, element):
    task = people.find_task(account, case, element)
    return people.clerk(account).try_call("POST", f"/api/v1/tasks/{task['id']}/claim")


def test_the_exemption_is_granted_with_one_notice(people, decided):
    closed, _ = decided
    assert closed["outcome"] == "granted"
    notices = people.clerk("j.adler").get(f"/api/v1/cases/{closed['id']}")["notices"]
    assert [notice["letter"] for notice in notices] == ["befreiungsbescheid"]


def test_nobody_approves_her_own_work(decided):
    _, refusals = decided
    for refusal in refusals:
        assert refusal.status_code == 403
        assert "Vier-Augen" in refusal.text


def test_the_return_is_on_the_record(people, decided):
    closed, _ = decided
    events = people.clerk("j.adler").get(f"/api/v1/cases/{closed['id']}")["events"]
    done = [event["payload"]["element"] for event in events if event["kind"] == "task_completed"]
    assert done == ["stellungnahme", "vorbereitung", "freigabe", "vorbereitung", "freigabe"]
    hints = [
        event["payload"]["result"].get("hinweis") for event in events if event["kind"] == "task_completed"
    ]
    assert hints[2] == "Bitte das Datum prüfen."


def test_a_clerk_without_the_role_may_not_give_the_opinion(people):
    case = people.apply("ahmet", EXEMPTION)["id"]
    task = people.find_task("j.adler", case, "stellungnahme")["id"]
    refused = people.clerk("s.berger").try_call("POST", f"/api/v1/tasks/{task}/claim")
    assert refused.status_code in (403, 404)


def test_a_claimed_task_can_be_given_back_and_taken_by_another(people):
    case = people.apply("ahmet", EXEMPTION)["id"]
    task = try_to_claim(people, "m.krause", case, "stellungnahme").json()["id"]
    mine = people.clerk("m.krause").get("/api/v1/tasks?mine=true&limit=200")["results"]
    assert task in [one["id"] for one in mine]
    people.clerk("m.krause").post(f"/api/v1/tasks/{task}/release")
    assert try_to_claim(people, "j.adler", case, "stellungnahme").status_code == 200


def test_two_clerks_at_the_same_task(people):
    case = people.apply("ahmet", EXEMPTION)["id"]
    first = try_to_claim(people, "j.adler", case, "stellungnahme")
    task = first.json()["id"]
    second = people.clerk("m.krause").try_call("POST", f"/api/v1/tasks/{task}/claim")
    assert (first.status_code, second.status_code) == (200, 409)


def test_completing_what_is_done_is_refused(people):
    case = people.apply("ahmet", EXEMPTION)["id"]
    task = people.find_task("j.adler", case, "stellungnahme")["id"]
    people.do("j.adler", case, "stellungnahme", OPINION)
    again = people.clerk("j.adler").try_call(
        "POST", f"/api/v1/tasks/{task}/complete", json={"result": OPINION}
    )
    assert again.status_code == 409
