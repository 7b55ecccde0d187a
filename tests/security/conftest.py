"""Runs on the servers of the integration tests, with a world of its own: two towns and everybody in them."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

import pytest

from tests.integration.conftest import (
    pytest_configure,
    pytest_sessionfinish,
    pytest_unconfigure,
)

__all__ = ["pytest_configure", "pytest_sessionfinish", "pytest_unconfigure"]


@pytest.fixture(scope="session")
def _founded(tmp_path_factory):
    from django.conf import settings  # noqa: PLC0415 -- needs settings
    from django.test import override_settings  # noqa: PLC0415 -- needs settings

    from tests.integration.files.clamd import Clamd, installed  # noqa: PLC0415 -- needs settings
    from tests.security.machines import machine_issuers  # noqa: PLC0415 -- needs settings
    from tests.security.world import World  # noqa: PLC0415 -- needs settings

    with machine_issuers(folder=tmp_path_factory.mktemp("machines")) as issuers:
        with ExitStack() as stack:
            address = settings.ENVIRONMENT.clamd
            if installed():
                address = stack.enter_context(Clamd(folder=tmp_path_factory.mktemp("clamd"))).tcp
            environment = replace(settings.ENVIRONMENT, clamd=address, throttle={})
            stack.enter_context(override_settings(ENVIRONMENT=environment))
            world = World.found(machines=issuers)
        yield world


@pytest.fixture(scope="module")
def world(_founded):
    """Two towns. Nobody is throttled: one address asks for everybody."""
    from django.conf import settings  # noqa: PLC0415 -- needs settings
    from django.test import override_settings  # noqa: PLC0415 -- needs settings

    from backend import throttling  # noqa: PLC0415 -- needs settings
    from backend.identity.queries import trusted_issuers  # noqa: PLC0415 -- needs settings

    kept = (trusted_issuers, throttling.limits_by_kind, throttling.limiter)
    trusted = (*settings.ENVIRONMENT.issuers, *_founded.machines.entries)
    with override_settings(ENVIRONMENT=replace(settings.ENVIRONMENT, issuers=trusted, throttle={})):
        for cached in kept:
            cached.cache_clear()
        yield _founded
    for cached in kept:
        cached.cache_clear()
