"""The addresses of the whole installation."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView

from backend.api import problems
from backend.api.errors import plain_response
from backend.api.problems import ApiProblem

urlpatterns = [
    path("", RedirectView.as_view(url="/api/docs/")),
    path("api/docs", RedirectView.as_view(url="/api/docs/")),
    path("api/", include("backend.api.urls")),
]


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return plain_response(ApiProblem(problems.BAD_REQUEST))


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return plain_response(ApiProblem(problems.NOT_FOUND))


def handler500(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return plain_response(ApiProblem(problems.SERVER_ERROR))
