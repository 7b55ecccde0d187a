"""What a process is told from outside: safe defaults, and one message for everything that is missing or unsafe."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.environment import (
    DEVELOPMENT_KEY,
    DEVELOPMENT_MASTER_KEY,
    DatabaseUrl,
    EnvironmentProblems,
    read_environment,
)

NEEDED = {
    "DATABASE_URL": "postgresql://app:x@/laufzettel?host=/run/pg&port=5432",
    "REDIS_URL": "redis://127.0.0.1/0",
}
KEY = base64.b64encode(bytes(range(32))).decode()
PRODUCTION = {
    **NEEDED,
    "LAUFZETTEL_ENVIRONMENT": "production",
    "LAUFZETTEL_SECRET_KEY": "something long and random",
    "LAUFZETTEL_MASTER_KEYS": f"2026:{KEY}",
    "LAUFZETTEL_INDEX_KEY": KEY,
    "LAUFZETTEL_CLAMD": "tcp://clamav:3310",
}


def problems(source):
    with pytest.raises(EnvironmentProblems) as refused:
        read_environment(source)
    first, *lines = str(refused.value).splitlines()
    assert "mend" in first
    return [line.removeprefix("  - ") for line in lines]


def test_addresses_are_all_that_development_needs():
    environment = read_environment(NEEDED)
    assert not environment.production
    assert environment.files_folder == Path("var/files")
    assert environment.issuers == ()
    assert environment.lease_seconds == {"routing": 15, "documents": 30, "outbound": 60, "housekeeping": 300}


def test_everything_missing_is_named_at_once():
    names = [line.partition(":")[0] for line in problems({})]
    assert names == ["DATABASE_URL", "REDIS_URL"]


def test_blank_is_missing():
    assert len(problems({**NEEDED, "REDIS_URL": "   "})) == 1


def test_production_starts_with_keys_of_its_own():
    environment = read_environment(PRODUCTION)
    assert environment.production
    assert environment.master_keys == (("2026", bytes(range(32))),)


@pytest.mark.parametrize(
    ("name", "development"),
    [
        ("LAUFZETTEL_SECRET_KEY", "development-only"),
        ("LAUFZETTEL_MASTER_KEYS", DEVELOPMENT_MASTER_KEY),
        ("LAUFZETTEL_INDEX_KEY", DEVELOPMENT_KEY),
    ],
)
def test_production_refuses_every_development_value_and_every_default(name, development):
    unset = {key: value for key, value in PRODUCTION.items() if key != name}
    assert all(line.startswith(f"{name}: ") for line in problems(unset))
    assert any(line.startswith(f"{name}: ") for line in problems({**PRODUCTION, name: development}))


@pytest.mark.parametrize("keys", [f"2026:{KEY},{DEVELOPMENT_MASTER_KEY}", f"own-name:{DEVELOPMENT_KEY}"])
def test_production_refuses_the_development_key_wherever_it_hides(keys):
    assert any("development key" in line for line in problems({**PRODUCTION, "LAUFZETTEL_MASTER_KEYS": keys}))


@pytest.mark.parametrize(
    "value", ["x", f":{KEY}", "name:", "name:" + base64.b64encode(b"short").decode(), f"a:{KEY},", "a:ä"]
)
def test_a_master_key_of_the_wrong_form_is_named(value):
    (line,) = problems({**NEEDED, "LAUFZETTEL_MASTER_KEYS": value})
    assert line.startswith("LAUFZETTEL_MASTER_KEYS: ")
    assert KEY not in line


def test_several_master_keys_keep_their_order():
    environment = read_environment({**NEEDED, "LAUFZETTEL_MASTER_KEYS": f"new:{KEY}, old:{DEVELOPMENT_KEY}"})
    assert [name for name, _ in environment.master_keys] == ["new", "old"]


@pytest.mark.parametrize("value", ["{}", "[1]", "[", '["x"]', "null"])
def test_issuers_of_the_wrong_form_are_named(value):
    (line,) = problems({**NEEDED, "LAUFZETTEL_ISSUERS": value})
    assert line.startswith("LAUFZETTEL_ISSUERS: ")


def test_issuers_are_read_as_they_stand():
    issuers = [{"url": "https://login.example", "kind": "citizens", "audience": "x"}]
    assert list(read_environment({**NEEDED, "LAUFZETTEL_ISSUERS": json.dumps(issuers)}).issuers) == issuers


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "soon", "²"])
def test_a_lease_is_a_whole_number_of_seconds(value):
    (line,) = problems({**NEEDED, "LAUFZETTEL_LEASE_ROUTING": value})
    assert line.startswith("LAUFZETTEL_LEASE_ROUTING: ")


def test_a_database_address_by_socket():
    url = DatabaseUrl.parse("postgresql://app:p%40ss%3Aw@/lauf%2Fzettel?host=%2Frun%2Fpg&port=5433")
    assert (url.user, url.password, url.host, url.port, url.name) == (
        "app",
        "p@ss:w",
        "/run/pg",
        "5433",
        "lauf/zettel",
    )


def test_a_database_address_by_tcp():
    url = DatabaseUrl.parse("postgresql://app@db.example:6432/laufzettel")
    assert (url.user, url.password, url.host, url.port, url.name) == (
        "app",
        "",
        "db.example",
        "6432",
        "laufzettel",
    )


@given(
    st.dictionaries(
        st.sampled_from([*PRODUCTION, "LAUFZETTEL_ISSUERS", "LAUFZETTEL_LEASE_OUTBOUND"]),
        st.text(max_size=40),
    )
)
def test_whatever_is_set_it_starts_or_says_what_to_mend(source):
    try:
        read_environment(source)
    except EnvironmentProblems as refused:
        assert "\n  - " in str(refused)  # noqa: PT017 -- both outcomes are fine


def test_production_without_a_scanner_has_to_be_said():
    told = problems({name: value for name, value in PRODUCTION.items() if name != "LAUFZETTEL_CLAMD"})
    assert [line.partition(":")[0] for line in told] == ["LAUFZETTEL_CLAMD"]
    assert read_environment({**PRODUCTION, "LAUFZETTEL_CLAMD": "off"}).clamd == ""
    assert read_environment(NEEDED).clamd == ""


@pytest.mark.parametrize(
    "address", ["tcp://clamav:3310", "tcp://[::1]:3310", "tcp://clamav", "unix:///run/clamav/clamd.ctl"]
)
def test_a_scanner_is_named_by_tcp_or_by_socket(address):
    assert read_environment({**NEEDED, "LAUFZETTEL_CLAMD": address}).clamd == address


@pytest.mark.parametrize("address", ["http://clamav:3310", "clamav:3310", "unix://clamd.ctl", "tcp://", "no"])
def test_any_other_address_of_a_scanner_stops_the_start(address):
    assert "unix:///path" in problems({**NEEDED, "LAUFZETTEL_CLAMD": address})[0]


def test_files_lie_in_a_folder_or_in_a_bucket():
    assert read_environment({**NEEDED, "LAUFZETTEL_FILES": "/srv/files"}).files_bucket is None
    keys = {"LAUFZETTEL_S3_ACCESS_KEY": "a", "LAUFZETTEL_S3_SECRET_KEY": "b"}
    bucket = read_environment({**NEEDED, "LAUFZETTEL_FILES": "s3://town/of/files/", **keys}).files_bucket
    assert bucket is not None
    assert bucket.options() == {
        "bucket_name": "town",
        "location": "of/files",
        "access_key": "a",
        "secret_key": "b",
    }
    placed = {"LAUFZETTEL_S3_ENDPOINT": "https://s3.example", "LAUFZETTEL_S3_REGION": "eu-central-1"}
    bucket = read_environment({**NEEDED, "LAUFZETTEL_FILES": "s3://town", **keys, **placed}).files_bucket
    assert bucket is not None
    assert (bucket.endpoint_url, bucket.region_name, bucket.location) == (
        "https://s3.example",
        "eu-central-1",
        "",
    )


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ("s3://town", ["LAUFZETTEL_S3_ACCESS_KEY", "LAUFZETTEL_S3_SECRET_KEY"]),
        ("s3:///prefix", ["LAUFZETTEL_FILES"]),
        ("https://town.example", ["LAUFZETTEL_FILES"]),
    ],
)
def test_a_bucket_needs_a_name_and_keys(files, names):
    assert [line.partition(":")[0] for line in problems({**NEEDED, "LAUFZETTEL_FILES": files})] == names


@pytest.mark.parametrize(
    ("header", "proxies", "said"),
    [("X-Client-Certificate", "0", "above 0"), ("X_Client_Certificate", "1", "name of a header")],
)
def test_a_header_that_anybody_could_send_is_not_trusted(header, proxies, said):
    source = {**NEEDED, "LAUFZETTEL_CLIENT_CERTIFICATE_HEADER": header, "LAUFZETTEL_PROXIES": proxies}
    (line,) = problems(source)
    assert said in line
