"""`init-database`: creates the database and its four roles on a PostgreSQL server. Safe to repeat."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from backend.embedded.roles import Role, init_database, kept_passwords


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--database", default="laufzettel", help="its name (default: laufzettel)")
    parser.add_argument(
        "--passwords",
        type=Path,
        default=Path("var/roles.json"),
        help="where the roles' passwords are kept, 0600 (made at the first start)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Needs DATABASE_ADMIN_URL: a role that may create roles and databases."""
    admin_url = os.environ.get("DATABASE_ADMIN_URL", "")
    if not admin_url:
        print("DATABASE_ADMIN_URL is missing: the address of a role that may create roles.", file=sys.stderr)
        return 2
    given = {role: os.environ.get(f"LAUFZETTEL_PASSWORD_{role.name}", "") for role in Role}
    missing = [f"LAUFZETTEL_PASSWORD_{role.name}" for role, password in given.items() if not password]
    if missing and len(missing) < len(given):
        print(f"Give all four passwords or none; missing: {', '.join(missing)}", file=sys.stderr)
        return 2
    passwords = kept_passwords(file=arguments.passwords) if missing else given
    init_database(admin_url=admin_url, database=arguments.database, passwords=passwords)
    print(f"Database {arguments.database} and its roles are ready: {', '.join(role.value for role in Role)}.")
    return 0
