"""What stands in the log of a process of its own when exceptions quote a citizen."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PROGRAM = """
import logging, sys
if "server" in sys.argv:
    own = logging.getLogger("web.server")
    own.propagate = False
    own.addHandler(logging.StreamHandler())
    logging.basicConfig(format="%(message)s")
from backend.logs import configure_logs
configure_logs(level="INFO")
import structlog

def fails(name):
    raise ValueError(f"{name} lives here")

for say in (logging.getLogger("django.request"), logging.getLogger("web.server"), logging.getLogger()):
    try:
        try:
            fails("Erika")
        except ValueError as error:
            raise RuntimeError("about Erika") from error
    except RuntimeError:
        say.exception("Failed: %s", "Erika", stack_info=True)
    say.error("Erika again, %d", "no number")
try:
    fails("Erika")
except ValueError:
    structlog.get_logger().error("own", exc_info=True)
"""


@pytest.fixture(params=["plain", "server"])
def lines(request):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, request.param], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == ""
    assert "Erika" not in done.stderr
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_every_logger_says_where_and_never_what(lines):
    assert [line.get("logger") for line in lines] == [
        *("django.request", "django.request", "web.server", "web.server", "root", "root", None)
    ]
    assert all(line["level"] == "error" for line in lines)
    for line in lines[:6:2]:
        assert line["error"] == "RuntimeError"
        assert line["frames"] == ["<string>:20 <module>"]
    assert "frames" not in lines[1]


def test_our_own_log_names_file_line_and_function(lines):
    assert lines[-1]["event"] == "own"
    assert [frame.rpartition(" ")[2] for frame in lines[-1]["frames"]] == ["<module>", "fails"]
