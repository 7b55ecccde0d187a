"""Too many requests, tokens tried out, headers that browsers obey."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import settings

from backend import throttling
from tests.integration.door import Caller, problem


@pytest.fixture
def limits(monkeypatch):
    """`limits(person="2/minute")`: other limits, counted from zero."""

    def change(**wanted: str) -> None:
        named = {name.replace("_", "-"): limit for name, limit in wanted.items()}
        changed = replace(settings.ENVIRONMENT, throttle=named)
        monkeypatch.setattr(settings, "ENVIRONMENT", changed)
        for cached in (throttling.limits_by_kind, throttling.limiter):
            cached.cache_clear()

    yield change
    monkeypatch.undo()
    for cached in (throttling.limits_by_kind, throttling.limiter):
        cached.cache_clear()


def test_whoever_asks_too_often_is_told_how_long_to_wait(citizen, limits):
    limits(person="2/minute")
    erika = citizen()
    assert [erika.get("/api/v1/applications").status_code for _ in range(2)] == [200, 200]
    refused = erika.get("/api/v1/applications")
    problem(refused, 429, "too-many-requests")
    assert 1 <= int(refused["Retry-After"]) <= 60


def test_colleagues_behind_one_address_are_counted_one_by_one(citizen, clerk, limits):
    limits(person="2/minute", address="2/minute")
    for _ in range(3):
        citizen().get("/api/v1/applications")
    assert clerk("clara").get("/api/v1/tasks").status_code == 200
    assert citizen("paul").get("/api/v1/applications").status_code == 200


def test_without_a_sign_in_the_address_counts(nobody, limits):
    limits(address="1/minute")
    assert nobody.get("/api/v1/services").status_code == 200
    problem(nobody.get("/api/v1/services"), 429, "too-many-requests")


def test_tokens_tried_out_lock_out_only_themselves(citizen, nobody, limits):
    limits(refused_tokens="2/minute")
    erika = citizen()
    forged = nobody.with_token(f"{erika.token[:-4]}AAAA")
    for _ in range(2):
        problem(forged.get("/api/v1/applications"), 401, "token-refused")
    problem(forged.get("/api/v1/applications"), 429, "too-many-requests")
    assert erika.get("/api/v1/applications").status_code == 200


def test_a_forwarded_address_counts_only_behind_a_proxy(nobody, limits):
    limits(address="1/minute")
    first = nobody.call("GET", "/api/v1/services", headers={"X-Forwarded-For": "192.0.2.1"})
    second = nobody.call("GET", "/api/v1/services", headers={"X-Forwarded-For": "192.0.2.2"})
    assert (first.status_code, second.status_code) == (200, 429)


def test_one_home_with_ipv6_is_one_client():
    assert throttling.network_of("2001:db8:1:2::1") == throttling.network_of("2001:db8:1:2:ffff::9")
    assert throttling.network_of("2001:db8:1:2::1") != throttling.network_of("2001:db8:1:3::1")
    assert throttling.network_of("192.0.2.1") != throttling.network_of("192.0.2.2")


@pytest.mark.parametrize("path", ["/api/v1/services", "/api/v1/applications", "/api/docs/", "/no/such/page"])
def test_every_answer_carries_the_headers_that_protect_it(nobody, path):
    answer = nobody.get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'unsafe-inline'" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_pages_of_other_origins_may_not_read_answers(nobody: Caller):
    answer = nobody.call("GET", "/api/v1/services", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer
