"""Drafts do not stay for ever: a reminder, then nothing is left; and whoever saves again has time again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.timezone import localdate

from backend.demo.applications import PLAIN
from backend.drafts.erasure import erase
from backend.drafts.models import Draft
from backend.drafts.operations.filling import KEPT_FOR
from backend.drafts.operations.reminding import REMIND_BEFORE
from backend.drafts.sweeps import sweep_drafts
from backend.embedded.mails import read_index
from backend.keys.queries import data_key
from backend.keys.vault import CannotOpen
from backend.outbox.models import CommandStatus
from backend.tenancy import acting_for
from signing.values import as_date
from tests.integration.database import due_now, ops
from tests.integration.door import problem
from tests.integration.drafts.desk import begun, discard, look, save, submit
from workflows.tasks import sweep

WITH_EMAIL = {"person": {"vorname": "Erika", "email": "erika@example.org"}}


@pytest.fixture
def aged(published):
    """`aged(draft, days=80)`: so long ago was it changed; returns what the clock says now."""

    def age(draft, *, days):
        with acting_for(authority_id=published.id):
            row = Draft.objects.get(id=draft["id"])
            return row.changed_at + timedelta(days=days)

    return age


def reminders(town):
    return town.commands(kind="remind-draft")


def mails(folder: Path, command) -> list[str]:
    """The mails that a command has sent, whole."""
    texts = [(folder / mail.file).read_text() for mail in read_index(folder)]
    return [text for text in texts if str(command.id) in text]


def test_a_forgotten_draft_is_reminded_of_once(citizen, published, aged, mail_sink):
    draft = begun(citizen(), WITH_EMAIL)
    early, soon = aged(draft, days=75), aged(draft, days=77)
    assert timedelta(days=14) == REMIND_BEFORE
    assert (sweep_drafts(now=early), reminders(published)) == (sweep_drafts(now=early), [])
    sweep_drafts(now=soon)
    sweep_drafts(now=soon)
    (command,) = reminders(published)
    assert published.work(kinds={"remind-draft"}) == ["remind-draft"]
    (text,) = mails(mail_sink, command)
    assert "To: erika@example.org" in text
    last_day = localdate(datetime.fromisoformat(draft["expires_at"]))
    assert as_date(last_day, "de") in text
    assert "Erika" not in text
    assert "Hund" not in text
    assert look(citizen(), draft)["revision"] == 1
    (command,) = reminders(published)
    assert (command.status, command.payload) == (CommandStatus.DONE, None)


def test_without_an_address_there_is_no_mail(citizen, published, aged):
    draft = begun(citizen(), {})
    sweep_drafts(now=aged(draft, days=80))
    assert reminders(published) == []


@pytest.mark.parametrize("end", ["saved", "submitted", "discarded"])
def test_whoever_came_back_before_the_mail_gets_none(citizen, published, aged, mail_sink, end):
    erika = citizen()
    draft = begun(erika, PLAIN)
    sweep_drafts(now=aged(draft, days=80))
    {"saved": lambda: save(erika, draft, PLAIN), "submitted": lambda: submit(erika, draft)}.get(
        end, lambda: discard(erika, draft)
    )()
    (command,) = reminders(published)
    assert published.work(kinds={"remind-draft"}) == ["remind-draft"]
    assert mails(mail_sink, command) == []
    assert reminders(published)[0].status == CommandStatus.DONE


def test_a_mail_server_that_is_away_is_tried_again(citizen, published, aged, mail_sink, monkeypatch):
    draft = begun(citizen(), WITH_EMAIL)
    sweep_drafts(now=aged(draft, days=80))
    with monkeypatch.context() as away:
        away.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, mail_url="smtp://127.0.0.1:1"))
        published.work(kinds={"remind-draft"}, rounds=1)
    (command,) = reminders(published)
    assert (command.status, "mail server" in command.reason) == (CommandStatus.WAITING, True)
    due_now(command.id)
    published.work(kinds={"remind-draft"})
    assert len(mails(mail_sink, command)) == 1


def test_after_its_time_nothing_of_it_can_be_read(citizen, published, aged, rows):
    draft = begun(citizen(), WITH_EMAIL)
    sweep_drafts(now=aged(draft, days=89))
    assert look(citizen(), draft)["revision"] == 1
    assert sweep_drafts(now=aged(draft, days=90)).expired >= 1
    problem(citizen().get(f"/api/v1/drafts/{draft['id']}"), 404, "not-found")
    assert (rows()["draft"], rows()["data_key"]) == (0, 0)
    with acting_for(authority_id=published.id), pytest.raises(CannotOpen):
        data_key(owner_id=draft["id"])
    assert published.work(kinds={"remind-draft"}) == ["remind-draft"], "its reminder ends without a mail"


def test_saving_starts_the_time_anew(citizen, published, aged):
    draft = begun(citizen(), WITH_EMAIL)
    ops(
        "update draft set expires_at = now() + interval '1 day', reminded_at = now() where id = %s",
        draft["id"],
    )
    saved = save(citizen(), draft, WITH_EMAIL).json()
    assert saved["expires_at"] > draft["expires_at"]
    with acting_for(authority_id=published.id):
        row = Draft.objects.get(id=draft["id"])
        assert (row.expires_at - row.changed_at, row.reminded_at) == (KEPT_FOR, None)


def test_the_sweep_of_the_worker_does_it(citizen, rows):
    draft = begun(citizen(), WITH_EMAIL)
    ops("update draft set expires_at = now() where id = %s", draft["id"])
    sweep()
    assert rows()["draft"] == 0


def test_a_draft_that_cannot_be_deleted_holds_up_no_other(citizen, published, aged, monkeypatch):
    erika = citizen()
    stuck, other = begun(erika), begun(erika)

    def failing(*, draft):
        if str(draft.id) == stuck["id"]:
            raise RuntimeError(draft.id)
        erase(draft=draft)

    with monkeypatch.context() as broken:
        broken.setattr("backend.drafts.operations.reminding.erase", failing)
        sweep_drafts(now=aged(other, days=91))
    assert [each["id"] for each in erika.get("/api/v1/drafts").json()["results"]] == [stuck["id"]]
    sweep_drafts(now=aged(stuck, days=91))
    assert erika.get("/api/v1/drafts").json()["results"] == []


def test_a_draft_that_cannot_be_read_holds_up_no_other(citizen, published, aged):
    erika = citizen()
    broken, sound = begun(erika, WITH_EMAIL), begun(erika, WITH_EMAIL)
    ops("delete from data_key where owner_id = %s", broken["id"])
    sweep_drafts(now=aged(sound, days=80))
    assert [str(command.case_id) for command in reminders(published)] == [sound["id"]]
