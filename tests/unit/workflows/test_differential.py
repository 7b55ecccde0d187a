"""Our adapter, stored and restored at every step, against SpiffWorkflow as it comes, run straight through."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from tests.unit.workflows.drawn_processes import Drawing, decide
from tests.unit.workflows.random_processes import Blocks
from workflows.expressions import compile_expression
from workflows.process import Signal, begin, resume

PROCESSES = 500
TURNS = 40
# SpiffWorkflow's inclusive join looks back along one way only and fires early; ours is compared by brute force.
SHAPES = ("user", "sequence", "choice", "parallel", "again", "sub", "limit", "race")
# Nor are its parallel joins compared in a second round: see the last test.
REPEATED = tuple(shape for shape in SHAPES if shape != "parallel")


class _Engine(PythonScriptEngine):
    """Evaluates our language in the reference, too."""

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__()
        self.known = data

    def evaluate(self, _task: Any, expression: str, external_context: Any = None) -> bool:  # noqa: ARG002
        return compile_expression(source=expression).holds(data=self.known)


class Reference:
    """SpiffWorkflow with its own parser, joins, boundary events and sub-workflows."""

    def __init__(self, drawing: Drawing, answers: dict[str, Any]) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(drawing.xml))
        self.data: dict[str, Any] = {"answers": answers}
        spec, inner = parser.get_spec("p"), parser.get_subprocess_specs("p")
        self.workflow = BpmnWorkflow(spec, inner, script_engine=_Engine(self.data))
        self.workflow.do_engine_steps()

    @property
    def waiting(self) -> Counter[str]:
        ready = [task for task in self.workflow.get_tasks(state=TaskState.READY) if task.task_spec.manual]
        events: list[str] = []
        for task in self.workflow.get_tasks(state=TaskState.WAITING):
            definition = getattr(task.task_spec, "event_definition", None)
            inner = getattr(definition, "event_definitions", [definition])
            events += [
                each.name.removeprefix("m_") for each in inner if isinstance(each, MessageEventDefinition)
            ]
        return Counter([task.task_spec.bpmn_id for task in ready]) + Counter(events)

    def do(self, element: str, result: dict[str, Any]) -> None:
        self.data[element] = result
        if element.startswith("nachricht"):
            self.workflow.catch(BpmnEvent(MessageEventDefinition(f"m_{element}")))
        else:
            ready = self.workflow.get_tasks(state=TaskState.READY)
            next(task for task in ready if task.task_spec.bpmn_id == element).run()
        self.workflow.do_engine_steps()


def same_way(seed: int) -> int:
    """Both play one process; every turn the same waiting points, at last the same end. Returns the turns."""
    chance = Random(seed)
    drawing = Blocks(chance, shapes=SHAPES, repeated=REPEATED).whole
    answers = {f"w{number}": chance.randint(0, 1) for number in range(10)}
    definition = drawing.definition
    at = begin(definition=definition, data={"answers": answers}, decide=decide)
    reference = Reference(drawing, answers)
    for turn in range(TURNS):
        ours = Counter(waiting.element for waiting in at.waiting)
        assert ours == reference.waiting, f"seed {seed}, turn {turn}"
        if at.ended is not None:
            assert reference.workflow.completed
            return turn
        waiting = chance.choice(sorted(at.waiting, key=lambda each: each.step))
        result = {"nochmal": turn < 10 and chance.random() < 0.3}
        signals = [Signal(waiting.step, result)]
        at = resume(definition=definition, state=at.state, signals=signals, decide=decide)
        reference.do(waiting.element, result)
    raise AssertionError(f"seed {seed} does not end")


def test_random_processes_run_the_same_way_as_in_spiffworkflow() -> None:
    turns = [same_way(seed) for seed in range(PROCESSES)]
    # Enough of them do something.
    assert sum(turns) > 2 * PROCESSES
    assert min(sum(turn > wanted for turn in turns) for wanted in range(6)) > PROCESSES // 20


def test_a_join_waits_in_the_second_round_too_where_spiffworkflow_goes_on_early() -> None:
    drawing = (
        Drawing().start().choice("m").parallel("auf").user("a").user("b").parallel("zu").user("frage").end()
    )
    drawing.path("start", "m", "auf", "a", "zu", "frage").path("auf", "b", "zu").choice("c", default="d")
    drawing.path("frage", "c").flow("c", "end", name="d").flow("c", "m", "frage.nochmal == true")
    definition, reference = drawing.definition, Reference(drawing, {})
    at = begin(definition=definition, data={}, decide=decide)
    for element, result in [("b", {}), ("a", {}), ("frage", {"nochmal": True}), ("a", {})]:
        step = next(each.step for each in at.waiting if each.element == element)
        at = resume(definition=definition, state=at.state, signals=[Signal(step, result)], decide=decide)
        reference.do(element, result)
    assert [waiting.element for waiting in at.waiting] == ["b"]
    # When this fails, SpiffWorkflow has mended it and rounds can be compared as well.
    assert set(reference.waiting) == {"b", "frage"}
