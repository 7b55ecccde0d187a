"""Logs: one JSON object a line on standard error, with ids only, never personal data."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logs(*, level: str) -> None:
    """Set up structlog for this process; the standard library's warnings go the same way."""
    number = logging.getLevelNamesMapping().get(level, logging.INFO)
    logging.basicConfig(
        stream=sys.stderr, level=max(number, logging.WARNING), format="%(levelname)s %(name)s"
    )
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
        frame = error.__traceback__ if isinstance(error, BaseException) else sys.exc_info()[2]
        places = []
        while frame is not None:
            places.append(f"{frame.tb_frame.f_code.co_filename.rpartition('/')[2]}:{frame.tb_lineno}")
            frame = frame.tb_next
        event["frames"] = places[-6:]
    return event
