"""`relay`: hands due work to the workers until told to stop (SIGTERM). Runs as laufzettel_relay."""

from __future__ import annotations

import argparse
import os
import signal
import time
from pathlib import Path

import psycopg
import structlog
from django.conf import settings

from backend.celery import app
from backend.logs import configure_logs
from backend.outbox.relay import Relay

log = structlog.get_logger()

DATABASE_PAUSE_SECONDS = 0.5
# Away, or its tables are just being made: both pass.
NOT_READY = (psycopg.OperationalError, psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(_: argparse.Namespace) -> int:
    configure_logs(level=settings.ENVIRONMENT.log_level)
    # The relay has a backoff of its own: a publish to a dead broker must fail at once, not after six seconds.
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "max_retries": 0}
    stop = _Stop()
    heartbeat = os.environ.get("LAUFZETTEL_HEARTBEAT_FILE")
    while not stop.asked:
        try:
            with psycopg.connect(settings.ENVIRONMENT.database_url, autocommit=True) as connection:
                log.info("relay_started")
                Relay(connection=connection).run(stopping=lambda: stop.asked, beat=lambda: _touch(heartbeat))
        except NOT_READY as error:
            log.warning("database_not_ready", error=type(error).__name__, retry_in=DATABASE_PAUSE_SECONDS)
            time.sleep(DATABASE_PAUSE_SECONDS)
    return 0


class _Stop:
    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, *_: object) -> None:
        self.asked = True


def _touch(path: str | None) -> None:
    if path:
        Path(path).touch()
