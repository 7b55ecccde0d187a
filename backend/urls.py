"""The addresses of the whole installation."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView

from backend.api import problems
from backend.api.errors import plain_response
from backend.api.problems import ApiProblem
from backend.portal.errors import not_found, our_fault, unreadable

urlpatterns = [
    path("", RedirectView.as_view(url="/api/docs/")),
    path("api/docs", RedirectView.as_view(url="/api/docs/")),
    path("api/", include("backend.api.urls")),
    path("", include("backend.portal.urls")),
]


# What programs call; everything else is opened by people.
FOR_PROGRAMS = re.compile(r"(/a/[^/]*)*/(api|health|static)(/.*)?")


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return plain_response(ApiProblem(problems.BAD_REQUEST)) if _by_program(request) else unreadable(request)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return plain_response(ApiProblem(problems.NOT_FOUND)) if _by_program(request) else not_found(request)


def handler500(request: HttpRequest) -> HttpResponse:
    return plain_response(ApiProblem(problems.SERVER_ERROR)) if _by_program(request) else our_fault(request)


def _by_program(request: HttpRequest) -> bool:
    return FOR_PROGRAMS.fullmatch(request.path) is not None
