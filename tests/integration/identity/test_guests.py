"""Guests: confirm an address, apply without an account, and nobody learns or gets anything that is not theirs."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection

from backend.demo.applications import DECISION
from backend.embedded.mails import plan_failure, read_index
from tests.integration.database import due_now, ops
from tests.integration.door import Caller, at_once, problem
from tests.integration.guests import (
    ASK,
    CONFIRM,
    GUEST_SLUG,
    GUEST_SUBMIT,
    asked,
    become_guest,
    code_of,
    mails_to,
    new_address,
    offer_to_guests,
)
from tests.integration.town import TestTown
from workflows.effects import carry_out

MINE = "/api/v1/applications"


@pytest.fixture
def open_town(published):
    """A town with a service for guests and one for accounts; its clock is the real one, as that of the API."""
    published.now = datetime.now(UTC)
    offer_to_guests(published)
    return published


@pytest.fixture
def guest(open_town, mail_sink, nobody):
    return become_guest(open_town, mail_sink, nobody, new_address())


def shape(answer):
    """What a stranger can compare: everything but what is drawn or counted anew for each request."""
    headers = {name: value for name, value in answer.items() if name != "X-Request-ID"}
    body = json.loads(answer.content)
    return answer.status_code, headers, sorted(body), [len(str(value)) for value in body.values()]


def statements_of(call):
    """The SQL of a request without its values: the same work takes the same time."""
    done = []

    def note(execute, sql, params, many, context):
        done.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        answer = call()
    return answer, done


def test_a_guest_applies_and_fetches_her_notice(open_town, guest):
    answer = guest.submit(path=GUEST_SUBMIT)
    assert answer.status_code == 201, answer.content
    case = answer.json()["id"]
    open_town.work(kinds={"advance"})
    open_town.do("clara", "pruefung", DECISION)
    open_town.work(kinds={"advance", "issue-notice"})
    assert [entry["id"] for entry in guest.get(MINE).json()["results"]] == [case]
    assert guest.get(f"{MINE}/{case}").json()["outcome"] == "granted"
    (message,) = guest.get(f"{MINE}/{case}/messages").json()
    pdf = guest.get(message["notice"]["document"])
    assert hashlib.sha256(pdf.content).hexdigest() == message["notice"]["sha256"]


def test_news_goes_to_the_confirmed_address_and_speaks_of_the_status_code(open_town, mail_sink, nobody):
    address = new_address()
    guest = become_guest(open_town, mail_sink, nobody, address)
    assert guest.submit(path=GUEST_SUBMIT).status_code == 201
    open_town.work(kinds={"advance", "send-mail"})
    _, received = mails_to(mail_sink, address)
    assert "angekommen" in received["Subject"]
    assert "Statuscode" in received.get_content()
    assert "angemeldet" not in received.get_content()


def test_the_mail_has_a_code_and_nothing_personal(open_town, mail_sink, nobody):
    address = new_address()
    nobody.post(ASK, {"email": address, "language": "en"})
    (command,) = open_town.commands(kind="confirm-guest")
    open_town.work()
    (mail,) = mails_to(mail_sink, address)
    assert mail["Subject"] == "Your confirmation code"
    assert address not in mail.get_content()
    assert str(command.id) in mail["Message-ID"]
    stored = str(ops("select guest::text, command::text from guest, command where case_id = guest.id"))
    assert address not in stored
    assert address.encode().hex() not in stored


def test_elsewhere_a_guest_is_told_to_sign_in(open_town, guest, rows):
    before = rows()
    answer = guest.submit()
    body = problem(answer, 401, "account-needed")
    assert body["needed"] == "low"
    assert 'error="insufficient_user_authentication"' in answer["WWW-Authenticate"]
    assert rows() == before
    listed = {entry["slug"]: entry["guests"] for entry in guest.get("/api/v1/services").json()}
    assert listed[GUEST_SLUG]
    assert sum(listed.values()) == 1


def test_a_guest_sees_only_what_belongs_to_her_code(open_town, mail_sink, nobody, guest, citizen):
    address = new_address()
    first = become_guest(open_town, mail_sink, nobody, address)
    second = become_guest(open_town, mail_sink, nobody, address)
    case = first.submit(path=GUEST_SUBMIT).json()["id"]
    theirs = citizen().submit().json()["id"]
    for stranger in (second, guest, citizen()):
        problem(stranger.get(f"{MINE}/{case}"), 404, "not-found")
    problem(first.get(f"{MINE}/{theirs}"), 404, "not-found")
    problem(first.get("/api/v1/tasks"), 403, "forbidden")


def test_every_address_gets_the_same_answer_by_the_same_work(open_town, mail_sink, nobody):
    """Unknown, known, with a case, over its limit, refused by its server: no difference to be seen."""
    known, flooded, refused = new_address(), new_address(), new_address()
    become_guest(open_town, mail_sink, nobody, known).submit(path=GUEST_SUBMIT)
    for _ in range(4):
        nobody.post(ASK, {"email": flooded})
    open_town.work(kinds={"confirm-guest"})
    plan_failure(folder=mail_sink, kind="refuse-next", count=1)
    nobody.post(ASK, {"email": refused})
    open_town.work(kinds={"confirm-guest"})
    seen = [
        statements_of(lambda address=address: nobody.post(ASK, {"email": address}))
        for address in (new_address(), known, flooded, refused)
    ]
    assert len({str(shape(answer)) for answer, _ in seen}) == 1, [shape(answer) for answer, _ in seen]
    assert len({tuple(done) for _, done in seen}) == 1
    assert seen[0][1]
    wrong = [
        statements_of(
            lambda answer=answer: nobody.post(CONFIRM, {"id": answer.json()["id"], "code": "22222222"})
        )
        for answer, _ in seen
    ]
    assert len({(answer.status_code, answer.content, tuple(done)) for answer, done in wrong}) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "nobody"},
        {"email": "a@b@c.de"},
        {"email": f"a@{'x' * 64}.de"},
        # Other spellings of one mailbox, by which its mails could not be counted.
        {"email": '"erika"@example.org'},
        {"email": '"e\\rika"@example.org'},
        {"email": "erika@[127.0.0.1]"},
    ],
)
def test_what_is_no_address_is_refused(open_town, nobody, rows, body):
    before = rows()
    problem(nobody.post(ASK, body), 400, "bad-request")
    assert rows() == before


def test_nobody_can_flood_a_mailbox(open_town, mail_sink, nobody):
    """Not by tags, capitals or two workers at once; and what was not sent needs nobody's attention."""
    name = uuid4().hex
    spellings = [
        f"{name}@example.org",
        f"{name}+a@example.org",
        f"{name.upper()}@Example.org",
        f"{name}+b@example.org",
    ]
    for spelling in spellings * 2:
        assert nobody.post(ASK, {"email": spelling}).status_code == 202
    open_town.work(kinds={"confirm-guest"})
    sent = [mail for mail in read_index(mail_sink) if name in str(mail.to).lower()]
    assert len(sent) == 3
    assert {command.status for command in open_town.commands(kind="confirm-guest")} == {"done"}


