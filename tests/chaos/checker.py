"""The independent accountant: counts what the database, the files and the mail sink hold, with code of its own.

It shares nothing with the product: its own SQL (as the role that sees all authorities), its own reading of
folders and of the mail sink's index.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

REFERENCE = re.compile(r"\(([A-Z]+(?:-\d+)+)\)$")
LETTERS_PER_CASE, MAILS_PER_CASE = 1, 2  # the dog tax: one notice; "received" and "notice"

CASES = "select id::text, reference, status, outcome, closed_at is not null as has_end, last_seq, head from case_file"
APPLICATIONS = "select case_id::text, idempotency_key from application"
EVENTS = "select case_id::text, seq, kind, hash from event order by case_id, seq"
COMMANDS = """
    select id::text, case_id::text, kind, status, reason, attempts, fence,
        status <> 'done' and not (status = 'waiting' and due_at > now()) as unfinished
    from command
"""
TASKS = "select case_id::text, status from task"
NOTICES = "select case_id::text, command_id::text, file_id::text from notice"
MESSAGES = "select case_id::text, notice_id::text from message"
FILES = "select id::text, authority_id::text, size from stored_file"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What a citizen holds in her hands: the receipt for her key."""

    key: str
    case: str
    reference: str


@dataclass(slots=True)
class Report:
    """What was counted; `violations` must be empty."""

    violations: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def expect(self, holds: bool, violation: str) -> None:
        if not holds:
            self.violations.append(violation)


