"""`add-clerk`: an account for somebody who works here, with roles in units."""

from __future__ import annotations

import argparse

import backend.django_setup  # noqa: F401 -- before anything that needs settings
from backend.authorities.errors import AccountTaken, ClerkRefused, KeyReused
from backend.authorities.queries import by_slug
from backend.authorities.staff import ROLES, NewClerk, hire
from backend.identity.queries import clerk_issuers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("subject", help="how the issuer names her (claim sub), e.g. s.berger")
    parser.add_argument("--name", required=True, help="e.g. 'Sabine Berger'")
    parser.add_argument("--authority", required=True, help="short name of the authority, e.g. neustadt")
    parser.add_argument(
        "--role",
        action="append",
        default=[],
        metavar="UNIT:ROLE",
        help=f"e.g. steueramt:clerk; also several times. Roles: {', '.join(ROLES)}",
    )
    parser.add_argument("--issuer", help="where she signs in; may be left out if there is one only")
    parser.add_argument("--person", help="who she is if she has several accounts; normally the subject")


def run(arguments: argparse.Namespace) -> int:
    """Status 0: she can sign in now; 1: refused, nothing has changed."""
    authority = by_slug(slug=arguments.authority)
    if authority is None:
        print(f"There is no authority '{arguments.authority}'. Create it with add-authority.")
        return 1
    issuers = clerk_issuers(authority_id=authority.id)
    if not arguments.issuer and len(issuers) != 1:
        listed = ", ".join(sorted(issuers)) or "none (see LAUFZETTEL_ISSUERS)"
        print(f"Please say with --issuer where she signs in; there are: {listed}.")
        return 1
    new = NewClerk(
        issuer=arguments.issuer or next(iter(issuers)),
        subject=arguments.subject,
        person=arguments.person or arguments.subject,
        name=arguments.name,
        memberships=tuple((unit, role) for unit, _, role in (one.partition(":") for one in arguments.role)),
    )
    key = f"command {new.issuer} {new.subject}"
    try:
        hire(authority_id=authority.id, new=new, issuers=issuers, idempotency_key=key, actor="operator")
    except ClerkRefused as refused:
        for problem in refused.problems:
            print(problem.text["en"])
        return 1
    except (AccountTaken, KeyReused):
        print(f"{new.subject} already has an account here. Change it with the API (/api/v1/clerks).")
        return 1
    print(f"{new.name} can sign in at {authority.name} now.")
    return 0
