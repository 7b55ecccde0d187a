"""Files go along with an application: who sees them, and what happens when one turns out to be malware."""

from __future__ import annotations

from threading import Thread
from uuid import uuid4

import pytest
from django.db import connections

from backend.cases.chain import first_break
from backend.cases.models import Event
from backend.cases.sweeps import hasten_scans, silent_cases
from backend.demo.applications import PLAIN
from backend.drafts.operations import submitting
from backend.files import storage
from backend.tenancy import acting_for
from tests.integration.database import ops
from tests.integration.door import problem
from tests.integration.drafts import desk as drafts
from tests.integration.files.clamd import EICAR
from tests.integration.files.desk import begun, delete, look, patch, pdf, uploaded
from tests.integration.files.form_with_files import NOTE, PICTURE, PROOFS
from workflows.effects import carry_out


@pytest.fixture
def people(erika, citizen, clerk):
    return erika, citizen, clerk


def id_of(url):
    return url.rsplit("/", 1)[1]


def answers(**files):
    """Complete answers that name uploads by their addresses."""
    named = {name: [id_of(url) for url in found] if isinstance(found, list) else id_of(found) for name, found in files.items()}  # fmt: skip
    return {**PLAIN, "hund": {**PLAIN["hund"], **named}}


def submit(who, draft, **files):
    saved = drafts.save(who, {"id": draft, "revision": 1}, answers(**files))
    assert saved.status_code == 200, saved.content
    return drafts.submit(who, {"id": draft, "revision": 2})


def submitted(who, draft, town, **files):
    answer = submit(who, draft, **files)
    assert answer.status_code == 201, answer.content
    town.work(kinds={"advance"})
    return str(draft)


def names(town):
    return {found.id for found in storage.listed(authority_id=town.id)}


def test_clerks_of_the_case_and_its_citizen_see_the_files(people, draft, published, scanning):
    erika, citizen, clerk = people
    content = pdf(size=100)
    picture, proof = (
        uploaded(erika, draft, content, name="Bella.pdf"),
        uploaded(erika, draft, pdf(), field=PROOFS),
    )
    spare = uploaded(erika, draft, pdf(), name="nicht gemeint.pdf")
    published.work(kinds={"inspect-file"})
    case = submitted(erika, draft, published, bild=picture, nachweise=[proof])
    problem(erika.get(spare), 404, "not-found")
    assert len(names(published)) == 2, "what the answers do not name is not kept"
    seen = clerk("clara").get(f"/api/v1/cases/{case}/attachments").json()
    assert [(one["name"], one["field"], one["status"]) for one in seen] == [
        ("Bella.pdf", PICTURE, "stored"),
        ("a.pdf", PROOFS, "stored"),
    ]
    assert clerk("clara").get(seen[0]["content"]).content == content
    mine = erika.get(f"/api/v1/applications/{case}/attachments").json()
    assert [{**one, "content": ""} for one in mine] == [{**one, "content": ""} for one in seen]
    assert erika.get(mine[0]["content"]).content == content
    for who, path in (
        (clerk("otto"), f"/api/v1/cases/{case}/attachments"),
        (clerk("otto"), seen[0]["content"]),
        (clerk("clara"), f"/api/v1/cases/{uuid4()}/attachments/{id_of(picture)}/content"),
        (clerk("clara"), f"/api/v1/cases/{case}/attachments/{uuid4()}/content"),
        (citizen("paul"), f"/api/v1/applications/{case}/attachments"),
        (citizen("paul"), mine[0]["content"]),
    ):
        problem(who.get(path), 404, "not-found")


def test_files_of_another_case_are_not_found_through_ones_own(people, draft, published, scanning):
    erika, citizen, clerk = people
    paul = citizen("paul")
    other = drafts.begun(paul, PLAIN)["id"]
    theirs = uploaded(paul, other, pdf())
    mine = uploaded(erika, draft, pdf())
    published.work(kinds={"inspect-file"})
    case = submitted(erika, draft, published, bild=mine)
    submitted(paul, other, published, bild=theirs)
    problem(clerk("clara").get(f"/api/v1/cases/{case}/attachments/{id_of(theirs)}/content"), 404, "not-found")


