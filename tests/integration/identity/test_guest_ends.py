"""A lost status code, a guest's time that runs out, and the service packages that take guests."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings

from backend import throttling
from backend.cases.sweeps import clear_guests
from backend.demo.applications import PLAIN
from backend.keys.queries import was_erased
from backend.services.compiled import compile_package
from backend.services.package import PackageProblems
from backend.tenancy import acting_for
from tests.integration.database import ops
from tests.integration.door import problem
from tests.integration.guests import (
    ASK,
    CONFIRM,
    GUEST_DRAFTS,
    GUEST_SUBMIT,
    LOST,
    become_guest,
    code_in,
    code_of,
    guest_package,
    mails_to,
    new_address,
    offer_to_guests,
)
from tests.integration.town import SLUG

MINE = "/api/v1/applications"


@pytest.fixture
def open_town(published):
    published.now = datetime.now(UTC)
    offer_to_guests(published)
    return published


@pytest.fixture
def applied(open_town, mail_sink, nobody):
    """A guest with a case: her browser, her address, the case."""
    address = new_address()
    guest = become_guest(open_town, mail_sink, nobody, address)
    return guest, address, guest.submit(path=GUEST_SUBMIT).json()


def lost(town, caller, **body):
    answer = caller.post(LOST, body)
    assert answer.status_code == 202, answer.content
    town.work(kinds={"confirm-guest"})
    return answer.json()["id"]


def test_whoever_lost_her_code_gets_a_new_one_and_the_old_one_ends(open_town, mail_sink, nobody, applied):
    guest, address, case = applied
    asked = lost(open_town, nobody, email=address, reference=case["reference"])
    mail = mails_to(mail_sink, address)[-1]
    assert "der bisherige gilt nicht mehr" in mail.get_content()
    assert guest.get(MINE).status_code == 200, "asking alone ends nothing"
    confirmed = nobody.post(CONFIRM, {"id": asked, "code": code_in(mail)})
    renewed = nobody.with_token("guest." + confirmed.json()["status_code"])
    assert [entry["id"] for entry in renewed.get(MINE).json()["results"]] == [case["id"]]
    problem(guest.get(MINE), 401, "token-refused")
    assert open_town.events(case["id"]).count("status_code_renewed") == 1
    again = nobody.post(CONFIRM, {"id": asked, "code": code_in(mail)})
    assert again.content == confirmed.content
    assert open_town.events(case["id"]).count("status_code_renewed") == 1


@pytest.mark.parametrize("what", ["address", "reference", "both", "case of an account"])
def test_nothing_is_sent_for_a_code_that_is_not_hers(open_town, mail_sink, nobody, applied, what):
    _, address, case = applied
    before = len(mails_to(mail_sink, address))
    theirs = open_town.submit().reference
    stranger = new_address()
    body = {
        "address": {"email": stranger, "reference": case["reference"]},
        "reference": {"email": address, "reference": "GAST-2026-000-000-000-0"},
        "both": {"email": stranger, "reference": "nonsense"},
        "case of an account": {"email": address, "reference": theirs},
    }[what]
    good = nobody.post(LOST, {"email": address, "reference": case["reference"]})
    answer = nobody.post(LOST, body)
    assert (answer.status_code, sorted(answer.json())) == (good.status_code, sorted(good.json()))
    code = code_of(open_town, answer.json()["id"])
    open_town.work(kinds={"confirm-guest"})
    assert (len(mails_to(mail_sink, address)), mails_to(mail_sink, stranger)) == (before + 1, [])
    refused = nobody.post(CONFIRM, {"id": answer.json()["id"], "code": code})
    problem(refused, 422, "confirmation-code-refused")


def guest_id_of(town):
    ((guest_id,),) = ops("select id from guest where authority_id = %s", town.id)
    return guest_id


def is_gone(town, guest_id):
    with acting_for(authority_id=town.id):
        return was_erased(owner_id=guest_id) and not ops("select id from guest where id = %s", guest_id)


def test_whoever_does_not_confirm_is_forgotten_after_a_day(open_town, nobody):
    nobody.post(ASK, {"email": new_address()})
    guest_id, now = guest_id_of(open_town), datetime.now(UTC)
    clear_guests(now=now + timedelta(hours=24))
    assert not is_gone(open_town, guest_id)
    clear_guests(now=now + timedelta(hours=26))
    assert is_gone(open_town, guest_id)
    open_town.work()
    assert [command.status for command in open_town.commands(case_id=guest_id)] == ["done"]


def test_a_guest_without_anything_is_forgotten_after_ninety_days(open_town, mail_sink, nobody):
    guest = become_guest(open_town, mail_sink, nobody, new_address())
    guest_id, now = guest_id_of(open_town), datetime.now(UTC)
    clear_guests(now=now + timedelta(days=89))
    assert guest.get(MINE).status_code == 200
    clear_guests(now=now + timedelta(days=90, hours=2))
    assert is_gone(open_town, guest_id)
    problem(guest.get(MINE), 401, "token-refused")


def test_a_guest_whose_time_is_over_is_not_let_in_before_the_sweep(open_town, mail_sink, nobody):
    guest = become_guest(open_town, mail_sink, nobody, new_address())
    ops("update guest set expires_at = now() where authority_id = %s", open_town.id)
    problem(guest.get(MINE), 401, "token-refused")


def test_the_clerk_sees_that_the_applicant_is_a_guest(open_town, applied, citizen, clerk):
    _, address, of_guest = applied
    of_account = citizen().submit().json()
    open_town.work()
    found = [clerk("clara").get(f"/api/v1/cases/{case['id']}").json() for case in (of_guest, of_account)]
    seen = [(case["applicant_kind"], case["guest_address"]) for case in found]
    assert seen == [("guest", address), ("account", None)]


def test_a_guest_with_a_case_keeps_her_code(open_town, applied):
    guest, _, _ = applied
    for days in (90, 179, 268):
        clear_guests(now=datetime.now(UTC) + timedelta(days=days - 1, hours=12))
    assert not is_gone(open_town, guest_id_of(open_town))
    assert guest.get(MINE).status_code == 200


def test_a_guest_with_a_draft_keeps_her_code(open_town, mail_sink, nobody):
    """And the draft becomes an application as anybody's: with the address she has confirmed."""
    address = new_address()
    guest = become_guest(open_town, mail_sink, nobody, address)
    begun = guest.post(GUEST_DRAFTS, {"answers": {}}, **{"Idempotency-Key": uuid4().hex})
    assert begun.status_code == 201, begun.content
    draft = begun.json()
    assert draft["answers"]["person"]["email"] == address
    clear_guests(now=datetime.now(UTC) + timedelta(days=91))
    assert not is_gone(open_town, guest_id_of(open_town))
    saved = guest.call(
        "PUT",
        f"/api/v1/drafts/{draft['id']}",
        data=json.dumps({"answers": PLAIN}).encode(),
        content_type="application/json",
        headers={"If-Match": begun["ETag"]},
    )
    sent = guest.post(f"/api/v1/drafts/{draft['id']}/submit", **{"If-Match": saved["ETag"]})
    assert sent.status_code == 201, sent.content
    assert guest.get(f"{MINE}/{draft['id']}").status_code == 200


