"""Being signed in at the portal: how long, by whom it is ended, and what the cookies are like."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import override_settings

from backend.identity.models import SignIn
from backend.identity.operations import (
    IDLE,
    LONGEST,
    NOTED_EVERY,
    SeenBefore,
    continue_sign_in,
    end_by_issuer,
    revoke_subject,
    sign_in,
    sign_out,
)
from backend.identity.pending import LONGEST as LONGEST_AWAY
from backend.identity.pending import NothingPending, open_pending, seal_pending
from backend.identity.verified import VerifiedIdentity
from backend.portal.cookies import SESSION
from backend.tenancy import acting_for
from signing.id_tokens import Logout
from signing.levels import TrustLevel
from tests.integration.database import ops

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def erika():
    name = f"erika-{uuid4()}"
    return VerifiedIdentity(
        issuer="https://login.example",
        subject=name,
        level=TrustLevel.HIGH,
        attributes={"given_name": "Erika"},
        attribute_levels={"given_name": TrustLevel.LOW},
        proved_by="eID",
        authenticated_at=START - SECOND,
        session=f"sid-{name}",
        account=f"account-{name}",
    )


@pytest.fixture
def begun(town, erika):
    """Her secret, and a way to look who holds it at a time."""
    secret = sign_in(authority_id=town.id, identity=erika, replacing=None, now=START)
    return secret, lambda moment=START: continue_sign_in(authority_id=town.id, secret=secret, now=moment)


def test_who_holds_the_secret_is_who_signed_in(begun, erika):
    _, look = begun
    assert look().identity == erika


def test_it_ends_when_nothing_happens(begun):
    _, look = begun
    assert look(START + IDLE - SECOND)
    assert look(START + 2 * IDLE - 2 * SECOND), "each page counts"
    assert look(START + 3 * IDLE) is None
    assert look(START + 2 * IDLE) is None, "and it does not come back"


def test_it_ends_for_good_after_some_hours(begun):
    _, look = begun
    moment = START
    while moment < START + LONGEST - IDLE / 2:
        assert look(moment)
        moment += IDLE / 2
    assert look(START + LONGEST) is None


def test_looking_is_noted_now_and_then_only(begun, town):
    _, look = begun

    def used():
        with acting_for(authority_id=town.id):
            return SignIn.objects.get().used_at

    look(START + NOTED_EVERY - SECOND)
    assert used() == START
    look(START + NOTED_EVERY)
    assert used() == START + NOTED_EVERY


def test_another_authority_does_not_know_her(begun, town):
    secret, _ = begun
    neighbour = type(town).found(now=START)
    assert continue_sign_in(authority_id=neighbour.id, secret=secret, now=START) is None
    sign_out(authority_id=neighbour.id, secret=secret)
    assert continue_sign_in(authority_id=town.id, secret=secret, now=START)


@pytest.mark.parametrize("secret", [None, "", "x", "\ud800", "x" * 10_000])
def test_what_is_no_secret(town, secret):
    assert continue_sign_in(authority_id=town.id, secret=secret, now=START) is None
    sign_out(authority_id=town.id, secret=secret)


@pytest.mark.parametrize("by", ["session", "subject", "both"])
def test_the_issuer_ends_it_once(begun, erika, by):
    _, look = begun
    logout = Logout(
        jti=str(uuid4()),
        subject=None if by == "session" else erika.account,
        session=None if by == "subject" else erika.session,
    )
    end_by_issuer(issuer=erika.issuer, logout=logout, now=START + SECOND)
    with pytest.raises(SeenBefore):
        end_by_issuer(issuer=erika.issuer, logout=logout, now=START + SECOND)
    assert look(START + 2 * SECOND) is None


@pytest.mark.parametrize(
    "logout",
    [
        Logout(jti="1", subject=None, session="sid-of-somebody"),
        Logout(jti="2", subject="account-of-somebody", session=None),
    ],
)
def test_others_are_not_touched(begun, erika, logout):
    _, look = begun
    end_by_issuer(issuer=erika.issuer, logout=replace(logout, jti=str(uuid4())), now=START)
    other = Logout(jti=str(uuid4()), subject=erika.account, session=erika.session)
    end_by_issuer(issuer="https://other.example", logout=other, now=START)
    assert look()


def test_a_sign_in_without_a_name_may_be_the_one_that_ends(town, erika):
    secret = sign_in(authority_id=town.id, identity=replace(erika, session=None), replacing=None, now=START)
    for subject, goes_on in [(None, True), (f"not-{erika.account}", True), (erika.account, False)]:
        logout = Logout(jti=str(uuid4()), subject=subject, session="sid-of-some-sign-in")
        end_by_issuer(issuer=erika.issuer, logout=logout, now=START + SECOND)
        found = continue_sign_in(authority_id=town.id, secret=secret, now=START + SECOND)
        assert (found is not None) is goes_on


def test_the_operator_ends_everything_of_a_person(begun, erika, town):
    _, look = begun
    revoke_subject(issuer=erika.issuer, subject=erika.subject, now=START + SECOND)
    assert look(START + SECOND) is None
    later = START + timedelta(minutes=1)
    anew = sign_in(authority_id=town.id, identity=erika, replacing=None, now=later)
    assert continue_sign_in(authority_id=town.id, secret=anew, now=later)


def test_who_copies_the_table_learns_nothing(begun, erika, town):
    secret, _ = begun
    (row,) = ops("select t::text from sign_in t where authority_id = %s", town.id)
    for known in ("Erika", erika.subject, erika.session, erika.account, secret, erika.issuer):
        assert known not in row[0]
        assert known.encode().hex() not in row[0]


def test_old_sign_ins_are_cleared_away(begun, erika, town):
    sign_in(authority_id=town.id, identity=erika, replacing=None, now=START + IDLE)
    with acting_for(authority_id=town.id):
        assert SignIn.objects.count() == 1


class TestPending:
    def test_it_comes_back_as_it_was_for_a_while(self, town):
        values = {"way": "test", "remember": {"state": "s"}}
        cookie = seal_pending(authority_id=town.id, values=values, now=START)
        until = START + LONGEST_AWAY
        assert open_pending(authority_id=town.id, cookie=cookie, now=until - SECOND) == values
        with pytest.raises(NothingPending):
            open_pending(authority_id=town.id, cookie=cookie, now=until)
        with pytest.raises(NothingPending):
            open_pending(authority_id=uuid4(), cookie=cookie, now=START)
        assert "test" not in cookie

    @pytest.mark.parametrize("cookie", [None, "", "x", "é", "AAAA", "A" * 100])
    def test_what_was_not_sealed_here(self, town, cookie):
        with pytest.raises(NothingPending):
            open_pending(authority_id=town.id, cookie=cookie, now=START)


def test_cookies_in_production_are_for_this_host_only():
    production = replace(settings.ENVIRONMENT, production=True)
    with override_settings(ENVIRONMENT=production):
        response = HttpResponse()
        SESSION.write(response, "secret")
        written = response.cookies["__Host-session"].OutputString()
        forgotten = HttpResponse()
        SESSION.forget(forgotten)
        removed = forgotten.cookies["__Host-session"].OutputString()
    for cookie in (written, removed):
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {
            part.strip() for part in cookie.split(";")
        }
        assert "Domain" not in cookie
    assert "Max-Age=0" in removed
