"""Read this to see what the development mail sink promises about a mail it has taken."""

from __future__ import annotations

import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from backend.embedded.mails import plan_failure, read_index
from backend.embedded.ports import claim_ports, is_free
from backend.embedded.processes import end_child, wait_until

ROOT = Path(__file__).resolve().parents[3]


class Sink:
    def __init__(self, folder: Path, *extra: str) -> None:
        ports = claim_ports(file=folder / "ports.json", wanted={"smtp": None, "http": None})
        self.port, self.http, self.folder = ports["smtp"], ports["http"], folder / "mails"
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "backend.embedded.mailsink", "--port", str(self.port)),
                *("--folder", str(self.folder), "--http-port", str(self.http), *extra),
            ],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        assert wait_until(lambda: not is_free(self.port), seconds=20)

    def send(self, identifier: str) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Message-ID"] = (
            "amt@example.org",
            "erika@example.org",
            identifier,
        )
        message["Subject"] = "Ihr Bescheid über die Hundesteuer"
        message.set_content("Guten Tag\n.\nGrüße")
        with smtplib.SMTP("127.0.0.1", self.port, timeout=10) as client:
            client.send_message(message)


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    running = Sink(tmp_path)
    yield running
    end_child(running.process, how=15, seconds=5)


def test_keeps_message_id_subject_and_text(sink: Sink) -> None:
    sink.send("<abc-1@musterhausen.example>")
    (mail,) = read_index(sink.folder)
    assert mail.message_id == "<abc-1@musterhausen.example>"
    assert mail.to == ("erika@example.org",)
    assert mail.subject == "Ihr Bescheid über die Hundesteuer"
    assert b"Message-ID: <abc-1@musterhausen.example>" in (sink.folder / mail.file).read_bytes()


def test_an_acknowledged_mail_survives_kill_9(tmp_path: Path) -> None:
    sink = Sink(tmp_path)
    sink.send("<1@x>")
    sink.process.kill()
    sink.process.wait()
    again = Sink(tmp_path)
    assert again.port == sink.port
    again.send("<2@x>")
    end_child(again.process, how=15, seconds=5)
    assert [mail.message_id for mail in read_index(sink.folder)] == ["<1@x>", "<2@x>"]


def test_can_be_looked_at(sink: Sink) -> None:
    sink.send("<1@x>")
    address = f"http://127.0.0.1:{sink.http}"
    (listed,) = httpx.get(f"{address}/mails").json()
    assert listed["message_id"] == "<1@x>"
    assert "Ihr Bescheid über die Hundesteuer" in httpx.get(address).text
    assert "Message-ID: <1@x>" in httpx.get(f"{address}/mails/{listed['file']}").text
    assert httpx.get(f"{address}/mails/..%2Fports.json").status_code == 404


def test_fails_as_planned(sink: Sink) -> None:
    plan_failure(folder=sink.folder, kind="fail-next", count=1)
    with pytest.raises(smtplib.SMTPDataError, match="451"):
        sink.send("<1@x>")
    plan_failure(folder=sink.folder, kind="refuse-next", count=1)
    with pytest.raises(smtplib.SMTPDataError, match="550"):
        sink.send("<1@x>")
    assert read_index(sink.folder) == []
    plan_failure(folder=sink.folder, kind="lose-reply-next", count=1)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        sink.send("<1@x>")
    sink.send("<1@x>")
    assert [mail.message_id for mail in read_index(sink.folder)] == ["<1@x>", "<1@x>"]


def test_can_be_slow(tmp_path: Path) -> None:
    sink = Sink(tmp_path, "--delay", "0.4")
    began = time.monotonic()
    sink.send("<1@x>")
    assert time.monotonic() - began >= 0.4
    end_child(sink.process, how=15, seconds=5)