def test_a_guest_cannot_begin_what_she_could_not_submit(open_town, mail_sink, nobody, rows):
    guest = become_guest(open_town, mail_sink, nobody, new_address())
    before = rows()
    begun = guest.post(f"/api/v1/services/{SLUG}/drafts", {"answers": {}}, **{"Idempotency-Key": uuid4().hex})
    problem(begun, 401, "account-needed")
    assert rows() == before


def test_one_client_cannot_order_mails_without_end(open_town, nobody, monkeypatch):
    changed = replace(settings.ENVIRONMENT, throttle={"guests": "2/hour"})
    monkeypatch.setattr(settings, "ENVIRONMENT", changed)
    for cached in (throttling.limits_by_kind, throttling.limiter):
        cached.cache_clear()
    try:
        answers = [nobody.post(ASK, {"email": new_address()}) for _ in range(3)]
        other = nobody.get("/api/v1/services")
    finally:
        monkeypatch.undo()
        for cached in (throttling.limits_by_kind, throttling.limiter):
            cached.cache_clear()
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 3600
    assert other.status_code == 200


def test_guests_are_refused_where_a_trust_level_is_wanted():
    assert compile_package(package=guest_package()).manifest.guests
    with pytest.raises(PackageProblems) as refused:
        compile_package(package=guest_package(**{'trust_level = "none"': 'trust_level = "low"'}))
    (found,) = refused.value.problems
    assert (found.code, found.where.partition(":")[0]) == ("guests-need-no-trust", "service.toml")
    with pytest.raises(PackageProblems) as refused:
        compile_package(package=guest_package(**{"guests = true": 'guests = "yes"'}))
    assert [found.code for found in refused.value.problems] == ["manifest-value"]
