from __future__ import annotations

import hashlib

import pytest

from tests.unit.workflows.drawn_processes import HEAD, Drawing, example, many
from workflows.bpmn import ProcessProblems, read_process
from workflows.bpmn_words import ElementKind


def line() -> Drawing:
    """start → task → end, to be spoiled."""
    return Drawing().start().user("task").end().path("start", "task", "end")


def refusals(drawing: Drawing | bytes) -> set[tuple[str, str]]:
    with pytest.raises(ProcessProblems) as caught:
        read_process(xml=drawing if isinstance(drawing, bytes) else drawing.xml)
    assert all(problem.text["de"] and problem.text["en"] for problem in caught.value.problems)
    return {(problem.where, problem.code) for problem in caught.value.problems}


def _timed(tag: str) -> str:
    return f"<timerEventDefinition><{tag}>R3/P1D</{tag}></timerEventDefinition>"


def test_a_process_is_read_with_its_attributes() -> None:
    drawing = example()
    definition = drawing.definition
    assert definition.bpmn_hash == hashlib.sha256(drawing.xml).hexdigest()
    assert definition.start.id == "start"
    assert [task.id for task in definition.user_tasks] == [
        "pruefen",
        "nachfordern",
        "bauamt",
        "polizei",
        "entscheiden",
    ]
    assert [task.id for task in definition.service_tasks] == ["genehmigung", "ablehnung"]
    assert [task.attributes["decision"] for task in definition.decisions] == ["fee"]
    assert [end.attributes["outcome"] for end in definition.ends] == ["granted", "refused"]
    assert [flow.target for flow in definition.conditions] == ["nachfordern", "genehmigung"]
    assert definition.elements["bauamt"].result == "bau"
    assert definition.elements["polizei"].result == "polizei"
    assert definition.followers("auf") == ("bauamt", "polizei")


def test_manual_tasks_lanes_and_terminating_ends() -> None:
    drawing = line().add("manualTask", "hand").terminate("aus").path("hand", "aus")
    drawing.parts.append(
        '<laneSet><lane id="l1" name="bauamt"><flowNodeRef>task</flowNodeRef><flowNodeRef>hand</flowNodeRef>'
        '<childLaneSet><lane id="innen"><flowNodeRef> hand </flowNodeRef></lane></childLaneSet></lane></laneSet>'
    )
    elements = drawing.definition.elements
    assert (elements["task"].lane, elements["hand"].lane, elements["start"].lane) == ("bauamt", "innen", None)
    assert elements["hand"].kind is ElementKind.USER
    assert elements["aus"].kind is ElementKind.TERMINATE


@pytest.mark.parametrize(
    ("tag", "inner", "hint"),
    [
        ("scriptTask", "<script>import os</script>", "businessRuleTask"),
        ("task", "", "userTask"),
        ("adHocSubProcess", "", "embedded sub-process"),
        ("transaction", "", "embedded sub-process"),
        ("subProcess", None, "boundary of a sub-process"),
        ("complexGateway", "", "event-based gateways"),
        ("boundaryEvent", "", "for each event"),
        ("boundaryEvent", "<signalEventDefinition/>", "message, timer"),
        ("boundaryEvent", "<timerEventDefinition/><messageEventDefinition/>", "Timers belong"),
        ("intermediateCatchEvent", "", "exactly one event"),
        ("intermediateCatchEvent", "<conditionalEventDefinition/>", "condition"),
        ("intermediateThrowEvent", "<compensateEventDefinition/>", "undoing"),
        ("intermediateThrowEvent", "<linkEventDefinition/>", "sequence flow"),
        ("userTask", "<standardLoopCharacteristics/>", "repeat it"),
        ("businessRuleTask", "<multiInstanceLoopCharacteristics/>", "several times"),
        ("startEvent", "<errorEventDefinition/>", "Errors belong"),
        ("startEvent", "<escalationEventDefinition/>", "Escalations belong"),
        ("endEvent", "<timerEventDefinition/>", "Timers belong"),
        ("endEvent", "<cancelEventDefinition/>", "error event"),
        ("subProcess", "<standardLoopCharacteristics/>", "repeat it"),
        ("intermediateCatchEvent", _timed("timeCycle"), "repetition"),
        ("intermediateCatchEvent", _timed("timeDate"), "duration"),
        ("choreographyTask", "", "Express it"),
    ],
)
def test_what_is_not_supported_is_refused_with_what_to_use_instead(
    tag: str, inner: str | None, hint: str
) -> None:
    plain = 'name="Das Fremde"' + ("" if inner is not None else ' triggeredByEvent="true"')
    drawing = line().add(tag, "fremd", plain=plain, inner=inner or "")
    with pytest.raises(ProcessProblems) as caught:
        read_process(xml=drawing.xml)
    (problem,) = [each for each in caught.value.problems if each.code == "unsupported-element"]
    assert problem.where == "fremd"
    assert "Das Fremde" in problem.text["de"]
    assert hint in problem.text["en"]


