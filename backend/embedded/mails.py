"""The mail sink's folder: a durable .eml file and an index line for each mail."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.policy import compat32
from pathlib import Path
from uuid import uuid4

from backend.embedded.private_files import sync_folder, write_private

INDEX, CONTROL = "index.jsonl", "control"


@dataclass(frozen=True, slots=True)
class Mail:
    """One line of the index: `time` in ISO 8601 with offset, `file` in the folder, `to` of the envelope."""

    time: str
    message_id: str
    sender: str
    to: tuple[str, ...]
    subject: str
    file: str


class MailFolder:
    """Stores mails in `folder`; may be used from several threads."""

    def __init__(self, *, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)

    def store(self, *, content: bytes, sender: str, recipients: Sequence[str], at: datetime) -> Mail:
        """When this returns, mail and index line are on the disk."""
        headers = BytesHeaderParser(policy=compat32).parsebytes(content)
        name = f"{at:%Y%m%dT%H%M%S.%f}-{uuid4().hex[:8]}.eml"
        mail = Mail(
            time=at.isoformat(),
            message_id=str(headers.get("Message-ID", "")).strip(),
            sender=sender,
            to=tuple(recipients),
            subject=_readable(str(headers.get("Subject", ""))),
            file=name,
        )
        line = json.dumps(asdict(mail), ensure_ascii=False).encode() + b"\n"
        with self._lock:
            write_private(self.folder / name, content)
            handle = os.open(self.folder / INDEX, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, _after_torn_line(handle) + line)
                os.fsync(handle)
            finally:
                os.close(handle)
            sync_folder(self.folder)
        return mail

    def mails(self) -> list[Mail]:
        return read_index(self.folder)

    def planned_failure(self) -> str | None:
        """Count down the control file (see `plan_failure`); its word while the count is above 0."""
        control = self.folder / CONTROL
        with self._lock:
            try:
                word, _, number = control.read_text().strip().partition(" ")
                left = int(number or "1")
            except (FileNotFoundError, ValueError):
                return None
            if left > 1:
                write_private(control, f"{word} {left - 1}\n".encode())
            else:
                control.unlink(missing_ok=True)
            return word if left > 0 else None


def read_index(folder: Path) -> list[Mail]:
    """All mails in the order of their arrival; a line torn by a crash was never acknowledged."""
    try:
        lines = (folder / INDEX).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            value = json.loads(line)
        except ValueError:
            continue
        found.append(Mail(**{**value, "to": tuple(value["to"])}))
    return found


def plan_failure(*, folder: Path, kind: str, count: int) -> None:
    """Let the next `count` mails go wrong: `fail-next` (451), `refuse-next` (550), `lose-reply-next`.

    The last one stores the mail and cuts the connection before the answer, as a crash in between would.
    """
    write_private(folder / CONTROL, f"{kind} {count}\n".encode())


def _after_torn_line(handle: int) -> bytes:
    size = os.fstat(handle).st_size
    return b"\n" if size and os.pread(handle, 1, size - 1) != b"\n" else b""


def _readable(subject: str) -> str:
    try:
        return " ".join(str(make_header(decode_header(subject))).split())
    except (MessageError, LookupError, UnicodeError):
        return subject
