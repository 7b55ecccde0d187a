from __future__ import annotations

from dataclasses import replace

import pytest

from workflows.routing import ClerkView, RefusalCode, TaskView, may_do

CLERK = ClerkView("anna@a", "anna", frozenset({"steueramt"}), frozenset({"clerk", "approver"}))
TASK = TaskView("freigabe", "steueramt", "approver", frozenset({"pruefen", "rechnen"}))


def refused(clerk: ClerkView = CLERK, task: TaskView = TASK, **done_by: set[str]) -> RefusalCode | None:
    refusal = may_do(
        clerk=clerk, task=task, done_by={key: frozenset(value) for key, value in done_by.items()}
    )
    if refusal is None:
        return None
    assert set(refusal.text) == {"de", "en"}
    return refusal.code


@pytest.mark.parametrize("unit", ["steueramt", None])
@pytest.mark.parametrize("assigned_to", ["anna@a", None])
def test_a_clerk_of_the_unit_with_the_role_may(unit: str | None, assigned_to: str | None) -> None:
    assert refused(task=replace(TASK, unit=unit, assigned_to=assigned_to), pruefen={"bert"}) is None


def test_other_units_may_not() -> None:
    assert refused(replace(CLERK, units=frozenset({"bauamt"}))) is RefusalCode.NOT_IN_UNIT


def test_without_the_role_one_may_not() -> None:
    assert refused(replace(CLERK, roles=frozenset({"clerk"}))) is RefusalCode.ROLE_MISSING


def test_nobody_approves_own_work_even_with_a_second_account() -> None:
    second = replace(CLERK, account="anna.vertretung@a")
    assert refused(second, rechnen={"bert", "anna"}) is RefusalCode.FOUR_EYES
    assert refused(second, rechnen={"bert"}, stellungnahme={"anna"}) is None


@pytest.mark.parametrize("did_it", ["anna", "boss"])
def test_a_deputy_counts_as_both_persons(did_it: str) -> None:
    deputy = replace(CLERK, in_place_of="boss")
    assert refused(deputy, rechnen={did_it}) is RefusalCode.FOUR_EYES
    assert refused(deputy, rechnen={"bert"}) is None
    assert refused(CLERK, rechnen={"boss"}) is None


def test_a_task_in_other_hands_is_left_alone() -> None:
    assert refused(task=replace(TASK, assigned_to="bert@a")) is RefusalCode.ASSIGNED_TO_ANOTHER
