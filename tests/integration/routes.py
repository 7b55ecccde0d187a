"""Every address of the installation, found from the URL configuration so that a new one cannot be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView


def _walk(patterns: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            yield route, one.callback


def _methods(view: type[APIView]) -> Iterator[str]:
    """What the view itself implements: HEAD and OPTIONS only where they are its own."""
    for method in view.http_method_names:
        given_anyway = getattr(APIView, method, None)
        if getattr(view, method, None) not in (None, given_anyway):
            yield method.upper()


def api_routes() -> list[tuple[str, str]]:
    """Route, as the access matrix writes it, and method."""
    found = _walk(get_resolver().url_patterns)
    views = [(route, callback.view_class) for route, callback in found if _is_api(callback)]
    return [(route.removeprefix("api/"), method) for route, view in views for method in _methods(view)]


def page_routes() -> list[str]:
    """Every other address that shows or does something: redirections to the documentation are left out."""
    found = _walk(get_resolver().url_patterns)
    return [route for route, callback in found if not hasattr(callback, "view_class")]


def other_views() -> list[str]:
    """Classes that are no part of the API."""
    found = _walk(get_resolver().url_patterns)
    return [route for route, callback in found if hasattr(callback, "view_class") and not _is_api(callback)]


def _is_api(callback: Any) -> bool:
    view = getattr(callback, "view_class", None)
    return view is not None and issubclass(view, APIView)