def test_workers_at_once_send_no_more(open_town, mail_sink, nobody):
    address = new_address()
    for _ in range(5):
        nobody.post(ASK, {"email": address})
    orders = [command.id for command in open_town.commands(kind="confirm-guest")]
    at_once(
        *[
            lambda order=order: carry_out(authority_id=open_town.id, command_id=order, now=open_town.now)
            for order in orders
        ]
    )
    assert len(mails_to(mail_sink, address)) == 3


def test_a_code_that_was_not_mailed_opens_nothing(open_town, nobody):
    """Even if somebody guessed it."""
    guest_id = nobody.post(ASK, {"email": new_address()}).json()["id"]
    code = code_of(open_town, guest_id)
    problem(nobody.post(CONFIRM, {"id": guest_id, "code": code}), 422, "confirmation-code-refused")
    open_town.work(kinds={"confirm-guest"})
    assert nobody.post(CONFIRM, {"id": guest_id, "code": code}).status_code == 200


def test_the_code_of_another_request_is_as_wrong_as_any(open_town, mail_sink, nobody):
    address = new_address()
    _, first_code = asked(open_town, mail_sink, nobody, address)
    second, _ = asked(open_town, mail_sink, nobody, address)
    problem(nobody.post(CONFIRM, {"id": second, "code": first_code}), 422, "confirmation-code-refused")


def test_a_confirmation_code_cannot_be_tried_out(open_town, mail_sink, nobody):
    guest_id, code = asked(open_town, mail_sink, nobody, new_address())
    for _ in range(5):
        refused = nobody.post(CONFIRM, {"id": guest_id, "code": "2222-2222"})
        problem(refused, 422, "confirmation-code-refused")
    too_late = nobody.post(CONFIRM, {"id": guest_id, "code": code})
    unknown = nobody.post(CONFIRM, {"id": str(uuid4()), "code": code})
    assert refused.content == too_late.content == unknown.content


