"""Machines with client credentials: each scope opens one door, and no more."""

from __future__ import annotations

import pytest

from tests.integration.door import problem
from tests.integration.town import PACKAGE, SLUG
from tests.integration.working_issuers import working_issuers

SERVICES = "/api/v1/services"


@pytest.fixture
def machine(town, tmp_path):
    with working_issuers(
        folder=tmp_path, host=town.authority.host, authorities=[town.authority.slug]
    ) as running:
        yield running.machine


def test_a_package_is_published_and_refused(town, machine, nobody, rows):
    publisher = machine("services:publish")
    broken = {**PACKAGE.texts(), "process.bpmn": "<nothing/>"}
    before = rows()
    refused = problem(publisher.post(SERVICES, {"files": broken}), 422, "package-refused")
    assert any(one["pointer"].startswith("process.bpmn") for one in refused["errors"])
    assert rows() == before
    made = publisher.post(SERVICES, {"files": {**PACKAGE.texts(), "README.md": "new\n"}})
    assert (made.status_code, made.json()["slug"]) == (201, SLUG)
    assert (
        publisher.post(SERVICES, {"files": {**PACKAGE.texts(), "README.md": "new\n"}}).json() == made.json()
    )
    assert nobody.get(f"{SERVICES}/{SLUG}").json()["version"] == made.json()["version"]
    problem(publisher.post(SERVICES, {"files": {}}), 422, "package-refused")
    problem(publisher.post(SERVICES, {}), 400, "bad-request")


def test_publishing_needs_the_scope_or_the_role(published, machine, clerk, citizen, nobody):
    body = {"files": PACKAGE.texts()}
    for caller in (machine("cases:read", "clerks:provision"), clerk("clara"), citizen()):
        problem(caller.post(SERVICES, body), 403, "forbidden")
    problem(nobody.post(SERVICES, body), 401, "not-signed-in")
    assert clerk("anna").post(SERVICES, body).status_code == 201


def test_reading_a_case(published, machine):
    case = published.submit().case_id
    read = machine("cases:read").get(f"/api/v1/cases/{case}")
    assert (read.status_code, read.json()["id"]) == (200, str(case))
    problem(machine("attention:read").get(f"/api/v1/cases/{case}"), 403, "forbidden")
    problem(machine("cases:read").get(f"/api/v1/cases/{published.id}"), 404, "not-found")


def test_reading_is_not_retrying(published, machine):
    reader = machine("attention:read")
    assert reader.get("/api/v1/attention").status_code == 200
    problem(reader.post(f"/api/v1/attention/{published.id}/retry"), 403, "forbidden")


def test_a_wrong_token_does_not_hide_what_is_public(published, citizen):
    assert citizen().with_token("x.y.z").get(SERVICES).status_code == 200
