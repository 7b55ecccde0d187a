"""Nobody sees what is not theirs: the database itself keeps authorities apart, table by table as it lists them."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from backend.demo.applications import DECISION
from tests.integration.database import all_tables, columns, connect, ops, row_counts, tenant_tables
from tests.integration.tenancy.filler import fill
from tests.integration.town import TestTown

# Tables without rows of an authority. Whoever adds one says here why it needs no tenant.
WITHOUT_TENANT = {
    "authority",  # the tenants themselves: public, without it no request could find its own
    "django_migrations",  # which migrations have run
    "revocation",  # tokens and subjects an issuer took back: issuers serve all authorities
}
APPEND_ONLY = {"application", "event", "notice", "staff_change"}

# Of these nothing but the named columns changes: a published package is withdrawn, an absence ended.
CHANGEABLE = {
    "service_version": {"withdrawn_at"},
    "absence": {"ended_at", "ended_by", "revision"},
}


# Nothing of a case is deleted by the application.
KEPT = {"case_file", "co_signature", "task", "deadline", "message", "absence"}


def empty_tables(town):
    return [table for table, count in row_counts(authority_id=town.id).items() if not count]


@pytest.fixture(scope="module")
def two_towns():
    """Two towns with at least one row in every table."""
    from datetime import UTC, datetime  # noqa: PLC0415

    towns = []
    for _ in range(2):
        town = TestTown.found(now=datetime.now(UTC))
        town.publish()
        town.finish_plain()
        town.send_away("clara", deputy="carl")
        towns.append(town)
    for town in towns:
        for table in empty_tables(town):
            if not row_counts(authority_id=town.id)[table]:
                fill(table=table, authority_id=town.id)
        assert empty_tables(town) == [], "a table without rows proves nothing: let the town fill it"
    return towns


def acting(connection, authority_id):
    connection.execute("select set_config('app.authority', %s, true)", [str(authority_id)])


def statement(text, table):
    return sql.SQL(text).format(table=sql.Identifier(table))


def attempt(table, text, authority_id, *values, role="APP"):
    """Run it as the application for one authority (or nobody) and take it back; rows touched or returned."""
    with connect(role, autocommit=False) as connection:
        if authority_id is not None:
            acting(connection, authority_id)
        cursor = connection.execute(statement(text, table), values)
        rows = cursor.fetchall() if cursor.description else cursor.rowcount
        connection.rollback()
        return rows


def test_every_table_belongs_to_an_authority_or_says_why_not():
    assert set(all_tables()) - set(tenant_tables()) == WITHOUT_TENANT


def test_nothing_else_leads_to_rows():
    """A view, or a function with its owner's rights, would be a way round the policies."""
    ways = "select relname from pg_class where relkind in ('v', 'm', 'f') and relnamespace = 'public'::regnamespace"
    assert ops(ways) == []
    assert ops("select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace") == []
    own = "select schema_name from information_schema.schemata where schema_name !~ '^(pg_|information_schema$)'"
    assert ops(own) == [("public",)]


def test_every_such_table_is_under_forced_row_level_security_for_everybody():
    found = ops(
        "select relname, relrowsecurity, relforcerowsecurity from pg_class where relname = any(%s)",
        tenant_tables(),
    )
    assert sorted(found) == [(table, True, True) for table in tenant_tables()]
    policies = ops("select tablename, policyname, roles::text[], permissive from pg_policies order by 1, 2")
    for_everybody = {table for table, name, roles, _ in policies if name == "tenant" and roles == ["public"]}
    assert set(tenant_tables()) <= for_everybody
    others = {(table, name) for table, name, _, _ in policies if name != "tenant"}
    assert others == {("command", "relay"), ("authority", "everybody_reads")}


def test_the_application_is_no_owner_and_no_superuser():
    found = ops(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication from pg_roles where rolname = 'laufzettel_app'"
    )
    assert found == [(False, False, False, False, False)]
    assert (
        ops(
            "select tablename from pg_tables where schemaname = 'public' and tableowner <> 'laufzettel_owner'"
        )
        == []
    )
    memberships = "select 1 from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = 'laufzettel_app'"
    assert ops(memberships) == []


