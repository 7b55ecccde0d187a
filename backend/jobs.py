"""The names of all background jobs, their queues, and how one is started.

Nobody imports a task: whoever needs work done names a job, so that web, relay and workers stay apart.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import celery


class Queue(StrEnum):
    """Where a job waits; each queue needs a worker that consumes it."""

    ROUTING = "routing"
    DOCUMENTS = "documents"
    OUTBOUND = "outbound"
    HOUSEKEEPING = "housekeeping"


CARRY_OUT = "workflows.carry_out"
SWEEP = "workflows.sweep"
CLEAR_FILES = "workflows.clear_files"
LOOK_AFTER_UPLOADS = "workflows.look_after_uploads"
EXPIRE_GUESTS = "workflows.expire_guests"


def start_carry_out(*, command_id: UUID, authority_id: UUID, queue: Queue) -> None:
    """Hand one command to a worker. Only ids travel: personal data never enters the broker.

    Raises `kombu.exceptions.OperationalError` when the broker cannot be reached: the caller keeps
    the command and tries again later.
    """
    celery.current_app.send_task(
        CARRY_OUT,
        kwargs={"command_id": str(command_id), "authority_id": str(authority_id)},
        queue=queue.value,
        retry=False,
        ignore_result=True,
    )
