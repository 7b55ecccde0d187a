"""Keeps a handful of processes running: starts in order, restarts what dies, stops all."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Protocol, Self

from backend.embedded.child import Child, State, Supervised
from backend.embedded.private_files import FolderLock, write_json
from backend.embedded.processes import ProcessMark, ServiceFailed, end_marked, processes_where, start_time

LOOK_SECONDS = 0.03
LEFTOVER_SECONDS = 5.0
TOKEN = "LAUFZETTEL_SUPERVISED_BY"  # noqa: S105 - the name of a variable; its value is no secret
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class ChildStatus:
    """What is known about a child now; `seconds` it took to become ready, `problem` in plain words."""

    name: str
    state: State
    pid: int | None
    started: int | None
    restarts: int
    last_exit: int | None
    seconds: float
    problem: str


class Supervisor:
    """Runs `children`; logs in `folder`/logs/<name>.log, pids in `folder`/pids.json (for tests that kill).

    One thread, which lives as long as the supervisor, starts all children: the kernel ties "die with your
    parent" to the thread that started a process. What survives a kill -9 of the supervisor anyway
    (grandchildren) is recognised by a mark in its environment and ended at the next start.
    """

    def __init__(self, *, folder: Path, children: Sequence[Child]) -> None:
        self.folder = folder.resolve()
        self.pids_file = self.folder / "pids.json"
        self._run = secrets.token_hex(16)
        self._lock = FolderLock(folder=self.folder, purpose="The supervisor")
        logs = self.folder / "logs"
        self._children = [
            Supervised(child=child, log=logs / f"{child.name}.log", token=(TOKEN, self._run))
            for child in children
        ]
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._hurry = False
        self._on_ready: Callable[[ChildStatus], None] | None = None

    def start(self, *, on_ready: Callable[[ChildStatus], None] | None = None) -> None:
        """Start all children in order; returns when all are ready.

        `on_ready` is called (in the supervisor's thread) for each child when it is ready for the first time.
        Raises `ServiceFailed`, after stopping what already ran, when one ends before it is ready.
        """
        (self.folder / "logs").mkdir(parents=True, exist_ok=True)
        self._lock.take()
        self._end_leftovers()
        self._on_ready = on_ready
        self._thread = threading.Thread(target=self._work, name="supervisor", daemon=True)
        self._thread.start()
        try:
            while not self._started.wait(LOOK_SECONDS):
                pass  # a wait with a limit lets Ctrl-C through
        except BaseException:
            self.stop()
            raise
        if self._failure is not None:
            self.stop()
            raise self._failure

    def stop(self) -> None:
        """Stop all in reverse order; safe to call twice, and from a second Ctrl-C on without patience."""
        self._stopping.set()
        if self._thread is not None:
            while self._thread.is_alive():
                self._thread.join(LOOK_SECONDS)
            self._thread = None
            self.pids_file.unlink(missing_ok=True)
        self._lock.release()

    def hurry(self) -> None:
        """While stopping: do not wait for anybody any more."""
        self._hurry = True

    def status(self) -> Mapping[str, ChildStatus]:
        return {supervised.child.name: _status(supervised) for supervised in self._children}

    def healthy(self) -> bool:
        """Whether every child runs and has said that it is ready."""
        return all(supervised.state is State.READY and supervised.pid for supervised in self._children)

    def wait_healthy(self, *, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not self.healthy():
            if time.monotonic() > deadline:
                return False
            time.sleep(LOOK_SECONDS)
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # From here on: the supervisor's own thread.

    def _work(self) -> None:
        try:
            self._start_all()
        except BaseException as failure:  # noqa: BLE001 - handed to the thread that called start()
            self._failure = failure
            self._stopping.set()
        self._started.set()
        while not self._stopping.wait(LOOK_SECONDS):
            self._look()
        for supervised in reversed(self._children):
            self._stop_one(supervised)
        self._write_pids()

    def _start_all(self) -> None:
        for supervised in self._children:
            supervised.start()
            self._write_pids()
            if supervised.child.wait:
                self._await(supervised)
        for supervised in self._children:
            self._await(supervised)

    def _await(self, wanted: Supervised) -> None:
        while wanted.state is not State.READY:
            self._look()
            for supervised in self._children:
                if supervised.state is State.PAUSED:
                    raise supervised.failure()
            if self._stopping.wait(LOOK_SECONDS / 3):
                raise ServiceFailed("Stopped while starting")

    def _look(self) -> None:
        changed = False
        for supervised in self._children:
            was_starting = supervised.state is State.STARTING
            if not supervised.step():
                continue
            changed = True
            first = was_starting and supervised.restarts == 0 and supervised.state is State.READY
            if first and self._on_ready:
                self._on_ready(_status(supervised))
        if changed:
            self._write_pids()

    def _stop_one(self, supervised: Supervised) -> None:
        """In small portions, so that a second Ctrl-C is heard while one takes its time."""
        if self._hurry:
            supervised.stop(seconds=0.1)
            return
        if supervised.process is not None:
            supervised.process.send_signal(supervised.child.stop_signal)
            deadline = time.monotonic() + supervised.child.stop_seconds
            while supervised.process.poll() is None and time.monotonic() < deadline and not self._hurry:
                time.sleep(LOOK_SECONDS / 3)
        supervised.stop(seconds=0.1)

    def _write_pids(self) -> None:
        children = {name: asdict(status) for name, status in self.status().items()}
        write_json(self.pids_file, {"supervisor": os.getpid(), "run": self._run, "children": children})

    def _end_leftovers(self) -> None:
        """End what an earlier supervisor of this folder left when it was killed."""
        try:
            run = json.loads(self.pids_file.read_text())["run"]
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return
        end_marked(_of_run(str(run)), how=signal.SIGTERM, seconds=LEFTOVER_SECONDS)


def _of_run(run: str) -> list[ProcessMark]:
    wanted = f"{TOKEN}={run}".encode()
    return processes_where(lambda pid: wanted in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"))


def _status(supervised: Supervised) -> ChildStatus:
    pid = supervised.pid
    return ChildStatus(
        name=supervised.child.name,
        state=supervised.state,
        pid=pid,
        started=None if pid is None else start_time(pid),
        restarts=supervised.restarts,
        last_exit=supervised.last_exit,
        seconds=round(supervised.ready_after, 3),
        problem=supervised.problem,
    )


class Impatient(Protocol):
    """Something whose stopping can be hurried."""

    def hurry(self) -> None: ...


@contextlib.contextmanager
def stopping_on_signals(stoppable: Impatient | None = None) -> Iterator[None]:
    """Turn SIGINT, SIGTERM and SIGHUP into an orderly way out of the `with` block (main thread only).

    The first one raises `KeyboardInterrupt` (SIGINT) or `SystemExit(128 + number)` in the main thread, once;
    the following ones do not disturb the clean-up but make it stop waiting.
    """
    asked = False

    def handle(number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            if stoppable is not None:
                stoppable.hurry()
            return
        asked = True
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)

    previous = {number: signal.signal(number, handle) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