@dataclass(slots=True)
class Checker:
    """`unanswered` are keys whose sender never got an answer: accepted at most once, or not at all."""

    database_url: str
    mail_folder: Path
    files_folder: Path
    acknowledged: Sequence[Acknowledged]
    unanswered: Sequence[str] = ()
    report: Report = field(default_factory=Report)

    def check(self) -> Report:
        with psycopg.connect(self.database_url, row_factory=dict_row) as connection:
            # One point in time for all questions.
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            tables = {
                name: connection.execute(query).fetchall()
                for name, query in (
                    ("cases", CASES),
                    ("applications", APPLICATIONS),
                    ("events", EVENTS),
                    ("commands", COMMANDS),
                    ("tasks", TASKS),
                    ("notices", NOTICES),
                    ("messages", MESSAGES),
                    ("files", FILES),
                )
            }
        references = {row["id"]: row["reference"] for row in tables["cases"]}
        self._applications(tables["applications"], references)
        self._cases(tables["cases"])
        self._records(tables["cases"], tables["events"])
        self._commands(tables["commands"], references)
        self._tasks(tables["tasks"], references)
        self._notices(tables, references)
        self._files(tables["files"], {row["file_id"] for row in tables["notices"]})
        self._mails(tables["commands"], references)
        self.report.counts |= {"applications": len(tables["applications"]), "events": len(tables["events"])}
        return self.report

    def _applications(self, rows: Sequence[Mapping], references: Mapping[str, str]) -> None:
        by_key: dict[bytes, list[str]] = defaultdict(list)
        for row in rows:
            by_key[bytes(row["idempotency_key"])].append(row["case_id"])
        per_case = Counter(row["case_id"] for row in rows)
        for receipt in self.acknowledged:
            found = by_key.pop(hashlib.sha256(receipt.key.encode()).digest(), [])
            self.report.expect(
                found == [receipt.case],
                f"{receipt.reference}: acknowledged once, stored {len(found)} times as {found}",
            )
            self.report.expect(
                references.get(receipt.case) == receipt.reference,
                f"{receipt.reference}: the case behind the receipt is {references.get(receipt.case)}",
            )
        for key in self.unanswered:
            found = by_key.pop(hashlib.sha256(key.encode()).digest(), [])
            self.report.expect(len(found) <= 1, f"an unanswered application is stored {len(found)} times")
        stray = [references.get(case, case) for cases in by_key.values() for case in cases]
        self.report.expect(not stray, f"nobody sent these applications: {stray}")
        for case, reference in references.items():
            self.report.expect(per_case[case] == 1, f"{reference}: {per_case[case]} applications in one case")

    def _cases(self, rows: Sequence[Mapping]) -> None:
        repeated = [reference for reference, n in Counter(row["reference"] for row in rows).items() if n > 1]
        self.report.expect(not repeated, f"references given twice: {repeated}")
        for row in rows:
            ended = row["status"] == "closed" and row["outcome"] != "" and row["has_end"]
            self.report.expect(
                ended, f"{row['reference']}: not at its end ({row['status']}, {row['outcome']!r})"
            )

    def _records(self, cases: Sequence[Mapping], rows: Sequence[Mapping]) -> None:
        by_case: dict[str, list[Mapping]] = defaultdict(list)
        for row in rows:
            by_case[row["case_id"]].append(row)
        for case in cases:
            events, reference = by_case.pop(case["id"], []), case["reference"]
            numbers = [event["seq"] for event in events]
            self.report.expect(
                numbers == list(range(1, case["last_seq"] + 1)),
                f"{reference}: its record has gaps: {numbers}",
            )
            self.report.expect(
                bool(events) and bytes(events[-1]["hash"]) == bytes(case["head"]),
                f"{reference}: the last event is not the head of its record",
            )
            kinds = Counter(event["kind"] for event in events)
            for kind in ("submitted", "closed"):
                self.report.expect(
                    kinds[kind] == 1, f"{reference}: {kinds[kind]} times {kind!r} on the record"
                )
        self.report.expect(not by_case, f"events without a case: {list(by_case)}")

    def _commands(self, rows: Sequence[Mapping], references: Mapping[str, str]) -> None:
        for row in rows:
            name = f"{references.get(row['case_id'], row['case_id'])}: {row['kind']}"
            self.report.expect(
                not row["unfinished"],
                f"{name} is {row['status']} after {row['attempts']} attempts ({row['reason']})",
            )
        self.report.counts |= {
            "commands": len(rows),
            "commands taken more than once": sum(row["fence"] > 1 for row in rows),
            "most attempts of a command": max((row["fence"] for row in rows), default=0),
        }

    def _tasks(self, rows: Sequence[Mapping], references: Mapping[str, str]) -> None:
        for row in rows:
            over = row["status"] in ("done", "cancelled")
            self.report.expect(over, f"{references[row['case_id']]}: a task is still {row['status']}")

    def _notices(self, tables: Mapping[str, Sequence[Mapping]], references: Mapping[str, str]) -> None:
        notices = Counter(row["case_id"] for row in tables["notices"])
        orders = Counter(row["case_id"] for row in tables["commands"] if row["kind"] == "issue-notice")
        delivered = Counter(row["case_id"] for row in tables["messages"] if row["notice_id"])
        recorded = Counter(row["case_id"] for row in tables["events"] if row["kind"] == "command_done")
        for case, reference in references.items():
            numbers = (orders[case], notices[case], delivered[case], recorded[case])
            self.report.expect(
                numbers == (LETTERS_PER_CASE,) * 4,
                f"{reference}: notices ordered, issued, in the mailbox, on the record: {numbers}",
            )
        twice = [
            command for command, n in Counter(row["command_id"] for row in tables["notices"]).items() if n > 1
        ]
        self.report.expect(not twice, f"instructions with two notices: {twice}")
        self.report.counts["notices"] = len(tables["notices"])

    def _files(self, rows: Sequence[Mapping], of_notices: set[str]) -> None:
        known = {row["id"].replace("-", ""): row for row in rows}
        on_disk = {path.name: path for path in self.files_folder.rglob("*") if path.is_file()}
        orphans = sorted(
            str(path.relative_to(self.files_folder)) for name, path in on_disk.items() if name not in known
        )
        self.report.expect(not orphans, f"files that no case knows: {orphans}")
        missing = sorted(set(known) - set(on_disk))
        self.report.expect(not missing, f"documents without a file: {missing}")
        for name in known.keys() & on_disk.keys():
            size = os.stat(on_disk[name]).st_size  # noqa: PTH116
            self.report.expect(size > known[name]["size"], f"file {name} is cut off: {size} bytes")
        unused = {row["id"] for row in rows} ^ of_notices
        self.report.expect(not unused, f"documents and notices do not fit together: {unused}")

    def _mails(self, commands: Sequence[Mapping], references: Mapping[str, str]) -> None:
        sent: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        for mail in mails(self.mail_folder):
            found = REFERENCE.search(mail["subject"])
            self.report.expect(found is not None, f"a mail without a reference: {mail['subject']!r}")
            if found:
                sent[found.group(1)][mail["subject"], mail["message_id"]] += 1
        ordered = Counter(row["case_id"] for row in commands if row["kind"] == "send-mail")
        for case, reference in references.items():
            identities = sent.pop(reference, Counter())
            subjects = {subject for subject, _ in identities}
            numbers = (ordered[case], len(identities), len(subjects), len({one for _, one in identities}))
            self.report.expect(
                numbers == (MAILS_PER_CASE,) * 4,
                f"{reference}: mails ordered, sent, subjects, Message-IDs: {numbers}",
            )
            repeats = identities.total() - len(identities)
            self.report.counts["mails repeated"] = self.report.counts.get("mails repeated", 0) + repeats
        self.report.expect(not sent, f"mails about unknown cases: {sorted(sent)}")


def mails(folder: Path) -> list[dict]:
    """The mail sink's index, line by line; a line torn by a crash was never acknowledged."""
    index = folder / "index.jsonl"
    found = []
    for line in index.read_text(encoding="utf-8").splitlines() if index.exists() else []:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found
