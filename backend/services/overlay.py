"""What an authority does its own way in a package that it shares with others: letters and decision tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from backend.services.package import MAX_FILE_BYTES, Package, PackageProblems
from forms.problems import Problem

# Fees are decision tables. Form and process stay everybody's: else it would be another service.
OWN = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}\.dmn|letters/[a-z0-9][a-z0-9_-]{0,60}\.[a-z]{2}\.md")


def read_own_files(*, folder: Path) -> dict[str, bytes]:
    """The files of an authority's own folder; names that start with a dot are left out.

    Raises `PackageProblems` for anything that is neither a letter nor a decision table.
    """
    if not folder.is_dir():
        raise PackageProblems(
            [_problem(str(folder), "not-a-folder", "Das ist kein Ordner.", "Not a folder.")]
        )
    files: dict[str, bytes] = {}
    problems = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.name.startswith(".") or (path.is_dir() and not path.is_symlink()):
            continue
        if not OWN.fullmatch(name) or path.is_symlink() or not path.is_file():
            problems.append(
                _problem(
                    name,
                    "not-ones-own",
                    "Eigen können nur Schreiben (letters/*.md) und Entscheidungstabellen (*.dmn) sein.",
                    "Only letters (letters/*.md) and decision tables (*.dmn) can be one's own.",
                )
            )
            continue
        with path.open("rb") as file:
            files[name] = file.read(MAX_FILE_BYTES + 1)
    if problems:
        raise PackageProblems(problems)
    return files


def with_own_files(*, package: Package, own: Mapping[str, bytes]) -> Package:
    """The package with an authority's own letters and tables in place of those of the same name.

    Raises `PackageProblems`: a file that replaces nothing is a slip, and would never be used.
    """
    unknown = [
        _problem(
            name,
            "replaces-nothing",
            "Das Paket hat keine Datei dieses Namens, die ersetzt werden könnte.",
            "The package has no file of this name to be replaced.",
        )
        for name in own
        if name not in package.files
    ]
    if unknown:
        raise PackageProblems(unknown)
    return Package.of(files={**package.files, **own})


def _problem(where: str, code: str, de: str, en: str) -> Problem:
    return Problem(where, code, {"de": de, "en": en})
