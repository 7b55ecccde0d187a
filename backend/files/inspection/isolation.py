"""Runs the inspection in a child process with limits: what hostile bytes cost a parser is unknown."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from backend.files.inspection.verdict import Accepted, Refused, refused

ROOT = Path(__file__).resolve().parents[3]
MAX_BYTES = 50_000_000
# Processor time is the file's own; the wall clock also counts what else the machine does.
CPU_SECONDS = 10
WALL_SECONDS = 25.0
MEGABYTES = 300
# How a process ends that went over its limits, or that bytes brought down.
_BY_THE_FILE = {-signal.SIGXCPU, -signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGFPE}


class InspectionBroke(Exception):
    """The inspection did not finish, and not because of the file: try again. Holds no content and no name."""


def inspect(
    *,
    content: bytes,
    name: str,
    types: tuple[str, ...],
    cpu_seconds: int = CPU_SECONDS,
    wall_seconds: float = WALL_SECONDS,
    megabytes: int = MEGABYTES,
) -> Accepted | Refused:
    """What the file is, if it is one of the media `types` and harmless to open; else why it is refused.

    At most `cpu_seconds` of work and `megabytes` of memory (10^6 bytes) in a process of its own; a file that
    needs more is refused as `too-demanding`. Raises `InspectionBroke` when the machine, not the file, failed.
    """
    if len(content) > MAX_BYTES:
        return refused(code="too-large", limit=(f"{MAX_BYTES // 10**6} MB", f"{MAX_BYTES // 10**6} MB"))
    # The name is personal data: on the command line every user of the machine could read it.
    head = json.dumps({"name": name, "types": types, "size": len(content)}).encode() + b"\n"
    command = [sys.executable, "-m", "backend.files.inspection.child", str(cpu_seconds), str(megabytes)]
    try:
        done = subprocess.run(
            command,
            input=head + content,
            capture_output=True,
            timeout=wall_seconds,
            cwd=ROOT,
            env={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InspectionBroke(f"no answer within {wall_seconds:g} s") from error
    if done.returncode in _BY_THE_FILE or (done.returncode > 0 and b"MemoryError" in done.stderr[-500:]):
        return refused(code="too-demanding")
    if done.returncode != 0:
        raise InspectionBroke(f"the child process ended with {done.returncode}")
    return _verdict(done.stdout)


def _verdict(answer: bytes) -> Accepted | Refused:
    said = json.loads(answer)
    if "content_type" in said:
        return Accepted(said["content_type"])
    return Refused(code=said["code"], text=said["text"])
