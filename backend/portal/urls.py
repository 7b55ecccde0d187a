"""The addresses of the portal's pages, all on one page."""

from __future__ import annotations

from typing import Any

from django.urls import path

from backend.portal import arrival, bundid, departure, signed_in
from backend.portal.limits import throttled


def page(route: str, view: Any, *, name: str) -> Any:
    return path(route, throttled(view), name=name)


urlpatterns = [
    page("sign-in", departure.choose, name="sign-in"),
    page("sign-in/callback", arrival.callback, name="sign-in-callback"),
    page("sign-in/<slug:way>/start", departure.start, name="sign-in-start"),
    page("sign-in/<slug:way>/logged-out", arrival.logged_out, name="logged-out"),
    page("saml/bundid/acs", arrival.callback, name="bundid-acs"),
    page("saml/bundid/metadata", bundid.metadata, name="bundid-metadata"),
    page("step-up", departure.step_up, name="step-up"),
    page("signed-in", signed_in.who_am_i, name="signed-in"),
    page("sign-out", signed_in.leave, name="sign-out"),
]
