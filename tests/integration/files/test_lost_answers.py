"""A commit whose answer is lost has counted: its bytes stay. One bad object or town holds up no other."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from backend.cases import sweeps
from backend.cases.sweeps import clear_files, expire_uploads, hasten_scans
from backend.files import checks, storage, uploads
from backend.files.errors import StoreAway
from tests.integration.database import due_now, ops
from tests.integration.door import problem
from tests.integration.files.desk import begun, head, look, patch, pdf, uploaded
from tests.integration.lost_answers import answer_lost_after


def test_a_part_that_counts_keeps_its_bytes(erika, draft, published, scanning, monkeypatch):
    content = pdf(size=3000)
    url = begun(erika, draft, length=len(content))
    answer_lost_after(monkeypatch, uploads, "append")
    problem(patch(erika, url, content[:1000], offset=0), 503, "unavailable")
    assert head(erika, url)["Upload-Offset"] == "1000"
    assert patch(erika, url, content[1000:], offset=1000).status_code == 204
    published.work(kinds={"inspect-file"})
    assert look(erika, url)["status"] == "stored"


def test_a_file_that_was_taken_in_keeps_its_bytes(erika, draft, published, scanning, monkeypatch):
    content = pdf(size=3000)
    url = uploaded(erika, draft, content)
    answer_lost_after(monkeypatch, checks, "take_in")
    published.work(kinds={"inspect-file"}, rounds=1)
    assert look(erika, url)["status"] == "unscanned"
    (command,) = published.commands(kind="inspect-file")
    due_now(command.id)
    published.work(kinds={"inspect-file"})
    assert look(erika, url)["status"] == "stored"
    assert erika.get(f"{url}/content").content == content


def _orphans(town, *names):
    folder = settings.ENVIRONMENT.files_folder / str(town.id) / "aa"
    folder.mkdir(parents=True)
    files = [folder / name.hex for name in names]
    for file in files:
        file.write_bytes(b"left behind")
        os.utime(file, (1, 1))
    return files


def test_an_object_that_cannot_be_removed_holds_up_no_other(published, monkeypatch, capsys):
    stuck, loose = UUID(int=0), uuid4()
    files = _orphans(published, stuck, loose)
    remove = storage.remove_path

    def refuses_one(*, path):
        if path.endswith(stuck.hex):
            raise StoreAway("the file store: PermissionError 13")
        remove(path=path)

    monkeypatch.setattr(storage, "remove_path", refuses_one)
    clear_files(now=datetime.now(UTC))
    assert [file.exists() for file in files] == [True, False]
    assert str(stuck) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("step", "sweep"),
    [
        ("clear_orphans", lambda: clear_files(now=datetime.now(UTC))),
        ("expire", lambda: expire_uploads(now=datetime.now(UTC))),
        ("is_waiting", hasten_scans),
    ],
)
def test_a_town_whose_sweep_fails_holds_up_no_other(published, monkeypatch, capsys, step, sweep):
    others = ops("select count(*) from authority")[0][0]
    asked = []

    def fails(**_):
        asked.append(step)
        raise StoreAway("Erika Mustermann")

    monkeypatch.setattr(sweeps, step, fails)
    assert sweep() == 0
    assert len(asked) == others
    told = capsys.readouterr().out
    assert str(published.id) in told
    assert "Erika" not in told, "ids and kinds of errors only"


def test_the_sweep_ends_quietly_while_the_bucket_is_away(published, in_bucket):
    in_bucket.stop()
    try:
        assert clear_files(now=datetime.now(UTC)) == 0
    finally:
        in_bucket.start()


def test_an_upload_that_cannot_be_removed_holds_up_no_other(erika, draft, published, monkeypatch):
    stuck, _ = (begun(erika, draft, length=9, body=b"1") for _ in range(2))
    ops("update attachment set expires_at = now() - interval '1 hour' where authority_id = %s", published.id)
    drop = uploads.drop_parts

    def refuses_one(*, authority_id, attachment):
        if stuck.endswith(str(attachment.id)):
            raise RuntimeError("one bad row")
        drop(authority_id=authority_id, attachment=attachment)

    monkeypatch.setattr(uploads, "drop_parts", refuses_one)
    expire_uploads(now=datetime.now(UTC) + timedelta(minutes=1))
    left = ops("select id from attachment where authority_id = %s", published.id)
    assert [str(each) for (each,) in left] == [stuck.rsplit("/", 1)[1]]
