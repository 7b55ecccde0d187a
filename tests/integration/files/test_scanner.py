"""The conversation with a real ClamAV daemon: what it finds, and what is said when it does not answer."""

from __future__ import annotations

import io
import os
import signal
import socket
import threading
import time
import zipfile

import pytest

from backend.files.inspection import MAX_BYTES
from backend.files.scanner import (
    BadScannerAddress,
    Clean,
    Infected,
    ScannerAddress,
    ScannerAway,
    ping,
    scan,
)
from tests.integration.files.clamd import EICAR, SIGNATURE, Clamd, ClamdMissing, binary
from tests.unit.files.documents import docx, pdf

INFECTED = Infected(f"{SIGNATURE}.UNOFFICIAL")  # clamd adds this to signatures that are not ClamAV's own.


@pytest.fixture(scope="module", autouse=True)
def _installed():
    try:
        binary()
    except ClamdMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def clamd(tmp_path_factory):
    with Clamd(folder=tmp_path_factory.mktemp("clamd")) as running:
        yield running


@pytest.fixture
def own_clamd(tmp_path):
    """For tests that hurt it."""
    with Clamd(folder=tmp_path) as running:
        yield running


def packed(content):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/file.com", content)
    return written.getvalue()


def seconds_of(call):
    started = time.monotonic()
    return call(), time.monotonic() - started


@pytest.mark.parametrize(
    "content",
    [EICAR, packed(EICAR), packed(packed(EICAR)), docx(parts={"word/media/image1.png": EICAR})],
    ids=["plain", "zip", "zip-in-zip", "docx"],
)
def test_malware_is_found_wherever_it_hides(clamd, content):
    assert scan(content=content, address=clamd.tcp) == INFECTED
    assert scan(content=content, address=clamd.unix) == INFECTED


@pytest.mark.parametrize("content", [b"", b"Guten Tag", pdf(), docx()], ids=["empty", "text", "pdf", "docx"])
def test_what_is_clean_is_called_clean(clamd, content):
    assert scan(content=content, address=clamd.tcp) == Clean()
    assert scan(content=content, address=clamd.unix) == Clean()


def test_the_largest_file_is_scanned_to_its_last_byte(clamd):
    content = os.urandom(MAX_BYTES - len(EICAR)) + EICAR
    assert scan(content=content, address=clamd.tcp) == INFECTED


def test_many_at_once(clamd):
    findings = []
    threads = [
        threading.Thread(target=lambda n=n: findings.append(scan(content=EICAR * (n % 2), address=clamd.tcp)))
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert findings.count(INFECTED) == findings.count(Clean()) == 6


def test_it_answers_a_ping(clamd):
    assert ping(address=clamd.tcp) is None
    assert ping(address=clamd.unix) is None


def test_a_stopped_daemon_is_noticed_at_once(own_clamd):
    own_clamd.stop()
    for address in (own_clamd.tcp, own_clamd.unix):
        answer, seconds = seconds_of(lambda address=address: scan(content=EICAR, address=address))
        assert isinstance(answer, ScannerAway)
        assert "cannot be reached" in answer.reason
        assert seconds < 1
        assert isinstance(ping(address=address), ScannerAway)


def test_a_daemon_that_dies_in_the_middle_of_the_stream(own_clamd):
    # Stopped, it takes what fits into the buffers; the rest waits until it is killed.
    own_clamd.send(signal.SIGSTOP)
    killing = threading.Timer(0.5, own_clamd.send, [signal.SIGKILL])
    killing.start()
    answer, seconds = seconds_of(lambda: scan(content=bytes(40_000_000), address=own_clamd.tcp, seconds=20))
    killing.join()
    assert isinstance(answer, ScannerAway)
    assert 0.4 < seconds < 5


@pytest.mark.parametrize("size", [10, 40_000_000], ids=["while-answering", "while-sending"])
def test_a_daemon_that_hangs_is_not_waited_for_longer_than_asked(own_clamd, size):
    own_clamd.send(signal.SIGSTOP)
    answer, seconds = seconds_of(lambda: scan(content=bytes(size), address=own_clamd.tcp, seconds=1))
    assert answer == ScannerAway("clamd did not answer within 1 s")
    assert seconds < 3
    own_clamd.send(signal.SIGCONT)
    assert scan(content=EICAR, address=own_clamd.tcp) == INFECTED


def test_more_than_the_daemon_takes_is_not_called_clean(tmp_path):
    with Clamd(folder=tmp_path, settings={"StreamMaxLength": "1M"}) as small:
        for size in (1_100_000, 20_000_000):
            answer = scan(content=bytes(size), address=small.tcp)
            assert answer == ScannerAway("longer than clamd takes (StreamMaxLength)")
        assert scan(content=EICAR, address=small.tcp) == INFECTED


def test_what_the_daemon_gave_up_on_is_neither_clean_nor_infected(tmp_path):
    with Clamd(folder=tmp_path, settings={"MaxFileSize": "1M"}) as hasty:
        answer = scan(content=bytes(2_000_000) + EICAR, address=hasty.tcp)
        assert isinstance(answer, ScannerAway)
        assert "Limits.Exceeded" in answer.reason


def test_without_a_scanner_nothing_is_known():
    assert scan(content=EICAR, address="") == ScannerAway("no scanner is configured (LAUFZETTEL_CLAMD)")
    assert ping(address="") == ScannerAway("no scanner is configured (LAUFZETTEL_CLAMD)")


@pytest.fixture
def stranger():
    """A server that is no clamd: says what it is told to whoever connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        answers = []

        def serve():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1000)
                    connection.sendall(answers[0])

        threading.Thread(target=serve, daemon=True).start()
        yield lambda answer: (answers.insert(0, answer), f"tcp://127.0.0.1:{server.getsockname()[1]}")[1]
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0",
        b"stream: OK",
        b"HTTP/1.1 400 Bad Request\r\n\0",
        b"OK\0",
        b"stream: FOUND\0",
        b"\xff" * 9000,
    ],
)
def test_an_answer_we_do_not_know_is_not_clean(stranger, answer):
    assert isinstance(scan(content=b"x", address=stranger(answer)), ScannerAway)
    assert isinstance(ping(address=stranger(answer)), ScannerAway)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("tcp://clamav:3310", ScannerAddress(host="clamav", port=3310)),
        ("tcp://clamav", ScannerAddress(host="clamav", port=3310)),
        ("tcp://[::1]:99", ScannerAddress(host="::1", port=99)),
        ("unix:///run/clamav/clamd.ctl", ScannerAddress(path="/run/clamav/clamd.ctl")),
    ],
)
def test_addresses(address, expected):
    assert ScannerAddress.parse(address) == expected


@pytest.mark.parametrize(
    "address",
    ["clamav:3310", "http://clamav:3310", "tcp://", "tcp://a:b", "tcp://a:99999", "unix://a/b", "unix:"],
)
def test_anything_else_is_no_address(address):
    with pytest.raises(BadScannerAddress):
        ScannerAddress.parse(address)