def test_a_python_condition_is_refused() -> None:
    hostile = "__import__('pathlib').Path('/tmp/owned').write_text('x')"
    drawing = (
        Drawing()
        .start()
        .choice("c", default="d")
        .end("a")
        .end("b")
        .path("start", "c")
        .flow("c", "b", name="d")
    ).flow("c", "a", hostile, name="hostile")
    assert refusals(drawing) == {("hostile", "unknown-function")}


@pytest.mark.parametrize(
    ("drawing", "expected"),
    [
        (Drawing().user("a").end().path("a", "end"), ("process", "one-start")),
        (line().start("zwei").path("zwei", "task"), ("zwei", "one-start")),
        (Drawing().start().user("a").path("start", "a", "a"), ("process", "no-end")),
        (line().flow("task", "start", name="f"), ("task", "implicit-split")),
        (line().user("b").path("b", "start"), ("start", "flow-into-start")),
        (line().user("b").path("end", "b"), ("end", "flow-out-of-end")),
        (line().flow("task", "nirgends", name="f"), ("f", "loose-flow")),
        (line().flow("start", "task", name="f"), ("flow1", "double-flow")),
        (line().flow("task", "end", "true", name="f"), ("f", "condition-outside-choice")),
        (line().user("start"), ("start", "duplicate-id")),
        (line().flow("task", "end", name="flow1"), ("flow1", "duplicate-id")),
        (line().choice("c", default="weg"), ("c", "unknown-default")),
        (line().choice("c", default="f").flow("c", "end", "true", name="f"), ("f", "condition-on-default")),
        (
            line().choice("c").flow("c", "end", name="f").flow("c", "task", "true"),
            ("f", "flow-without-condition"),
        ),
        (line().user("b", foureyes="task"), ("b", "unknown-attribute")),
        (line().service("b", command=""), ("b", "missing-attribute")),
        (line().decision("b", decision=""), ("b", "missing-attribute")),
        (line().end("b", outcome="super"), ("b", "unknown-outcome")),
        (line().user("b", due="14 Tage"), ("b", "bad-duration")),
        (line().user("b", result="answers"), ("b", "bad-result-name")),
        (line().user("b", result="a.b"), ("b", "bad-result-name")),
        (
            line().inclusive("c").flow("c", "end", name="f").flow("c", "task", "true"),
            ("f", "flow-without-condition"),
        ),
        (line().boundary("r", "end").path("r", "task"), ("r", "bad-attachment")),
        (line().boundary("r", "weg").path("r", "end"), ("r", "bad-attachment")),
        (line().boundary("r", "task", "error", ends=False).path("r", "end"), ("r", "error-must-interrupt")),
        (line().boundary("r", "task").path("r", "end").flow("end", "r"), ("r", "flow-into-boundary")),
        (line().events("e").timer("t").path("e", "t", "end"), ("e", "one-event-only")),
        (line().events("e").timer("t").path("e", "t", "end").path("e", "task"), ("e", "not-an-event")),
        (line().call("c", "weg"), ("c", "unknown-process")),
        (line().call("c", "q").process("q", Drawing("q").start("s").call("d", "q")), ("d", "recursive-call")),
        (line().sub("s", Drawing("i").user("ia")), ("s", "one-start")),
        (line().sub("s", Drawing("i").start("is").path("is", "end")), ("iflow1", "flow-across-border")),
        (line().timer("t", due="bald"), ("t", "bad-duration")),
        (line().add("boundaryEvent", "r", inner="<timerEventDefinition/>"), ("r", "missing-attribute")),
        (line().add("receiveTask", "r"), ("r", "missing-attribute")),
        (line().timer("t", deadline="irgendwann"), ("t", "unknown-deadline")),
        (line().user("b", units="amt"), ("b", "not-for-several")),
        (line().add("userTask", "b", inner=many()), ("b", "for-whom")),
        (line().add("userTask", "b", inner=many(), units="a", collection="answers.x"), ("b", "for-whom")),
        (line().add("userTask", "b", inner=many(), units="a a"), ("b", "unit-twice")),
        (
            line().add("userTask", "b", inner=many(), units="a", completion="bald"),
            ("b", "unknown-completion"),
        ),
        (line().user("b", result="item"), ("b", "bad-result-name")),
        (b"<x/>", ("line 1", "no-process")),
        (b"<x", ("line 1", "xml-broken")),
    ],
)
def test_faults_are_refused_at_their_place(drawing: Drawing | bytes, expected: tuple[str, str]) -> None:
    assert expected in refusals(drawing)


