"""One host name for several towns: `/a/<slug>/…` names the town, and nothing of another one shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client, override_settings

from backend.identity.operations import sign_in as sign_in_at_portal
from backend.identity.verified import VerifiedIdentity
from backend.portal.cookies import SESSION
from signing.levels import TrustLevel
from tests.integration.door import Caller, problem, same_answer
from tests.integration.sign_in import sign_in
from tests.integration.town import SLUG, TestTown

SHARED = "rathaus.example"


def prefix(town):
    return f"/a/{town.authority.slug}"


def on_shared_host(account="erika", realm="citizens"):
    return Caller(host=SHARED, token=sign_in(realm=realm, account=account))


def apply(caller, town):
    return caller.submit(path=f"{prefix(town)}/api/v1/services/{SLUG}/applications")


def test_a_town_is_found_by_its_path(published):
    answer = Caller(host=SHARED).get(f"{prefix(published)}/api/v1/services")
    assert [one["slug"] for one in answer.json()] == [SLUG]
    problem(Caller(host=SHARED).get("/api/v1/services"), 404, "not-found")


def test_where_the_answer_lies_is_said_with_the_prefix(published):
    erika = on_shared_host()
    received = apply(erika, published)
    assert received.status_code == 201
    assert received["Location"].startswith(f"{prefix(published)}/api/v1/applications/")
    assert erika.get(received["Location"]).status_code == 200


def test_the_same_token_shows_nothing_of_another_town(published):
    other = TestTown.found(now=published.now)
    other.publish()
    erika = on_shared_host()
    case = apply(erika, published).json()["id"]
    here, there = (f"{prefix(town)}/api/v1/applications" for town in (published, other))
    assert [one["id"] for one in erika.get(here).json()["results"]] == [case]
    assert erika.get(there).json()["results"] == []
    assert same_answer(erika.get(f"{there}/{case}"), erika.get(f"{there}/{other.id}"))


def test_a_clerk_of_one_town_is_nobody_in_another(published):
    other = TestTown.found(now=published.now)
    other.employ("anna.second", person="anna", memberships=[("steueramt", "clerk")])
    second = on_shared_host("anna.second", realm="clerks")
    assert second.get(f"{prefix(other)}/api/v1/tasks").status_code == 200
    problem(second.get(f"{prefix(published)}/api/v1/tasks"), 401, "token-refused")


def test_on_its_own_host_name_a_town_is_alone(published):
    other = TestTown.found(now=published.now)
    own = Caller(host=published.authority.host)
    assert own.get(f"{prefix(published)}/api/v1/services").status_code == 200
    assert same_answer(own.get(f"{prefix(other)}/api/v1/services"), own.get("/a/nowhere/api/v1/services"))
    problem(own.get(f"{prefix(other)}/api/v1/services"), 404, "not-found")


@pytest.mark.parametrize(
    "path",
    ["/a//api/v1/services", "/a/UPPER/api/v1/services", "/a/{0}/a/{0}/api/v1/services"],
)
def test_what_is_no_prefix_leads_nowhere(published, path):
    problem(Caller(host=SHARED).get(path.format(published.authority.slug)), 404, "not-found")


@pytest.mark.parametrize("path", ["/a/", "/a/{0}"])
def test_a_person_there_gets_a_page(published, path):
    answer = Caller(host=SHARED).get(path.format(published.authority.slug))
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_the_default_town_does_not_win_over_the_path(published):
    other = TestTown.found(now=published.now)
    environment = replace(settings.ENVIRONMENT, default_authority=other.authority.slug)
    with override_settings(ENVIRONMENT=environment):
        assert Caller(host=SHARED).get("/api/v1/services").json() == []
        assert Caller(host=SHARED).get(f"{prefix(published)}/api/v1/services").json() != []


def test_a_host_that_is_not_allowed(published):
    with override_settings(ALLOWED_HOSTS=["elsewhere.example"]):
        problem(Caller(host=SHARED).get(f"{prefix(published)}/api/v1/services"), 400, "bad-request")


def test_the_cookie_of_one_town_opens_nothing_in_another(published):
    """A browser sends one host's cookie to every town of that host."""
    other = TestTown.found(now=published.now)
    identity = VerifiedIdentity(issuer="https://login.example", subject="erika", level=TrustLevel.LOW)
    secret = sign_in_at_portal(
        authority_id=published.id, identity=identity, replacing=None, now=datetime.now(UTC)
    )

    def page(town):
        browser = Client(HTTP_HOST=SHARED)
        browser.cookies[SESSION.full_name] = secret
        return browser.get(f"{prefix(town)}/signed-in")

    assert page(published).status_code == 200
    elsewhere = page(other)
    assert (elsewhere.status_code, elsewhere["Location"]) == (302, f"{prefix(other)}/sign-in")
