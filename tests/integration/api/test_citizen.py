"""What a citizen sees of her applications over HTTP, and that nobody else sees it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings

from backend.demo.applications import DECISION
from signing.verify import verify
from tests.integration.database import ops
from tests.integration.door import problem, same_answer
from tests.integration.town import TestTown

MINE = "/api/v1/applications"


@pytest.fixture
def finished(published, citizen):
    """Erika's application with its notice in her mailbox: case id and notice."""
    case_id = citizen().submit().json()["id"]
    published.work(kinds={"advance"})
    published.do("clara", "pruefung", DECISION)
    published.work(kinds={"advance", "issue-notice"})
    (message,) = citizen().get(f"{MINE}/{case_id}/messages").json()
    return case_id, message["notice"]


def test_an_application_shows_where_it_is(published, citizen):
    erika = citizen()
    case_id = erika.submit().json()["id"]
    published.work(kinds={"advance"})
    found = erika.get(f"{MINE}/{case_id}").json()
    assert (found["status"], found["outcome"], found["closed_at"]) == ("in_progress", "", None)
    states = {step["state"]: step["label"]["en"] for step in found["steps"]}
    assert states["now"] == "Check of your registration"
    assert states["ahead"] == "Dog tax notice"
    assert [entry["kind"] for entry in found["timeline"]] == ["submitted"]
    assert set(found["timeline"][0]["text"]) == {"de", "en"}


def test_the_timeline_tells_the_whole_way_in_her_words(finished, citizen):
    case_id, _ = finished
    found = citizen().get(f"{MINE}/{case_id}").json()
    assert (found["status"], found["outcome"]) == ("closed", "granted")
    kinds = [entry["kind"] for entry in found["timeline"]]
    assert kinds == ["submitted", "task_claimed", "task_completed", "command_done", "closed"]
    times = [datetime.fromisoformat(entry["at"]) for entry in found["timeline"]]
    assert all(at.tzinfo is not None for at in times)


def test_the_notice_is_sealed_and_its_first_retrieval_is_recorded_once(finished, citizen, published):
    case_id, notice = finished
    erika = citizen()
    first, second = erika.get(notice["document"]), erika.get(notice["document"])
    assert first["Content-Type"] == "application/pdf"
    assert "no-store" in first["Cache-Control"]
    assert "Bescheid-HUND-" in first["Content-Disposition"]
    assert first.content == second.content
    verdict = verify(
        pdf=first.content,
        trusted_pem=[settings.ENVIRONMENT.seal_certificate_file.read_bytes()],
        at=published.now + timedelta(hours=1),
    )
    assert (verdict.intact, verdict.trusted, verdict.covers_whole_file) == (True, True, True), (
        verdict.findings
    )
    assert published.events(case_id).count("notice_retrieved") == 1
    (message,) = erika.get(f"{MINE}/{case_id}/messages").json()
    assert message["first_read_at"] is not None
    assert message["subject"]["de"]


def test_another_citizens_things_look_as_if_they_did_not_exist(finished, citizen, published):
    case_id, notice = finished
    paul = citizen("paul")
    before = published.events(case_id)
    for path in (f"{MINE}/{{}}", f"{MINE}/{{}}/messages"):
        answer = paul.get(path.format(case_id))
        problem(answer, 404, "not-found")
        assert same_answer(answer, paul.get(path.format(uuid4())))
    answer = paul.get(notice["document"])
    problem(answer, 404, "not-found")
    assert same_answer(answer, paul.get(f"/api/v1/notices/{uuid4()}/document"))
    assert paul.get(MINE).json()["results"] == []
    assert published.events(case_id) == before


def test_the_same_citizen_at_another_town_has_nothing_there(finished, citizen, now):
    case_id, notice = finished
    erika = citizen()
    elsewhere = type(erika)(host=TestTown.found(now=now).authority.host, token=erika.token)
    for path in (f"{MINE}/{case_id}", f"{MINE}/{case_id}/messages", notice["document"]):
        problem(elsewhere.get(path), 404, "not-found")
    assert elsewhere.get(MINE).json()["results"] == []


@pytest.mark.parametrize(
    "path", [MINE, f"{MINE}/{{}}", f"{MINE}/{{}}/messages", "/api/v1/notices/{}/document"]
)
def test_a_clerk_does_not_use_the_citizens_door(clerk, path):
    problem(clerk("clara").get(path.format(uuid4())), 403, "forbidden")


def test_my_applications_newest_first_without_skipping_or_repeating(citizen, published):
    erika = citizen()
    made = [erika.submit().json()["id"] for _ in range(5)]
    listed = [row["id"] for row in erika.get(MINE).json()["results"]]
    assert listed == made[::-1]
    # Opened at the same moment: only the id tells them apart.
    ops("update case_file set opened_at = %s where authority_id = %s", datetime.now(UTC), published.id)
    seen, cursor = [], ""
    while cursor is not None:
        page = erika.get(f"{MINE}?limit=2&cursor={cursor}").json()
        seen += [row["id"] for row in page["results"]]
        cursor = page["next"]
        erika.submit()
    assert seen == made[::-1]


def test_the_list_says_what_and_where(finished, citizen):
    case_id, _ = finished
    (row,) = citizen().get(MINE).json()["results"]
    assert row["id"] == case_id
    assert row["title"]["de"] == "Hund zur Hundesteuer anmelden"
    assert (row["status"], row["outcome"]) == ("closed", "granted")
