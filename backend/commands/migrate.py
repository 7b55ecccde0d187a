"""`migrate`: brings the tables up to date. Runs with DATABASE_URL of the role laufzettel_owner."""

from __future__ import annotations

import argparse

from django.core.management import call_command

import backend.django_setup  # noqa: F401 -- before anything that needs settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="only say whether something is to be done (status 1)"
    )


def run(arguments: argparse.Namespace) -> int:
    call_command("migrate", skip_checks=True, verbosity=1, check_unapplied=arguments.check, interactive=False)
    return 0
