"""The record cannot be altered unnoticed: every field of every event counts, and the operator's command says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.cases.chain import event_hash, first_break
from backend.cases.models import Case, Event
from tests.integration.database import columns, connect, ops

ROOT = Path(__file__).resolve().parents[3]
# What somebody with full access to the database could write into each column of an event.
TAMPERINGS = {
    "authority_id": "gen_random_uuid()",
    "seq": "seq + 1000",
    "kind": "'task_released'",
    "actor": "'clerk:somebody-else'",
    "at": "at + interval '1 microsecond'",
    "sealed_payload": "sealed_payload || '\\x00'::bytea",
    "hash": "sha256(hash)",
    "case_id": "(select id from case_file c where c.authority_id = event.authority_id and last_seq = 1)",
}


@pytest.fixture
def record(published):
    """A finished case with its record, and another one that has only begun."""
    finished = published.finish_plain()
    published.submit()
    return published, finished.case_id


def break_in(case_id):
    """Where the record breaks, read past row-level security as `verify-audit` does."""
    with connect("OPS") as connection:

        def rows(model, where, order):
            names = [field.attname for field in model._meta.concrete_fields]
            query = (
                f"select {', '.join(names)} from {model._meta.db_table} where {where} = %s order by {order}"  # noqa: S608
            )
            found = connection.execute(query.encode(), [case_id]).fetchall()
            return [model(**dict(zip(names, row, strict=True))) for row in found]

        (case,) = rows(Case, "id", "id")
        return first_break(case=case, events=rows(Event, "case_id", "seq"))


def test_an_untouched_record_is_whole(record):
    _, case_id = record
    assert break_in(case_id) is None


def test_every_column_of_an_event_is_tried():
    assert set(TAMPERINGS) == set(columns("event"))


@pytest.mark.parametrize("column", TAMPERINGS)
def test_one_changed_field_is_found_at_its_event(record, column):
    town, case_id = record
    last = len(town.events(case_id))
    for seq in (last, 3, 2):
        with connect("OPS", autocommit=False) as connection:
            change = f"update event set {column} = {TAMPERINGS[column]} where case_id = %s and seq = %s"  # noqa: S608
            assert connection.execute(change.encode(), [case_id, seq]).rowcount == 1
            connection.commit()
        assert break_in(case_id) == seq


def test_removed_events_are_missed(record):
    town, case_id = record
    last = len(town.events(case_id))
    for seq in (last, 4, 1):
        ops("delete from event where case_id = %s and seq = %s", case_id, seq)
        assert break_in(case_id) == seq


def test_an_event_that_was_added_with_a_right_hash_is_noticed(record):
    town, case_id = record
    case, last = town.case(case_id), len(town.events(case_id))
    added = {
        "case_id": case_id,
        "seq": last + 1,
        "kind": "closed",
        "actor": "system",
        "at": town.now,
        "sealed_payload": b"x",
    }
    digest = event_hash(previous=bytes(case.head), **added)
    row = {**added, "hash": digest, "authority_id": town.id}
    ops(f"insert into event ({', '.join(row)}) values ({', '.join(['%s'] * len(row))})", *row.values())  # noqa: S608
    assert break_in(case_id) == last + 2


def test_two_events_that_changed_places_are_noticed(record):
    _, case_id = record
    for change in ("seq = 99 where seq = 2", "seq = 2 where seq = 3", "seq = 3 where seq = 99"):
        ops(f"update event set {change} and case_id = %s", case_id)  # noqa: S608
    assert break_in(case_id) == 2


@pytest.mark.parametrize(
    "change", ["head = sha256(head)", "last_seq = last_seq + 1", "last_seq = last_seq - 1"]
)
def test_the_end_that_the_case_knows_counts_too(record, change):
    town, case_id = record
    ops(f"update case_file set {change} where id = %s", case_id)  # noqa: S608
    assert break_in(case_id) == len(town.events(case_id)) + 1


def verify_audit(role, reference):
    command = [sys.executable, "-m", "backend", "verify-audit", "--reference", reference]
    environment = {**os.environ, "DATABASE_URL": os.environ[role]}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_operators_command(record):
    town, case_id = record
    reference = town.case(case_id).reference
    whole = verify_audit("TEST_DATABASE_OPS", reference)
    assert (whole.returncode, whole.stdout.strip()) == (0, "1 records checked, 0 broken.")
    ops("update event set actor = 'system' where case_id = %s and seq = 4", case_id)
    altered = verify_audit("TEST_DATABASE_OPS", reference)
    assert altered.returncode == 1
    assert f"{reference}: the record is broken at event 4." in altered.stdout
    blind = verify_audit("DATABASE_URL", reference)
    assert blind.returncode == 1
    assert "No case was seen" in blind.stdout, "seeing nothing is not the same as finding nothing"
