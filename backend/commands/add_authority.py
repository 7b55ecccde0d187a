"""`add-authority`: a municipality with its key, ready for units, clerks and services."""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime

from django.db import IntegrityError
from uuid_utils.compat import uuid7

import backend.django_setup  # noqa: F401 -- before anything that needs settings
from backend.authorities.operations import found_authority

LAENDER = ("BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("slug", help="short name: small letters, digits, hyphens, e.g. neustadt")
    parser.add_argument("--name", required=True, help="as on letters, e.g. 'Stadt Neustadt'")
    parser.add_argument("--land", required=True, choices=LAENDER, help="two letters, e.g. NI")
    parser.add_argument("--host", help="host name at which citizens find it; without it: /a/<slug>/")
    parser.add_argument("--return-address", help="line above the address on letters")


def run(arguments: argparse.Namespace) -> int:
    """Status 0: it exists now; 1: refused, nothing has changed."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", arguments.slug):
        print(f"'{arguments.slug}' is no short name: use small letters, digits and hyphens.")
        return 1
    letterhead = {"return_address": arguments.return_address or arguments.name}
    try:
        authority = found_authority(
            authority_id=uuid7(),
            slug=arguments.slug,
            name=arguments.name,
            land=arguments.land,
            letterhead=letterhead,
            units={},
            host=arguments.host.lower().rstrip(".") if arguments.host else None,
            now=datetime.now(UTC),
        )
    except IntegrityError:
        print(f"There already is an authority '{arguments.slug}', or one with that host name.")
        return 1
    print(f"{authority.name} ({authority.slug}) exists now. Next: add-unit, add-clerk, publish-service.")
    return 0
