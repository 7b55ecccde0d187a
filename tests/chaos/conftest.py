"""One town for all chaos tests, with a broker that the tests start and stop themselves."""

from __future__ import annotations

import time
from contextlib import ExitStack

import pytest

from tests.chaos.town import ChaosTown

FAILED = pytest.StashKey[bool]()


class _Towns:
    """Opens a town when one is needed; one that a failed test has left behind is not used again."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._town: ChaosTown | None = None

    def current(self) -> ChaosTown:
        if self._town is None:
            self._town = self._open.enter_context(ChaosTown.open(own_broker=True))
        return self._town

    def close(self) -> None:
        self._open.close()
        self._town = None


@pytest.fixture(scope="session")
def towns():
    towns = _Towns()
    yield towns
    towns.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def town(towns, request):
    """Healthy before the test."""
    town = towns.current()
    assert town.running.processes.wait_healthy(seconds=60)
    yield town
    if request.node.stash.get(FAILED, True):
        towns.close()


@pytest.fixture
def ends_well(town, record_property, capsys):
    """Call it with the receipt: the case finishes by itself, and nothing was lost or done twice."""

    def check(receipt, *, decided: bool = True):
        started = time.monotonic()
        if not decided:
            town.decide(receipt)
        town.wait_quiet(seconds=90)
        seconds = time.monotonic() - started
        record_property("seconds", round(seconds, 1))
        with capsys.disabled():
            print(f" [{seconds:.1f} s to the end of the case] ", end="")  # noqa: T201
        report = town.account()
        assert report.violations == []
        audit = town.verify_audit()
        assert audit.returncode == 0, audit.stdout
        closed = town.people.citizen().get(f"/api/v1/applications/{receipt.case}")
        assert (closed["status"], closed["outcome"]) == ("closed", "granted")
        assert town.people.clerk("m.krause").get("/api/v1/attention") == []

    return check
