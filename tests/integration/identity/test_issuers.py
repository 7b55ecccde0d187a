"""Trusting an issuer over time: keys are fetched, refreshed after a rotation, and kept while it is away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from backend.identity.configuration import read_issuers
from backend.identity.issuers import (
    FRESH,
    PAUSE,
    STALE_BUT_VALID,
    IssuerKeys,
    KeysUnavailable,
    Kind,
    fetch_issuer,
)
from backend.identity.principals import Citizen
from backend.identity.queries import who_is
from signing.issuers import TrustLevel, UnsafeIssuer
from signing.refusals import TokenRefused
from tests.integration.sign_in import AUDIENCES, crafted_token, issuer_url, sign_in, start_issuer


@pytest.fixture
def issuer(tmp_path):
    """An issuer of this test alone, which may rotate its keys and go away."""
    server = start_issuer(folder=tmp_path)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def clock():
    """Real time: the issuer's tokens carry it."""
    return datetime.now(UTC)


def trusted(server):
    url = f"{server.address}/citizens"
    entry = {"url": url, "kind": "citizens", "audience": AUDIENCES["citizens"], "algorithms": ["ES256"]}
    return read_issuers(configured=(entry,), production=False)[url]


def token_of(server, tmp_path):
    return crafted_token(keys=tmp_path / "issuer-keys.json", iss=f"{server.address}/citizens")


def test_a_token_is_verified_with_fetched_keys_and_remembered(issuer, tmp_path, clock):
    one = trusted(issuer)
    token = token_of(issuer, tmp_path)
    assert one.kind is Kind.CITIZENS
    assert one.claims(token=token, now=clock).subject == "erika"
    issuer.keys.rotate()
    issuer.keys.rotate()
    assert one.claims(token=token, now=clock).subject == "erika"


def test_a_withdrawn_key_ends_remembered_tokens(issuer, tmp_path, clock):
    one = trusted(issuer)
    url = f"{issuer.address}/citizens"
    token = crafted_token(keys=tmp_path / "issuer-keys.json", iss=url, exp=int(clock.timestamp()) + 86_400)
    one.claims(token=token, now=clock)
    issuer.keys.rotate()
    issuer.keys.rotate()
    assert one.claims(token=token, now=clock + FRESH).subject == "erika"
    with pytest.raises(TokenRefused) as refused:
        one.claims(token=token, now=clock + FRESH + timedelta(seconds=1))
    assert refused.value.code == "key-unknown"


def test_a_remembered_token_still_expires(issuer, tmp_path, clock):
    one = trusted(issuer)
    token = token_of(issuer, tmp_path)
    one.claims(token=token, now=clock)
    with pytest.raises(TokenRefused) as refused:
        one.claims(token=token, now=clock + timedelta(hours=1))
    assert refused.value.code == "expired"


def test_a_new_key_is_asked_for_when_a_token_names_it(issuer, tmp_path, clock):
    one = trusted(issuer)
    one.claims(token=token_of(issuer, tmp_path), now=clock)
    issuer.keys.rotate()
    rotated = token_of(issuer, tmp_path)
    with pytest.raises(TokenRefused) as refused:
        one.claims(token=rotated, now=clock + PAUSE / 2)
    assert refused.value.code == "key-unknown", "a flood of forged tokens must not become a flood of requests"
    assert one.claims(token=rotated, now=clock + PAUSE).subject == "erika"


def test_keys_are_kept_while_the_issuer_is_away_but_not_for_ever(tmp_path, clock):
    server = start_issuer(folder=tmp_path)
    keys = IssuerKeys(url=f"{server.address}/citizens")
    fetched = keys.at(now=clock)
    server.shutdown()
    server.server_close()
    assert keys.at(now=clock + FRESH + timedelta(seconds=1)) is fetched
    assert keys.at(now=clock + STALE_BUT_VALID) is fetched
    with pytest.raises(KeysUnavailable):
        keys.at(now=clock + STALE_BUT_VALID + timedelta(seconds=1))


def test_old_keys_are_fetched_anew(issuer, clock):
    keys = IssuerKeys(url=f"{issuer.address}/citizens")
    first = keys.at(now=clock)
    assert keys.at(now=clock + FRESH) is first
    assert keys.at(now=clock + FRESH + timedelta(seconds=1)) is not first


def test_an_issuer_that_never_answered_is_unavailable_and_asked_again_later(clock):
    keys = IssuerKeys(url="http://127.0.0.1:1/away")
    for moment in (clock, clock + timedelta(seconds=1), clock + PAUSE):
        with pytest.raises(KeysUnavailable):
            keys.at(now=moment)
    assert keys.asked_at == clock + PAUSE


@pytest.mark.parametrize("path", ["unknown", "citizens/", "health"])
def test_an_address_that_is_no_issuer_or_names_another(issuer, path):
    with pytest.raises((httpx.HTTPError, ValueError)):
        fetch_issuer(issuer_url=f"{issuer.address}/{path}")


def test_an_unsafe_issuer_stops_the_start_in_production():
    entry = {"url": "http://login.example/realm", "kind": "citizens", "audience": "x"}
    with pytest.raises(UnsafeIssuer, match=r"login\.example"):
        read_issuers(configured=(entry,), production=True)


@pytest.mark.parametrize("missing", ["url", "kind", "audience"])
def test_an_incomplete_entry_is_refused(missing):
    entry = {"url": "https://login.example/realm", "kind": "citizens", "audience": "x"}
    del entry[missing]
    with pytest.raises(UnsafeIssuer, match=f"{missing} is missing"):
        read_issuers(configured=(entry,), production=True)


def test_a_citizen_is_known_by_a_fingerprint_of_issuer_and_subject(town, clock):
    def found(**claims):
        return who_is(token=crafted_token(**claims), authority_id=town.id, now=clock)

    erika = found()
    assert isinstance(erika, Citizen)
    assert (len(erika.applicant), erika.level) == (32, TrustLevel.LOW)
    assert found(jti="another token").applicant == erika.applicant
    assert found(sub="paul").applicant != erika.applicant
    assert b"erika" not in erika.applicant


def test_a_clerk_is_known_by_her_account_and_only_where_she_works(town, now):
    token = sign_in(realm="clerks", account="anna")
    moment = datetime.now(UTC)
    anna = who_is(token=token, authority_id=town.id, now=moment)
    assert anna == town.clerks["anna"]
    assert anna.roles_in("steueramt") == {"clerk", "approver"}
    assert not anna.has_role("auditor")
    neighbour = type(town).found(now=now)
    assert (
        who_is(token=token, authority_id=neighbour.id, now=moment).id
        == neighbour.clerks["anna"].id
        != anna.id
    )


def test_a_citizens_account_of_the_same_name_is_no_clerk(town):
    token = crafted_token(iss=issuer_url(realm="citizens"), sub="anna")
    assert isinstance(who_is(token=token, authority_id=town.id, now=datetime.now(UTC)), Citizen)
