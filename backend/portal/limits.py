"""How often a client address may open pages, as `LAUFZETTEL_THROTTLE` says for `address`."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from backend.portal.pages import error_page
from backend.throttling import client_network, exceeded


def throttled(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that answers 429 to whoever asks too often; the page needs no database."""

    @wraps(view)
    def counted(request: HttpRequest, **parts: Any) -> HttpResponse:
        wait = exceeded("address", "portal", client_network(request))
        if wait is None:
            return view(request, **parts)
        response = error_page(request, "too-many", authority=None, status=429)
        response["Retry-After"] = str(math.ceil(wait))
        return response

    return counted
