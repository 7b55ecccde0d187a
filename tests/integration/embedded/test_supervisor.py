"""Read this to see what the supervisor does when children, or it itself, are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from backend.embedded.child import Child, State
from backend.embedded.postgres import Postgres
from backend.embedded.processes import ProcessMark, ServiceFailed, is_running, mark, wait_until
from backend.embedded.services import postgres_child, valkey_child
from backend.embedded.supervisor import Supervisor, stopping_on_signals
from backend.embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parents[3]
STUBBORN = "trap '' TERM INT HUP; echo started; while :; do sleep 0.05; done"


def shell(name: str, script: str, **more: object) -> Child:
    return Child(name=name, command=["/bin/sh", "-c", script], **more)


def pid_of(supervisor: Supervisor, name: str) -> ProcessMark:
    child = json.loads(supervisor.pids_file.read_text())["children"][name]
    return ProcessMark(child["pid"], child["started"])


def test_starts_in_order_writes_logs_and_stops_in_reverse_order(tmp_path: Path) -> None:
    trace = tmp_path / "trace"

    def traced(name: str) -> Child:
        script = f"trap 'echo stop-{name} >> {trace}; exit 0' TERM; echo hello-{name}; sleep 0.1; echo start-{name} >> {trace}; while :; do sleep 0.02; done"
        return shell(name, script, ready=lambda: trace.exists() and f"start-{name}" in trace.read_text())

    ready: list[str] = []
    supervisor = Supervisor(folder=tmp_path / "run", children=[traced("a"), traced("b")])
    supervisor.start(on_ready=lambda status: ready.append(status.name))
    assert supervisor.healthy()
    marks = [pid_of(supervisor, name) for name in "ab"]
    supervisor.stop()
    assert ready == ["a", "b"]
    assert trace.read_text().split() == ["start-a", "start-b", "stop-b", "stop-a"]
    assert (tmp_path / "run" / "logs" / "a.log").read_text() == "hello-a\n"
    assert not any(map(is_running, marks))
    assert not supervisor.pids_file.exists()


def test_restarts_a_killed_child_and_whatever_it_left_in_its_group(tmp_path: Path) -> None:
    note = tmp_path / "grandchild"
    child = shell("worker", f"sleep 60 & echo $! > {note}; wait")
    with Supervisor(folder=tmp_path / "run", children=[child]) as supervisor:
        supervisor.start()
        assert wait_until(lambda: note.exists() and note.read_text().strip() != "", seconds=5)
        grandchild = mark(int(note.read_text()))
        first = pid_of(supervisor, "worker")
        os.kill(first.pid, signal.SIGKILL)
        assert wait_until(
            lambda: supervisor.status()["worker"].restarts == 1 and supervisor.healthy(), seconds=5
        )
        assert pid_of(supervisor, "worker") != first
        assert grandchild is not None
        assert wait_until(lambda: not is_running(grandchild), seconds=2)
        assert supervisor.status()["worker"].last_exit == -signal.SIGKILL


def test_pauses_longer_and_longer_before_restarts(tmp_path: Path) -> None:
    marker = tmp_path / "dies"
    child = shell(
        "crash", f"test -e {marker} && exit 3; while :; do sleep 0.02; test -e {marker} && exit 3; done"
    )
    with Supervisor(folder=tmp_path / "run", children=[child]) as supervisor:
        supervisor.start()
        marker.touch()
        began = time.monotonic()
        assert wait_until(lambda: supervisor.status()["crash"].restarts >= 2, seconds=5)
        assert "ended with status 3" in supervisor.status()["crash"].problem
        assert time.monotonic() - began >= 0.2 + 0.4
        assert not supervisor.healthy()
        marker.unlink()
        assert supervisor.wait_healthy(seconds=5)


def test_a_child_that_cannot_start_fails_the_start_with_its_last_words(tmp_path: Path) -> None:
    good = shell("good", "while :; do sleep 0.05; done")
    bad = shell("bad", "echo the disk is full; exit 1", ready=lambda: False)
    supervisor = Supervisor(folder=tmp_path / "run", children=[good, bad])
    with pytest.raises(ServiceFailed, match=r"bad ended with status 1(.|\n)*the disk is full"):
        supervisor.start()
    assert supervisor.status()["good"].state is State.STOPPED
    missing = Supervisor(folder=tmp_path / "run", children=[Child(name="x", command=["/does/not/exist"])])
    with pytest.raises(ServiceFailed, match=r"/does/not/exist|x ended"):
        missing.start()


def test_a_stubborn_child_is_killed_after_its_limit(tmp_path: Path) -> None:
    child = shell("stubborn", STUBBORN, stop_seconds=0.3)
    supervisor = Supervisor(folder=tmp_path, children=[child])
    supervisor.start()
    found = pid_of(supervisor, "stubborn")
    assert wait_until(lambda: "started" in (tmp_path / "logs" / "stubborn.log").read_text(), seconds=5)
    supervisor.stop()
    assert supervisor.status()["stubborn"].last_exit == -signal.SIGKILL
    assert not is_running(found)


PROGRAM = f"""
import sys
import time
from pathlib import Path
from backend.embedded.child import Child
from backend.embedded.supervisor import Supervisor, stopping_on_signals
supervisor = Supervisor(folder=Path(sys.argv[1]), children=[
    Child(name="plain", command=["sleep", "60"]),
    Child(name="family", command=["/bin/sh", "-c", "trap '' HUP; sleep 61 & sleep 62"]),
    Child(name="stubborn", command=["/bin/sh", "-c", {STUBBORN!r}], stop_seconds=float(sys.argv[2])),
])
with stopping_on_signals(supervisor), supervisor:
    supervisor.start()
    print("up", flush=True)
    import time
    time.sleep(60)
