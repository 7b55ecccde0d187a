"""What a killed PostgreSQL leaves behind (backends, a stale postmaster.pid), ended before the next start."""

from __future__ import annotations

import signal
from pathlib import Path

from backend.embedded.processes import ServiceFailed, end_marked, works_in

FAST_SHUTDOWN_SECONDS = 10.0
BACKEND_SECONDS = 5.0
NOBODYS_PID = 2_147_483_646  # far above the kernel's highest (2^22)


def end_leftovers(*, data: Path, socket: Path) -> None:
    """Make sure that no process works in `data` and no stale lock file keeps PostgreSQL from starting.

    Only to be called by whoever holds the folder's lock: a server found running here has lost its starter.
    Backends go by themselves when their postmaster is gone, but one in the middle of a write takes a moment,
    and until then PostgreSQL refuses to start ("pre-existing shared memory block is still in use").
    Raises `ServiceFailed` when a process cannot be ended.
    """
    postmaster = _first_number(data / "postmaster.pid")
    running = works_in(data)
    if running:
        end_marked(
            [process for process in running if process.pid == postmaster],
            how=signal.SIGINT,
            seconds=FAST_SHUTDOWN_SECONDS,
        )
        end_marked(works_in(data), how=signal.SIGQUIT, seconds=BACKEND_SECONDS)
        running = works_in(data)
    if running:
        numbers = " ".join(str(process.pid) for process in running)
        raise ServiceFailed(
            f"PostgreSQL processes still work in {data}. End them, then start again: kill -9 {numbers}"
        )
    _make_stale_again(data / "postmaster.pid")
    _make_stale_again(socket.with_name(socket.name + ".lock"))


def _make_stale_again(lock: Path) -> None:
    """PostgreSQL tidies up after a dead pid, shared memory included; one that exists again stops it.

    It may be a stranger's by now (after a reboot), or that of a killed server which nobody has reaped.
    """
    pid = _first_number(lock)
    if pid is not None and Path(f"/proc/{pid}").exists():
        rest = lock.read_text().partition("\n")[2]
        lock.write_text(f"{NOBODYS_PID}\n{rest}")


def _first_number(path: Path) -> int | None:
    try:
        first = path.read_text().split("\n", 1)[0].strip()
    except FileNotFoundError:
        return None
    return int(first) if first.isdigit() else None
