"""Read this to see what each database role may and may not do."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from backend.embedded.roles import (
    Role,
    Server,
    create_database,
    drop_database,
    init_database,
    kept_passwords,
    role_urls,
)
from backend.embedded.services import Services


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with Services.start(tmp_path_factory.mktemp("roles")) as running:
        yield running


@pytest.fixture(scope="module")
def urls(services: Services) -> dict[Role, str]:
    addresses = services.database("rights")
    run(addresses[Role.OWNER], "CREATE TABLE thing (id bigserial PRIMARY KEY, tenant int, secret text)")
    run(addresses[Role.OWNER], "ALTER TABLE thing ENABLE ROW LEVEL SECURITY")
    run(addresses[Role.OWNER], "ALTER TABLE thing FORCE ROW LEVEL SECURITY")
    run(
        addresses[Role.OWNER],
        "CREATE POLICY own ON thing USING (tenant = nullif(current_setting('app.t', true), '')::int)",
    )
    run(addresses[Role.OWNER], "CREATE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 42'")
    run(addresses[Role.OWNER], f"GRANT SELECT (id) ON thing TO {Role.RELAY}")
    run(addresses[Role.OPS], "INSERT INTO thing (tenant, secret) VALUES (1, 'a'), (2, 'b')")
    return addresses


def run(url: str, statement: str) -> list[tuple]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_each_role_is_who_it_says(urls: dict[Role, str]) -> None:
    for role, url in urls.items():
        assert run(url, "SELECT current_user, current_database()") == [(role.value, "rights")]
    assert run(
        urls[Role.OPS], "SELECT rolname FROM pg_roles WHERE rolbypassrls AND rolname LIKE 'laufzettel%'"
    ) == [(Role.OPS.value,)]


def test_app_works_with_rows_of_its_tenant_only(urls: dict[Role, str]) -> None:
    with psycopg.connect(urls[Role.APP], autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM thing").fetchone() == (0,)
        connection.execute("SET app.t = '1'")
        assert connection.execute("SELECT secret FROM thing").fetchall() == [("a",)]
        connection.execute("INSERT INTO thing (tenant, secret) VALUES (1, 'c')")
        connection.execute("UPDATE thing SET secret = 'd' WHERE secret = 'c'")
        connection.execute("DELETE FROM thing WHERE secret = 'd'")
        assert connection.execute("SELECT answer()").fetchone() == (42,)


def test_ops_sees_all_tenants(urls: dict[Role, str]) -> None:
    assert run(urls[Role.OPS], "SELECT count(*) FROM thing") == [(2,)]


@pytest.mark.parametrize("role", [Role.APP, Role.RELAY, Role.OPS])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (n int)",
        "CREATE SCHEMA mine",
        "DROP TABLE thing",
        "ALTER TABLE thing DISABLE ROW LEVEL SECURITY",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
    ],
)
def test_only_the_owner_changes_the_structure(urls: dict[Role, str], role: Role, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(urls[role], statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT secret FROM thing",
        "UPDATE thing SET tenant = 1",
        "SELECT nextval('thing_id_seq')",
        "SELECT answer()",
    ],
)
def test_relay_gets_nothing_but_what_was_granted(urls: dict[Role, str], statement: str) -> None:
    run(urls[Role.RELAY], "SELECT id FROM thing")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(urls[Role.RELAY], statement)


@pytest.mark.parametrize(
    "statement", ["TRUNCATE thing", "CREATE TEMP TABLE t (n int)", f"SET ROLE {Role.OWNER}"]
)
def test_app_gets_no_more_than_rows(urls: dict[Role, str], statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(urls[Role.APP], statement)


def test_others_may_not_even_connect(services: Services, urls: dict[Role, str]) -> None:
    run(services.admin_url, "CREATE ROLE stranger LOGIN PASSWORD 'x'")
    server = Server.parse(services.admin_url)
    url = Server(host=server.host, port=server.port, user="stranger", password="x").url("rights")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        run(url, "SELECT 1")


def test_setting_up_again_keeps_rows_and_what_migrations_took_away(services: Services) -> None:
    urls = services.database("again")
    run(urls[Role.OWNER], "CREATE TABLE event (n int)")
    run(urls[Role.OWNER], f"REVOKE UPDATE, DELETE ON event FROM {Role.APP}")
    run(urls[Role.APP], "INSERT INTO event VALUES (1)")
    assert services.database("again") == urls
    assert run(urls[Role.APP], "SELECT n FROM event") == [(1,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(urls[Role.APP], "DELETE FROM event")


def test_a_changed_password_takes_effect(services: Services) -> None:
    old = services.database("changed")
    passwords = {**services.passwords, Role.RELAY: "ä / ? & % = neu"}
    new = init_database(admin_url=services.admin_url, database="changed", passwords=passwords)
    assert run(new[Role.RELAY], "SELECT 1") == [(1,)]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        run(old[Role.RELAY], "SELECT 1")
    services.database("changed")


def test_a_copy_has_tables_rows_and_rights(services: Services) -> None:
    urls = services.database("original")
    run(urls[Role.OWNER], "CREATE TABLE kept (n int)")
    run(urls[Role.APP], "INSERT INTO kept VALUES (7)")
    create_database(admin_url=services.admin_url, database="copy", template="original")
    copy = role_urls(admin_url=services.admin_url, database="copy", passwords=services.passwords)
    assert run(copy[Role.APP], "SELECT n FROM kept") == [(7,)]
    run(copy[Role.OWNER], "CREATE TABLE later (n int)")
    run(copy[Role.APP], "INSERT INTO later VALUES (1)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(copy[Role.RELAY], "SELECT * FROM later")
    with psycopg.connect(copy[Role.APP]):
        drop_database(admin_url=services.admin_url, database="copy")
    drop_database(admin_url=services.admin_url, database="copy")
    assert run(services.admin_url, "SELECT 1 FROM pg_database WHERE datname = 'copy'") == []


def test_the_log_knows_no_password(services: Services) -> None:
    run(services.admin_url, "ALTER SYSTEM SET log_statement = 'all'")
    run(services.admin_url, "SELECT pg_reload_conf()")
    services.database("logged")
    log = services.postgres.log.read_text()
    assert "ALTER ROLE" in log
    assert not any(password in log for password in services.passwords.values())


def test_passwords_are_kept_private(tmp_path: Path) -> None:
    file = tmp_path / "roles.json"
    passwords = kept_passwords(file=file)
    assert set(passwords) == set(Role)
    assert len(set(passwords.values())) == len(Role)
    assert kept_passwords(file=file) == passwords
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_addresses_can_be_read_by_everybody() -> None:
    server = Server(host="/tmp/a b/run", port=5433, user="u@x", password="p:/?#%&=ü")
    url = server.url("näme")
    assert conninfo_to_dict(url) == {
        "host": "/tmp/a b/run",
        "port": "5433",
        "user": "u@x",
        "password": "p:/?#%&=ü",
        "dbname": "näme",
    }
    assert parse_qs(urlsplit(url).query) == {"host": ["/tmp/a b/run"], "port": ["5433"]}
    assert Server.parse(url) == server
    assert Server.parse("postgresql://a:b@db.example:6000/x?sslmode=require").options == {
        "sslmode": "require"
    }
