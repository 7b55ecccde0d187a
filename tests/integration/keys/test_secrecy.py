"""Personal data is stored as ciphertext only, opens in its own place only, and is gone with its key."""

from __future__ import annotations

import base64
import dataclasses
import os
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import override_settings
from psycopg import sql

from backend.cases.chain import first_break
from backend.cases.models import Application, Case, Event, Message, Notice
from backend.cases.operations.mailbox import fetch_notice
from backend.cases.queries.citizen import mailbox, my_case
from backend.cases.queries.clerk import case_file
from backend.demo.applications import EXEMPTION, OPINION, PREPARED
from backend.files import queries as files
from backend.keys import queries
from backend.keys.operations import destroy_data_key
from backend.keys.queries import data_key
from backend.keys.vault import CannotOpen
from backend.tenancy import acting_for
from tests.integration.database import all_tables, connect, ops
from tests.integration.town import TestTown

CANARIES = (
    "Kanarienvogelin",
    "Wellensittichweg",
    "nymphensittich@example.org",
    "Zebrafinkbella",
    "Gimpelattest",
    "Stieglitzgrund",
)

LEAK = "Brieftaube"


@pytest.fixture
def talkative(published):
    """A whole case in which citizen and clerks enter recognisable things."""
    first, street, mail, dog, proof, reasons = CANARIES
    answers = {
        **EXEMPTION,
        "person": {**EXEMPTION["person"], "vorname": first, "strasse": street, "email": mail},
        "hund": {**EXEMPTION["hund"], "rufname": dog},
        "befreiung": {**EXEMPTION["befreiung"], "nachweis": proof},
    }
    receipt = published.submit(answers)
    published.work(kinds={"advance"})
    published.do("adam", "stellungnahme", {**OPINION, "stellungnahme": f"{reasons}: {proof}"})
    published.work(kinds={"advance"})
    published.do("clara", "vorbereitung", {**PREPARED, "begruendung": f"{reasons} liegt vor."})
    published.work(kinds={"advance"})
    published.do("adam", "freigabe", {"ergebnis": "freigeben"})
    published.work(kinds={"advance", "issue-notice"})
    assert published.case(receipt.case_id).status == "closed"
    return published, receipt.case_id


def events(town, case_id):
    return list(Event.objects.filter(case_id=case_id).order_by("seq"))


def test_the_citizen_and_the_clerk_read_it_in_clear(talkative):
    town, case_id = talkative
    found = case_file(authority_id=town.id, clerk=town.clerks["clara"], case_id=case_id)
    assert all(canary in str((found.answers, found.events)) for canary in CANARIES)


def test_no_table_and_no_file_holds_it_in_clear(talkative):
    town, _ = talkative
    spellings = [
        form
        for canary in CANARIES
        for form in (canary, canary.encode().hex(), base64.b64encode(canary.encode()).decode()[:-4])
    ]
    with connect("OPS") as connection:
        for table in all_tables():
            for (row,) in connection.execute(
                sql.SQL("select {0}::text from {0}").format(sql.Identifier(table))
            ):
                found = [spelling for spelling in spellings if spelling.lower() in row.lower()]
                assert found == [], table
    stored = [
        path for path in (settings.ENVIRONMENT.files_folder / str(town.id)).rglob("*") if path.is_file()
    ]
    assert len(stored) == 1
    assert not any(
        word in path.read_bytes() for path in stored for word in (b"%PDF", *(c.encode() for c in CANARIES))
    )


def test_the_search_would_find_a_leak(published):
    """The test above is able to fail: what is written in clear is found as text and as bytes."""
    published.submit()
    ops("update command set payload = %s where authority_id = %s", LEAK.encode(), published.id)
    ((row,),) = ops("select command::text from command where authority_id = %s", published.id)
    assert LEAK.encode().hex() in row


def test_ciphertext_does_not_open_in_another_place(talkative):
    town, case_id = talkative
    with acting_for(authority_id=town.id):
        key = data_key(owner_id=case_id)
        first, second = events(town, case_id)[:2]
        message = Message.objects.get(case_id=case_id)
        answers = Application.objects.get(case_id=case_id).sealed_answers
        places = {
            f"event:{case_id}:1": first.sealed_payload,
            f"event:{case_id}:2": second.sealed_payload,
            f"message:{message.id}": message.sealed_content,
            f"answers:{case_id}": answers,
            f"state:{case_id}": Case.objects.get(id=case_id).sealed_state,
        }
        for context, sealed in places.items():
            assert key.open(bytes(sealed), context=context)
            for other in (*(place for place in places if place != context), f"event:{uuid4()}:1"):
                with pytest.raises(CannotOpen):
                    key.open(bytes(sealed), context=other)


