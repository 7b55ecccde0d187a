"""Who gets in: tokens of the running issuer, and every kind of token that nobody should accept."""

from __future__ import annotations

import base64
import json
import time

import pytest

from backend.authorities.models import Clerk
from backend.tenancy import acting_for
from tests.integration.door import SUBMIT, problem
from tests.integration.sign_in import AUDIENCES, crafted_token, issuer_url, sign_in, start_issuer

MINE = "/api/v1/applications"


def refused(answer, code):
    body = problem(answer, 401, "token-refused")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    (error,) = body["errors"]
    assert (error["pointer"], error["code"]) == ("Authorization", code)
    assert set(error["texts"]) == {"de", "en"}


def test_a_crafted_token_without_a_flaw_is_accepted(nobody):
    assert nobody.with_token(crafted_token()).get(MINE).status_code == 200


FLAWS = {
    "expired": ({"exp": -3600, "iat": -7200}, "expired"),
    "from the future": ({"nbf": 3600}, "not-yet-valid"),
    "without an end": ({"exp": None}, "claims-incomplete"),
    "about nobody": ({"sub": None}, "claims-incomplete"),
    "for somebody else": ({"aud": "somebody-else"}, "audience-wrong"),
    "for nobody": ({"aud": None}, "audience-wrong"),
    "of another issuer": ({"iss": "https://issuer.example/citizens"}, "issuer-wrong"),
    "of no issuer": ({"iss": None}, "token-malformed"),
}


@pytest.mark.parametrize(("changed", "code"), FLAWS.values(), ids=FLAWS)
def test_a_token_with_a_flaw_stores_nothing(nobody, rows, changed, code):
    before, now = rows(), int(time.time())
    claims = {name: now + value if isinstance(value, int) else value for name, value in changed.items()}
    refused(nobody.with_token(crafted_token(**claims)).submit(), code)
    assert rows() == before


def test_an_identity_token_is_no_access_token_of_ours(nobody):
    refused(nobody.with_token(crafted_token(aud="tests")).get(MINE), "audience-wrong")


def test_a_clerks_token_is_no_citizens_token(nobody):
    token = crafted_token(iss=issuer_url(realm="citizens"), aud=AUDIENCES["clerks"])
    refused(nobody.with_token(token).get(MINE), "audience-wrong")


def test_a_token_signed_by_somebody_else_in_the_issuers_name(nobody, tmp_path):
    refused(nobody.with_token(crafted_token(keys=tmp_path / "keys.json")).get(MINE), "key-unknown")


def test_an_issuer_that_nobody_configured(nobody, tmp_path):
    stranger = start_issuer(folder=tmp_path)
    try:
        token = crafted_token(keys=tmp_path / "issuer-keys.json", iss=f"{stranger.address}/citizens")
        refused(nobody.with_token(token).get(MINE), "issuer-wrong")
    finally:
        stranger.shutdown()
        stranger.server_close()


def test_one_changed_byte_of_the_payload(nobody):
    head, payload, signature = crafted_token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["sub"] = "paul"
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    refused(nobody.with_token(f"{head}.{forged}.{signature}").get(MINE), "signature-invalid")


@pytest.mark.parametrize(
    "token", ["x", "a.b.c", "a.b", "." * 10, "é.é.é", "a." + "A" * 70_000 + ".c", "a.bnVsbA.c"]
)
def test_things_that_are_no_token(nobody, token):
    refused(nobody.with_token(token).get(MINE), "token-malformed")


def test_an_unsigned_token(nobody):
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt"}').rstrip(b"=").decode()
    payload = crafted_token().split(".")[1]
    refused(nobody.with_token(f"{head}.{payload}.").get(MINE), "token-malformed")
    refused(nobody.with_token(f"{head}.{payload}.AAAA").get(MINE), "algorithm-not-allowed")


def test_no_token_at_all(nobody, rows):
    before = rows()
    answer = nobody.submit()
    problem(answer, 401, "not-signed-in")
    assert answer["WWW-Authenticate"] == "Bearer"
    assert rows() == before


@pytest.mark.parametrize("header", ["Basic ZXJpa2E6ZGVtbw==", "Bearer", "Bearer ", "Token x"])
def test_another_scheme(nobody, header):
    answer = nobody.call("GET", MINE, headers={"Authorization": header})
    problem(answer, 401, "not-signed-in")


def test_an_issuer_that_is_away_is_our_trouble_not_the_citizens(nobody):
    answer = nobody.with_token(crafted_token(iss="http://127.0.0.1:1/away")).submit()
    problem(answer, 503, "unavailable")
    assert answer["Retry-After"] == "30"


def test_a_sign_in_of_the_clerks_issuer_without_an_account_here(nobody):
    stranger = nobody.with_token(sign_in(realm="clerks", account="dismissed"))
    refused(stranger.get("/api/v1/tasks"), "issuer-wrong")


def test_a_dismissed_clerk_is_out_at_once(clerk, published):
    carl = clerk("carl")
    assert carl.get("/api/v1/tasks").status_code == 200
    with acting_for(authority_id=published.id):
        Clerk.objects.filter(subject="carl").update(active=False)
    refused(carl.get("/api/v1/tasks"), "issuer-wrong")


@pytest.mark.parametrize(
    "path", ["/api/v1/tasks", "/api/v1/attention", f"/api/v1/cases/{'0' * 8}-0000-7000-8000-{'0' * 12}"]
)
def test_a_citizen_at_a_clerks_door(citizen, path):
    problem(citizen().get(path), 403, "forbidden")


def test_public_pages_ask_nobody_for_a_sign_in(nobody):
    assert nobody.get("/api/v1/services").status_code == 200
    assert nobody.with_token("nonsense").get(SUBMIT.removesuffix("applications") + "form").status_code == 200
