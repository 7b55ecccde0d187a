"""Read this to see what the embedded PostgreSQL survives: kill -9, stale files, long paths, other users."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from backend.embedded.postgres import Postgres
from backend.embedded.processes import ServiceFailed, is_running, mark, wait_until, works_in
from backend.embedded.run_as import NOBODY

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder every user may reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="lz-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def interpreter_for_nobody(as_nobody: dict) -> tuple[str | None, dict[str, str]]:
    """Ours, or the system's with our packages when ours lies in somebody's home."""
    environment = {"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"}
    packages = str(Path(psycopg.__file__).parents[1])
    for python, extra in ((sys.executable, {}), ("/usr/bin/python3", {"PYTHONPATH": f"{ROOT}:{packages}"})):
        with contextlib.suppress(OSError):
            test = [python, "-c", "import psycopg"]
            if subprocess.run(test, env=environment | extra, check=False, **as_nobody).returncode == 0:
                return python, environment | extra
    return None, {}


def settings(postgres: Postgres) -> dict[str, str]:
    with psycopg.connect(postgres.admin_url) as connection:
        names = ["fsync", "synchronous_commit", "full_page_writes", "data_checksums", "listen_addresses"]
        return {name: connection.execute(f"SHOW {name}").fetchone()[0] for name in names}


def test_is_durable_even_against_its_caller_and_starts_again_quickly(tmp_path: Path) -> None:
    postgres = Postgres(base=tmp_path, settings={"fsync": "off", "work_mem": "5MB"})
    postgres.start()
    assert settings(postgres) == {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "listen_addresses": "",
    }
    first_address = postgres.admin_url
    postgres.stop()
    assert works_in(postgres.data) == []

    began = time.monotonic()
    postgres.start()
    assert time.monotonic() - began < 2
    assert postgres.admin_url == first_address
    postgres.stop()


def test_keeps_every_acknowledged_row_when_killed_while_writing(tmp_path: Path) -> None:
    postgres = Postgres(base=tmp_path)
    postgres.start()
    with psycopg.connect(postgres.admin_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE written (n int)")
    acknowledged: list[int] = []

    def write() -> None:
        with (  # noqa: PT012 - it is cut off somewhere in the loop
            pytest.raises(psycopg.OperationalError),
            psycopg.connect(postgres.admin_url, autocommit=True) as connection,
        ):
            for number in range(1_000_000):
                connection.execute("INSERT INTO written VALUES (%s)", [number])
                acknowledged.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    assert wait_until(lambda: len(acknowledged) > 200, seconds=20)
    backends = works_in(postgres.data)
    os.killpg(postgres.pid, signal.SIGKILL)
    writer.join()

    assert (postgres.data / "postmaster.pid").exists()
    again = postgres
    again.start()  # also waits for what is left of the killed one
    assert not any(map(is_running, backends))
    with psycopg.connect(again.admin_url) as connection:
        rows = {n for (n,) in connection.execute("SELECT n FROM written")}
    again.stop()
    assert set(acknowledged) <= rows
    assert len(rows) - len(acknowledged) <= 1


def test_a_postmaster_pid_that_now_belongs_to_a_stranger_does_not_hinder(open_folder: Path) -> None:
    postgres = Postgres(base=open_folder)
    postgres.start()
    os.killpg(postgres.pid, signal.SIGKILL)
    wait_until(lambda: not works_in(postgres.data), seconds=5)
    stranger = subprocess.Popen(["sleep", "60"], user=postgres.run_as.uid)
    for lock in (postgres.data / "postmaster.pid", next(open_folder.rglob(".s.PGSQL.*.lock"), None)):
        if lock is not None:
            lines = lock.read_text().split("\n")
            lock.write_text("\n".join([str(stranger.pid), *lines[1:]]))
    try:
        postgres.start()
        assert stranger.poll() is None
        postgres.stop()
    finally:
        stranger.kill()
        stranger.wait()


def test_a_server_whose_starter_is_gone_is_ended_first(tmp_path: Path) -> None:
    code = (
        "import sys, os; from pathlib import Path; from backend.embedded.postgres import Postgres;"
        f"p = Postgres(base=Path({str(tmp_path)!r})); p.start(); print(p.pid, flush=True); os._exit(0)"
    )
    orphan = int(
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True).stdout
    )
    orphan_mark = mark(orphan)
    assert orphan_mark is not None
    postgres = Postgres(base=tmp_path)
    postgres.start()
    assert not is_running(orphan_mark)
    postgres.stop()


def test_a_folder_in_use_is_refused_by_name_and_its_user_is_left_alone(tmp_path: Path) -> None:
    first = Postgres(base=tmp_path)
    first.start()
    second = Postgres(base=tmp_path)
    with pytest.raises(ServiceFailed, match=f"already in use by process {os.getpid()}"):
        second.start()
    second.stop()
    with psycopg.connect(first.admin_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    first.stop()


def test_a_long_path_gets_a_short_private_socket_folder(tmp_path: Path) -> None:
    base = tmp_path / ("very-long-name-" * 6) / "base"
    postgres = Postgres(base=base)
    postgres.start()
    folder = Path(postgres.server.host)
    assert len(str(folder)) < 80
    assert folder.stat().st_mode & 0o777 == 0o700
    with psycopg.connect(postgres.admin_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    postgres.stop()
    assert not folder.exists()


def test_a_start_that_fails_says_why(tmp_path: Path) -> None:
    postgres = Postgres(base=tmp_path, settings={"shared_buffers": "nonsense"})
    with pytest.raises(ServiceFailed, match="shared_buffers"):
        postgres.start()
    works = Postgres(base=tmp_path)
    works.start()
    works.stop()


def test_an_interrupted_creation_is_begun_anew(tmp_path: Path) -> None:
    unfinished = tmp_path / "postgres" / "data.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    postgres = Postgres(base=tmp_path)
    postgres.start()
    postgres.stop()
    assert not unfinished.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_drops_to_nobody_where_nobody_can_reach_the_folder(open_folder: Path) -> None:
    postgres = Postgres(base=open_folder)
    postgres.start()
    if postgres.run_as.uid is None:
        postgres.stop()
        pytest.skip("nobody cannot reach the installed PostgreSQL: the project lies below a private folder")
    assert Path(f"/proc/{postgres.pid}").stat().st_uid == NOBODY
    postgres.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_uses_a_user_namespace_where_nobody_cannot_reach_the_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    postgres = Postgres(base=tmp_path)
    try:
        postgres.start()
    except ServiceFailed as failure:
        assert "unshare --user" in str(failure)  # noqa: PT017 - both outcomes are right, by machine
        pytest.skip("this machine allows no user namespaces; the message says what to do")
    assert postgres.run_as.prefix
    tmp_path.chmod(0o755)
    postgres.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="as a normal user every other test is this test")
def test_a_normal_user_can_start_it(open_folder: Path) -> None:
    os.chown(open_folder, NOBODY, NOBODY)
    code = (
        "from pathlib import Path; from backend.embedded.postgres import Postgres\n"
        "from backend.embedded.roles import init_database, kept_passwords\n"
        f"base = Path({str(open_folder)!r}); postgres = Postgres(base=base); postgres.start()\n"
        "passwords = kept_passwords(file=base / 'roles.json')\n"
        "init_database(admin_url=postgres.admin_url, database='x', passwords=passwords)\n"
        "postgres.stop(); print(postgres.run_as)"
    )
    as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": [], "cwd": ROOT, "capture_output": True}
    python, environment = interpreter_for_nobody(as_nobody)
    if python is None:
        pytest.skip(
            "another user cannot reach this virtual environment, nor is there a system Python like it"
        )
    ran = subprocess.run([python, "-c", code], env=environment, text=True, check=False, **as_nobody)
    assert ran.stderr == ""
    assert "uid=None" in ran.stdout


def test_another_users_folder_is_refused_with_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "postgres").mkdir()
    stranger = (tmp_path / "postgres").stat().st_uid + 1
    monkeypatch.setattr(os, "geteuid", lambda: stranger)
    with pytest.raises(ServiceFailed, match="belongs to the user with uid"):
        Postgres(base=tmp_path).start()
