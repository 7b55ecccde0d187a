"""A complete upload is judged: content, virus, exactly one stored file, whatever dies on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import override_settings

from backend.cases.operations import attachments
from backend.cases.operations.attachments import inspect_file
from backend.cases.queries import attachments as attachment_queries
from backend.cases.sweeps import expire_uploads, hasten_scans
from backend.files import storage
from backend.files.sweeps import clear_orphans
from backend.outbox.operations import LeaseLost, TryLater, take
from backend.tenancy import acting_for
from tests.integration.database import due_now, ops
from tests.integration.door import at_once, problem
from tests.integration.drafts.desk import discard
from tests.integration.files.clamd import EICAR, Clamd
from tests.integration.files.desk import begun, delete, look, patch, pdf, uploaded
from tests.integration.files.form_with_files import NOTE, PROOFS
from workflows.effects import carry_out


def names(town):
    return {found.id for found in storage.listed(authority_id=town.id)}


def command(town):
    (found,) = town.commands(kind="inspect-file")
    return found


def took(town):
    command_id = command(town).id
    with acting_for(authority_id=town.id):
        taken = take(command_id=command_id)
    assert taken is not None
    return taken


def expired(town):
    """A worker died: the relay takes its command back when the lease is over."""
    ops("update command set status = 'waiting', lease_until = null where id = %s", command(town).id)


def inspect(town):
    inspect_file(taken=took(town), now=town.now)


def stored(town):
    return ops("select count(*) from stored_file where authority_id = %s", town.id)[0][0]


def test_a_clean_file_is_stored_and_comes_back_as_it_was_sent(erika, draft, published, scanning, store):
    content = pdf(size=9_000_000)
    url = uploaded(erika, draft, content, name="Chip „Bella“ ü;.pdf")
    assert published.work(kinds={"inspect-file"}) == ["inspect-file"]
    seen = look(erika, url)
    assert (seen["status"], seen["content_type"]) == ("stored", "application/pdf")
    answer = erika.get(seen["content"])
    assert answer.content == content
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Chip%20%E2%80%9EBella")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    (kept,) = storage.listed(authority_id=published.id)
    assert b"%PDF" not in storage.read(authority_id=published.id, name=kept.id), "encrypted"
    assert command(published).status == "done"


def test_malware_is_refused_and_deleted(erika, draft, published, scanning):
    url = uploaded(erika, draft, EICAR, name="notiz.txt", field=NOTE)
    published.work(kinds={"inspect-file"})
    seen = look(erika, url)
    assert (seen["status"], seen["reason"]["code"]) == ("refused", "infected")
    assert problem(erika.get(f"{url}/content"), 409, "attachment-not-available")["attachment"] == "refused"
    assert names(published) == set()
    assert stored(published) == 0


def test_without_the_scanner_a_file_waits_and_is_scanned_when_it_is_back(erika, draft, published, scanning):
    scanning.stop()
    clean = uploaded(erika, draft, pdf(), field=PROOFS)
    infected = uploaded(erika, draft, EICAR, name="notiz.txt", field=NOTE)
    published.work(kinds={"inspect-file"})
    for url in (clean, infected):
        seen = look(erika, url)
        assert (seen["status"], seen["content"]) == ("unscanned", None)
        body = problem(erika.get(f"{url}/content"), 409, "attachment-not-available")
        assert body["attachment"] == "unscanned"
    later = datetime.now(UTC) + timedelta(minutes=50)
    ops("update command set due_at = %s where authority_id = %s", later, published.id)
    assert hasten_scans() == 0, "it is still away"
    assert published.work(kinds={"inspect-file"}) == []
    scanning.start()
    assert hasten_scans() >= 2
    assert published.work(kinds={"inspect-file"}) == ["inspect-file"] * 2
    assert look(erika, clean)["status"] == "stored"
    assert erika.get(f"{clean}/content").status_code == 200
    assert look(erika, infected)["reason"]["code"] == "infected"
    assert len(names(published)) == 1


def test_a_scan_that_ended_on_the_list_goes_on_too(erika, draft, published, scanning):
    scanning.stop()
    url = uploaded(erika, draft, pdf())
    ops("update command set attempts = 39 where id = %s", command(published).id)
    published.work(kinds={"inspect-file"})
    assert command(published).status == "failed", "an operator sees it after a day"
    scanning.start()
    hasten_scans()
    published.work(kinds={"inspect-file"})
    assert look(erika, url)["status"] == "stored"


def test_a_scanner_that_cannot_judge_a_file_is_not_asked_every_minute(erika, draft, published, tmp_path):
    narrow = Clamd(folder=tmp_path, settings={"StreamMaxLength": "1M"})
    with narrow, override_settings(ENVIRONMENT=replace(settings.ENVIRONMENT, clamd=narrow.tcp)):
        url = uploaded(erika, draft, pdf(size=2_000_000))
        published.work(kinds={"inspect-file"}, rounds=1)
        assert look(erika, url)["status"] == "unscanned"
        assert "cannot judge" in command(published).reason
        before = command(published).due_at
        hasten_scans()
        assert command(published).due_at == before


def test_doing_it_twice_keeps_one_file(erika, draft, published, scanning):
    url = uploaded(erika, draft, pdf())
    first = took(published)
    inspect_file(taken=first, now=published.now)
    with pytest.raises(LeaseLost):
        inspect_file(taken=first, now=published.now)
    assert not carry_out(authority_id=published.id, command_id=first.id, now=published.now)
    assert look(erika, url)["status"] == "stored"
    assert (stored(published), len(names(published))) == (1, 1)


@pytest.mark.parametrize("place", ["finish", "renew", "scan", "write_content"])
def test_a_worker_killed_in_the_middle_leaves_one_file(  # noqa: PLR0917
    erika, draft, published, scanning, monkeypatch, place
):  # fmt: skip
    url = uploaded(erika, draft, pdf())
    with monkeypatch.context() as patched:
        dies_in(patched, place)
        with pytest.raises(Killed):
            inspect(published)
    expired(published)
    published.work(kinds={"inspect-file"})
    assert look(erika, url)["status"] == "stored"
    assert (stored(published), len(names(published))) == (1, 1)


def test_a_worker_that_lost_its_lease_changes_nothing(erika, draft, published, scanning):
    url = uploaded(erika, draft, pdf())
    slow = took(published)
    expired(published)
    inspect(published)
    before = names(published)
    with pytest.raises(LeaseLost):
        inspect_file(taken=slow, now=published.now)
    assert (look(erika, url)["status"], names(published)) == ("stored", before)


def test_a_lease_lost_while_writing_takes_its_own_file_away(erika, draft, published, scanning, monkeypatch):
    content = pdf()
    url = uploaded(erika, draft, content)
    slow = took(published)
    after_writing(monkeypatch, lambda: (expired(published), inspect(published)))
    with pytest.raises(LeaseLost):
        inspect_file(taken=slow, now=published.now)
    assert look(erika, url)["status"] == "stored"
    assert erika.get(f"{url}/content").content == content
    assert (stored(published), len(names(published))) == (1, 1)


def test_a_lease_lost_while_the_scanner_is_away_keeps_the_winners_file(
    erika, draft, published, scanning, monkeypatch
):  # fmt: skip
    scanning.stop()
    url = uploaded(erika, draft, pdf())
    slow = took(published)

    def winner():
        expired(published)
        with pytest.raises(TryLater):
            inspect(published)

    after_writing(monkeypatch, winner)
    with pytest.raises(LeaseLost):
        inspect_file(taken=slow, now=published.now)
    assert look(erika, url)["status"] == "unscanned"
    ((kept,),) = ops("select id from stored_file where authority_id = %s", published.id)
    assert names(published) == {kept}


@pytest.mark.parametrize("how", ["file", "draft"])
def test_what_was_taken_away_before_is_not_stored(erika, draft, published, scanning, how):
    url = uploaded(erika, draft, pdf())
    gone = delete(erika, url) if how == "file" else discard(erika, {"id": draft, "revision": 1})
    assert gone.status_code == 204
    assert published.work(kinds={"inspect-file"}) == ["inspect-file"]
    assert command(published).status == "done"
    assert names(published) == set()
    assert ops("select count(*) from attachment where authority_id = %s", published.id) == [(0,)]


def test_what_was_taken_away_meanwhile_is_not_stored(erika, draft, published, scanning, monkeypatch):
    url = uploaded(erika, draft, pdf())
    after_writing(monkeypatch, lambda: delete(erika, url))
    published.work(kinds={"inspect-file"})
    assert command(published).status == "done"
    assert (stored(published), names(published)) == (0, set())


def test_a_store_that_is_away_is_asked_again(erika, draft, published, scanning, in_bucket):
    url = uploaded(erika, draft, pdf())
    in_bucket.stop()
    problem(erika.get(f"{url}/content"), 409, "attachment-not-available")
    published.work(kinds={"inspect-file"})
    assert command(published).status == "waiting"
    assert command(published).reason.startswith("StoreAway")
    ops("update command set attempts = 20 where id = %s", command(published).id)
    due_now(command(published).id)
    published.work(kinds={"inspect-file"}, rounds=1)
    assert command(published).status == "waiting", "the store's fault: a day's patience"
    in_bucket.start()
    due_now(command(published).id)
    published.work(kinds={"inspect-file"})
    assert look(erika, url)["status"] == "stored"
    in_bucket.stop()
    problem(erika.get(f"{url}/content"), 503, "unavailable")


def test_a_missing_part_is_no_file(erika, draft, published, scanning):
    url = uploaded(erika, draft, pdf())
    ((part,),) = ops("select id from attachment_part where authority_id = %s", published.id)
    storage.remove(authority_id=published.id, name=part)
    published.work(kinds={"inspect-file"}, rounds=1)
    assert command(published).reason.startswith("MissingFile")
    assert look(erika, url)["status"] == "checking"


def test_given_up_uploads_are_removed_after_a_day(erika, draft, published):
    given_up, kept = begun(erika, draft, length=99, body=b"123"), begun(erika, draft, length=9, body=b"1")
    now = datetime.now(UTC)
    ops("update attachment set expires_at = %s where id = %s", now, given_up.rsplit("/", 1)[1])
    expire_uploads(now=now - timedelta(minutes=1))
    assert len(names(published)) == 2
    expire_uploads(now=now)
    ids = {one["id"] for one in erika.get(f"/api/v1/drafts/{draft}/attachments").json()}
    assert ids == {kept.rsplit("/", 1)[1]}
    assert len(names(published)) == 1


def test_the_sweep_keeps_the_parts_of_an_upload_that_goes_on(erika, draft, published, store):
    content = pdf()
    url = begun(erika, draft, length=len(content), body=content[:50])
    later = datetime.now(UTC) + timedelta(days=3)
    ops("update attachment set expires_at = %s where id = %s", later, url.rsplit("/", 1)[1])
    assert clear_orphans(authority_id=published.id, now=later) == 0
    patch(erika, url, content[50:], offset=50)
    published.work(kinds={"inspect-file"}, rounds=1)
    assert look(erika, url)["content_type"] == "application/pdf"


def test_a_file_that_is_refused_while_it_is_looked_at(erika, draft, published, scanning, monkeypatch):
    scanning.stop()
    url = uploaded(erika, draft, EICAR, name="notiz.txt", field=NOTE)
    published.work(kinds={"inspect-file"}, rounds=1)
    scanning.start()
    hasten_scans()
    original = attachment_queries.data_key

    def refused_meanwhile(**arguments):
        monkeypatch.undo()
        assert at_once(lambda: published.work(kinds={"inspect-file"})) == [["inspect-file"]]
        return original(**arguments)

    monkeypatch.setattr(attachment_queries, "data_key", refused_meanwhile)
    assert look(erika, url)["status"] == "unscanned"
    assert look(erika, url)["status"] == "refused"


class Killed(BaseException):
    """The process is gone: no handler for errors runs."""


def dies_in(monkeypatch, name):
    """Let the worker die in a call; what writes bytes has written them."""
    module = attachments.files if name == "write_content" else attachments
    original = getattr(module, name)

    def call(**arguments):
        if name == "write_content":
            original(**arguments)
        raise Killed

    monkeypatch.setattr(module, name, call)


def after_writing(monkeypatch, deed):
    """Let something happen right after the worker has written its file."""
    original = attachments.files.write_content

    def call(**arguments):
        monkeypatch.undo()
        original(**arguments)
        deed()

    monkeypatch.setattr(attachments.files, "write_content", call)
