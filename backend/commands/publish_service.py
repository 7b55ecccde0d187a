"""`publish-service`: makes a service package the current version of its service for one authority."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

import backend.django_setup  # noqa: F401 -- before anything that needs settings
from backend.authorities.queries import by_slug
from backend.commands.check_service import add_language, report
from backend.services.operations import publish
from backend.services.overlay import read_own_files, with_own_files
from backend.services.package import PackageProblems, load_folder
from backend.tenancy import acting_for


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The folder of the package, and whose service it becomes."""
    parser.add_argument(
        "folder", type=Path, help="folder of the service package, e.g. catalogue/hundesteuer-anmeldung"
    )
    parser.add_argument("--authority", required=True, help="slug of the authority, e.g. musterhausen")
    parser.add_argument(
        "--own",
        type=Path,
        help="folder with this authority's own letters/*.md and *.dmn, in place of the package's",
    )
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Status 0: published, or already current; 1: refused, nothing has changed."""
    german = arguments.language == "de"
    authority = by_slug(slug=arguments.authority)
    if authority is None:
        unknown = "Diese Behörde gibt es nicht" if german else "There is no such authority"
        print(f"{unknown}: {arguments.authority}")
        return 1
    try:
        package = load_folder(folder=arguments.folder)
        if arguments.own:
            package = with_own_files(package=package, own=read_own_files(folder=arguments.own))
        with acting_for(authority_id=authority.id):
            version = publish(authority_id=authority.id, package=package, now=datetime.now(UTC))
    except PackageProblems as error:
        report(problems=error.problems, language=arguments.language)
        return 1
    words = "ist jetzt die geltende Fassung bei" if german else "is the current version at"
    print(f"{version.slug} {version.number} {words} {authority.name}.")
    return 0
