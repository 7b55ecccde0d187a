"""A real ClamAV daemon for tests: in a folder of its own, with signatures of our own, without any download."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from backend.embedded.ports import LOOPBACK, claim_ports
from backend.embedded.processes import end_child, last_lines, launch, wait_until
from backend.files import scanner

# Two halves, so that no scanner takes this file for the thing itself. https://www.eicar.org/
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = "Laufzettel.Test.EICAR"
READY_SECONDS = 30.0
STOP_SECONDS = 10.0
# ClamAV's own defaults; Debian's are lower. AlertExceedsMax: see docs/how-to/run-in-production.md
LIMITS = {"StreamMaxLength": "100M", "MaxFileSize": "100M", "MaxScanSize": "400M", "AlertExceedsMax": "yes"}


class ClamdMissing(Exception):
    """clamd is not installed; the message says what to install."""


def binary() -> str:
    """The path of clamd; raises `ClamdMissing`."""
    found = shutil.which("clamd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    if found is None:
        raise ClamdMissing("no clamd: install the package clamav-daemon (.ci/machine does)")
    return found


def installed() -> bool:
    """Whether this machine has clamd; with `CI=true` it must."""
    try:
        binary()
    except ClamdMissing:
        if os.environ.get("CI") == "true":
            raise
        return False
    return True


class Clamd:
    """A daemon in `folder`, by TCP and by socket, as the current user. Ended by its pid."""

    def __init__(self, *, folder: Path, settings: dict[str, str] | None = None) -> None:
        self._folder = folder
        self._settings = {**LIMITS, **(settings or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self.port = claim_ports(file=folder / "ports.json", wanted={"clamd": None})["clamd"]

    @property
    def tcp(self) -> str:
        return f"tcp://{LOOPBACK}:{self.port}"

    @property
    def unix(self) -> str:
        return f"unix://{self._folder / 'clamd.ctl'}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Returns when it answers; raises with the end of its log when it does not.

        Without clamd on this machine the test is skipped, with `CI=true` it fails.
        """
        try:
            program = binary()
        except ClamdMissing as missing:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(str(missing))
        self._write()
        log = self._folder / "clamd.log"
        process = self._process = launch(
            argv=[program, "--config-file", str(self._folder / "clamd.conf")],
            log=log,
            environment={"PATH": os.environ.get("PATH", os.defpath)},
            cwd=self._folder,
        )
        ready = wait_until(
            lambda: process.poll() is not None or scanner.ping(address=self.tcp) is None,
            seconds=READY_SECONDS,
        )
        if not ready or process.poll() is not None:
            self.stop()
            raise AssertionError(f"clamd did not start:\n{last_lines(log)}")

    def stop(self) -> None:
        if self._process is not None:
            self.send(signal.SIGCONT)
            end_child(self._process, how=signal.SIGTERM, seconds=STOP_SECONDS)
            self._process = None

    def send(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            os.kill(self._process.pid, number)

    def _write(self) -> None:
        signatures = self._folder / "signatures"
        signatures.mkdir(exist_ok=True)
        # By hash for the file alone, by its bytes wherever they stand: with a line break, inside other files.
        digest = hashlib.md5(EICAR).hexdigest()  # noqa: S324 -- ClamAV's format
        (signatures / "test.hdb").write_text(f"{digest}:{len(EICAR)}:{SIGNATURE}\n")
        (signatures / "test.ndb").write_text(f"{SIGNATURE}:0:*:{EICAR.hex()}\n")
        (self._folder / "temporary").mkdir(exist_ok=True)
        lines = {
            "Foreground": "yes",
            "User": pwd.getpwuid(os.getuid()).pw_name,
            "DatabaseDirectory": str(signatures),
            "TemporaryDirectory": str(self._folder / "temporary"),
            "LocalSocket": str(self._folder / "clamd.ctl"),
            "TCPSocket": str(self.port),
            "TCPAddr": LOOPBACK,
            "LogClean": "no",
            "ConcurrentDatabaseReload": "no",
            "MaxThreads": "4",
            **self._settings,
        }
        text = "".join(f"{name} {value}\n" for name, value in lines.items())
        (self._folder / "clamd.conf").write_text(text)
