"""`prefill-link`: makes a link that begins a draft with answers filled in beforehand."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import backend.django_setup  # noqa: F401 -- before anything that needs settings
from backend.authorities.queries import by_slug
from backend.commands.check_service import add_language, report
from backend.drafts.operations.linking import DAYS, LONGEST_VALIDITY, make_link
from backend.services.errors import ServiceError
from forms.documents import read_json
from forms.problems import Problems


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """For which form, with which answers. They come from a file: arguments are seen by other users."""
    parser.add_argument("service", help="slug of the service, e.g. hundesteuer-anmeldung")
    parser.add_argument("answers", help="JSON file with the answers, or - for standard input")
    parser.add_argument("--authority", required=True, help="slug of the authority, e.g. musterhausen")
    parser.add_argument("--days", type=_days, default=DAYS, help=f"valid for so many days ({DAYS})")
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints the link, or the token if no portal is configured. Status 1: refused."""
    authority = by_slug(slug=arguments.authority)
    if authority is None:
        unknown = {"de": "Diese Behörde gibt es nicht", "en": "There is no such authority"}
        print(f"{unknown[arguments.language]}: {arguments.authority}", file=sys.stderr)
        return 1
    try:
        link = make_link(
            authority_id=authority.id,
            service=arguments.service,
            answers=read_json(_content(arguments.answers)),
            valid_for=timedelta(days=arguments.days),
            now=datetime.now(UTC),
        )
    except Problems as error:
        report(problems=error.problems, language=arguments.language)
        return 1
    except (ServiceError, OSError) as error:
        text = error.text[arguments.language] if isinstance(error, ServiceError) else str(error)
        print(text, file=sys.stderr)
        return 1
    print(link.address or link.token)
    return 0


def _content(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= LONGEST_VALIDITY.days:
        raise argparse.ArgumentTypeError(f"1 to {LONGEST_VALIDITY.days}")
    return days