def test_all_faults_are_reported_at_once() -> None:
    drawing = line().add("scriptTask", "skript").user("b", due="bald").flow("task", "weg", name="f")
    assert {"unsupported-element", "bad-duration", "loose-flow", "implicit-split"} <= {
        code for _, code in refusals(drawing)
    }


def _pools(*executable: str) -> bytes:
    inner = "".join(line().parts)
    pools = "".join(
        f'<process id="p{n}" isExecutable="{mark}">{inner}</process>' for n, mark in enumerate(executable)
    )
    return f"{HEAD}{pools}</definitions>".encode()


def test_other_pools_are_documentation_if_one_is_executable() -> None:
    assert read_process(xml=_pools("false", "true")).id == "p1"
    assert read_process(xml=_pools("false")).id == "p0"


@pytest.mark.parametrize("marks", [("false", "false"), ("true", "true")])
def test_without_exactly_one_process_it_is_refused(marks: tuple[str, str]) -> None:
    assert refusals(_pools(*marks)) == {("p0", "several-processes")}


def test_foreign_elements_are_refused() -> None:
    drawing = line()
    drawing.parts.append('<x:userTask xmlns:x="urn:x" id="fremd"/>')
    assert ("fremd", "unsupported-element") in refusals(drawing)


HOSTILE = "__import__('pathlib').Path('/tmp/owned').write_text('x')"


@pytest.mark.parametrize(
    "drawing",
    [
        line().add("userTask", "b", inner=many(), collection=HOSTILE),
        line().add("userTask", "b", inner=many(), unitsFrom=HOSTILE),
        line().add("userTask", "b", inner=many(until=HOSTILE), units="amt"),
        line().add("userTask", "b", inner=many(inner=f"<loopCardinality>{HOSTILE}</loopCardinality>")),
        line().inclusive("b", default="d").flow("b", "end", name="d").flow("b", "task", HOSTILE, name="b2"),
    ],
)
def test_python_is_refused_wherever_an_expression_may_stand(drawing: Drawing) -> None:
    assert {code for _, code in refusals(drawing)} & {"unknown-function", "not-allowed", "syntax"}


def test_what_bpmn_says_itself_need_not_be_repeated() -> None:
    drawing = line().boundary("r", "task", "error").path("r", "end")
    drawing.others.append('<error id="E" errorCode="nicht da"/><message id="M" name="antwort"/>')
    drawing.parts = [
        part.replace("<errorEventDefinition/>", '<errorEventDefinition errorRef="E"/>')
        for part in drawing.parts
    ]
    drawing.add("receiveTask", "wart", plain='messageRef="M"')
    elements = drawing.definition.elements
    assert elements["r"].attributes["code"] == "nicht da"
    assert elements["wart"].attributes["message"] == "antwort"
