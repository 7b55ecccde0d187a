"""A town in which things are killed: its people, its saboteur, its database as auditors see it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from backend.demo.applications import DECISION, PLAIN
from backend.demo.layout import WANTED_PORTS, Layout
from backend.demo.processes import ROOT
from backend.demo.running import RunningTown
from backend.embedded.roles import Role
from tests.chaos.checker import Acknowledged, Checker, Report
from tests.chaos.sabotage import Sabotage
from tests.journeys.people import People, until

# Work of a killed worker is taken back when its lease ends; normally 15 to 60 s.
SHORT_LEASES = {
    "LAUFZETTEL_LEASE_ROUTING": "4",
    "LAUFZETTEL_LEASE_DOCUMENTS": "6",
    "LAUFZETTEL_LEASE_OUTBOUND": "6",
}
QUIET = (
    "select (select count(*) from command where status <> 'done' and not (status = 'waiting' and due_at > now() + interval '1 hour'))"
    " + (select count(*) from case_file where status <> 'closed')"
)


@dataclass
class ChaosTown:
    """`running` with a broker of the caller's when `own_broker`."""

    running: RunningTown
    people: People
    sabotage: Sabotage
    own_broker: bool
    receipts: list[Acknowledged] = field(default_factory=list)

    @classmethod
    @contextmanager
    def open(cls, *, own_broker: bool, folder: Path | None = None) -> Iterator[ChaosTown]:
        base = folder or Path(tempfile.mkdtemp(prefix="laufzettel-chaos-"))
        layout = Layout.of(base, wanted_ports=dict.fromkeys(WANTED_PORTS), settings=SHORT_LEASES)
        running = RunningTown(layout=layout, with_broker=not own_broker)
        people = People(layout=layout)
        try:
            if own_broker:
                running.valkey.start()
            running.start()
            yield cls(running, people, Sabotage(base), own_broker)
        finally:
            people.close()
            running.stop()
            running.valkey.stop()
            if folder is None:
                shutil.rmtree(base, ignore_errors=True)

    @property
    def layout(self) -> Layout:
        return self.running.layout

    def apply(self, *, account: str = "erika", answers: Any = PLAIN) -> Acknowledged:
        key = os.urandom(12).hex()
        answer = self.people.try_to_apply(account, answers, key=key)
        assert answer.status_code == 201, answer.text
        receipt = Acknowledged(key=key, case=answer.json()["id"], reference=answer.json()["reference"])
        self.receipts.append(receipt)
        return receipt

    def decide(self, receipt: Acknowledged) -> None:
        self.people.do("s.berger", receipt.case, "pruefung", DECISION)

    def auditor(self, *, autocommit: bool = True) -> psycopg.Connection:
        return psycopg.connect(self.running.databases[Role.OPS], autocommit=autocommit)

    def wait_for_command(self, receipt: Acknowledged, kind: str, *, status: str = "running") -> None:
        """Until the database says that a command of the case is in that state."""
        question = "select 1 from command where case_id = %s and kind = %s and status = %s"
        with self.auditor() as connection:
            until(
                lambda: connection.execute(question, (receipt.case, kind, status)).fetchone(),
                f"{kind} of {receipt.reference} {status}",
            )

    @contextmanager
    def nobody_writes(self, table: str) -> Iterator[None]:
        """Whoever writes to the table waits until the block ends: holds work at a certain point."""
        with self.auditor(autocommit=False) as connection:
            connection.execute(f"lock table {table} in exclusive mode")
            yield

    def wait_quiet(self, *, seconds: float) -> float:
        """Until every case is closed and nothing is left to do; returns how long that took."""
        started = time.monotonic()
        until(self._is_quiet, "the end of all cases", seconds=seconds)
        return time.monotonic() - started

    def _is_quiet(self) -> bool:
        try:
            with self.auditor() as connection:
                return connection.execute(QUIET).fetchone() == (0,)
        except psycopg.OperationalError:
            return False

    def account(self, *, unanswered: Sequence[str] = ()) -> Report:
        return Checker(
            database_url=self.running.databases[Role.OPS],
            mail_folder=self.layout.mail_folder,
            files_folder=self.layout.base / "files",
            acknowledged=self.receipts,
            unanswered=unanswered,
        ).check()

    def verify_audit(self) -> subprocess.CompletedProcess[str]:
        environment = self.layout.environment(
            databases=self.running.databases,
            role=Role.OPS,
            broker=self.running.broker,
            process="verify-audit",
        )
        command = [sys.executable, "-m", "backend", "verify-audit"]
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    def restart_broker(self, *, emptied: bool) -> None:
        """kill -9 of Valkey, its data kept or lost, and a new start."""
        self.kill_broker()
        if emptied:
            shutil.rmtree(self.running.valkey.data)
        self.running.valkey.start()

    def kill_broker(self) -> None:
        pid = self.running.valkey.pid
        assert pid is not None
        os.kill(pid, 9)
        self.running.valkey.stop()
