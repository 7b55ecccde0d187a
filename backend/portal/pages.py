"""Renders a page: texts in the visitor's language, nothing kept by caches, forms only where they may go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from backend.portal.requests import authority_of, language
from backend.portal.texts import ERRORS, TEXTS

log = structlog.get_logger()


def page(
    request: HttpRequest,
    template: str,
    *,
    authority: Any,
    status: int = 200,
    form_goes_to: str | None = None,
    **values: Any,
) -> HttpResponse:
    """`form_goes_to` is the address of another site that a form of this page is sent to."""
    spoken = language()
    context = {"t": TEXTS[spoken], "language": spoken, "authority": authority, **values}
    response = render(request, f"portal/{template}.html", context, status=status)
    response["Cache-Control"] = "no-store"
    if form_goes_to:
        parts = urlsplit(form_goes_to)
        # What `csp.decorators.csp_update` sets; a decorator cannot know the address.
        response._csp_update = {"form-action": [f"{parts.scheme}://{parts.netloc}"]}  # noqa: SLF001
    return response


def error_page(
    request: HttpRequest,
    code: str,
    *,
    authority: Any,
    status: int,
    said: Mapping[str, str] | None = None,
    **values: Any,
) -> HttpResponse:
    """What went wrong, and what to do, in plain words. `code` names the text; `said` is a better one."""
    title, text = ERRORS[code][language()]
    if said is not None:
        text = said[language()]
    return page(request, "error", authority=authority, status=status, title=title, text=text, **values)


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token (CSRF): from another site, or from a page that was open for too long."""
    log.warning("form_refused", reason=reason)
    return error_page(request, "form", authority=authority_of(request), status=403)
