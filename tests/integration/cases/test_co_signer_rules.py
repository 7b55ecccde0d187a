"""Who may be named as a co-signer, and guests who sign: refusals, repetition, drafts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.demo.applications import PLAIN
from backend.embedded.mails import read_index
from tests.integration.cases.signers import (
    act,
    applied,
    apply,
    offer,
    package,
    person,
    secrets_from,
    somebody,
)
from tests.integration.door import problem
from tests.integration.drafts.desk import begun, seen
from tests.integration.guests import become_guest, new_address

CLOSING = package(when_missing="close")
PROCEEDING = package(when_missing="proceed", least=1)
MAIL = {"invite-co-signer", "remind-co-signer", "end-co-signing", "advance"}


@pytest.fixture
def closing(published):
    offer(published, CLOSING)
    return published


@pytest.fixture
def proceeding(published):
    offer(published, PROCEEDING)
    return published


@pytest.fixture
def who(town):
    """`who("max")`: somebody with an account of that name. Her clock is the real one, and so is the town's."""
    town.now = datetime.now(UTC)
    return lambda name, **more: somebody(town.authority.host, name, **more)


def test_an_answer_that_got_lost_can_be_asked_for_again(closing, who, rows):
    erika, signer = who("erika"), person()
    first = apply(erika, signer, key="the-same-key")
    before = rows()
    again = apply(erika, signer, key="the-same-key")
    assert again.json() == {**first.json(), "repeated": True}
    assert rows() == before
    problem(apply(erika, person(), key="the-same-key"), 422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("signers", "found"),
    [
        ([], ("/co_signers", "number-of-co-signers")),
        ([person() for _ in range(5)], ("/co_signers", "number-of-co-signers")),
        ([person("R2-D2 <b>")], ("/co_signers/0/name", "co-signer-name")),
    ],
)
def test_co_signers_that_cannot_be(proceeding, who, rows, signers, found):
    before = rows()
    refused = problem(apply(who("erika"), *signers), 422, "parties-refused")
    assert [(each["pointer"], each["code"]) for each in refused["errors"]] == [found]
    assert rows() == before


def test_an_address_that_is_none(closing, who):
    problem(apply(who("erika"), {"name": "Max", "email": "max"}), 400, "bad-request")


def test_a_service_that_takes_no_co_signers(published, who):
    refused = problem(apply(who("erika"), person()), 422, "parties-refused")
    assert refused["errors"][0]["code"] == "co-signers-not-planned"


def test_a_draft_is_signed_too(closing, who, mail_sink):
    erika, signer = who("erika"), person()
    draft = begun(erika, PLAIN)
    answer = erika.post(f"/api/v1/drafts/{draft['id']}/submit", {"co_signers": [signer]}, **seen(draft))
    assert answer.status_code == 201, answer.content
    closing.work(kinds=MAIL)
    (secret,) = secrets_from(mail_sink, signer)
    assert act(who("max"), secret, "sign").status_code == 200
    closing.work(kinds=MAIL)
    assert closing.case(draft["id"]).status == "in_progress"


GUESTS = {'trust_level = "low"': 'guests = true\ntrust_level = "none"'}


def test_a_guest_signs_only_where_guests_may(closing, who, mail_sink):
    invited_guest = person(email=new_address())
    applied(who("erika"), invited_guest)
    closing.work(kinds=MAIL)
    (secret,) = secrets_from(mail_sink, invited_guest)
    guest = become_guest(closing, mail_sink, who("x").with_token(None), invited_guest["email"])
    problem(act(guest, secret, "sign"), 401, "account-needed")


def test_a_guest_signs_with_the_mailbox_that_was_invited(town, who, mail_sink):
    offer(town, package(when_missing="close", **GUESTS))
    invited_guest = person(email=new_address())
    case_id = applied(who("erika"), invited_guest)
    town.work(kinds=MAIL)
    (secret,) = secrets_from(mail_sink, invited_guest)
    nobody = who("x").with_token(None)
    other = become_guest(town, mail_sink, nobody, new_address())
    problem(act(other, secret, "sign"), 404, "not-found")
    guest = become_guest(town, mail_sink, nobody, invited_guest["email"])
    assert act(guest, secret, "sign").status_code == 200
    town.work(kinds=MAIL)
    assert town.case(case_id).status == "in_progress"


def test_a_guest_cannot_be_two_people(town, who, mail_sink):
    offer(town, package(when_missing="close", **GUESTS))
    address = new_address()
    guest = become_guest(town, mail_sink, who("x").with_token(None), address)
    local, _, domain = address.partition("@")
    for signers in ([person(email=f"{local}+2@{domain}")], [person(email="a@b.de"), person(email="A@b.de")]):
        refused = problem(apply(guest, *signers), 422, "parties-refused")
        assert {each["code"] for each in refused["errors"]} == {"co-signer-twice"}


def test_mails_name_nobody_and_no_address_has_the_secret(closing, who, mail_sink):
    signer = person("Maximiliane Musterfrau")
    applied(who("erika"), signer)
    closing.work(kinds=MAIL | {"send-mail"})
    ((number, key),) = secrets_from(mail_sink, signer)
    for mail in read_index(mail_sink):
        if signer["email"] in mail.to or "erika@example.org" in mail.to:
            text = (mail_sink / mail.file).read_text()
            assert "Maximiliane" not in text
            assert f"{number}/{key}" not in text
    received = [mail for mail in read_index(mail_sink) if "erika@example.org" in mail.to]
    assert received, "the applicant was told that it has arrived"
