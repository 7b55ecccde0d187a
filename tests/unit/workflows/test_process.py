from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.workflows.drawn_processes import Drawing, decide, example
from workflows import engine
from workflows.bpmn_words import Outcome
from workflows.process import (
    ProcessDefinition,
    ProcessFault,
    Progressed,
    Signal,
    WaitingKind,
    begin,
    resume,
)

EXAMPLE = example().definition
ENOUGH: Mapping[str, Any] = {}


def go(definition: ProcessDefinition, at: Progressed, *signals: tuple[str, Mapping[str, Any]]) -> Progressed:
    given_signals = [Signal(step, result) for step, result in signals]
    return resume(definition=definition, state=at.state, signals=given_signals, decide=decide)


def start(definition: ProcessDefinition, **data: Any) -> Progressed:
    return begin(definition=definition, data=data, decide=decide)


def steps(at: Progressed) -> list[str]:
    return [waiting.step for waiting in at.waiting]


def fault(definition: ProcessDefinition, **data: Any) -> tuple[str, str]:
    with pytest.raises(ProcessFault) as caught:
        start(definition, **data)
    problem = caught.value.problems[0]
    return problem.where, problem.code


def test_a_case_travels_to_its_end() -> None:
    at = start(EXAMPLE, answers={"flaeche": 12})
    assert at.passed == ("start",)
    (waiting,) = at.waiting
    assert (waiting.step, waiting.element, waiting.kind) == ("pruefen#1", "pruefen", WaitingKind.USER)
    assert waiting.attributes["due"] == "P14D"
    at = go(EXAMPLE, at, ("pruefen#1", {}))
    assert (at.passed, steps(at)) == (("pruefen", "vollstaendig", "auf"), ["bauamt#1", "polizei#1"])
    at = go(EXAMPLE, at, ("polizei#1", {}))
    assert (at.passed, steps(at)) == (("polizei",), ["bauamt#1"])
    at = go(EXAMPLE, at, ("bauamt#1", {"bedenken": False}))
    assert (at.passed, steps(at)) == (("bauamt", "zu", "gebuehr"), ["entscheiden#1"])
    assert at.data["gebuehr"] == {"betrag": Decimal("12.50"), "fuer": "fee"}
    at = go(EXAMPLE, at, ("entscheiden#1", {"ergebnis": "ja"}))
    assert at.waiting[0].kind is WaitingKind.SERVICE
    assert at.ended is None
    at = go(EXAMPLE, at, ("genehmigung#1", {"dokument": "D1"}))
    assert at.ended is not None
    assert (at.ended.element, at.ended.outcome) == ("genehmigt", Outcome.GRANTED)
    assert at.data["bau"] == {"bedenken": False}
    assert str(at.data["gebuehr"]["betrag"]) == "12.50"


def test_a_missing_answer_takes_the_default_flow() -> None:
    at = go(
        EXAMPLE, start(EXAMPLE), ("pruefen#1", {}), ("bauamt#1", {}), ("polizei#1", {}), ("entscheiden#1", {})
    )
    assert steps(at) == ["ablehnung#1"]


def test_a_repeated_step_gets_a_new_name() -> None:
    at = go(EXAMPLE, start(EXAMPLE), ("pruefen#1", {"fehlt": "Plan"}), ("nachfordern#1", {}))
    assert steps(at) == ["pruefen#2"]
    assert go(EXAMPLE, at, ("pruefen#1", {})).ignored == ("pruefen#1",)


def test_unknown_and_finished_steps_are_ignored_and_reported() -> None:
    at = go(EXAMPLE, start(EXAMPLE), ("pruefen#1", {}), ("pruefen#1", {"x": 1}), ("weg", {}))
    assert at.ignored == ("pruefen#1", "weg")
    assert at.data["pruefen"] == {}


def test_an_ended_case_stays_ended() -> None:
    definition = Drawing().start().end().path("start", "end").definition
    at = start(definition)
    again = go(definition, at, ("weg", {}))
    assert again.ended == at.ended
    assert (again.ignored, again.passed) == (("weg",), ())


def _two_ends(**outcomes: str) -> Drawing:
    drawing = Drawing().start().parallel("auf").user("a").user("b").path("start", "auf")
    return drawing.end("kurz", **outcomes).path("auf", "a", "kurz").path("auf", "b")


def test_a_terminating_end_stops_all_other_branches() -> None:
    definition = _two_ends().terminate("aus").path("b", "aus").definition
    at = go(definition, start(definition), ("b#1", {}))
    assert (at.waiting, at.passed) == ((), ("b", "aus"))
    assert at.ended is not None
    assert at.ended.outcome is Outcome.WITHDRAWN


def test_a_terminating_end_stops_branches_of_the_same_round() -> None:
    drawing = Drawing().start().parallel("auf").terminate("aus").decision("nie").end("spaet")
    definition = drawing.path("start", "auf", "aus").path("auf", "nie", "spaet").definition
    at = start(definition)
    assert at.passed == ("start", "auf", "aus")
    assert at.ended is not None
    assert at.ended.element == "aus"


@pytest.mark.parametrize(("order", "element"), [("ab", "lang"), ("ba", "kurz")])
def test_of_several_ends_the_last_with_an_outcome_counts(order: str, element: str) -> None:
    definition = _two_ends().end("lang").path("b", "lang").definition
    at = go(definition, start(definition), *((f"{each}#1", {}) for each in order))
    assert at.ended is not None
    assert at.ended.element == element


def test_an_end_without_outcome_is_an_end() -> None:
    definition = Drawing().start().add("endEvent", "e").path("start", "e").definition
    ended = start(definition).ended
    assert ended is not None
    assert ended.outcome is None