@pytest.mark.parametrize("whose", ["its own", "the neighbour", "empty", "missing"])
def test_what_the_application_reads(two_towns, whose):
    one, other = two_towns
    setting = {"its own": one.id, "the neighbour": other.id, "empty": "", "missing": None}[whose]
    for table in tenant_tables():
        rows = attempt(table, "select * from {table} where authority_id = %s", setting, one.id)
        assert bool(rows) == (whose == "its own"), table
        if whose in ("empty", "missing"):
            assert attempt(table, "select 1 from {table} limit 1", setting) == [], table


@pytest.mark.parametrize("role", ["OWNER", "APP"])
def test_not_even_the_owner_reads_without_a_tenant(two_towns, role):
    for table in tenant_tables():
        assert attempt(table, "select 1 from {table} limit 1", None, role=role) == [], table


@pytest.mark.parametrize("whose", ["the neighbour", "empty", "missing"])
def test_what_the_application_changes_or_deletes(two_towns, whose):
    one, other = two_towns
    setting = {"the neighbour": other.id, "empty": "", "missing": None}[whose]
    for table in tenant_tables():
        for text in (
            "update {table} set authority_id = authority_id where authority_id = %s",
            "delete from {table} where authority_id = %s",
        ):
            try:
                touched = attempt(table, text, setting, one.id)
            except psycopg.errors.InsufficientPrivilege:
                forbidden = {*APPEND_ONLY, *CHANGEABLE, *(KEPT if text.startswith("delete") else ())}
                assert table in forbidden, table
                continue
            assert touched == 0, table


@pytest.mark.parametrize("whose", ["the neighbour", "empty", "missing"])
def test_what_the_application_writes(two_towns, whose):
    one, other = two_towns
    setting = {"the neighbour": other.id, "empty": "", "missing": None}[whose]
    for table in tenant_tables():
        ((row,),) = attempt(table, "select {table}::text from {table} limit 1", one.id)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            attempt(table, "insert into {table} select (%s::{table}).*", setting, row)


def test_a_row_cannot_be_given_to_another_authority(two_towns):
    one, other = two_towns
    for table in tenant_tables():
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            attempt(table, "update {table} set authority_id = %s", one.id, other.id)


def test_an_authority_cannot_rename_or_found_another(two_towns):
    one, other = two_towns
    assert attempt("authority", "update {table} set name = 'x' where id = %s", one.id, other.id) == 0
    assert attempt("authority", "delete from {table} where id = %s", one.id, other.id) == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        attempt(
            "authority", "insert into {table} select gen_random_uuid(), 'x', null, 'x', 'NI', '{{}}'", one.id
        )


def test_the_setting_ends_with_the_transaction(two_towns):
    one, _ = two_towns
    with connect("APP") as connection:
        with connection.transaction():
            acting(connection, one.id)
            assert connection.execute("select count(*) from case_file").fetchone() == (1,)
        assert connection.execute("select count(*) from case_file").fetchone() == (0,)


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_facts_are_added_and_never_changed(two_towns, table):
    one, _ = two_towns
    for text in (
        "update {table} set authority_id = authority_id",
        "delete from {table}",
        "truncate {table} cascade",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
            attempt(table, text, one.id)
    assert row_counts(authority_id=one.id)[table] >= 1


def test_only_facts_are_append_only_and_nobody_empties_a_table():
    changeable = {table: set() for table in APPEND_ONLY} | CHANGEABLE
    with connect("APP") as connection:
        for table in tenant_tables():
            right = b"select has_column_privilege(%s, %s, 'UPDATE')"
            found = {
                one for one in columns(table) if connection.execute(right, [table, one]).fetchone() == (True,)
            }
            assert found == changeable.get(table, set(columns(table))), table
            right = b"select has_table_privilege(%s, 'DELETE'), has_table_privilege(%s, 'TRUNCATE')"
            deletes, empties = connection.execute(right, [table] * 2).fetchone()
            assert (deletes, empties) == (table not in {*changeable, *KEPT}, False), table


def test_a_completed_case_of_one_town_is_untouched_by_the_work_of_another(two_towns):
    one, other = two_towns
    before = row_counts(authority_id=one.id)
    receipt = other.submit()
    other.work(kinds={"advance"})
    other.do("clara", "pruefung", DECISION)
    other.work(kinds={"advance", "issue-notice"})
    assert other.case(receipt.case_id).status == "closed"
    assert row_counts(authority_id=one.id) == before
