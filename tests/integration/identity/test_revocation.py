"""What was ended before its time is over at once, even if it was accepted a moment ago."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from backend.__main__ import main
from backend.identity.models import Revocation
from backend.identity.operations import end_by_issuer
from signing.id_tokens import Logout
from tests.integration.door import problem
from tests.integration.sign_in import crafted_token, issuer_url

MINE = "/api/v1/applications"


@pytest.fixture
def person():
    """A subject of this test alone: the list belongs to no authority."""
    return f"person-{uuid4()}"


def refused(answer):
    (error,) = problem(answer, 401, "token-refused")["errors"]
    assert error["code"] == "revoked"


def revoke(*arguments):
    return main(["revoke-tokens", "--issuer", issuer_url(realm="citizens"), *arguments])


def test_a_token_is_over_at_once_and_others_go_on(nobody, person):
    stolen = nobody.with_token(crafted_token(sub=person, jti=f"{person}-1"))
    other = nobody.with_token(crafted_token(sub=person, jti=f"{person}-2"))
    assert stolen.get(MINE).status_code == 200
    assert revoke("--jti", f"{person}-1") == 0
    refused(stolen.get(MINE))
    assert other.get(MINE).status_code == 200
    assert revoke("--jti", f"{person}-1") == 0, "saying it twice does no harm"


def test_everything_of_a_person_until_now_and_nothing_later(nobody, person):
    old = nobody.with_token(crafted_token(sub=person))
    undated = nobody.with_token(crafted_token(sub=person, iat=None))
    neighbour = nobody.with_token(crafted_token(sub=f"{person}-neighbour"))
    assert {one.get(MINE).status_code for one in (old, undated, neighbour)} == {200}
    assert revoke("--subject", person) == 0
    refused(old.get(MINE))
    refused(undated.get(MINE))
    assert neighbour.get(MINE).status_code == 200
    later = nobody.with_token(crafted_token(sub=person, iat=int(time.time()) + 2))
    assert later.get(MINE).status_code == 200


@pytest.mark.parametrize(("session", "status"), [(None, 401), ("another-sign-in", 200)])
def test_signing_out_everywhere_at_the_issuer_ends_tokens(nobody, person, session, status):
    mine = nobody.with_token(crafted_token(sub=person, sid="one-sign-in"))
    neighbour = nobody.with_token(crafted_token(sub=f"{person}-neighbour"))
    assert mine.get(MINE).status_code == 200
    logout = Logout(jti=str(uuid4()), subject=person, session=session)
    end_by_issuer(issuer=issuer_url(realm="citizens"), logout=logout, now=datetime.now(UTC))
    assert mine.get(MINE).status_code == status
    assert neighbour.get(MINE).status_code == 200
    later = nobody.with_token(crafted_token(sub=person, iat=int(time.time()) + 2))
    assert later.get(MINE).status_code == 200


def test_the_same_subject_at_another_issuer_is_somebody_else(clerk, published):
    clara = clerk("clara")
    assert revoke("--subject", "clara") == 0
    assert clara.get("/api/v1/tasks").status_code == 200


def test_a_misspelt_issuer_is_said(capsys):
    assert main(["revoke-tokens", "--issuer", "https://no.example", "--jti", "x"]) == 2
    assert issuer_url(realm="citizens") in capsys.readouterr().out


def test_the_list_does_not_say_whom_it_is_about(person):
    revoke("--subject", person)
    row = Revocation.objects.latest("before")
    assert len(row.value) == 32
    assert person.encode() not in bytes(row.value)
    assert row.keep_until > datetime.now(UTC)
