"""The accountant sees what it is there to see: every kind of loss or doubling, made by hand, is reported."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.chaos.checker import Acknowledged, mails


@pytest.fixture
def receipt(town):
    receipt = town.apply()
    town.decide(receipt)
    town.wait_quiet(seconds=60)
    assert town.account().violations == []
    return receipt


def reported(town, words: str) -> bool:
    return any(words in violation for violation in town.account().violations)


def test_an_application_that_was_lost(town, receipt):
    town.receipts.append(Acknowledged(key="lost", case=receipt.case, reference="HUND-0"))
    assert reported(town, "HUND-0: acknowledged once, stored 0 times")
    town.receipts.pop()


def test_an_application_that_nobody_sent(town, receipt):
    town.receipts.remove(receipt)
    assert reported(town, "nobody sent these applications")
    town.receipts.append(receipt)


def test_a_receipt_for_another_case(town, receipt):
    town.receipts[town.receipts.index(receipt)] = replace(receipt, reference="HUND-1")
    assert reported(town, "HUND-1: the case behind the receipt")
    town.receipts[-1] = receipt


def test_a_file_too_many_and_a_file_too_few(town, receipt):
    folder = town.layout.base / "files"
    file = next(path for path in folder.rglob("*") if path.is_file())
    moved = file.rename(file.with_name("moved"))
    assert reported(town, "files that no case knows")
    assert reported(town, "documents without a file")
    moved.rename(file)


def test_a_mail_with_two_identities(town, receipt):
    index = town.layout.mail_folder / "index.jsonl"
    before = index.read_text()
    mail = next(mail for mail in mails(index.parent) if receipt.reference in mail["subject"])
    index.write_text(before + json.dumps({**mail, "message_id": "<another@example.org>"}) + "\n")
    assert reported(town, f"{receipt.reference}: mails ordered, sent, subjects, Message-IDs: (2, 3, 2, 3)")
    index.write_text(before)


@pytest.mark.parametrize(
    ("change", "back", "words"),
    [
        (
            "update command set status = 'failed' where case_id = %(case)s and kind = 'advance'",
            "update command set status = 'done' where case_id = %(case)s and kind = 'advance'",
            "advance is failed",
        ),
        (
            "update case_file set status = 'in_progress' where id = %(case)s",
            "update case_file set status = 'closed' where id = %(case)s",
            "not at its end",
        ),
        (
            "update case_file set last_seq = last_seq + 1 where id = %(case)s",
            "update case_file set last_seq = last_seq - 1 where id = %(case)s",
            "its record has gaps",
        ),
        (
            "update message set notice_id = null where case_id = %(case)s and %(notice)s is not null",
            "update message set notice_id = %(notice)s where case_id = %(case)s",
            "notices ordered, issued, in the mailbox, on the record: (1, 1, 0, 1)",
        ),
    ],
    ids=["a failed command", "an open case", "a gap in the record", "a notice that is not in the mailbox"],
)
def test_rows_that_do_not_add_up(town, receipt, change, back, words):
    with town.auditor() as connection:
        row = connection.execute("select id from notice where case_id = %s", (receipt.case,)).fetchone()
        values = {"case": receipt.case, "notice": row[0]}
        connection.execute(change, values)
        try:
            assert reported(town, words)
        finally:
            connection.execute(back, values)
