"""Kills and freezes processes of one town of ours: only those named in its own pids.json, and their children."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from backend.embedded.processes import start_time


class Sabotage:
    """Works on the town that lives in `base`."""

    def __init__(self, base: Path) -> None:
        self.base = base

    def pid(self, name: str) -> int | None:
        """The running process of that name; None while it is being started again."""
        for file in (self.base / "pids.json", self.base / "servers" / "pids.json"):
            child = json.loads(file.read_text())["children"].get(name)
            if child and child["pid"] and start_time(child["pid"]) == child["started"]:
                return int(child["pid"])
        return None

    def restarts(self) -> int:
        files = (self.base / "pids.json", self.base / "servers" / "pids.json")
        return sum(
            child["restarts"] for file in files for child in json.loads(file.read_text())["children"].values()
        )

    def kill(self, name: str) -> bool:
        """kill -9 of the main process. False: it was not running."""
        return self._signal(self.pid(name), signal.SIGKILL)

    def kill_all(self, name: str) -> bool:
        """kill -9 of the main process and all its children (PostgreSQL's backends have groups of their own)."""
        family = [pid for pid in (self.pid(name), *self._children(name)) if pid]
        for pid in family:
            self._signal(pid, signal.SIGKILL)
        return bool(family)

    def kill_children(self, name: str) -> int:
        """kill -9 of all direct children (a worker's pool); returns how many."""
        return sum(self._signal(child, signal.SIGKILL) for child in self._children(name))

    @contextlib.contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """The main process and its children stand still inside the `with` block."""
        pids = [pid for pid in (self.pid(name), *self._children(name)) if pid]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                self._signal(pid, signal.SIGCONT)

    def _children(self, name: str) -> list[int]:
        pid = self.pid(name)
        if pid is None:
            return []
        return [
            int(child)
            for file in Path(f"/proc/{pid}/task").glob("*/children")
            for child in file.read_text().split()
        ]

    def _signal(self, pid: int | None, number: signal.Signals) -> bool:
        if pid is None:
            return False
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return False
        return True
