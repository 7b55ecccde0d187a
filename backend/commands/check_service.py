"""`check-service`: reports everything that is wrong with a service package; needs no database."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from backend.services.checker import check_folder
from backend.services.package import load_folder
from backend.services.readiness import open_places
from forms.problems import Problem

LANGUAGES = ("de", "en")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The folder of the package, and the language of the messages."""
    parser.add_argument(
        "folder", type=Path, help="folder of the service package, e.g. catalogue/hundesteuer-anmeldung"
    )
    add_language(parser)


def add_language(parser: argparse.ArgumentParser) -> None:
    """`--language`, by default that of the terminal."""
    terminal = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    default = "de" if terminal.startswith("de") else "en"
    parser.add_argument("--language", choices=LANGUAGES, default=default, help="language of the messages")


def run(arguments: argparse.Namespace) -> int:
    """Status 0: the package is sound; 1: each problem is printed as `file:place: text`.

    What an import left to fill in is listed too, as a warning.
    """
    problems = check_folder(folder=arguments.folder)
    report(problems=problems, language=arguments.language)
    if problems:
        return 1
    _warn(places=open_places(package=load_folder(folder=arguments.folder)), language=arguments.language)
    return 0


def _warn(*, places: Sequence[Problem], language: str) -> None:
    """An imported package is sound before it is finished: what only `publish-service` refuses."""
    for each in places:
        print(f"{each.where}: {each.text[language]}")
    if places and language == "de":
        print(f"Warnung: {len(places)} Stellen sind noch auszufüllen.")
    elif places:
        print(f"Warning: {len(places)} places still have to be filled in.")


def report(*, problems: Iterable[Problem], language: str) -> None:
    """Print problems in the order of files, then one line that says how it went."""
    listed = sorted(problems, key=lambda each: each.where.partition(":")[0])
    for each in listed:
        print(f"{each.where}: {each.text[language]}")
    count = len(listed)
    if language == "de":
        print(f"{count} Fehler gefunden." if listed else "Das Leistungspaket ist in Ordnung.")
    else:
        print(f"{count} problems found." if listed else "The service package is in order.")
