"""`demo-town`: sets up Stadt Musterhausen with its units, clerks and services. Safe to repeat."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from uuid_utils.compat import uuid7

import backend.django_setup  # noqa: F401 -- before anything that needs settings
from backend.authorities.models import Authority
from backend.authorities.operations import employ_clerk, found_authority, move_accounts
from backend.authorities.queries import by_slug
from backend.commands.check_service import report
from backend.demo.layout import TOWN
from backend.embedded.private_files import write_private
from backend.services.operations import publish
from backend.services.package import PackageProblems, load_folder
from backend.services.queries import offered
from backend.tenancy import acting_for
from signing.seal import make_development_seal

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue"
LETTERHEAD = {
    "return_address": "Stadt Musterhausen, Rathausplatz 1, 31999 Musterhausen",
    "footer": [
        ["Stadt Musterhausen", "Rathausplatz 1", "31999 Musterhausen"],
        ["Telefon 05123 99-0", "post@musterhausen.example", "www.musterhausen.example"],
        ["Öffnungszeiten", "Mo bis Fr 8:30 bis 12:00 Uhr", "Do auch 14:00 bis 18:00 Uhr"],
        ["Stadtkasse (IBAN, BIC)", "DE02120300000000202051", "BYLADEM1001"],
    ],
}
UNITS = {"steueramt": "Steueramt", "it": "Organisation und IT"}
# Account → person, name, roles in units.
CLERKS = {
    "s.berger": ("Sabine Berger", [("steueramt", "clerk")]),
    "t.vogt": ("Thomas Vogt", [("steueramt", "clerk")]),
    "m.krause": ("Maria Krause", [("steueramt", "clerk"), ("steueramt", "approver"), ("it", "configurator")]),
    "j.adler": ("Jonas Adler", [("steueramt", "approver")]),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(_: argparse.Namespace) -> int:
    if settings.ENVIRONMENT.production:
        print("The demo town has well-known accounts: it is not set up in production.", file=sys.stderr)
        return 2
    now = datetime.now(UTC)
    issuer = next(entry["url"] for entry in settings.ENVIRONMENT.issuers if entry["kind"] == "clerks")
    town = by_slug(slug=TOWN) or _found(issuer, now)
    move_accounts(authority_id=town.id, to_issuer=issuer)
    _make_seal(town, now)
    try:
        _publish_catalogue(town, now)
    except PackageProblems as refused:
        report(problems=refused.problems, language="en")
        return 1
    return 0


def _publish_catalogue(town: Authority, now: datetime) -> None:
    with acting_for(authority_id=town.id):
        published = {version.content_hash for version in offered(authority_id=town.id)}
    for folder in sorted(path.parent for path in CATALOGUE.glob("*/service.toml")):
        package = load_folder(folder=folder)
        # Checking takes a second: a later start need not do it again.
        if package.content_hash not in published:
            with acting_for(authority_id=town.id):
                version = publish(authority_id=town.id, package=package, now=now)
            print(f"{folder.name}: published as version {version.number}")


def _found(issuer: str, now: datetime) -> Authority:
    town = found_authority(
        authority_id=uuid7(),
        slug=TOWN,
        name="Stadt Musterhausen",
        land="NI",
        letterhead=LETTERHEAD,
        units=UNITS,
        host=None,
        now=now,
    )
    for account, (name, memberships) in CLERKS.items():
        employ_clerk(
            authority_id=town.id,
            issuer=issuer,
            subject=account,
            person=account,
            name=name,
            memberships=memberships,
        )
    return town


def _make_seal(town: Authority, now: datetime) -> None:
    key_file, certificate_file = (
        settings.ENVIRONMENT.seal_key_file,
        settings.ENVIRONMENT.seal_certificate_file,
    )
    if certificate_file.exists():
        return
    made = make_development_seal(name=town.name, at=now)
    key_file.parent.mkdir(parents=True, exist_ok=True)
    write_private(key_file, made.key_pem)
    certificate_file.write_bytes(made.certificate_pem)