def test_answers_copied_to_another_case_do_not_open_there(talkative):
    town, case_id = talkative
    other = town.submit()
    copy = "update application set sealed_answers = (select sealed_answers from application where case_id = %s) where case_id = %s"
    ops(copy, case_id, other.case_id)
    town.work(kinds={"advance"})
    assert town.case(other.case_id).status == "received"
    (stuck,) = town.commands(case_id=other.case_id)
    assert stuck.reason.startswith("CannotOpen")


def test_a_data_key_moved_to_another_case_does_not_open_there(talkative):
    town, case_id = talkative
    other = town.submit()
    ops(
        "update data_key set wrapped = (select wrapped from data_key where owner_id = %s) where owner_id = %s",
        case_id,
        other.case_id,
    )
    with acting_for(authority_id=town.id), pytest.raises(CannotOpen):
        data_key(owner_id=other.case_id)


def test_a_notices_file_swapped_for_another_is_not_handed_out(talkative):
    town, case_id = talkative
    other = town.finish_plain()
    with acting_for(authority_id=town.id):
        mine, theirs = Notice.objects.get(case_id=case_id), Notice.objects.get(case_id=other.case_id)
    folder = settings.ENVIRONMENT.files_folder / str(town.id)
    (here,), (there,) = (list(folder.rglob(notice.file_id.hex)) for notice in (mine, theirs))
    here.write_bytes(there.read_bytes())
    with pytest.raises(CannotOpen):
        fetch_notice(authority_id=town.id, citizen=town.citizen(), notice_id=mine.id, now=town.now)


def test_destroying_the_key_erases_everything_and_the_record_still_proves_itself(talkative):
    town, case_id = talkative
    kept = town.finish_plain()
    with acting_for(authority_id=town.id):
        notice = Notice.objects.get(case_id=case_id)
        old_key = data_key(owner_id=case_id)
        destroy_data_key(owner_id=case_id)
    citizen = town.citizen()
    for read in (
        lambda: my_case(authority_id=town.id, citizen=citizen, case_id=case_id),
        lambda: mailbox(authority_id=town.id, citizen=citizen, case_id=case_id),
        lambda: case_file(authority_id=town.id, clerk=town.clerks["clara"], case_id=case_id),
        lambda: fetch_notice(authority_id=town.id, citizen=citizen, notice_id=notice.id, now=town.now),
    ):
        with pytest.raises(CannotOpen):
            read()
    with acting_for(authority_id=town.id):
        assert files.content(file_id=notice.file_id, key=old_key), "only the key is gone"
        assert first_break(case=Case.objects.get(id=case_id), events=events(town, case_id)) is None
    assert case_file(authority_id=town.id, clerk=town.clerks["clara"], case_id=kept.case_id).answers


@pytest.fixture
def forget_keys():
    """What a restart of the process does."""

    def forget():
        queries._unwrap.cache_clear()
        queries._newest.clear()

    yield forget
    forget()


def with_master_keys(*keys):
    return override_settings(ENVIRONMENT=dataclasses.replace(settings.ENVIRONMENT, master_keys=keys))


def test_after_a_rotation_of_the_master_key_the_old_one_listed_second_still_opens(
    talkative, forget_keys, now
):
    town, case_id = talkative
    old, new = settings.ENVIRONMENT.master_keys[0], ("2027", os.urandom(32))
    clara = town.clerks["clara"]
    forget_keys()
    with with_master_keys(new, old):
        assert CANARIES[0] in str(case_file(authority_id=town.id, clerk=clara, case_id=case_id).answers)
        newcomer = TestTown.found(now=now)
        newcomer.publish()
        receipt = newcomer.submit()
        assert ops("select master_key from authority_key where authority_id = %s", newcomer.id) == [("2027",)]
    forget_keys()
    with with_master_keys(new):
        assert case_file(authority_id=newcomer.id, clerk=_sees_all(newcomer), case_id=receipt.case_id).answers
        with pytest.raises(CannotOpen, match=f"no key named {old[0]}"):
            case_file(authority_id=town.id, clerk=clara, case_id=case_id)
    forget_keys()
    with with_master_keys((old[0], os.urandom(32))), pytest.raises(CannotOpen):
        case_file(authority_id=town.id, clerk=clara, case_id=case_id)


def _sees_all(town):
    return town.employ("auditor", person="auditor", memberships=[("it", "auditor")])