def test_malware_found_after_submission_is_deleted_and_on_the_record(
    erika, clerk, draft, published, scanning
):
    scanning.stop()
    good, bad = uploaded(erika, draft, pdf()), uploaded(erika, draft, EICAR, name="notiz.txt", field=NOTE)
    published.work(kinds={"inspect-file"})
    case = submitted(erika, draft, published, bild=good, notiz=bad)
    clara = clerk("clara")
    path = f"/api/v1/cases/{case}/attachments"
    assert [(one["status"], one["content"]) for one in clara.get(path).json()] == [("unscanned", None)] * 2
    problem(clara.get(f"{path}/{id_of(good)}/content"), 409, "attachment-not-available")
    problem(erika.get(f"{good}/content"), 409, "attachment-not-available")
    scanning.start()
    hasten_scans()
    published.work(kinds={"inspect-file"})
    assert [one["status"] for one in clara.get(path).json()] == ["stored", "refused"]
    (refused,) = (one for one in clara.get(path).json() if one["status"] == "refused")
    assert refused["reason"]["code"] == "infected"
    assert len(names(published)) == 1
    record = clara.get(f"/api/v1/cases/{case}").json()["events"]
    (event,) = (one for one in record if one["kind"] == "attachment_refused")
    assert event["payload"] == {"file": id_of(bad), "field": NOTE, "code": "infected"}
    assert event["actor"] == "system"
    timeline = erika.get(f"/api/v1/applications/{case}").json()["timeline"]
    assert "attachment_refused" in [entry["kind"] for entry in timeline]
    with acting_for(authority_id=published.id):
        events = list(Event.objects.filter(case_id=case).order_by("seq"))
    assert first_break(case=published.case(draft), events=events) is None


def test_a_file_that_waits_for_the_scanner_does_not_hide_a_silent_case(erika, draft, published, scanning):
    scanning.stop()
    case = submitted(erika, draft, published, bild=uploaded(erika, draft, pdf()))
    published.work(kinds={"inspect-file"})
    ops("update task set status = 'done' where case_id = %s", case)
    ops("update command set status = 'done' where case_id = %s and kind <> 'inspect-file'", case)
    ops("update case_file set opened_at = now() - interval '1 hour' where id = %s", case)
    assert [str(found) for found in silent_cases(authority_id=published.id, now=published.now)] == [case]


def _refused(who, draft, town):
    url = uploaded(who, draft, b"MZ\x90\x00 this is a program")
    town.work(kinds={"inspect-file"})
    assert look(who, url)["status"] == "refused"
    return url


UNFIT = {
    "file-incomplete": lambda who, draft, *_: begun(who, draft, length=99, body=b"123"),
    "file-of-another-question": lambda who, draft, *_: uploaded(who, draft, pdf(), field=PROOFS),
    "file-unknown": lambda *_: f"/{uuid4()}",
    "file-refused": _refused,
}


@pytest.mark.parametrize("code", UNFIT)
def test_what_cannot_be_submitted(erika, draft, published, code):
    answer = submit(erika, draft, bild=UNFIT[code](erika, draft, published))
    (entry,) = problem(answer, 422, "invalid-answers")["errors"]
    assert (entry["pointer"], entry["code"]) == ("/hund/bild", code)
    assert set(entry["texts"]) == {"de", "en"}


def test_a_file_of_another_draft_cannot_be_submitted(erika, draft):
    elsewhere = uploaded(erika, drafts.begun(erika, PLAIN)["id"], pdf())
    (entry,) = problem(submit(erika, draft, bild=elsewhere), 422, "invalid-answers")["errors"]
    assert entry["code"] == "file-unknown"


def test_a_file_still_being_checked_can_be_submitted(erika, clerk, draft, published, scanning):
    case = submitted(erika, draft, published, bild=uploaded(erika, draft, pdf()))
    path = f"/api/v1/cases/{case}/attachments"
    assert [one["status"] for one in clerk("clara").get(path).json()] == ["checking"]
    published.work(kinds={"inspect-file"})
    assert [one["status"] for one in clerk("clara").get(path).json()] == ["stored"]


def test_entries_of_a_list_may_change_places(erika, draft, published, scanning):
    first = uploaded(erika, draft, pdf(), field="/hund/nachweise/0")
    second = uploaded(erika, draft, pdf(), field="/hund/nachweise/1")
    submitted(erika, draft, published, nachweise=[second, first])


def test_after_submission_nothing_is_added_or_taken_away(erika, draft, published, scanning):
    kept = uploaded(erika, draft, pdf())
    unfinished = begun(erika, draft, length=99, body=b"123")
    submitted(erika, draft, published, bild=kept)
    problem(delete(erika, kept), 409, "attachment-submitted")
    problem(patch(erika, unfinished, b"4", offset=3), 404, "not-found")
    assert look(erika, kept)["status"] == "checking"


def test_a_refusal_while_the_application_is_stored_is_on_its_record(
    erika, draft, published, scanning, monkeypatch
):  # fmt: skip
    """The check of the files has passed, the case is not committed yet: the worker waits for it."""
    bad = uploaded(erika, draft, EICAR, name="notiz.txt", field=NOTE)
    (command,) = published.commands(kind="inspect-file")
    original = submitting.give_over

    def inspected_meanwhile(**arguments):
        original(**arguments)
        worker.start()
        worker.join(timeout=3)
        assert worker.is_alive(), "it must not decide before the case is there"

    def inspect():
        carry_out(authority_id=published.id, command_id=command.id, now=published.now)
        connections.close_all()

    worker = Thread(target=inspect)
    monkeypatch.setattr(submitting, "give_over", inspected_meanwhile)
    assert submit(erika, draft, notiz=bad).status_code == 201
    worker.join(timeout=30)
    assert "attachment_refused" in published.events(draft)