"""


def run_program(folder: Path, stop_seconds: float) -> tuple[subprocess.Popen, list[ProcessMark]]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), str(stop_seconds)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    children = json.loads((folder / "pids.json").read_text())["children"]
    return process, [ProcessMark(child["pid"], child["started"]) for child in children.values()]


@pytest.mark.parametrize(
    ("how", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, -signal.SIGINT)]
)
def test_signals_end_everything_in_order(tmp_path: Path, how: signal.Signals, status: int) -> None:
    process, marks = run_program(tmp_path, 0.3)
    process.send_signal(how)
    process.communicate(timeout=10)
    assert process.returncode == status
    assert not any(map(is_running, marks))


def test_a_second_ctrl_c_makes_it_hurry(tmp_path: Path) -> None:
    process, marks = run_program(tmp_path, 50)
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.communicate(timeout=0.5)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert not any(map(is_running, marks))


def test_children_die_with_a_killed_supervisor_and_the_next_one_ends_the_stubborn_rest(
    tmp_path: Path,
) -> None:
    process, (plain, family, stubborn) = run_program(tmp_path, 0.3)
    process.kill()
    process.communicate()
    assert wait_until(lambda: not is_running(plain) and not is_running(family), seconds=5)
    assert is_running(stubborn)  # it ignores SIGTERM
    with Supervisor(folder=tmp_path, children=[shell("other", "sleep 60")]) as supervisor:
        supervisor.start()
        assert not is_running(stubborn)
        survivors = subprocess.run(["pgrep", "-g", str(family.pid)], capture_output=True, check=False).stdout
        assert survivors == b""


def test_two_supervisors_of_one_folder_do_not_meet(tmp_path: Path) -> None:
    with Supervisor(folder=tmp_path, children=[shell("one", "sleep 60")]) as first:
        first.start()
        with pytest.raises(ServiceFailed, match="already in use"):
            Supervisor(folder=tmp_path, children=[]).start()
        assert first.healthy()


def test_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit), stopping_on_signals():  # noqa: PT012 - the signal comes after it was sent
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
    assert signal.getsignal(signal.SIGTERM) is before


def test_killed_servers_come_back_with_their_data(tmp_path: Path) -> None:
    postgres, valkey = Postgres(base=tmp_path), Valkey(base=tmp_path, settings={"appendfsync": "always"})
    children = [postgres_child(postgres), valkey_child(valkey)]
    with Supervisor(folder=tmp_path / "run", children=children) as supervisor:
        supervisor.start()
        with psycopg.connect(postgres.admin_url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
        with redis.Redis.from_url(valkey.url()) as client:
            client.set("kept", "1")
        for name in ("postgres", "valkey"):
            os.kill(pid_of(supervisor, name).pid, signal.SIGKILL)
        restarted = lambda: all(one.restarts == 1 for one in supervisor.status().values())  # noqa: E731
        assert wait_until(lambda: restarted() and supervisor.healthy(), seconds=15)
        with psycopg.connect(postgres.admin_url) as connection:
            assert connection.execute("SELECT n FROM kept").fetchone() == (1,)
        with redis.Redis.from_url(valkey.url()) as client:
            assert client.get("kept") == b"1"
        marks = [pid_of(supervisor, name) for name in ("postgres", "valkey")]
    assert not any(map(is_running, marks))
