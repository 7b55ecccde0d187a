"""Whose data this transaction may touch: sets the tenant, and makes tables obey it (row-level security)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, models, transaction
from django.db.migrations.operations import RunSQL

# After use the setting is an empty string, not NULL: nullif makes both mean "nobody".
CURRENT_AUTHORITY = "nullif(current_setting('app.authority', true), '')::uuid"


@contextmanager
def acting_for(*, authority_id: UUID) -> Iterator[None]:
    """One transaction that sees and writes only the rows of one authority.

    It is always the outermost one (durable): whoever leaves the block without an exception has
    committed. Every public operation and query opens it exactly once.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("select set_config('app.authority', %s, true)", [str(authority_id)])
        yield


class TenantModel(models.Model):
    """A row that belongs to one authority; its table must be named in `protect` of a migration."""

    authority_id = models.UUIDField()

    class Meta:
        abstract = True


def protect(table: str) -> RunSQL:
    """Migration operation: rows of `table` are visible and writable only for their own authority.

    Forced, so that it holds for the owner of the table too.
    """
    return RunSQL(
        sql=[
            f"alter table {table} enable row level security",
            f"alter table {table} force row level security",
            f"""create policy tenant on {table} using (authority_id = {CURRENT_AUTHORITY})
                with check (authority_id = {CURRENT_AUTHORITY})""",
        ],
        reverse_sql=RunSQL.noop,
    )


def append_only(table: str) -> RunSQL:
    """Migration operation: the application may add rows to `table` and read them, never change them."""
    return RunSQL(sql=[f"revoke update, delete on {table} from laufzettel_app"], reverse_sql=RunSQL.noop)
