"""Erika begins at home, goes on in the tram on her telephone, and submits there; the case goes on."""

from __future__ import annotations

import secrets

import pytest

from backend.demo.applications import DECISION, PLAIN
from backend.demo.client import Person
from tests.journeys.people import DOG_TAX


@pytest.fixture(scope="module")
def telephone(town, contract):
    """Erika, signed in a second time."""
    person = Person.sign_in(
        web_url=town.layout.web_url,
        issuer_url=town.layout.issuer_url,
        realm="citizens",
        account="erika",
        client_id="portal",
    )
    person.http.event_hooks = {"response": [contract.check]}
    yield person
    person.http.close()


@pytest.fixture(scope="module")
def draft(people):
    """Begun at home: what her account says is there already."""
    answer = people.citizen("erika").try_call(
        "POST",
        f"/api/v1/services/{DOG_TAX}/drafts",
        headers={"Idempotency-Key": secrets.token_urlsafe(16)},
        json={"answers": {"hund": {"rufname": "Bella"}}, "language": "de"},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def keep(person, draft, answers):
    return person.try_call(
        "PUT",
        f"/api/v1/drafts/{draft['id']}",
        headers={"If-Match": f'"{draft["revision"]}"'},
        json={"answers": answers},
    )


@pytest.fixture(scope="module")
def submitted(people, telephone, draft):
    seen = telephone.get(f"/api/v1/drafts/{draft['id']}")
    assert seen["answers"] == {"person": PLAIN["person"], "hund": {"rufname": "Bella"}}
    saved = keep(telephone, seen, PLAIN)
    assert saved.status_code == 200, saved.text
    assert keep(people.citizen("erika"), draft, {}).status_code == 412, "home has an older state on screen"
    assert saved.json()["complete"] is True
    for status in (201, 200):
        answer = telephone.try_call(
            "POST", f"/api/v1/drafts/{draft['id']}/submit", headers={"If-Match": saved.headers["ETag"]}
        )
        assert answer.status_code == status, answer.text
    return answer.json()


def test_her_account_filled_in_who_she_is(draft):
    assert draft["answers"]["person"] == PLAIN["person"]
    assert {origin["verified"] for origin in draft["origins"].values()} == {True}
    assert draft["complete"] is False


def test_nobody_else_sees_the_draft(people, draft):
    assert people.citizen("lena").try_call("GET", f"/api/v1/drafts/{draft['id']}").status_code == 404
    assert people.clerk("s.berger").try_call("GET", f"/api/v1/drafts/{draft['id']}").status_code == 403


@pytest.fixture(scope="module")
def finished(people, submitted):
    people.do("s.berger", submitted["id"], "pruefung", DECISION)
    return people.wait_closed("erika", submitted["id"])


def test_the_case_goes_on_under_the_same_id(draft, finished):
    assert finished["id"] == draft["id"]
    assert finished["outcome"] == "granted"


def test_the_clerk_sees_what_the_account_vouches_for(people, finished):
    case = people.clerk("s.berger").get(f"/api/v1/cases/{finished['id']}")
    assert case["answers"] == PLAIN
    assert case["provenance"]["/person/nachname"] == {
        "source": "identity",
        "level": "substantial",
        "verified": True,
        "changed": False,
    }
