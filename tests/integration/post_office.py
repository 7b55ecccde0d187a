"""A real SMTP server for tests that send mail: takes every mail and delivers none."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from backend.embedded.ports import is_free
from backend.embedded.processes import end_child, launch, wait_until

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def running_sink(*, folder: Path) -> Iterator[Path]:
    """The folder in which mails arrive (`backend.embedded.mails.read_index`, `plan_failure`)."""
    port = urlsplit(os.environ["LAUFZETTEL_MAIL_URL"]).port
    assert port is not None
    command = [
        sys.executable,
        "-m",
        "backend.embedded.mailsink",
        "--port",
        str(port),
        "--folder",
        str(folder),
    ]
    log = folder.with_suffix(".log")
    process = launch(argv=command, log=log, environment=os.environ, cwd=ROOT, death_signal=signal.SIGTERM)
    try:
        assert wait_until(lambda: not is_free(port), seconds=20)
        yield folder
    finally:
        end_child(process, how=signal.SIGTERM, seconds=10)
