"""One log line per request: method, route, status and time; never an address, a query or a body."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse

from backend.api.errors import Refused, plain_response

log = structlog.get_logger()


class RequestLog:
    """Gives each request an id (answered as `X-Request-ID`) and logs how it ended."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid4().hex
        structlog.contextvars.bind_contextvars(request=request_id)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            route = request.resolver_match.route if request.resolver_match else "-"
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            log.info(
                "request", method=request.method, route=route, status=response.status_code, ms=milliseconds
            )
            response["X-Request-ID"] = request_id
            return response
        finally:
            structlog.contextvars.unbind_contextvars("request")

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:  # noqa: ARG002
        return plain_response(error.problem) if isinstance(error, Refused) else None
