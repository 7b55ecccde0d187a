"""/health: is this process alive, and can it take applications."""

from __future__ import annotations

from collections.abc import Callable

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse


class Health:
    """Answers monitors before anything else: they call by address, not by a host name of ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = PATHS.get(request.path_info)
        return self.get_response(request) if answer is None else answer()


def live() -> HttpResponse:
    """The process answers. Asks nobody else, so that a database outage does not restart the web."""
    return JsonResponse({"status": "alive"})


def ready() -> HttpResponse:
    """The database answers and its tables are there.

    The broker does not count: applications are accepted without it.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1 from authority limit 1")
    except Error:
        # Outside of Django's request cycle nobody else gives the broken connection back.
        connection.close()
        return JsonResponse({"status": "not ready", "because": "the database does not answer"}, status=503)
    return JsonResponse({"status": "ready"})


PATHS = {"/health/live": live, "/health/ready": ready}
