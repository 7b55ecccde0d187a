"""Somebody tries the demo: it tours, keeps its data, stops when told to, and recovers from being killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from backend.demo.layout import WANTED_PORTS
from backend.embedded.ports import claim_ports
from backend.embedded.processes import ProcessMark, is_running, last_lines, processes_where
from tests.journeys.people import until

ROOT = Path(__file__).resolve().parents[2]
FIELDS = {"reference", "status", "notice_pdf", "events", "seconds_to_ready", "seconds_tour"}
STAYS = "The town stays up"
START_SECONDS = 90.0
STOP_SECONDS = 40.0

pytestmark = pytest.mark.timeout(240)


class Demo:
    """`python -m backend demo` in one folder, and whatever belongs to that folder on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder.with_suffix(".out")
        # Ports of its own, remembered as an earlier start would: tests of others may run beside this one.
        folder.mkdir()
        claim_ports(file=folder / "ports.json", wanted=dict.fromkeys(WANTED_PORTS))

    def run(self, *options: str) -> int:
        with self.starting(*options) as process:
            return process.wait(START_SECONDS + STOP_SECONDS)

    @contextmanager
    def starting(self, *options: str):
        command = [sys.executable, "-m", "backend", "demo", *options, "--folder", str(self.folder)]
        with self.output.open("wb") as output:
            process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()

    @contextmanager
    def staying(self, *options: str):
        """Up and waiting for Ctrl-C."""
        with self.starting(*options) as process:
            until(lambda: self._stays(process), "the running demo", seconds=START_SECONDS)
            yield process

    def _stays(self, process) -> bool:
        assert process.poll() is None, last_lines(self.output)
        return STAYS in self.output.read_text()

    def processes(self) -> list[ProcessMark]:
        """All processes that were started with this folder in their command or environment, or work in it."""
        wanted = os.fsencode(self.folder)

        def belongs(pid: int) -> bool:
            process = Path(f"/proc/{pid}")
            words = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            return wanted in words or wanted in os.fsencode((process / "cwd").readlink())

        return processes_where(belongs)

    def ports(self) -> str:
        return (self.folder / "ports.json").read_text()

    def tour(self) -> dict[str, Any]:
        return json.loads((self.folder / "tour.json").read_text())


@dataclass(frozen=True)
class Life:
    """What was seen of one demo: a first start with --exit, a second one that is killed, a third one."""

    demo: Demo
    first_tour: dict[str, Any]
    after_exit: list[ProcessMark]
    second_tour: dict[str, Any]
    ports: tuple[str, str]
    survived_the_next_start: list[ProcessMark]
    while_up: int
    ctrl_c_status: int
    ctrl_c_output: str
    after_ctrl_c: list[ProcessMark]


@pytest.fixture(scope="module")
def life():
    with tempfile.TemporaryDirectory(prefix="laufzettel-demo-") as folder:
        demo = Demo(Path(folder) / "town")
        assert demo.run("--exit") == 0, last_lines(demo.output)
        first_tour, after_exit, ports = demo.tour(), demo.processes(), demo.ports()
        with demo.staying() as process:
            second_tour = demo.tour()
            os.kill(process.pid, signal.SIGKILL)
            process.wait(STOP_SECONDS)
            left_behind = demo.processes()
        with demo.staying("--no-tour") as process:
            survived = [mark for mark in left_behind if is_running(mark)]
            while_up = len(demo.processes())
            process.send_signal(signal.SIGINT)
            status = process.wait(STOP_SECONDS)
        yield Life(
            demo=demo,
            first_tour=first_tour,
            after_exit=after_exit,
            second_tour=second_tour,
            ports=(ports, demo.ports()),
            survived_the_next_start=survived,
            while_up=while_up,
            ctrl_c_status=status,
            ctrl_c_output=demo.output.read_text(),
            after_ctrl_c=demo.processes(),
        )


def test_the_first_start_leaves_a_tour(life):
    tour = life.first_tour
    assert set(tour) == FIELDS
    assert tour["status"] == "closed"
    assert tour["events"][0] == "submitted"
    assert "closed" in tour["events"]
    assert tour["seconds_tour"] > 0
    assert Path(tour["notice_pdf"]).read_bytes().startswith(b"%PDF-")


def test_exit_leaves_no_process(life):
    assert life.after_exit == []


def test_the_notice_of_the_tour_can_be_verified_by_anybody(life):
    notice = Path(life.first_tour["notice_pdf"])
    certificate = life.demo.folder / "seal" / "certificate.pem"

    def verify(file: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "backend", "verify", str(file), "--certificate", str(certificate)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert verify(notice).returncode == 0
    content = bytearray(notice.read_bytes())
    content[len(content) // 3] ^= 1
    broken = notice.with_name("broken.pdf")
    broken.write_bytes(content)
    refused = verify(broken)
    assert refused.returncode == 1
    assert "intact: NO" in refused.stdout


def test_a_second_start_works_on_the_kept_data(life):
    """The tour again: a new case beside the old one, and the addresses stay the same."""
    first, second = life.first_tour["reference"], life.second_tour["reference"]
    assert first != second
    assert life.ports[0] == life.ports[1]
    mails = (life.demo.folder / "mail" / "index.jsonl").read_text()
    assert first in mails
    assert second in mails


def test_nothing_of_a_killed_demo_survives_the_next_start(life):
    assert life.survived_the_next_start == []


def test_ctrl_c_stops_everything(life):
    assert life.while_up > 6
    assert life.ctrl_c_status == 0
    assert life.after_ctrl_c == []
    assert "Traceback" not in life.ctrl_c_output
