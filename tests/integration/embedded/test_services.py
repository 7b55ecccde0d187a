"""Read this to see both embedded servers together: how fast, and what is left when their starter is killed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from backend.embedded.processes import is_running, mark, wait_until, works_in
from backend.embedded.roles import Role
from backend.embedded.services import Services

ROOT = Path(__file__).resolve().parents[3]


def test_start_together_keep_their_data_and_stop(tmp_path: Path) -> None:
    with Services.start(tmp_path) as services:
        urls = services.database("laufzettel")
        with psycopg.connect(urls[Role.OWNER]) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
        with redis.Redis.from_url(services.valkey.url()) as client:
            client.set("kept", "1")
        assert set(services.seconds) == {"postgres", "valkey"}
        folders = (services.postgres.data, services.valkey.data)
    assert not any(works_in(folder) for folder in folders)

    began = time.monotonic()
    with Services.start(tmp_path) as services:
        assert time.monotonic() - began < 2  # measured 0.1 s alone on the machine
        assert services.database("laufzettel") == urls
        with psycopg.connect(urls[Role.APP]) as connection:
            assert connection.execute("SELECT n FROM kept").fetchone() == (1,)
        with redis.Redis.from_url(services.valkey.url()) as client:
            assert client.get("kept") == b"1"


def test_an_exception_stops_both(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), Services.start(tmp_path) as services:
        raise ZeroDivisionError
    assert works_in(services.postgres.data) + works_in(services.valkey.data) == []


def test_when_the_starter_is_killed_both_end_and_start_again(tmp_path: Path) -> None:
    code = (
        "import time; from pathlib import Path; from backend.embedded.services import Services\n"
        f"with Services.start(Path({str(tmp_path)!r})) as s:\n"
        "  print(s.postgres.pid, s.valkey.pid, flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    servers = [mark(int(pid)) for pid in starter.stdout.readline().split()]
    assert None not in servers
    starter.kill()
    starter.communicate()
    assert wait_until(lambda: not any(server and is_running(server) for server in servers), seconds=10)
    with Services.start(tmp_path):
        pass
