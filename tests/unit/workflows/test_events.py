from __future__ import annotations

import pytest

from tests.unit.workflows.drawn_processes import Drawing
from tests.unit.workflows.playing import go, outcome, play, start, steps
from workflows.process import ProcessFault, WaitingKind


def guarded(event: str = "timer", *, ends: bool = True, **attributes: str) -> Drawing:
    """start → task (with an event on its boundary → late → late_end) → end."""
    drawing = Drawing().start().user("task").end().path("start", "task", "end")
    drawing.boundary("rand", "task", event, ends=ends, **attributes)
    return drawing.user("late").end("late_end").path("rand", "late", "late_end")


def test_a_task_with_a_deadline_waits_for_either() -> None:
    _definition, at = start(guarded(due="P14D", deadline="legal", **{"from": "received"}))
    task, limit = at.waiting
    assert (task.kind, task.attached) == (WaitingKind.USER, None)
    assert (limit.step, limit.kind, limit.attached, limit.interrupting) == (
        "rand#1",
        WaitingKind.TIMER,
        "task#1",
        True,
    )
    assert limit.attributes == {"due": "P14D", "deadline": "legal", "from": "received"}


def test_what_is_done_in_time_ends_the_deadline() -> None:
    at = play(guarded(), "task#1")
    assert (outcome(at), at.passed) == ("end", ("task", "end"))


def test_a_deadline_that_passes_ends_the_task() -> None:
    definition, at = start(guarded())
    at = go(definition, at, ("rand#1", {"am": "2026-12-01"}), "task#1")
    assert (steps(at), at.ignored, at.passed) == (["late#1"], ("task#1",), ("rand",))
    assert at.data["rand"] == {"am": "2026-12-01"}
    assert outcome(go(definition, at, "late#1")) == "late_end"


def test_a_reminder_leaves_the_task_open() -> None:
    at = play(guarded(ends=False), "rand#1")
    assert steps(at) == ["task#1", "late#1"]
    assert outcome(play(guarded(ends=False), "rand#1", "task#1", "late#1")) == "late_end"
    assert outcome(play(guarded(ends=False), "rand#1", "late#1", "task#1")) == "end"


@pytest.mark.parametrize("event", ["message", "error", "escalation"])
def test_other_events_can_end_a_task_from_outside(event: str) -> None:
    _definition, at = start(guarded(event))
    assert [waiting.kind for waiting in at.waiting] == [WaitingKind.USER, WaitingKind(event)]
    assert steps(play(guarded(event), "rand#1")) == ["late#1"]


def race() -> Drawing:
    drawing = Drawing().start().events("wer_zuerst").message("antwort").timer("frist", deadline="legal")
    drawing.path("start", "wer_zuerst", "antwort").path("wer_zuerst", "frist")
    return drawing.end("kam").path("antwort", "kam").user("mahnen").end("aus").path("frist", "mahnen", "aus")


def test_of_several_events_the_first_decides() -> None:
    definition, at = start(race())
    assert [(each.step, each.kind, each.attached) for each in at.waiting] == [
        ("antwort#1", WaitingKind.MESSAGE, None),
        ("frist#1", WaitingKind.TIMER, None),
    ]
    assert at.waiting[0].attributes["message"] == "antwort"
    both = go(definition, at, "frist#1", "antwort#1")
    assert (steps(both), both.ignored) == (["mahnen#1"], ("antwort#1",))
    assert outcome(go(definition, at, "antwort#1")) == "kam"


def test_a_message_nobody_awaits_is_ignored_and_reported() -> None:
    definition, at = start(guarded())
    assert go(definition, at, "antwort#1").ignored == ("antwort#1",)


