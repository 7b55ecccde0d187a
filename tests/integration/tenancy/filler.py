"""Puts a row into a table that a town left empty, knowing nothing but what the catalogue says of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import sql

from tests.integration.database import connect, ops, row_counts

_COLUMNS = """
select a.attname, format_type(a.atttypid, a.atttypmod) from pg_attribute a
where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped
  and a.attnotnull and not a.atthasdef and a.attidentity = ''
"""
_REFERENCES = """
select a.attname, c.confrelid::regclass::text, r.attname from pg_constraint c
join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
join pg_attribute r on r.attrelid = c.confrelid and r.attnum = c.confkey[1]
where c.conrelid = %s::regclass and c.contype = 'f'
"""
_VALUES = {
    "uuid": "gen_random_uuid()",
    "boolean": "false",
    "date": "current_date",
    "timestamp with time zone": "now()",
    "bytea": "gen_random_uuid()::text::bytea",
    "jsonb": "'{}'",
}


def fill(*, table: str, authority_id: UUID) -> None:
    """One row of the authority, and rows of the tables it refers to where they are empty too."""
    references = {column: (other, key) for column, other, key in ops(_REFERENCES, table)}
    for other, _ in references.values():
        if other != table and not row_counts(authority_id=authority_id).get(other, 1):
            fill(table=other, authority_id=authority_id)
    wanted = dict(ops(_COLUMNS, table))
    values = {name: _value(name, kind, references.get(name)) for name, kind in wanted.items()}
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(values.values()),
    )
    with connect("OWNER", autocommit=False) as connection:
        connection.execute("select set_config('app.authority', %s, true)", [str(authority_id)])
        connection.execute(statement)
        connection.commit()


def _value(name: str, kind: str, reference: tuple[str, str] | None) -> sql.Composable:
    if name == "authority_id":
        return sql.SQL("current_setting('app.authority')::uuid")
    if reference is not None:
        other, key = reference
        return sql.SQL("(select {} from {} limit 1)").format(sql.Identifier(key), sql.Identifier(other))
    text: Any = _VALUES.get(kind)
    if text is None:
        # A short text for texts, a number for numbers: PostgreSQL reads '1' as either.
        text = "'1'"
    return sql.SQL(text)
