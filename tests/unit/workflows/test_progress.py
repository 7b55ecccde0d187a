from __future__ import annotations

from tests.unit.workflows.drawn_processes import Drawing, decide, example
from workflows.process import Signal, begin, resume
from workflows.progress import label, progress

EXAMPLE = example().definition


def shown(passed: list[str], *waiting: str) -> dict[str, str]:
    steps = progress(definition=EXAMPLE, passed=passed, waiting=waiting)
    return {step.element: str(step.state) for step in steps}


def test_at_the_beginning_the_likely_way_lies_ahead() -> None:
    assert shown(["start"], "pruefen") == {
        "pruefen": "now",
        "bauamt": "ahead",
        "polizei": "ahead",
        "entscheiden": "ahead",
        "ablehnung": "ahead",
        "nachfordern": "possible",
        "genehmigung": "possible",
    }


def test_a_step_that_is_open_again_is_now_and_done_steps_stay_in_order() -> None:
    found = shown(["start", "pruefen", "vollstaendig", "nachfordern"], "pruefen")
    assert list(found.items())[:2] == [("nachfordern", "done"), ("pruefen", "now")]


def test_parallel_steps_are_both_now() -> None:
    passed = ["start", "pruefen", "vollstaendig", "auf"]
    found = shown(passed, "bauamt", "polizei")
    assert [found["bauamt"], found["polizei"], found["pruefen"]] == ["now", "now", "done"]


def test_an_ended_case_has_nothing_ahead() -> None:
    at = begin(definition=EXAMPLE, data={}, decide=decide)
    passed = list(at.passed)
    for step in ("pruefen#1", "bauamt#1", "polizei#1", "entscheiden#1", "ablehnung#1"):
        at = resume(definition=EXAMPLE, state=at.state, signals=[Signal(step, {})], decide=decide)
        passed += at.passed
    found = shown(passed, *(waiting.element for waiting in at.waiting))
    assert found == dict.fromkeys(["pruefen", "bauamt", "polizei", "entscheiden", "ablehnung"], "done")


def test_without_a_default_the_shortest_way_is_likely() -> None:
    drawing = Drawing().start().user("a").choice("c").user("lang").user("weiter").user("kurz").end()
    drawing.path("start", "a", "c").flow("c", "lang", "answers.x == 1").flow("c", "kurz", "answers.x == 2")
    definition = drawing.path("lang", "weiter", "end").path("kurz", "end").definition
    steps = progress(definition=definition, passed=["start"], waiting=["a"])
    assert [(step.element, str(step.state)) for step in steps] == [
        ("a", "now"),
        ("kurz", "ahead"),
        ("lang", "possible"),
        ("weiter", "possible"),
    ]


def test_a_choice_that_leads_nowhere_does_not_break_the_display() -> None:
    definition = Drawing().start().user("a").choice("c").end().path("start", "a", "c").definition
    assert len(progress(definition=definition, passed=[], waiting=["a"])) == 1


def test_labels_fall_back_to_german_then_name_then_id() -> None:
    drawing = (
        Drawing().start().user("a", labelDe="Prüfung", labelEn="Check").user("b", labelDe="Prüfung").user("c")
    )
    drawing.add("userTask", "d", plain='name="Name"').end()
    elements = drawing.path("start", "a", "b", "c", "d", "end").definition.elements
    assert label(element=elements["a"]) == {"de": "Prüfung", "en": "Check"}
    assert label(element=elements["b"]) == {"de": "Prüfung", "en": "Prüfung"}
    assert label(element=elements["c"]) == {"de": "c", "en": "c"}
    assert label(element=elements["d"]) == {"de": "Name", "en": "Name"}


def test_steps_in_a_sub_process_lead_on_to_what_follows_it() -> None:
    inside = Drawing("i").start("istart").user("innen").end("iend").path("istart", "innen", "iend")
    drawing = Drawing().start().user("erst").sub("teil", inside).receive("antwort").end()
    definition = drawing.path("start", "erst", "teil", "antwort", "end").definition
    shown = [
        (step.element, step.state)
        for step in progress(definition=definition, passed=["start"], waiting=["erst"])
    ]
    assert shown == [("erst", "now"), ("innen", "ahead"), ("antwort", "ahead")]
    later = progress(definition=definition, passed=["start", "erst"], waiting=["innen"])
    assert [step.element for step in later] == ["erst", "innen", "antwort"]
