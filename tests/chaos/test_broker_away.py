"""The broker is away: applications are accepted all the same, and go on by themselves when it is back."""

from __future__ import annotations

import os
import time

SECONDS_AWAY = 20 if os.environ.get("CI") == "true" else 6


def test_an_application_without_a_broker_finishes_when_it_is_back(town, ends_well):
    town.running.valkey.stop()
    try:
        before = time.monotonic()
        receipt = town.apply()  # asserts 201
        assert time.monotonic() - before < 2, "nobody may wait for a broker that is away"
        time.sleep(SECONDS_AWAY)  # what is tested is this very time
        assert town.people.citizen().get(f"/api/v1/applications/{receipt.case}")["status"] == "received"
    finally:
        town.running.valkey.start()
    ends_well(receipt, decided=False)


def test_a_broker_that_comes_back_empty(town, ends_well):
    """Everything it was told is gone; the commands are in PostgreSQL."""
    with town.sabotage.frozen("worker"):
        receipt = town.apply()
        town.wait_for_command(receipt, "advance", status="handed")
        town.restart_broker(emptied=True)
    ends_well(receipt, decided=False)
