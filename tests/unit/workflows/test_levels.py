"""Sub-processes, called processes, and activities that run for several."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.workflows.drawn_processes import Drawing, many
from tests.unit.workflows.playing import go, outcome, play, start, steps
from workflows import engine
from workflows.process import ProcessFault, Progressed


def inside(prefix: str = "i") -> Drawing:
    """Two tasks at once, each with its own end."""
    drawing = (
        Drawing(prefix).start(f"{prefix}start").parallel(f"{prefix}auf").user(f"{prefix}a").user(f"{prefix}b")
    )
    drawing.end(f"{prefix}e1", outcome="closed").end(f"{prefix}e2", outcome="closed")
    return drawing.path(f"{prefix}start", f"{prefix}auf", f"{prefix}a", f"{prefix}e1").path(
        f"{prefix}auf", f"{prefix}b", f"{prefix}e2"
    )


def around(sub: Drawing | None = None, **attributes: str) -> Drawing:
    drawing = Drawing().start().sub("teil", sub or inside(), **attributes).user("danach").end()
    return drawing.path("start", "teil", "danach", "end")


def test_a_sub_process_ends_when_all_in_it_has_ended() -> None:
    at = play(around())
    assert steps(at) == ["ia#1", "ib#1"]
    assert steps(play(around(), "ib#1")) == ["ia#1"]
    at = play(around(), "ib#1", ("ia#1", {"x": 1}))
    assert (steps(at), at.passed) == (["danach#1"], ("ia", "ie1", "teil"))
    assert at.data["ia"] == {"x": 1}


def test_what_stands_in_a_sub_process_has_its_lane() -> None:
    drawing = around()
    drawing.parts.append(
        '<laneSet><lane id="l" name="bauamt"><flowNodeRef>teil</flowNodeRef></lane></laneSet>'
    )
    assert {each.lane for each in play(drawing).waiting} == {"bauamt"}


def test_a_deadline_ends_a_sub_process_with_all_in_it() -> None:
    drawing = around().boundary("frist", "teil").end("zu_spaet").path("frist", "zu_spaet")
    at = play(drawing)
    assert steps(at) == ["ia#1", "ib#1", "frist#1"]
    at = play(drawing, "ia#1", "frist#1")
    assert (outcome(at), at.waiting) == ("zu_spaet", ())


def test_a_terminating_end_ends_its_own_level_only() -> None:
    sub = inside()
    sub.parts = [part for part in sub.parts if 'id="ie1"' not in part]
    sub.terminate("ie1")
    at = play(around(sub), "ia#1")
    assert steps(at) == ["danach#1"]


def thrown(event: str, **attributes: str) -> Drawing:
    sub = inside()
    sub.parts = [part for part in sub.parts if 'id="ie1"' not in part]
    return sub.ends_with("ie1", event, **attributes)


def caught(sub: Drawing, event: str, *, ends: bool = True, **attributes: str) -> Drawing:
    drawing = around(sub).boundary("fang", "teil", event, ends=ends, **attributes)
    return drawing.user("klaeren").end("geklaert").path("fang", "klaeren", "geklaert")


def test_an_error_inside_is_caught_on_the_boundary() -> None:
    drawing = caught(thrown("error", code="E1"), "error", code="E1")
    assert steps(play(drawing)) == ["ia#1", "ib#1"]
    at = play(drawing, "ia#1")
    assert (steps(at), at.passed) == (["klaeren#1"], ("ia", "ie1", "fang"))
    assert steps(play(caught(thrown("error", code="E1"), "error"), "ia#1")) == ["klaeren#1"]


def test_an_error_that_nobody_catches_is_named() -> None:
    with pytest.raises(ProcessFault, match="Nobody catches the error 'ie1'"):
        play(caught(thrown("error", code="E1"), "error", code="E2"), "ia#1")


def test_an_error_goes_up_to_the_level_that_catches_it() -> None:
    outer = (
        Drawing("o").start("ostart").sub("innen", thrown("error")).end("oend").path("ostart", "innen", "oend")
    )
    assert steps(play(caught(outer, "error"), "ia#1")) == ["klaeren#1"]


def test_an_escalation_can_leave_the_work_open_or_end_it() -> None:
    assert steps(play(caught(thrown("escalation"), "escalation", ends=False), "ia#1")) == [
        "ib#1",
        "klaeren#1",
    ]
    assert steps(play(caught(thrown("escalation"), "escalation"), "ia#1")) == ["klaeren#1"]
    assert steps(play(around(thrown("escalation")), "ia#1")) == ["ib#1"]
    middle = Drawing("m").start("mstart").user("ma").throw("ruf", "hilfe").user("mb").end("mend")
    middle.path("mstart", "ma", "ruf", "mb", "mend")
    drawing = caught(middle, "escalation", ends=False, code="hilfe")
    assert steps(play(drawing, "ma#1")) == ["mb#1", "klaeren#1"]


def test_a_called_process_runs_as_if_drawn_here() -> None:
    drawing = (
        Drawing()
        .start()
        .call("eins", "anderer")
        .call("zwei", "anderer")
        .end()
        .path("start", "eins", "zwei", "end")
    )
    drawing.process("anderer", inside())
    assert steps(play(drawing)) == ["ia#1", "ib#1"]
    assert steps(play(drawing, "ia#1", "ib#1")) == ["ia#2", "ib#2"]
    assert outcome(play(drawing, "ia#1", "ib#1", "ib#2", "ia#2")) == "end"


# ---- for several


def offices(inner: str | None = None, **attributes: str) -> Drawing:
    given = {"units": "bau polizei umwelt"} | attributes
    drawing = Drawing().start().add("userTask", "frage", inner=inner or many(), **given).user("danach").end()
    return drawing.path("start", "frage", "danach", "end")


def test_several_offices_are_asked_at_once_and_all_must_answer() -> None:
    at = play(offices())
    assert [(each.step, each.instance, each.attributes["unit"]) for each in at.waiting] == [
        ("frage#1.1", "bau", "bau"),
        ("frage#1.2", "polizei", "polizei"),
        ("frage#1.3", "umwelt", "umwelt"),
    ]
    at = play(offices(), ("frage#1.2", {"ja": True}), "frage#1.1")
    assert steps(at) == ["frage#1.3"]
    assert at.data["frage"] == [{"ja": True, "instance": "polizei"}, {"instance": "bau"}]
    assert steps(play(offices(), "frage#1.2", "frage#1.1", "frage#1.3")) == ["danach#1"]


def test_a_majority_of_answers_is_enough() -> None:
    drawing = offices(completion="majority", result="ant")
    definition, at = start(drawing)
    at = go(definition, at, "frage#1.2", "frage#1.3", "frage#1.1")
    assert (steps(at), at.ignored) == (["danach#1"], ("frage#1.1",))
    assert len(at.data["ant"]) == 2
    assert steps(play(offices(completion="first"), "frage#1.3")) == ["danach#1"]


def test_a_completion_condition_sees_the_answers_so_far() -> None:
    until = many(until="count(frage, #.ja == true) * 2 > instances or completed == instances")
    no, yes = {"ja": False}, {"ja": True}
    assert steps(play(offices(until), ("frage#1.1", yes), ("frage#1.2", no))) == ["frage#1.3"]
    assert steps(play(offices(until), ("frage#1.1", yes), ("frage#1.2", yes))) == ["danach#1"]


def test_one_after_the_other() -> None:
    drawing = offices(many(sequential=True))
    assert steps(play(drawing)) == ["frage#1.1"]
    at = play(drawing, "frage#1.1", "frage#1.2")
    assert [(each.step, each.instance) for each in at.waiting] == [("frage#1.3", "umwelt")]
    assert steps(play(drawing, "frage#1.1", "frage#1.2", "frage#1.3")) == ["danach#1"]


@pytest.mark.parametrize(
    ("value", "instances"),
    [
        ([], []),
        (["a", "b"], ["a", "b"]),
        ([{"n": 1}, Decimal(2)], ["frage#1.1", "2"]),
        (2, ["1", "2"]),
        (0, []),
    ],
)
def test_the_list_may_come_from_the_data(value: Any, instances: list[str]) -> None:
    drawing = (
        Drawing().start().add("userTask", "frage", inner=many(), collection="answers.wen", unit="amt").end()
    )
    at = play(drawing.path("start", "frage", "end"), wen=value)
    assert [each.instance for each in at.waiting] == instances
    assert {each.attributes["unit"] for each in at.waiting} <= {"amt"}
    assert (outcome(at) == "end") is (instances == [])


@pytest.mark.parametrize(
    ("value", "code"),
    [(None, "not-a-list"), (True, "not-a-list"), ("bau", "not-a-list"), ([""] , "not-units"), (["a", "a"], "not-units"),
     ([3], "not-units"), (["x"] * 101, "too-many-instances"), (101, "too-many-instances"), (10**25, "too-many-instances")],
)  # fmt: skip
def test_what_is_no_list_of_units_is_named(value: Any, code: str) -> None:
    drawing = Drawing().start().add("userTask", "frage", inner=many(), unitsFrom="answers.wen").end()
    with pytest.raises(ProcessFault) as caught_fault:
        play(drawing.path("start", "frage", "end"), wen=value)
    assert [(each.where, each.code) for each in caught_fault.value.problems] == [("frage", code)]


def opinions(**attributes: str) -> Drawing:
    """For each office: give an opinion; if it objects, explain."""
    sub = (
        Drawing("i")
        .start("istart")
        .add("userTask", "meinung")
        .choice("einwand", default="nein")
        .user("grund", unit="x")
    )
    sub.end("iend", outcome="closed").path("istart", "meinung", "einwand").flow(
        "einwand", "iend", name="nein"
    )
    sub.flow("einwand", "grund", "meinung.nein == true and item != null").path("grund", "iend")
    drawing = (
        Drawing().start().sub("runde", sub, inner=many(), **({"units": "bau polizei"} | attributes)).end()
    )
    return drawing.path("start", "runde", "end")


def test_a_sub_process_for_each_of_several_keeps_its_data_to_itself() -> None:
    at = play(opinions())
    assert [(each.step, each.instance, each.attributes["unit"]) for each in at.waiting] == [
        ("meinung#1", "bau", "bau"),
        ("meinung#2", "polizei", "polizei"),
    ]
    at = play(opinions(), ("meinung#2", {"nein": True}), ("meinung#1", {"nein": False}))
    assert [(each.step, each.instance, each.attributes["unit"]) for each in at.waiting] == [
        ("grund#1", "polizei", "x")
    ]
    assert at.data["runde"] == [{"meinung": {"nein": False}, "instance": "bau"}]
    assert "meinung" not in at.data
    at = play(opinions(), ("meinung#2", {"nein": True}), "meinung#1", ("grund#1", {"weil": "Lärm"}))
    assert outcome(at) == "end"
    assert at.data["runde"][1] == {
        "meinung": {"nein": True},
        "grund": {"weil": "Lärm"},
        "instance": "polizei",
    }


def test_a_deadline_ends_the_round_for_all_who_have_not_answered() -> None:
    drawing = offices().boundary("frist", "frage", deadline="legal").path("frist", "danach")
    definition, at = start(drawing)
    assert steps(at) == ["frage#1.1", "frage#1.2", "frage#1.3", "frist#1"]
    assert at.waiting[3].attached == "frage#1"
    at = go(definition, at, ("frage#1.1", {"ja": True}), "frist#1")
    assert steps(at) == ["danach#1"]
    assert at.data["frage"] == [{"ja": True, "instance": "bau"}]


def test_the_second_round_starts_with_an_empty_list() -> None:
    drawing = (
        Drawing()
        .start()
        .choice("m")
        .add("userTask", "frage", inner=many(), units="a")
        .choice("c", default="d")
        .end()
    )
    drawing.path("start", "m", "frage", "c").flow("c", "end", name="d").flow(
        "c", "m", "some(frage, #.nochmal == true)"
    )
    at = play(drawing, ("frage#1.1", {"nochmal": True}))
    assert (steps(at), at.data["frage"]) == (["frage#2.1"], [])


def _sizes(at: Progressed) -> int:
    return len(at.state)


def test_rounds_and_levels_do_not_make_the_state_grow() -> None:
    drawing = (
        Drawing()
        .start()
        .choice("m")
        .sub("teil", inside())
        .choice("c", default="d")
        .end()
        .path("start", "m", "teil", "c")
    )
    definition, at = start(drawing.flow("c", "m", name="d").flow("c", "end", "answers.nie == 1"))
    sizes = []
    for number in range(1, 30):
        at = go(definition, at, f"ia#{number}", f"ib#{number}")
        sizes.append(_sizes(at))
    assert max(sizes) - sizes[0] < 20


# ---- definitions cannot run code, also where levels and events are restored


@pytest.mark.parametrize("gateway", ["inclusive", "choice"])
def test_a_hostile_condition_inside_a_restored_level_runs_no_python(gateway: str, tmp_path: Path) -> None:
    mark = tmp_path / "owned"
    sub = Drawing("i").start("istart").add("userTask", "ia")
    getattr(sub, gateway)("ic", default="id").end("iend").user("ib").path("istart", "ia", "ic").path(
        "ib", "iend"
    )
    sub.flow("ic", "iend", name="id").flow("ic", "ib", "ia.x == 1")
    drawing = Drawing().start().sub("teil", sub, inner=many(), units="amt").boundary("frist", "teil").end()
    definition, at = start(drawing.path("start", "teil", "end").path("frist", "end"))
    spec = engine._specification(definition, "teil").task_specs[":ic"]
    hostile = f"__import__('pathlib').Path({str(mark)!r}).write_text('owned')"
    if gateway == "inclusive":
        spec.ways = [(hostile if flow else None, following) for flow, following in spec.ways]
    else:
        spec.cond_task_specs[1][0].args = (hostile,)
    with pytest.raises(ProcessFault, match="tried to run code"):
        go(definition, at, "ia#1")
    assert not mark.exists()


def test_nothing_of_the_engine_that_reads_the_clock_or_runs_python_is_used() -> None:
    source = Path(engine.__file__).read_text()
    for word in ("Timer", "MultiInstance", "SubWorkflow", "ScriptTask", "EventDefinition", "data_input"):
        assert word not in source
