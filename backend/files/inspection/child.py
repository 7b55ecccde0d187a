"""The child process of the inspection: a line of JSON and the bytes on standard input, the verdict on output.

It gets no environment, so nothing secret is in its reach.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
from pathlib import Path

from backend.files.inspection.judgement import judge
from backend.files.inspection.pdf import limit_qpdf
from backend.files.inspection.verdict import Accepted

_OPEN_FILES = 32
_STREAM_MEGABYTES = 64


def main(arguments: list[str]) -> None:
    """Set the limits, read, judge, answer."""
    seconds, megabytes = int(arguments[0]), int(arguments[1])
    # The soft limit tells that it was the processor (SIGXCPU); at the hard one the signal would be SIGKILL.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 10**6, megabytes * 10**6))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    # When the machine runs out of memory, this process ends and not the worker.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    limit_qpdf(megabytes=_STREAM_MEGABYTES)
    head = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read(head["size"])
    verdict = judge(content=content, name=head["name"], types=tuple(head["types"]))
    if isinstance(verdict, Accepted):
        json.dump({"content_type": verdict.content_type}, sys.stdout)
    else:
        json.dump({"code": verdict.code, "text": dict(verdict.text)}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
