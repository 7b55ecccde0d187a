"""`revoke-tokens`: ends a token, or all tokens and sign-ins of a person, at once."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

import backend.django_setup  # noqa: F401 -- before anything that needs settings
from backend.identity.operations import revoke_subject, revoke_token
from backend.identity.queries import trusted_issuers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--issuer", required=True, metavar="URL", help="as in LAUFZETTEL_ISSUERS")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--jti", help="the token with this id")
    what.add_argument("--subject", help="everything of this person that was issued until now")


def run(arguments: argparse.Namespace) -> int:
    """Status 2 for an issuer that is not trusted anyway: most likely it is misspelt."""
    if arguments.issuer not in trusted_issuers():
        known = ", ".join(sorted(trusted_issuers())) or "none"
        print(f"{arguments.issuer} is not in LAUFZETTEL_ISSUERS. Known: {known}.")
        return 2
    now = datetime.now(UTC)
    if arguments.jti:
        revoke_token(issuer=arguments.issuer, jti=arguments.jti, now=now)
        print("The token is no longer accepted.")
    else:
        revoke_subject(issuer=arguments.issuer, subject=arguments.subject, now=now)
        print("Tokens and sign-ins of this person until now are no longer accepted.")
    return 0
