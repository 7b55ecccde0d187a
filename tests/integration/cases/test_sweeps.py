"""Housekeeping: what stands still in silence is woken, what crashed writers left is cleared away."""

from __future__ import annotations

import os
from datetime import timedelta
from uuid import uuid4

from django.conf import settings

from backend.cases.sweeps import clear_files, silent_cases, wake_silent_cases
from backend.demo.applications import DECISION
from tests.integration.database import ops


def test_a_case_with_work_to_do_is_not_silent(town, published):
    town.submit()
    assert silent_cases(authority_id=town.id, now=town.later(hours=1)) == []
    town.work()
    assert silent_cases(authority_id=town.id, now=town.later(hours=1)) == [], "it waits for a clerk"


def test_a_case_whose_instruction_vanished_is_woken_and_goes_on(town, published):
    receipt = town.submit()
    ops("delete from command where case_id = %s", receipt.case_id)
    assert silent_cases(authority_id=town.id, now=town.later(seconds=30)) == [], "it may still be on its way"
    assert silent_cases(authority_id=town.id, now=town.later(minutes=5)) == [receipt.case_id]
    assert wake_silent_cases(now=town.later(minutes=5)) >= 1
    town.work(kinds={"advance"})
    town.do("clara", "pruefung", DECISION)
    town.work(kinds={"advance", "issue-notice"})
    assert town.case(receipt.case_id).status == "closed"
    assert silent_cases(authority_id=town.id, now=town.later(hours=1)) == []


def test_only_old_files_without_a_document_are_cleared(town, published):
    town.finish_plain()
    folder = settings.ENVIRONMENT.files_folder / str(town.id)
    (notice,) = folder.glob("*/*")
    old, young = folder / "aa" / uuid4().hex, folder / "aa" / uuid4().hex
    half = folder / "aa" / f".{uuid4().hex}.77.part"
    old.parent.mkdir(exist_ok=True)
    for file in (old, young, half):
        file.write_bytes(b"left behind")
    yesterday = (town.now - timedelta(hours=25)).timestamp()
    for file in (old, half, notice):
        os.utime(file, (yesterday, yesterday))
    os.utime(young, (town.now.timestamp(), town.now.timestamp()))
    assert clear_files(now=town.now) >= 2
    assert sorted(folder.glob("*/*")) == sorted([notice, young])
