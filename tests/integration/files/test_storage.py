"""Files in a folder and in a bucket behave alike: whole or not at all, found, removed, and honest when away."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import override_settings

from backend.files import storage
from backend.files.errors import MissingFile, StoreAway
from backend.files.operations import record, remove_quietly, write_content
from backend.files.queries import content
from backend.files.sweeps import clear_orphans
from backend.keys.operations import create_data_key
from backend.keys.vault import CannotOpen
from backend.tenancy import acting_for

ROOT = Path(__file__).resolve().parents[3]
TOWN, OTHER = UUID(int=1), UUID(int=2)


def names(authority_id):
    return {found.id for found in storage.listed(authority_id=authority_id)}


def test_what_is_written_is_read_and_replaced_whole(store):
    name = uuid4()
    for bytes_ in (b"first, and longer", b"second", b"", os.urandom(9_000_000)):
        storage.write(authority_id=TOWN, name=name, content=bytes_)
        assert storage.read(authority_id=TOWN, name=name) == bytes_


def test_removed_is_missing_and_removing_again_is_fine(store):
    name = uuid4()
    storage.write(authority_id=TOWN, name=name, content=b"x")
    for _ in range(2):
        storage.remove(authority_id=TOWN, name=name)
    with pytest.raises(MissingFile):
        storage.read(authority_id=TOWN, name=name)


def test_the_list_names_everything_of_one_authority(store):
    town, other, mine, theirs = uuid4(), uuid4(), {uuid4() for _ in range(5)}, uuid4()
    for name in mine:
        storage.write(authority_id=town, name=name, content=b"x")
    storage.write(authority_id=other, name=theirs, content=b"x")
    assert names(town) == mine
    assert names(other) == {theirs}
    assert names(uuid4()) == set()
    for found in storage.listed(authority_id=town):
        assert abs(found.written_at - datetime.now(UTC)) < timedelta(minutes=1)
        storage.remove_path(path=found.path)
    assert names(town) == set()


def test_the_sweep_keeps_documents_and_the_young(store, town):
    with acting_for(authority_id=town.id):
        key = create_data_key(authority_id=town.id, owner_id=(holder := uuid4()))
    kept, orphan = uuid4(), uuid4()
    for name in (kept, orphan):
        write_content(authority_id=town.id, file_id=name, content=b"a notice", key=key)
    with acting_for(authority_id=town.id):
        record(
            authority_id=town.id, case_id=holder, file_id=kept, content=b"a notice",
            content_type="application/pdf", purpose="notice", now=town.now,
        )  # fmt: skip
    now = datetime.now(UTC)
    assert clear_orphans(authority_id=town.id, now=now + timedelta(hours=23)) == 0
    assert clear_orphans(authority_id=town.id, now=now + timedelta(hours=25)) == 1
    assert names(town.id) == {kept}
    with acting_for(authority_id=town.id):
        assert content(file_id=kept, key=key) == b"a notice"


def test_bytes_that_were_changed_in_the_store_are_not_handed_out(store, town):
    with acting_for(authority_id=town.id):
        key = create_data_key(authority_id=town.id, owner_id=uuid4())
        write_content(authority_id=town.id, file_id=(name := uuid4()), content=b"true", key=key)
        record(
            authority_id=town.id, case_id=uuid4(), file_id=name, content=b"true",
            content_type="text/plain", purpose="notice", now=town.now,
        )  # fmt: skip
    sealed = storage.read(authority_id=town.id, name=name)
    assert b"true" not in sealed
    storage.write(authority_id=town.id, name=name, content=sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with acting_for(authority_id=town.id), pytest.raises(CannotOpen):
        content(file_id=name, key=key)


def test_nothing_in_the_bucket_names_more_than_authority_and_id(in_bucket):
    storage.write(authority_id=TOWN, name=(name := uuid4()), content=b"x")
    (place,) = (path for path in in_bucket.objects() if path.name == name.hex)
    assert place.parts[-6:-1] == ("of", "the", "town", str(TOWN), name.hex[-2:])


def test_a_bucket_that_is_away_says_so_and_is_found_again(in_bucket):
    storage.write(authority_id=TOWN, name=(name := uuid4()), content=b"kept")
    in_bucket.stop()
    try:
        attempts = (
            lambda: storage.write(authority_id=TOWN, name=uuid4(), content=b"x"),
            lambda: storage.read(authority_id=TOWN, name=name),
            lambda: storage.remove(authority_id=TOWN, name=name),
            lambda: list(storage.listed(authority_id=TOWN)),
        )
        for attempt in attempts:
            with pytest.raises(StoreAway) as away:
                attempt()
            assert isinstance(away.value, OSError), "commands are tried again for a day because of this"
            assert "a-secret" not in str(away.value)
        remove_quietly(authority_id=TOWN, name=name)
    finally:
        in_bucket.start()
    assert storage.read(authority_id=TOWN, name=name) == b"kept"


def test_wrong_keys_for_the_bucket_are_no_missing_file(in_bucket):
    options = settings.STORAGES["files"]["OPTIONS"] | {"secret_key": "wrong"}
    wrong = {**settings.STORAGES, "files": {**settings.STORAGES["files"], "OPTIONS": options}}
    with override_settings(STORAGES=wrong), pytest.raises(StoreAway):
        storage.read(authority_id=TOWN, name=uuid4())


def test_a_folder_that_cannot_be_written_is_a_store_that_is_away():
    blocked = settings.ENVIRONMENT.files_folder / str(OTHER)
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("a file where a folder should be")
    try:
        with pytest.raises(StoreAway):
            storage.write(authority_id=OTHER, name=uuid4(), content=b"x")
    finally:
        blocked.unlink()


@pytest.mark.parametrize(
    ("files", "loaded"), [("folder", "False"), ("s3://laufzettel/prefix", "True")], ids=["folder", "bucket"]
)
def test_only_an_installation_with_a_bucket_loads_its_client(bucket, tmp_path, files, loaded):
    program = (
        "import sys, django; django.setup()\n"
        "from django.core.files.storage import storages\n"
        "from backend.files import storage\n"
        "before = 'boto3' in sys.modules; storages['files']\n"
        "print(before, 'boto3' in sys.modules)"
    )
    environment = {
        **os.environ,
        **bucket.environment,
        "LAUFZETTEL_FILES": files.replace("folder", str(tmp_path)),
    }
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", loaded]
