"""One running town for all journeys: real servers, workers and mail, in a temporary folder, on ports of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from backend.demo.layout import WANTED_PORTS, Layout
from backend.demo.running import RunningTown
from tests.journeys.openapi import Contract
from tests.journeys.people import People


@pytest.fixture(scope="session")
def town():
    with tempfile.TemporaryDirectory(prefix="laufzettel-journeys-") as folder:
        running = RunningTown(layout=Layout.of(Path(folder), wanted_ports=dict.fromkeys(WANTED_PORTS)))
        try:
            running.start()
            yield running
        finally:
            running.stop()


@pytest.fixture(scope="session")
def contract(town):
    return Contract.fetched_from(town.layout.web_url)


@pytest.fixture(scope="session")
def people(town, contract):
    """Every answer anybody gets in any journey is held against the OpenAPI document."""
    everybody = People(layout=town.layout, watch=contract.check)
    yield everybody
    everybody.close()
