"""`attention`: what failed for good, for the operator at the terminal."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from uuid import UUID

import backend.django_setup  # noqa: F401 -- before anything that needs settings
from backend.authorities.models import Authority
from backend.cases.access import NotFound
from backend.cases.operations.attention import retry
from backend.cases.queries.clerk import needs_attention

SHOWN = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--authority", help="only this authority (its short name)")
    parser.add_argument("--retry", metavar="ID", type=UUID, help="give this entry a fresh budget")


def run(arguments: argparse.Namespace) -> int:
    """Status 1 while anything needs attention, so that a monitor can call it."""
    authorities = Authority.objects.order_by("slug")
    if arguments.authority:
        authorities = authorities.filter(slug=arguments.authority)
    if arguments.retry:
        return _retry(list(authorities), arguments.retry)
    found = 0
    for authority in authorities:
        for entry in needs_attention(authority_id=authority.id, limit=SHOWN):
            found += 1
            print(f"{entry.id}  {authority.slug}  {entry.reference}  {entry.kind}  {entry.reason}")
    print(f"{found} entries need attention." if found else "Nothing needs attention.")
    return 1 if found else 0


def _retry(authorities: list[Authority], command_id: UUID) -> int:
    for authority in authorities:
        try:
            retry(authority_id=authority.id, command_id=command_id, actor="operator", now=datetime.now(UTC))
        except NotFound:
            continue
        print(f"{command_id} will be tried again at once.")
        return 0
    print(f"{command_id} is not on the list. See `python -m backend attention`.")
    return 1
