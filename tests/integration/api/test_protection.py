"""Too many requests, tokens tried out, headers that browsers obey."""

from __future__ import annotations

from dataclasses import replace
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from backend import throttling
from backend.api.middleware import ReadableRequest
from tests.integration.door import Caller, problem
from tests.integration.working_issuers import working_issuers


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


@pytest.mark.parametrize("with_port", ["192.0.2.1:4711", "::ffff:192.0.2.1", "[::ffff:192.0.2.1]:4711"])
def test_one_address_written_in_other_ways(with_port):
    assert throttling.network_of(with_port) == "192.0.2.1"


def test_a_port_makes_no_other_home_of_ipv6():
    homes = {
        throttling.network_of(f"{one}") for one in ("2001:db8::1", "[2001:db8::2]:80", "[2001:db8::3]", "::1")
    }
    assert homes == {"2001:db8::/64", "::/64"}
    assert throttling.network_of("unknown") == "unknown"


def test_refused_requests_count(clerk, nobody, limits):
    limits(person="2/minute", address="2/minute")
    clara = clerk("clara")
    for caller, status, code in ((clara, 403, "forbidden"), (nobody, 401, "not-signed-in")):
        for _ in range(2):
            problem(caller.get("/api/v1/clerks"), status, code)
        refused = caller.get("/api/v1/clerks")
        problem(refused, 429, "too-many-requests")
        assert 1 <= int(refused["Retry-After"]) <= 60
    problem(clara.get("/api/v1/tasks"), 429, "too-many-requests")
    assert clerk("anna").get("/api/v1/clerks").status_code == 200, "nobody else is refused"


def test_a_machine_is_one_caller_whatever_its_scopes(town, tmp_path, limits):
    limits(person="2/minute")
    with working_issuers(
        folder=tmp_path, host=town.authority.host, authorities=[town.authority.slug]
    ) as running:
        for scopes in (("attention:read",), ("attention:read", "cases:read")):
            assert running.machine(*scopes).get("/api/v1/attention").status_code == 200
        last = running.machine("attention:read", "clerks:provision").get("/api/v1/attention")
        problem(last, 429, "too-many-requests")


FORM = b'--b\r\nContent-Disposition: form-data; name="logout_token"\r\n\r\nx\r\n--b--\r\n'


@pytest.mark.parametrize("charset", ["rot13", "undefined", "utf-7", "iso-8859-1", "no-such-charset"])
@pytest.mark.parametrize("path", ["/sign-out", "/sign-in/x/logged-out", "/a/no-such-town/sign-in"])
def test_a_page_reads_nothing_but_utf8(nobody, path, charset):
    content_type = f"multipart/form-data; boundary=b; charset={charset}"
    answer = nobody.call("POST", path, data=FORM, content_type=content_type)
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert "<h1>" in answer.content.decode()


@pytest.mark.parametrize("charset", ["rot13", "UNDEFINED", '"utf-16"'])
def test_the_api_reads_nothing_but_utf8(nobody, charset):
    for method, path in (("POST", "/api/v1/guests"), ("GET", "/api/v1/services")):
        answer = nobody.call(method, path, data=b"{}", content_type=f"application/json; charset={charset}")
        problem(answer, 400, "bad-request")


@pytest.mark.parametrize("content_type", ["text/plain; charset=undefined", "text/plain; x*=undefined''%ff"])
def test_a_content_type_that_django_cannot_read(nobody, content_type):
    server = WSGIHandler()
    server.request_class = ReadableRequest
    environ = {"HTTP_HOST": nobody.host, "QUERY_STRING": "x=1", "CONTENT_TYPE": content_type}
    setup_testing_defaults(environ)
    for path, expected in (("/api/v1/services", "application/problem+json"), ("/sign-in", "text/html")):
        seen = []
        server({**environ, "PATH_INFO": path}, lambda status, headers, to=seen: to.extend((status, headers)))
        assert seen[0] == "400 Bad Request"
        assert dict(seen[1])["Content-Type"].startswith(expected)


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_utf8_may_be_said_aloud(nobody, charset):
    content_type = f"application/json; charset={charset}"
    answer = nobody.call("POST", "/api/v1/guests", data=b"{", content_type=content_type)
    problem(answer, 400, "broken-json")
    answer = nobody.call("GET", "/api/v1/services", data=b"{}", content_type=content_type)
    assert answer.status_code == 200


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
