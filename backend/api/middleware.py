"""What happens around every request: one log line without address, query or body; UTF-8 and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import structlog
from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIRequest
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


class OnlyUtf8:
    """Refuses a request whose body claims another encoding than UTF-8.

    Django decodes with whatever codec the client names, and Python has some that turn no bytes into text.
    Raises `BadRequest` (400): programs get a problem, people a page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (request.content_params or {}).get("charset", "utf-8").lower() != "utf-8":
            # Whoever writes the answer may still read the query.
            request.encoding = None
            raise BadRequest("The charset of the body is not UTF-8.")
        return self.get_response(request)


class ReadableRequest(WSGIRequest):
    """A request that is made even if its content type cannot be read, so that `OnlyUtf8` can answer it.

    Django tries the codec that the client names while it makes the request, before any middleware. The WSGI
    application names this class as its `request_class`.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            super()._set_content_type_params(meta)
        except ValueError:
            self._encoding = None
            self.content_type, self.content_params = "", {"charset": "unreadable"}
