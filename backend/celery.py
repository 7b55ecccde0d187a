"""Celery's wiring: broker, queues and the settings that keep work safe; no logic."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import celery
import django
from celery.signals import heartbeat_sent, setup_logging, worker_ready
from kombu import Exchange
from kombu import Queue as BrokerQueue

from backend import jobs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402 -- only readable after django.setup()

from backend.logs import configure_logs  # noqa: E402

_HOUSEKEEPING = {"queue": jobs.Queue.HOUSEKEEPING.value}
_exchange = Exchange("laufzettel", type="direct")

app = celery.Celery("laufzettel", broker=settings.ENVIRONMENT.redis_url, set_as_current=True)
app.conf.update(
    include=["workflows.tasks"],
    task_queues=[BrokerQueue(queue.value, _exchange, routing_key=queue.value) for queue in jobs.Queue],
    task_default_queue=jobs.Queue.HOUSEKEEPING.value,
    task_default_exchange="laufzettel",
    task_default_routing_key=jobs.Queue.HOUSEKEEPING.value,
    task_create_missing_queues=False,
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    # A task is acknowledged when it is done, so a killed worker's task comes back. The lease in
    # PostgreSQL decides who may do it; the broker only wakes.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_time_limit=240,
    task_soft_time_limit=200,
    worker_max_tasks_per_child=5_000,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=4,
    broker_transport_options={
        "visibility_timeout": 300,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "retry_on_timeout": False,
        "health_check_interval": 10,
    },
    beat_schedule={
        "sweep": {"task": jobs.SWEEP, "schedule": 300.0, "options": _HOUSEKEEPING | {"expires": 280}},
        "expire-guests": {
            "task": jobs.EXPIRE_GUESTS,
            "schedule": 600.0,
            "options": _HOUSEKEEPING | {"expires": 580},
        },
        "look-after-uploads": {
            "task": jobs.LOOK_AFTER_UPLOADS,
            "schedule": 60.0,
            "options": _HOUSEKEEPING | {"expires": 55},
        },
        "clear-files": {"task": jobs.CLEAR_FILES, "schedule": 86_400.0, "options": _HOUSEKEEPING},
    },
    timezone="Europe/Berlin",
)


@worker_ready.connect
@heartbeat_sent.connect
def _touch_heartbeat(**_: Any) -> None:
    """Tells a supervisor that the worker lives (file of LAUFZETTEL_HEARTBEAT_FILE)."""
    path = os.environ.get("LAUFZETTEL_HEARTBEAT_FILE")
    if path:
        Path(path).touch()


@setup_logging.connect
def _configure_logs(**_: Any) -> None:
    configure_logs(level=settings.ENVIRONMENT.log_level)
