"""`add-unit`: an organisational unit to which processes send tasks; renames it if it exists."""

from __future__ import annotations

import argparse
import re

import backend.django_setup  # noqa: F401 -- before anything that needs settings
from backend.authorities.errors import UnitRefused
from backend.authorities.queries import by_slug
from backend.authorities.staff import name_unit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", help="as processes name it: small letters, digits, hyphens, e.g. steueramt")
    parser.add_argument("--name", required=True, help="as people call it, e.g. Steueramt")
    parser.add_argument(
        "--also", action="append", metavar="KEY", help="another key under which packages send it tasks"
    )
    parser.add_argument("--authority", required=True, help="short name of the authority, e.g. neustadt")


def run(arguments: argparse.Namespace) -> int:
    """Status 0: it is called so now; 1: refused, nothing has changed."""
    authority = by_slug(slug=arguments.authority)
    if authority is None:
        print(f"There is no authority '{arguments.authority}'. Create it with add-authority.")
        return 1
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", arguments.key):
        print(f"'{arguments.key}' is no key: use small letters, digits and hyphens.")
        return 1
    also = None if arguments.also is None else tuple(arguments.also)
    try:
        unit, new = name_unit(
            authority_id=authority.id, key=arguments.key, name=arguments.name, also=also, actor="operator"
        )
    except UnitRefused as refused:
        for problem in refused.problems:
            print(problem.text["en"])
        return 1
    print(f"{authority.name}: unit {unit.key} ({unit.name}) {'exists now' if new else 'was renamed'}.")
    return 0
