"""Sends a request as somebody and takes back whatever it changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import override_script_prefix

from tests.integration.door import Caller
from tests.security.calls import Call


@contextmanager
def taken_back() -> Iterator[None]:
    """What happens inside is seen by nobody afterwards, as in Django's own test cases."""
    outer = transaction.atomic()
    # Every operation insists on being the outermost transaction (`backend.tenancy`); this one does not count.
    outer._from_testcase = True
    with outer:
        yield
        transaction.set_rollback(True)


def ask(
    caller: Caller, route: str, method: str, call: Call, *, prefix: str = "", **headers: str
) -> HttpResponse:
    """The answer to one request, which changes nothing for the next one."""
    sent = {"Accept-Language": "de", **call.headers, **headers, "Host": caller.host}
    if caller.token is not None:
        sent["Authorization"] = f"Bearer {caller.token}"
    # As Django's handler of real requests does: what a path prefix set must not stay for the next one.
    with taken_back(), override_script_prefix("/"):
        return _client().generic(method, prefix + call.path(route), headers=sent, **call.content())


@cache
def _client() -> Client:
    # One for all: a new one reads the list of all static files again. The API knows no cookies.
    return Client(raise_request_exception=False)
