"""Looks at the database past the application: as the operator, the relay or the owner of the tables."""

from __future__ import annotations

import os
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

_TENANT_TABLES = """
select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
  and a.attname = 'authority_id' and not a.attisdropped order by 1
"""
_ALL_TABLES = "select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by 1"


def connect(role: str, *, autocommit: bool = True) -> psycopg.Connection[Any]:
    """A connection of its own as `APP`, `OPS`, `RELAY` or `OWNER`."""
    name = "DATABASE_URL" if role == "APP" else f"TEST_DATABASE_{role}"
    return psycopg.connect(os.environ[name], autocommit=autocommit)


def ops(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run one statement as the operator, who sees all authorities."""
    with connect("OPS") as connection:
        cursor = connection.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def tenant_tables() -> list[str]:
    """Every table with rows of an authority, as the database itself lists them."""
    return [name for (name,) in ops(_TENANT_TABLES)]


def all_tables() -> list[str]:
    return [name for (name,) in ops(_ALL_TABLES)]


def columns(table: str) -> list[str]:
    found = (
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
    )
    return [name for (name,) in ops(found, table)]


def row_counts(*, authority_id: UUID) -> dict[str, int]:
    with connect("OPS") as connection:
        return {
            table: connection.execute(
                sql.SQL("select count(*) from {} where authority_id = %s").format(sql.Identifier(table)),
                [authority_id],
            ).fetchall()[0][0]
            for table in tenant_tables()
        }


def due_now(*command_ids: UUID) -> None:
    """Time passes: what waits for its next attempt or for a deadline is due."""
    ops("update command set due_at = now() - interval '1 second' where id = any(%s)", list(command_ids))