def test_four_slips_are_forgiven(open_town, mail_sink, nobody):
    guest_id, code = asked(open_town, mail_sink, nobody, new_address())
    for _ in range(4):
        nobody.post(CONFIRM, {"id": guest_id, "code": "2222-2222"})
    assert nobody.post(CONFIRM, {"id": guest_id, "code": code}).status_code == 200


def test_tries_at_the_same_moment_are_counted_one_by_one(open_town, mail_sink, nobody):
    guest_id, code = asked(open_town, mail_sink, nobody, new_address())
    at_once(*[lambda: nobody.post(CONFIRM, {"id": guest_id, "code": "2222-2222"})] * 5)
    problem(nobody.post(CONFIRM, {"id": guest_id, "code": code}), 422, "confirmation-code-refused")


def test_two_confirmations_at_once_get_one_status_code(open_town, mail_sink, nobody):
    guest_id, code = asked(open_town, mail_sink, nobody, new_address())
    answers = at_once(*[lambda: nobody.post(CONFIRM, {"id": guest_id, "code": code})] * 2)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert answers[0]["Cache-Control"] == "no-store"


def test_a_confirmation_code_is_good_for_half_an_hour(open_town, mail_sink, nobody):
    guest_id, code = asked(open_town, mail_sink, nobody, new_address())
    ops("update guest set confirmation_until = now() where id = %s", guest_id)
    problem(nobody.post(CONFIRM, {"id": guest_id, "code": code}), 422, "confirmation-code-refused")


def test_a_code_that_came_too_late_is_not_sent(open_town, mail_sink, nobody):
    address = new_address()
    guest_id = nobody.post(ASK, {"email": address}).json()["id"]
    ops("update guest set confirmation_until = now() - interval '1 minute' where id = %s", guest_id)
    open_town.work(kinds={"confirm-guest"})
    assert mails_to(mail_sink, address) == []
    assert [command.status for command in open_town.commands(kind="confirm-guest")] == ["done"]


def test_a_mail_server_that_is_away_is_asked_again(open_town, mail_sink, nobody):
    address = new_address()
    nobody.post(ASK, {"email": address})
    plan_failure(folder=mail_sink, kind="fail-next", count=1)
    open_town.work(kinds={"confirm-guest"})
    (command,) = open_town.commands(kind="confirm-guest")
    assert (command.status, command.attempts) == ("waiting", 1)
    due_now(command.id)
    open_town.work(kinds={"confirm-guest"})
    assert len(mails_to(mail_sink, address)) == 1


def test_an_address_that_is_refused_is_nobody_s_task(open_town, mail_sink, nobody):
    """Anybody can name any address: it must not fill the needs-attention list."""
    nobody.post(ASK, {"email": new_address()})
    plan_failure(folder=mail_sink, kind="refuse-next", count=1)
    open_town.work(kinds={"confirm-guest"})
    assert [command.status for command in open_town.commands(kind="confirm-guest")] == ["done"]


def test_codes_may_be_typed_carelessly(open_town, mail_sink, nobody):
    guest_id, code = asked(open_town, mail_sink, nobody, new_address())
    confirmed = nobody.post(CONFIRM, {"id": guest_id, "code": f" {code.lower().replace('-', ' ')} "})
    status_code = confirmed.json()["status_code"]
    for typed in (
        status_code,
        status_code.lower(),
        status_code.replace("-", ""),
        status_code.replace("-", " "),
    ):
        assert nobody.with_token(f"guest.{typed}").get(MINE).status_code == 200


@pytest.mark.parametrize("slip", ["0", "O", "1", "I", "l", "o", "U", "?"])
def test_what_cannot_be_in_a_status_code_is_called_a_slip(open_town, guest, slip):
    mistyped = guest.with_token(guest.token[:-1] + slip).get(MINE)
    (entry,) = problem(mistyped, 401, "token-refused")["errors"]
    assert entry["code"] == "status-code-mistyped"


def test_a_status_code_of_another_town_is_unknown(guest, now):
    elsewhere = TestTown.found(now=now)
    stranger = Caller(host=elsewhere.authority.host, token=guest.token)
    (entry,) = problem(stranger.get(MINE), 401, "token-refused")["errors"]
    assert entry["code"] == "status-code-unknown"


def test_a_request_of_another_town_cannot_be_confirmed(open_town, mail_sink, nobody, now):
    guest_id, code = asked(open_town, mail_sink, nobody, new_address())
    elsewhere = Caller(host=TestTown.found(now=now).authority.host)
    problem(elsewhere.post(CONFIRM, {"id": guest_id, "code": code}), 422, "confirmation-code-refused")
    assert nobody.post(CONFIRM, {"id": guest_id, "code": code}).status_code == 200