def test_receiving_sending_and_waiting_one_after_the_other() -> None:
    drawing = Drawing().start().receive("empfang", message="zahlung").timer("ruhe").add("sendTask", "senden")
    drawing.add("intermediateThrowEvent", "melden", inner="<messageEventDefinition/>").throw("meilenstein")
    drawing.ends_with("schluss", "message", message="fertig")
    names = ("empfang", "ruhe", "senden", "melden")
    drawing.path("start", *names, "meilenstein", "schluss")
    definition, at = start(drawing)
    kinds = []
    for name in (*names, "schluss"):
        kinds.append(at.waiting[0].kind.value)
        assert steps(at) == [f"{name}#1"]
        at = go(definition, at, f"{name}#1")
    assert kinds == ["message", "timer", "service", "service", "service"]
    assert outcome(at) == "schluss"
    assert at.passed == ("schluss",)


def test_a_process_may_begin_with_a_deadline() -> None:
    drawing = (
        Drawing()
        .add("startEvent", "start", inner="<timerEventDefinition/>", due="P1D")
        .end()
        .path("start", "end")
    )
    _definition, at = start(drawing)
    assert at.waiting[0].kind is WaitingKind.TIMER
    assert outcome(play(drawing, "start#1")) == "end"


def test_an_error_at_the_end_of_the_process_ends_everything() -> None:
    drawing = (
        Drawing()
        .start()
        .parallel("auf")
        .user("a")
        .ends_with("kaputt", "error", outcome="closed")
        .user("b")
        .end()
    )
    drawing.path("start", "auf", "a", "kaputt").path("auf", "b", "end")
    at = play(drawing, "a#1")
    assert (outcome(at), at.waiting) == ("kaputt", ())


# ---- inclusive gateways


def asked(*, closing: str = "inclusive") -> Drawing:
    """One to three offices by what was ticked, then one decision."""
    drawing = Drawing().start().inclusive("wen", default="keinen").end()
    getattr(drawing, closing)("zu").user("entscheid").path("start", "wen").path("zu", "entscheid", "end")
    for office in ("bau", "polizei", "umwelt"):
        drawing.user(office).flow("wen", office, f"answers.{office} == true").path(office, "zu")
    return drawing.user("keiner").flow("wen", "keiner", name="keinen").path("keiner", "zu")


def test_an_inclusive_gateway_asks_all_that_apply_and_waits_for_them() -> None:
    at = play(asked(), bau=True, umwelt=True)
    assert steps(at) == ["bau#1", "umwelt#1"]
    at = play(asked(), "umwelt#1", bau=True, umwelt=True)
    assert steps(at) == ["bau#1"]
    at = play(asked(), "umwelt#1", "bau#1", bau=True, umwelt=True)
    assert (steps(at), at.passed) == (["entscheid#1"], ("bau", "zu"))
    assert steps(play(asked())) == ["keiner#1"]
    assert steps(play(asked(), "keiner#1")) == ["entscheid#1"]


def test_an_inclusive_gateway_without_a_way_out_is_named() -> None:
    drawing = Drawing().start().inclusive("wen").end("a").end("b").path("start", "wen")
    drawing.flow("wen", "a", "answers.a == 1").flow("wen", "b", "answers.a == 2")
    with pytest.raises(ProcessFault, match="At gateway 'wen' no condition holds"):
        start(drawing)


def test_an_inclusive_gateway_does_not_wait_for_what_a_deadline_ended() -> None:
    drawing = asked().boundary("frist", "bau").end("ohne").path("frist", "ohne")
    at = play(drawing, "polizei#1", "frist#1", bau=True, polizei=True)
    assert steps(at) == ["entscheid#1"]


def test_tokens_left_at_a_join_wait_for_the_next_time() -> None:
    drawing = (
        Drawing()
        .start()
        .parallel("auf")
        .user("a")
        .user("b")
        .choice("zusammen")
        .user("c")
        .parallel("zu")
        .end()
    )
    drawing.path("start", "auf", "a", "zusammen").path("auf", "b", "zusammen", "zu", "end").path(
        "auf", "c", "zu"
    )
    definition, at = start(drawing)
    at = go(definition, at, "a#1")
    at = go(definition, at, "b#1")
    assert steps(at) == ["c#1"]
    with pytest.raises(ProcessFault, match="'zu' waits for a branch"):
        go(definition, at, "c#1")
