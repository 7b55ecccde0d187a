"""How one operating system process is launched, recognised again and ended."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.01
LOG_LINES = 15
LOG_TAIL_BYTES = 16_384

# What setpriv does, for systems without it: die with the parent (prctl(2), option 1), become the program.
_DIE_WITH_PARENT = (
    "import ctypes,os,sys;"
    "ctypes.CDLL(None).prctl(1,int(sys.argv[1]),0,0,0);"
    "os.execvp(sys.argv[2],sys.argv[2:])"
)


class ServiceFailed(RuntimeError):
    """A process did not start or did not stay; the message says which, why and what to do."""


@dataclass(frozen=True, slots=True)
class RunAs:
    """As whom a process runs: `uid`/`gid` to drop to (None: stay), `prefix` a command to start it through."""

    uid: int | None = None
    gid: int | None = None
    prefix: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProcessMark:
    """A process, not to be mistaken for a later one of the same number: pid and start time (kernel ticks)."""

    pid: int
    started: int


def launch(
    *,
    argv: Sequence[str],
    log: Path,
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    run_as: RunAs | None = None,
    death_signal: signal.Signals | None = None,
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, its output appended to `log`.

    `death_signal` reaches it when the *thread* that called this ends, however that happens (prctl(2),
    PR_SET_PDEATHSIG): pass it only from a thread that lives as long as the process should.
    Raises `ServiceFailed` when the program cannot be executed.
    """
    run_as = run_as or RunAs()
    path = (os.environ if environment is None else environment).get("PATH", os.defpath)
    if shutil.which(argv[0], path=path) is None:  # starting through setpriv would tell it too late
        raise ServiceFailed(f"{argv[0]} is not there or may not be executed. Check the installation.")
    command = [*run_as.prefix, *_dying_with_parent(death_signal), *argv]
    try:
        with log.open("ab") as output:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if environment is None else dict(environment),
                cwd=cwd,
                start_new_session=True,
                user=run_as.uid,
                group=run_as.gid,
                extra_groups=None if run_as.uid is None else [],
            )
    except OSError as error:
        raise ServiceFailed(
            f"{argv[0]} cannot be started ({error}). Can {cwd or 'the folder'} and {log} be reached?"
        ) from error


def _dying_with_parent(death_signal: signal.Signals | None) -> list[str]:
    if death_signal is None:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv:
        return [setpriv, "--pdeathsig", death_signal.name.removeprefix("SIG"), "--"]
    return [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(int(death_signal))]


def start_time(pid: int) -> int | None:
    """When the process began, in kernel ticks since boot; None if it is gone or only waits to be reaped."""
    try:
        # The name in field 2 may hold blanks and brackets: count from the last closing one (proc(5)).
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in ("Z", "X") else int(fields[19])


def mark(pid: int) -> ProcessMark | None:
    """The mark of a running process; None if it is gone."""
    started = start_time(pid)
    return None if started is None else ProcessMark(pid, started)


def is_running(process: ProcessMark) -> bool:
    return start_time(process.pid) == process.started


def processes_where(test: Callable[[int], bool]) -> list[ProcessMark]:
    """All running processes for which `test(pid)` holds; those we may not look at do not count."""
    found = []
    for entry in (folder.name for folder in Path("/proc").iterdir()):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            if test(int(entry)) and (process := mark(int(entry))):
                found.append(process)
    return found


def works_in(folder: Path) -> list[ProcessMark]:
    """Running processes whose working directory is `folder` (servers go to live in their data folder)."""
    wanted = str(folder.resolve())
    return processes_where(lambda pid: str(Path(f"/proc/{pid}/cwd").readlink()) == wanted)


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Poll until `condition` holds; False when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def end_marked(processes: Iterable[ProcessMark], *, how: signal.Signals, seconds: float) -> bool:
    """Signal processes that are not our children, kill the rest after `seconds`; True if `how` sufficed."""
    remaining = list(processes)
    _signal_all(remaining, how)
    if wait_until(lambda: not any(map(is_running, remaining)), seconds=seconds):
        return True
    _signal_all(remaining, signal.SIGKILL)
    wait_until(lambda: not any(map(is_running, remaining)), seconds=seconds)
    return False


def _signal_all(processes: Iterable[ProcessMark], how: signal.Signals) -> None:
    for process in processes:
        if is_running(process):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, how)


def end_child(process: subprocess.Popen[bytes], *, how: signal.Signals, seconds: float) -> bool:
    """End our child and whatever is left of its process group; True if it went by itself within `seconds`."""
    willing = True
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            willing = False
            process.kill()
            process.wait()
    kill_group(process.pid)
    return willing


def kill_group(pid: int) -> None:
    """Kill what outlived a process group's leader, whose number is not reused while members live."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def last_lines(log: Path, *, count: int = LOG_LINES) -> str:
    """The end of a log file, indented, for an error message."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - LOG_TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()[-count:]
    except FileNotFoundError:
        lines = []
    return "\n".join(f"    {line}" for line in lines) or "    (nothing)"
