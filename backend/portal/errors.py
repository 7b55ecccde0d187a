"""Errors outside of a view: pages that are not there, requests nobody can read, and faults of ours."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import DisallowedHost
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse

from backend.portal.pages import error_page
from backend.portal.requests import authority_of


def not_found(request: HttpRequest) -> HttpResponse:
    return error_page(request, "not-found", authority=_authority(request), status=404)


def unreadable(request: HttpRequest) -> HttpResponse:
    return error_page(request, "unreadable", authority=None, status=400)


def our_fault(request: HttpRequest) -> HttpResponse:
    """Asks nobody anything: the database may be what is away."""
    return error_page(request, "our-fault", authority=None, status=500)


def _authority(request: HttpRequest) -> Any:
    try:
        return authority_of(request)
    except (Http404, DisallowedHost, Error):
        return None
