"""`verify`: checks a sealed PDF at the terminal. Needs neither a database nor a network."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from backend.commands.check_service import add_language
from signing.verify import verify

DEMO_CERTIFICATE = Path("var/demo/seal/certificate.pem")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the PDF")
    parser.add_argument(
        "--certificate",
        type=Path,
        action="append",
        default=[],
        help="a certificate to trust (PEM); default: the one of this installation",
    )
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Status 0 only if the seal is genuine, ours, and covers the whole unchanged file."""
    try:
        pdf = arguments.file.read_bytes()
        trusted = [file.read_bytes() for file in arguments.certificate or _own_certificates()]
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    verdict = verify(pdf=pdf, trusted_pem=trusted, at=datetime.now(UTC))
    for name, holds in (("intact", verdict.intact), ("trusted", verdict.trusted)):
        print(f"{name}: {'yes' if holds else 'NO'}")
    if verdict.signer:
        print(f"sealed by: {verdict.signer}")
    if verdict.sealed_at:
        print(f"sealed at: {verdict.sealed_at.isoformat()}")
    for finding in verdict.findings:
        print(f"- {finding.where}: {finding.text[arguments.language]}")
    return 0 if verdict.intact and verdict.trusted else 1


def _own_certificates() -> Iterator[Path]:
    configured = os.environ.get("LAUFZETTEL_SEAL_CERTIFICATE")
    if configured:
        yield Path(configured)
    elif DEMO_CERTIFICATE.exists():
        yield DEMO_CERTIFICATE
