"""Pages around the sign-in: what they offer, how often they open, and what stands there when nothing does."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import override_settings

from backend import throttling
from backend.identity.queries import trusted_issuers
from tests.integration.door import Caller, problem

CLIENT = {"client_id": "portal", "authentication": "none"}


def english(caller):
    return Caller(host=caller.host, language="en")


@pytest.fixture
def both(published):
    """Citizens and clerks can sign in at the portal."""
    issuers = tuple(
        {**one, "portal": CLIENT, "name": f"way-{number}", "label": {"de": one["kind"], "en": one["kind"]}}
        for number, one in enumerate(settings.ENVIRONMENT.issuers)
    )
    try:
        with override_settings(ENVIRONMENT=replace(settings.ENVIRONMENT, issuers=issuers)):
            trusted_issuers.cache_clear()
            yield
    finally:
        trusted_issuers.cache_clear()


@pytest.fixture
def three_a_minute():
    with override_settings(ENVIRONMENT=replace(settings.ENVIRONMENT, throttle={"address": "3/minute"})):
        throttling.forget_counts()
        yield
    throttling.forget_counts()


def test_clerks_find_their_way_under_their_own_heading(both, nobody):
    text = nobody.get("/sign-in").content.decode()
    citizens, _, staff = text.partition("Für Beschäftigte der Behörde")
    assert ">citizens<" in citizens
    assert ">clerks<" not in citizens
    assert ">clerks<" in staff
    assert ">citizens<" not in staff


def test_an_issuer_of_clerks_without_a_portal_is_not_offered(nobody):
    assert "Für Beschäftigte" not in nobody.get("/sign-in").content.decode()


def test_too_many_pages(nobody, three_a_minute):
    assert [nobody.get("/sign-in").status_code for _ in range(3)] == [200] * 3
    for path in ("/sign-in", "/step-up", "/sign-out", "/saml/bundid/metadata"):
        refused = nobody.get(path)
        assert (refused.status_code, refused["Content-Type"]) == (429, "text/html; charset=utf-8")
        assert 1 <= int(refused["Retry-After"]) <= 60
    assert "Bitte warten Sie einen Moment" in refused.content.decode()
    assert nobody.get("/api/v1/services").status_code == 200, "pages are counted by themselves"


@pytest.mark.parametrize("path", ["/no/such/page", "/sign-in/", "/a/no-such-town/sign-in", "/saml/bundid/x"])
def test_a_page_that_does_not_exist_says_so_in_plain_words(nobody, path):
    answer = nobody.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "<h1>Diese Seite gibt es hier nicht</h1>" in answer.content.decode()
    assert "<h1>There is no such page here</h1>" in english(nobody).get(path).content.decode()


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/nothing", "/a/no-such-town/api/v1/services", "/static/x"]
)
def test_programs_get_the_problem_as_before(nobody, path):
    problem(nobody.get(path), 404, "not-found")


def test_a_host_of_nobody():
    answer = Caller(host="nobody.example").get("/sign-in")
    assert answer.status_code == 404
    assert "Diese Seite gibt es hier nicht" in answer.content.decode()


def test_a_fault_of_ours_is_said_without_the_database(nobody, monkeypatch):
    def away(**_):
        raise OperationalError("the database is away")

    monkeypatch.setattr("backend.authorities.host_names.id_by_host", away)
    for language, title in (("de", "Bei uns ist etwas"), ("en", "Something went wrong")):
        answer = Caller(host=nobody.host, language=language).get("/sign-in")
        assert answer.status_code == 500
        assert title in answer.content.decode()
        assert "database" not in answer.content.decode()
    body = json.loads(nobody.get("/api/v1/services").content)
    assert body["type"] == "urn:laufzettel:problem:unavailable"
