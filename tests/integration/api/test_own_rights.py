"""Nobody becomes somebody else, gives herself roles, or gets lost ones back."""

from __future__ import annotations

import json
import time

import pytest

from backend.demo.applications import EXEMPTION, OPINION, PREPARED
from tests.integration.database import ops
from tests.integration.door import problem
from tests.integration.working_issuers import working_issuers

CLERKS = "/api/v1/clerks"


@pytest.fixture
def issuers(town, tmp_path):
    with working_issuers(
        folder=tmp_path, host=town.authority.host, authorities=[town.authority.slug]
    ) as running:
        yield running


@pytest.fixture
def prepared(published):
    """Anna has prepared the exemption; as an approver of the same unit she may not approve it."""
    published.submit(EXEMPTION)
    published.work(kinds={"advance"})
    published.do("adam", "stellungnahme", OPINION)
    published.work(kinds={"advance"})
    published.do("anna", "vorbereitung", PREPARED)
    published.work(kinds={"advance"})
    return published


def change(caller, account, **body):
    path = f"{CLERKS}/{account}"
    return caller.call(
        "PATCH",
        path,
        data=json.dumps(body).encode(),
        content_type="application/json",
        headers={"If-Match": f'"{caller.get(path).json()["revision"]}"'},
    )


def codes(answer, status, kind):
    return [(one["pointer"], one["code"]) for one in problem(answer, status, kind)["errors"]]


def refused_by_four_eyes(caller):
    refused = problem(caller.claim(caller.task("freigabe")["id"]), 403, "not-entitled")
    return [one["code"] for one in refused["errors"]] == ["four-eyes"]


def test_nobody_changes_her_own_person_or_roles(published, clerk, rows):
    anna, own = clerk("anna"), published.clerks["anna"].id
    before = rows()
    more = [{"unit": "ordnungsamt", "role": "auditor"}]
    refused = codes(change(anna, own, person="x", memberships=more), 422, "clerk-refused")
    assert refused == [("/person", "own-account"), ("/memberships", "own-account")]
    assert rows() == before
    seen = anna.get(f"{CLERKS}/{own}").json()
    same = change(anna, own, name="Anna A.", person=seen["person"], memberships=seen["memberships"])
    assert (same.status_code, same.json()["name"]) == (200, "Anna A.")
    assert same.json()["memberships"] == seen["memberships"]


def test_a_second_account_of_the_same_person_is_her_own_too(published, clerk):
    person = published.clerks["anna"].person
    otto = published.clerks["otto"].id
    assert change(clerk("anna"), otto, person=person).status_code == 200
    refused = codes(change(clerk("anna"), otto, person="x"), 422, "clerk-refused")
    assert refused == [("/person", "own-account")]


def test_an_account_that_became_another_person_has_still_done_what_it_did(prepared, clerk):
    """Whoever changed it: a machine, a colleague, or the issuer at sign-in."""
    assert refused_by_four_eyes(clerk("anna"))
    ops("update clerk set person = 'somebody-else' where id = %s", prepared.clerks["anna"].id)
    assert refused_by_four_eyes(clerk("anna"))


def test_two_accounts_found_to_be_one_person_later_are_one(prepared, clerk):
    for name in ("anna", "adam"):
        ops("update clerk set person = 'found-out' where id = %s", prepared.clerks[name].id)
    assert refused_by_four_eyes(clerk("adam"))


def test_an_older_token_gives_no_role_back(published, issuers, clerk):
    now = int(time.time())

    def gina(age, *groups):
        token = issuers.crafted("staff", sub="gina", iat=now - age, groups=list(groups))
        assert token.get("/api/v1/tasks").status_code == 200

    def roles():
        (found,) = [one for one in clerk("anna").get(CLERKS).json()["results"] if one["subject"] == "gina"]
        return [one["role"] for one in found["memberships"]]

    gina(300, "ou-steueramt", "ou-steueramt-approver")
    assert roles() == ["approver", "clerk"]
    gina(200, "ou-steueramt")
    assert roles() == ["clerk"]
    gina(300, "ou-steueramt", "ou-steueramt-approver")
    assert roles() == ["clerk"]
    gina(100, "ou-steueramt")
    gina(150, "ou-steueramt", "ou-steueramt-approver")
    assert roles() == ["clerk"], "the newest counts even where it changed nothing"
    gina(50, "ou-steueramt-approver")
    assert roles() == ["approver"]
