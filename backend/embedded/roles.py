"""The four database roles, and databases in which each may do exactly what the design allows it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from backend.embedded.private_files import write_json

# One number for everybody who sets up roles or databases, so that two at once wait for each other.
SETUP_LOCK = 0x4C5A_0001


class Role(StrEnum):
    """Who speaks to the database; docs of the design, promise 2."""

    OWNER = "laufzettel_owner"  # DDL: migrations
    APP = "laufzettel_app"  # web, worker: rows, under row-level security
    RELAY = "laufzettel_relay"  # ids and leases of commands; granted column by column in migrations
    OPS = "laufzettel_ops"  # bypasses row-level security: data migrations, backup, audit


@dataclass(frozen=True, slots=True)
class Server:
    """One PostgreSQL server and somebody who may log in. `host` may be a socket's folder."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)  # sslmode, sslrootcert …

    @classmethod
    def parse(cls, url: str) -> Server:
        """Take any libpq address apart (libpq documentation, section 34.1.1.2)."""
        parts = {key: str(value) for key, value in conninfo_to_dict(url).items()}
        parts.pop("dbname", None)
        host = parts.pop("host", "") or parts.pop("hostaddr", "")
        port = int(parts.pop("port", "5432"))
        return cls(
            host=host,
            port=port,
            user=parts.pop("user", ""),
            password=parts.pop("password", ""),
            options=parts,
        )

    def url(self, database: str = "postgres") -> str:
        """`postgresql://user:password@/database?host=…&port=…`, everything percent-encoded."""
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        query = urlencode(
            {"host": self.host, "port": str(self.port), **self.options}, quote_via=quote, safe=""
        )
        return f"postgresql://{login}@/{quote(database, safe='')}?{query}"


def kept_passwords(*, file: Path) -> dict[Role, str]:
    """The roles' passwords from `file` (JSON, 0600); those missing are made (192 random bits) and kept."""
    try:
        known = json.loads(file.read_text())
    except FileNotFoundError:
        known = {}
    passwords = {role: known.get(role.value) or secrets.token_urlsafe(24) for role in Role}
    if known != passwords:
        write_json(file, passwords)
    return passwords


def role_urls(*, admin_url: str, database: str, passwords: Mapping[Role, str]) -> dict[Role, str]:
    """The address of `database` for every role, on the server that `admin_url` names."""
    server = Server.parse(admin_url)
    return {
        role: replace(server, user=role.value, password=password).url(database)
        for role, password in passwords.items()
    }


def init_database(
    *, admin_url: str, database: str, passwords: Mapping[Role, str], extensions: Sequence[str] = ()
) -> dict[Role, str]:
    """Roles and one database, ready for migrations; may be repeated. Returns the address per role.

    `admin_url` names a superuser (or, from PostgreSQL 16, a role with CREATEROLE, CREATEDB and BYPASSRLS).
    Raises `psycopg.Error` when the server refuses.
    """
    create_roles(admin_url=admin_url, passwords=passwords)
    create_database(admin_url=admin_url, database=database, extensions=extensions)
    return role_urls(admin_url=admin_url, database=database, passwords=passwords)


def create_roles(*, admin_url: str, passwords: Mapping[Role, str]) -> None:
    """Create the roles or bring existing ones to the wanted rights and passwords."""
    with _locked(admin_url) as connection:
        rows = connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(Role)])
        existing = {name for (name,) in rows}
        for role, password in passwords.items():
            verb = sql.SQL("ALTER" if role.value in existing else "CREATE")
            connection.execute(
                sql.SQL(
                    "{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION {} PASSWORD {}"
                ).format(
                    verb,
                    sql.Identifier(role.value),
                    sql.SQL("BYPASSRLS" if role is Role.OPS else "NOBYPASSRLS"),
                    _scrambled(connection, role=role, password=password),
                )
            )
        # Whoever is not a superuser must be a member of the owner to give databases to it.
        if not _is_superuser(connection):
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(Role.OWNER.value)))


def _scrambled(connection: psycopg.Connection, *, role: Role, password: str) -> sql.Literal:
    """The SCRAM verifier: so no password in clear reaches the server's log."""
    verifier = connection.pgconn.encrypt_password(password.encode(), role.value.encode(), b"scram-sha-256")
    return sql.Literal(verifier.decode())


def create_database(
    *, admin_url: str, database: str, template: str | None = None, extensions: Sequence[str] = ()
) -> None:
    """Make `database` if it does not exist and set who may do what in it; rows and granted rights stay.

    With `template` it is a copy of that database (nobody may be connected to it): tables, rows and rights.
    """
    with _locked(admin_url) as connection:
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        if not exists:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE {}").format(
                    sql.Identifier(database),
                    sql.Identifier(Role.OWNER.value),
                    sql.Identifier(template or "template0"),
                )
            )
        # Rights on the database itself are not copied from a template.
        for statement in _DATABASE_RIGHTS:
            connection.execute(sql.SQL(statement).format(database=sql.Identifier(database), **_NAMES))
    if template is None or exists:
        _set_rights_inside(admin_url=admin_url, database=database, extensions=extensions)


def _set_rights_inside(*, admin_url: str, database: str, extensions: Sequence[str]) -> None:
    with psycopg.connect(Server.parse(admin_url).url(database)) as connection:
        for statement in _RIGHTS_INSIDE:
            connection.execute(sql.SQL(statement).format(**_NAMES))
        for extension in extensions:
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))


def drop_database(*, admin_url: str, database: str) -> None:
    """Remove a database and end its connections; none there is fine."""
    with _locked(admin_url) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
        )


@contextmanager
def _locked(admin_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(Server.parse(admin_url).url(), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [SETUP_LOCK])
        yield connection


def _is_superuser(connection: psycopg.Connection) -> bool:
    row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    return bool(row and row[0])


_NAMES = {role.name.lower(): sql.Identifier(role.value) for role in Role}

_DATABASE_RIGHTS = (
    "ALTER DATABASE {database} OWNER TO {owner}",
    "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
    "GRANT CONNECT ON DATABASE {database} TO {app}, {relay}",
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {ops}",
)
_FUTURE = "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
# Only what concerns objects made later: rights on existing ones belong to the migrations (which also
# take some away), and a repeated set-up must not give them back.
_RIGHTS_INSIDE = (
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
    "GRANT USAGE ON SCHEMA public TO {app}, {relay}, {ops}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
    _FUTURE + " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
    _FUTURE + " GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    _FUTURE + " GRANT EXECUTE ON FUNCTIONS TO {app}, {ops}",
    _FUTURE + " GRANT ALL ON TABLES TO {ops}",
    _FUTURE + " GRANT ALL ON SEQUENCES TO {ops}",
)