def _choice(condition: str) -> ProcessDefinition:
    drawing = Drawing().start().choice("c").end("a").end("b").path("start", "c")
    return drawing.flow("c", "a", condition).flow("c", "b", "answers.n > 5").definition


def test_where_no_way_leads_on_the_gateway_is_named() -> None:
    assert fault(_choice("answers.n < 5"), answers={"n": 5}) == ("c", "no-way-on")


def test_a_number_beyond_the_exact_range_names_the_gateway() -> None:
    assert fault(_choice("answers.n * 2 < 5"), answers={"n": 10**30}) == ("c", "number-out-of-range")


def test_a_loop_without_a_wait_is_stopped() -> None:
    drawing = (
        Drawing().start().choice("c", default="rund").decision("d").end().path("start", "c").path("d", "c")
    )
    definition = drawing.flow("c", "d", name="rund").flow("c", "end", "answers.nie == 1").definition
    assert fault(definition)[1] == "endless-loop"


def test_a_join_that_waits_for_ever_is_named() -> None:
    drawing = (
        Drawing().start().choice("c", default="f").parallel("zu").end().path("start", "c").path("zu", "end")
    )
    definition = (
        drawing.decision("d").path("d", "zu").flow("c", "zu", name="f").flow("c", "d", "false").definition
    )
    assert fault(definition) == ("zu", "stuck")


def test_a_task_that_leads_nowhere_is_named() -> None:
    definition = Drawing().start().user("a").end().path("start", "a").definition
    with pytest.raises(ProcessFault, match="Nothing follows 'a'"):
        go(definition, start(definition), ("a#1", {}))


def test_what_decide_raises_passes_through() -> None:
    definition = Drawing().start().decision("d").end().path("start", "d", "end").definition

    def broken(_decision: str, _data: Mapping[str, Any]) -> Mapping[str, Any]:
        raise LookupError("no such table")

    with pytest.raises(LookupError, match="no such table"):
        begin(definition=definition, data={}, decide=broken)


def test_loops_do_not_make_the_state_grow() -> None:
    at = start(EXAMPLE)
    sizes = []
    for n in range(1, 40):
        at = go(EXAMPLE, at, (f"pruefen#{n}", {"fehlt": "Plan"}), (f"nachfordern#{n}", {}))
        sizes.append(len(at.state))
    assert max(sizes) - sizes[0] < 20


# ---- definitions cannot run code


def _hostile(mark: Path) -> str:
    return f"__import__('pathlib').Path({str(mark)!r}).write_text('owned')"


def test_a_tampered_specification_runs_no_python(tmp_path: Path) -> None:
    mark = tmp_path / "owned"
    definition = example().definition
    at = start(definition)
    gateway = engine._specification(definition, None).task_specs[":vollstaendig"]
    gateway.cond_task_specs[0][0].args = (_hostile(mark),)
    with pytest.raises(ProcessFault, match="tried to run code"):
        go(definition, at, ("pruefen#1", {}))
    assert not mark.exists()


def test_the_default_engine_refuses_whatever_it_is_asked(tmp_path: Path) -> None:
    mark = tmp_path / "owned"
    workflow = engine._Workflow(engine._specification(EXAMPLE, None), deserializing=False)
    task = workflow.task_tree
    for attempt in (
        lambda: workflow.script_engine.evaluate(task, _hostile(mark)),
        lambda: workflow.script_engine.execute(task, _hostile(mark)),
        lambda: workflow.script_engine.call_service(task, operation_name="x"),
    ):
        with pytest.raises(ProcessFault, match="tried to run code"):
            attempt()
    assert not mark.exists()


def test_no_other_engine_can_be_slipped_in() -> None:
    spec = engine._specification(EXAMPLE, None)
    workflow = engine._Workflow(spec, script_engine=object(), deserializing=True)
    assert isinstance(workflow.script_engine, engine._Conditions)


def test_the_specification_holds_no_condition_source() -> None:
    gateway = engine._specification(EXAMPLE, None).task_specs[":ergebnis"]
    assert [condition.args[0] for condition, _ in gateway.cond_task_specs if condition] == ["flow12"]
    assert EXAMPLE.flows["flow12"].condition is not None


# ---- restoring after every step changes nothing

_RESULTS = st.fixed_dictionaries(
    {},
    optional={
        "fehlt": st.sampled_from(["Plan", None]),
        "ergebnis": st.sampled_from(["ja", "nein"]),
        "bedenken": st.booleans(),
        "betrag": st.decimals(allow_nan=False, allow_infinity=False),
        "$decimal": st.text(max_size=3),
        "liste": st.lists(st.one_of(st.decimals(-9, 9, places=3), st.none(), st.integers()), max_size=3),
    },
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(_RESULTS, st.integers(0, 3)), max_size=12))
def test_stored_after_every_step_or_straight_through_is_the_same(
    choices: list[tuple[dict[str, Any], int]],
) -> None:
    first = start(EXAMPLE, answers={"n": Decimal("1.10")})
    at, signals, passed = first, [], list(first.passed)
    for result, which in choices:
        if at.waiting:
            signal = (at.waiting[which % len(at.waiting)].step, result)
            at = go(EXAMPLE, at, signal)
            signals.append(signal)
            passed += at.passed
    straight = go(EXAMPLE, first, *signals)
    assert passed == [*first.passed, *straight.passed]
    assert (steps(at), at.ended) == (steps(straight), straight.ended)
    assert repr(at.data) == repr(straight.data)
    # A restore without news changes nothing either.
    rested = go(EXAMPLE, straight)
    assert (steps(rested), rested.passed, rested.state) == (steps(straight), (), straight.state)
