"""Logs: one JSON object a line on standard error, with ids only, never personal data."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from types import TracebackType

import structlog

INNERMOST = 6


class FramesOnly(logging.Formatter):
    """What other packages log: who, how bad and where, never what was said; a text may quote a citizen."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "event": "logged",
            "logger": record.name,
            "level": record.levelname.lower(),
        }
        line["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat()
        if record.exc_info:
            kind, _, frame = record.exc_info
            line["error"] = kind.__name__ if kind else ""
            line["frames"] = _places(frame)
        return json.dumps(line)


def configure_logs(*, level: str) -> None:
    """Set up structlog for this process; what the standard library's loggers say goes the same way.

    Call it after whatever sets up loggers of its own (the web server): their handlers get the same format.
    """
    number = logging.getLevelNamesMapping().get(level, logging.INFO)
    logging.basicConfig(stream=sys.stderr, level=max(number, logging.WARNING), force=True)
    known = [one for one in logging.root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    for logger in (logging.root, *known):
        for handler in logger.handlers:
            handler.setFormatter(FramesOnly())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _frames_only,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def _frames_only(_: object, __: str, event: dict[str, object]) -> dict[str, object]:
    """Where an exception came from, without its text: that may quote a citizen."""
    error = event.pop("exc_info", None)
    if error:
        event["frames"] = _places(
            error.__traceback__ if isinstance(error, BaseException) else sys.exc_info()[2]
        )
    return event


def _places(frame: TracebackType | None) -> list[str]:
    """The innermost frames of a traceback: file, line and function."""
    places = []
    while frame is not None:
        code = frame.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{frame.tb_lineno} {code.co_name}")
        frame = frame.tb_next
    return places[-INNERMOST:]
