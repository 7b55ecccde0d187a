"""One process under supervision: what it is, and its way from starting to ready, to a restart, to its end."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from backend.embedded.processes import RunAs, ServiceFailed, end_child, kill_group, last_lines, launch

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
STABLE_SECONDS = 10.0  # whoever stayed this long starts again with the first pause
LARGEST_LOG = 20_000_000


class State(StrEnum):
    STARTING = "starting"
    READY = "ready"
    PAUSED = "paused"  # ended unasked, waits for its restart
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Child:
    """What the supervisor needs to know about a process.

    `command` is an argument list, or a function that gives it after `prepare` has run (before every start).
    `environment` None means ours. `ready` says whether it serves; without one it counts as ready at once.
    `wait`: later children start only when this one is ready. `release` runs after it was stopped for good.
    `death_signal` reaches it if the supervisor itself is killed. Seconds are limits: for becoming ready,
    and between stop signal and SIGKILL.
    """

    name: str
    command: Sequence[str] | Callable[[], Sequence[str]]
    environment: Mapping[str, str] | None = None
    cwd: Path | None = None
    run_as: Callable[[], RunAs] | None = None
    prepare: Callable[[], None] | None = None
    ready: Callable[[], bool] | None = None
    release: Callable[[], None] | None = None
    wait: bool = True
    ready_seconds: float = 60.0
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    death_signal: signal.Signals = signal.SIGTERM


class Supervised:
    """A child and its present state; driven by the supervisor's thread only."""

    def __init__(self, *, child: Child, log: Path, token: tuple[str, str]) -> None:
        self.child = child
        self.log = log
        self.state = State.STOPPED
        self.restarts = 0
        self.last_exit: int | None = None
        self.problem = ""
        self.ready_after = 0.0
        self.process: subprocess.Popen[bytes] | None = None
        self._token = token
        self._pause = FIRST_PAUSE
        self._since = 0.0

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process and self.process.poll() is None else None

    def start(self) -> None:
        """Prepare and launch. Raises `ServiceFailed`."""
        child = self.child
        if child.prepare:
            child.prepare()
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        name, value = self._token
        self.process = launch(
            argv=child.command() if callable(child.command) else child.command,
            log=self.log,
            environment={**(os.environ if child.environment is None else child.environment), name: value},
            cwd=child.cwd,
            run_as=child.run_as() if child.run_as else None,
            death_signal=child.death_signal,
        )
        self.state, self._since = State.STARTING, time.monotonic()

    def step(self) -> bool:
        """Look once and do what is due; True when the state has changed."""
        before = (self.state, self.pid)
        if self.process is not None and self.process.poll() is not None:
            self._ended(self.process)
        elif self.state is State.STARTING:
            self._check_ready()
        elif self.state is State.PAUSED and time.monotonic() >= self._since + self._pause:
            self._start_again()
        return (self.state, self.pid) != before

    def _check_ready(self) -> None:
        waited = time.monotonic() - self._since
        if self._says_ready():
            self.state, self.problem, self.ready_after = State.READY, "", waited
        elif waited > self.child.ready_seconds and self.process is not None:
            self.problem = f"{self.child.name} was not ready after {waited:.0f} s"
            self.process.kill()

    def _says_ready(self) -> bool:
        try:
            return self.child.ready is None or self.child.ready()
        except Exception as failure:  # noqa: BLE001 - a probe that breaks is an answer: not ready
            self.problem = f"the readiness probe of {self.child.name} failed: {failure!r}"
            return False

    def _ended(self, process: subprocess.Popen[bytes]) -> None:
        self.last_exit = process.returncode
        kill_group(process.pid)  # its own children may still hold its port
        self.process = None
        lived = time.monotonic() - self._since
        self._pause = FIRST_PAUSE if lived > STABLE_SECONDS else self._pause
        self.problem = self.problem or f"{self.child.name} {_how_ended(process.returncode)}"
        self.state, self._since = State.PAUSED, time.monotonic()

    def _start_again(self) -> None:
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        self.restarts += 1
        try:
            self.start()
        except Exception as failure:  # noqa: BLE001 - whatever it is, the next try comes; supervision goes on
            self.problem = f"{self.child.name} could not be started again: {failure}"
            self.state, self._since = State.PAUSED, time.monotonic()

    def stop(self, *, seconds: float | None = None) -> None:
        """End it for good; with `seconds` shorter than its own limit when somebody is in a hurry."""
        if self.process is not None:
            limit = self.child.stop_seconds if seconds is None else min(seconds, self.child.stop_seconds)
            end_child(self.process, how=self.child.stop_signal, seconds=limit)
            self.last_exit, self.process = self.process.returncode, None
        if self.child.release and self.state is not State.STOPPED:
            self.child.release()
        self.state = State.STOPPED

    def failure(self) -> ServiceFailed:
        """Why it does not run, with the end of its log."""
        return ServiceFailed(f"{self.problem}. The end of {self.log}:\n{last_lines(self.log)}")


def _how_ended(code: int) -> str:
    if code >= 0:
        return f"ended with status {code}"
    return f"was ended by {signal.Signals(-code).name}"
