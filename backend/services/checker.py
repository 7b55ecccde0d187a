"""Checks a package in a child process that is killed at its limits: what an expression costs is unknown.

`python -m backend.services.checker` is the child: files as JSON on standard input, problems on standard
output. It gets no environment, so nothing secret is in its reach.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

from backend.services.compiled import compile_package
from backend.services.package import Package, PackageProblems, load_folder
from backend.services.parts import problem
from backend.services.rehearsal import rehearse
from forms.problems import Problem

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 20.0
MEGABYTES = 1024
MAX_PROBLEMS = 500
_OPEN_FILES = 64


def check_folder(
    *, folder: Path, seconds: float = SECONDS, megabytes: int = MEGABYTES
) -> tuple[Problem, ...]:
    """Everything that is wrong with the package in a folder; empty if it may be published."""
    try:
        package = load_folder(folder=folder)
    except PackageProblems as error:
        return error.problems
    return check_package(package=package, seconds=seconds, megabytes=megabytes)


def check_package(
    *, package: Package, seconds: float = SECONDS, megabytes: int = MEGABYTES
) -> tuple[Problem, ...]:
    """Compile the package and play its scenarios, in a child process with limits.

    `seconds` of wall clock, `megabytes` of address space. Reaching one is a problem of the package
    (`check-out-of-limits`): what takes that long must not run in production either.
    """
    command = [sys.executable, "-m", "backend.services.checker", str(int(seconds) + 1), str(megabytes)]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(package.texts()).encode(),
            capture_output=True,
            timeout=seconds,
            cwd=ROOT,
            env={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return (_out_of_limits(f"{seconds:g} s"),)
    if done.returncode != 0:
        return (_aborted(done.returncode, done.stderr),)
    return tuple(Problem(**found) for found in json.loads(done.stdout))


def _aborted(status: int, stderr: bytes) -> Problem:
    last = stderr.decode(errors="replace").strip().rpartition("\n")[2][:300]
    if "MemoryError" in last or status < 0:
        return _out_of_limits(f"{last or 'signal'} {status}")
    return problem(
        ".",
        "check-aborted",
        f"Die Prüfung ist abgebrochen ({last}). Das ist ein Fehler in Laufzettel; bitte melden Sie ihn.",
        f"The check broke off ({last}). This is a fault of Laufzettel; please report it.",
    )


def _out_of_limits(detail: str) -> Problem:
    return problem(
        ".",
        "check-out-of-limits",
        f"Die Prüfung hat ihre Grenzen überschritten und wurde beendet ({detail})."
        " Vereinfachen Sie Bedingungen und Tabellen.",
        f"The check went over its limits and was ended ({detail}). Simplify conditions and tables.",
    )


def check_here(*, package: Package) -> tuple[Problem, ...]:
    """The check itself, without limits; only for the child and for tests."""
    try:
        service = compile_package(package=package)
    except PackageProblems as error:
        return error.problems
    return rehearse(service=service)


def main(arguments: list[str]) -> None:
    """Set the limits, then read the package and write the problems."""
    seconds, megabytes = int(arguments[0]), int(arguments[1])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20, megabytes * 2**20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    try:
        problems = check_here(package=Package.of_texts(texts=json.load(sys.stdin)))
    except PackageProblems as error:
        problems = error.problems
    found = [{"where": p.where, "code": p.code, "text": dict(p.text)} for p in problems[:MAX_PROBLEMS]]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
