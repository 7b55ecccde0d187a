"""Asks a ClamAV daemon whether bytes are malware: its INSTREAM command, by TCP or Unix socket (clamd(8)).

The answer never holds file names: clamd sees a stream without one.
"""

from __future__ import annotations

import contextlib
import re
import socket
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit

CONNECT_SECONDS = 3.0
# clamd gives up a file by itself after its MaxScanTime (two minutes unless set otherwise).
SCAN_SECONDS = 60.0
_CHUNK = 1 << 18
_LONGEST_ANSWER = 4096
_CLAMD_PORT = 3310
_FOUND = re.compile(r"^stream: (?P<signature>.{1,200}) FOUND$")
_TOO_LARGE = "size limit exceeded"


@dataclass(frozen=True, slots=True)
class Clean:
    """The scanner knows nothing bad about these bytes."""


@dataclass(frozen=True, slots=True)
class Infected:
    """`signature` is the scanner's name for what it found."""

    signature: str


@dataclass(frozen=True, slots=True)
class ScannerAway:
    """Nothing is known about the bytes. `reason` is for operators: it holds neither content nor names."""

    reason: str


class BadScannerAddress(ValueError):
    """Neither `tcp://host:port` nor `unix:///path`."""


@dataclass(frozen=True, slots=True)
class ScannerAddress:
    """Where clamd listens: `path` of its socket, or `host` and `port`."""

    path: str = ""
    host: str = ""
    port: int = _CLAMD_PORT

    @classmethod
    def parse(cls, address: str) -> ScannerAddress:
        """Raises `BadScannerAddress`."""
        try:
            parts = urlsplit(address)
            port = parts.port or _CLAMD_PORT
        except ValueError as error:
            raise BadScannerAddress(address) from error
        if parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/") and not parts.query:
            return cls(path=parts.path)
        if parts.scheme == "tcp" and parts.hostname and parts.path in ("", "/") and "@" not in parts.netloc:
            return cls(host=parts.hostname, port=port)
        raise BadScannerAddress(address)


def scan(*, content: bytes, address: str, seconds: float = SCAN_SECONDS) -> Clean | Infected | ScannerAway:
    """Send the bytes to clamd and wait for its answer, `seconds` at most for both together.

    `ScannerAway` covers all that leaves the bytes unscanned: no connection, no answer in time, an answer we
    do not know, bytes longer than clamd's StreamMaxLength. Raises `BadScannerAddress`.
    """
    if not address:
        return ScannerAway("no scanner is configured (LAUFZETTEL_CLAMD)")
    answer = _Conversation(ScannerAddress.parse(address), seconds).asks(b"zINSTREAM\0", content)
    return answer if isinstance(answer, ScannerAway) else _meaning(answer)


def ping(*, address: str, seconds: float = CONNECT_SECONDS) -> ScannerAway | None:
    """None if clamd answers; else why not. Raises `BadScannerAddress`."""
    if not address:
        return ScannerAway("no scanner is configured (LAUFZETTEL_CLAMD)")
    answer = _Conversation(ScannerAddress.parse(address), seconds).asks(b"zPING\0", None)
    if isinstance(answer, ScannerAway):
        return answer
    return None if answer == "PONG" else ScannerAway(f"clamd answered {answer[:80]!r} to PING")


def _meaning(answer: str) -> Clean | Infected | ScannerAway:
    if answer == "stream: OK":
        return Clean()
    found = _FOUND.match(answer)
    # Heuristics.Limits.Exceeded: clamd gave up looking (AlertExceedsMax), it found nothing.
    if found and not found["signature"].startswith("Heuristics.Limits.Exceeded"):
        return Infected(found["signature"])
    if _TOO_LARGE in answer:
        return ScannerAway("longer than clamd takes (StreamMaxLength)")
    return ScannerAway(f"clamd answered {answer[:80]!r}" if answer else "clamd hung up without an answer")


class _Conversation:
    """One connection, one command, one answer, one deadline for all of it."""

    def __init__(self, address: ScannerAddress, seconds: float) -> None:
        self._address = address
        self._seconds = seconds
        self._until = monotonic() + seconds

    def asks(self, command: bytes, content: bytes | None) -> str | ScannerAway:
        try:
            with self._connected() as connection:
                # clamd answers and hangs up while we still send when it has had enough: its answer counts.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self._send(connection, command, content)
                return self._answer(connection)
        except TimeoutError:
            return ScannerAway(f"clamd did not answer within {self._seconds:g} s")
        except OSError as error:
            return ScannerAway(f"clamd cannot be reached ({error.strerror or type(error).__name__})")

    def _connected(self) -> socket.socket:
        timeout = min(CONNECT_SECONDS, self._left())
        if not self._address.path:
            return socket.create_connection((self._address.host, self._address.port), timeout=timeout)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(timeout)
            connection.connect(self._address.path)
        except BaseException:
            connection.close()
            raise
        return connection

    def _send(self, connection: socket.socket, command: bytes, content: bytes | None) -> None:
        self._send_all(connection, command)
        if content is None:
            return
        whole = memoryview(content)
        for start in range(0, len(whole), _CHUNK):
            chunk = whole[start : start + _CHUNK]
            self._send_all(connection, len(chunk).to_bytes(4, "big"))
            self._send_all(connection, chunk)
        self._send_all(connection, bytes(4))

    def _send_all(self, connection: socket.socket, data: bytes | memoryview) -> None:
        connection.settimeout(self._left())
        connection.sendall(data)

    def _answer(self, connection: socket.socket) -> str:
        """Up to the closing zero byte; empty if clamd hung up before."""
        received = b""
        while b"\0" not in received and len(received) < _LONGEST_ANSWER:
            connection.settimeout(self._left())
            try:
                piece = connection.recv(_LONGEST_ANSWER)
            except ConnectionResetError:
                break
            if not piece:
                break
            received += piece
        answer, complete, _ = received.partition(b"\0")
        return answer.decode("utf-8", "replace").strip() if complete else ""

    def _left(self) -> float:
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError
        return left
