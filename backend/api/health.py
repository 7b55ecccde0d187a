"""/health: is this process alive, and can it take applications."""

from __future__ import annotations

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse


def live(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """The process answers. Asks nobody else, so that a database outage does not restart the web."""
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """The database answers and its tables are there.

    The broker does not count: applications are accepted without it.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1 from authority limit 1")
    except Error:
        return JsonResponse({"status": "not ready", "because": "the database does not answer"}, status=503)
    return JsonResponse({"status": "ready"})
