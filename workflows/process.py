"""Run a process: begin it, resume it with what happened, stop at its waiting points; SpiffWorkflow inside.

Nobody else imports SpiffWorkflow. Three rules keep it harmless:

* Workflows are made and restored by `_workflow` only, on a class whose script engine evaluates nothing but
  the checked expression of a known sequence flow; the engine's specification holds flow ids, no sources.
* The state holds no specification and no code: positions, step counters and the process data, as bounded,
  compressed JSON. Process data lives once per case, not once per task.
* Neither clock nor chance matter: SpiffWorkflow stamps tasks with `time.time()` and random UUIDs, we store
  neither; a step is named after its element and its count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NoReturn
from uuid import UUID

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.defaults import ExclusiveGateway, ParallelGateway
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from forms.problems import Problem
from workflows.bpmn import ProcessProblems, read_process
from workflows.bpmn_words import Element, ElementKind, Flow, Outcome, ProcessDefinition
from workflows.expressions import ExpressionProblem
from workflows.process_state import Position, ProcessFault, Saved, load, save
from workflows.steps import Decide, End, Progressed, Signal, Waiting, WaitingKind, end_of, waiting_at

__all__ = [
    "Decide",
    "Element",
    "ElementKind",
    "End",
    "Flow",
    "Outcome",
    "ProcessDefinition",
    "ProcessFault",
    "ProcessProblems",
    "Progressed",
    "Signal",
    "Waiting",
    "WaitingKind",
    "begin",
    "read_process",
    "resume",
]

MAX_STEPS = 200
_ROOT = "Start"
_LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED
# ERROR and STARTED never survive a call.
_STORED_STATES = frozenset(
    {
        TaskState.MAYBE,
        TaskState.LIKELY,
        TaskState.FUTURE,
        TaskState.WAITING,
        TaskState.READY,
        TaskState.COMPLETED,
        TaskState.CANCELLED,
    }
)


@dataclass(slots=True)
class _Run:
    """One call: what the specification's elements need to know."""

    definition: ProcessDefinition
    data: dict[str, Any]
    decide: Decide
    counts: dict[str, int] = field(default_factory=dict)
    ends: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)


def begin(*, definition: ProcessDefinition, data: Mapping[str, Any], decide: Decide) -> Progressed:
    """Start a case with its first process data and run to the first waiting points.

    `decide` answers a decision id and the process data with the decision's outputs; what it raises passes
    through. Raises `ProcessFault` where no way leads on.
    """
    run = _Run(definition=definition, data=dict(data), decide=decide)
    workflow = _workflow(run, restored=False)
    return _advance(workflow, run, ignored=())


def resume(
    *, definition: ProcessDefinition, state: bytes, signals: Sequence[Signal], decide: Decide
) -> Progressed:
    """Feed `signals` in order and run on. A signal for a step that is not open is ignored and reported.

    Raises `ProcessFault` if the state is damaged, belongs to another process, or no way leads on.
    """
    saved = load(state=state, bpmn_hash=definition.bpmn_hash)
    run = _Run(definition, saved.data, decide, counts=saved.counts, ends=saved.ends)
    workflow = _workflow(run, restored=True)
    _restore(workflow, saved.positions)
    if not set(run.ends) <= {end.id for end in definition.ends}:
        _misfit()
    ignored = []
    for signal in signals:
        task = _open_steps(workflow).get(signal.step)
        if task is None:
            ignored.append(signal.step)
            continue
        run.data[task.task_spec.element.result] = dict(signal.result)
        _complete(task, run)
        _run_engine_steps(workflow, run)
    return _advance(workflow, run, ignored=tuple(ignored))


# ---- the engine's classes


class _Conditions(PythonScriptEngine):  # type: ignore[misc]
    """Evaluates the condition of a sequence flow by its id; refuses everything else, above all Python."""

    def __init__(self, run: _Run | None = None) -> None:
        super().__init__()
        self._run = run

    def evaluate(self, task: Task, expression: Any, external_context: Any = None) -> bool:  # noqa: ARG002
        flow = None if self._run is None else self._run.definition.flows.get(str(expression))
        if self._run is None or flow is None or flow.condition is None:
            _refuse_code(task.task_spec.name)
        return flow.condition.holds(data=self._run.data)

    def execute(self, task: Task, *_args: Any, **_kwargs: Any) -> NoReturn:
        _refuse_code(task.task_spec.name)

    def call_service(self, task: Task, **_kwargs: Any) -> NoReturn:
        _refuse_code(task.task_spec.name)


class _Workflow(BpmnWorkflow):  # type: ignore[misc]
    """A workflow whose default script engine refuses, whoever makes or restores it."""

    def __init__(self, spec: BpmnProcessSpec, *_args: Any, run: _Run | None = None, **kwargs: Any) -> None:
        self.run = run
        kwargs.pop("script_engine", None)
        super().__init__(spec, script_engine=_Conditions(run), **kwargs)


class _Passing(BpmnTaskSpec):  # type: ignore[misc]
    """A start event, an end event, a task: an element of ours within the engine."""

    def __init__(self, spec: BpmnProcessSpec, name: str, *, element: Element) -> None:
        super().__init__(spec, name)
        self.element = element
        self.manual = element.kind in {ElementKind.USER, ElementKind.SERVICE}


class _Decision(_Passing):
    def _run_hook(self, my_task: Task) -> bool:
        run = my_task.workflow.run
        outputs = run.decide(self.element.attributes["decision"], MappingProxyType(run.data))
        run.data[self.element.result] = dict(outputs)
        return True


class _End(_Passing):
    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        my_task.workflow.run.ends.append(self.element.id)
        if self.element.kind is ElementKind.TERMINATE:
            for task in my_task.workflow.get_tasks(state=TaskState.NOT_FINISHED_MASK):
                task.cancel()


class _Choice(ExclusiveGateway):  # type: ignore[misc]
    def __init__(self, spec: BpmnProcessSpec, name: str, *, element: Element) -> None:
        super().__init__(spec, name)
        self.element = element

    def _run_hook(self, my_task: Task) -> bool:
        try:
            return bool(super()._run_hook(my_task))
        except WorkflowException as error:
            called = _called(self.element)
            text = {
                "de": f"Am Gateway „{called}“ gilt keine Bedingung, und es gibt keinen Standardpfeil.",
                "en": f"At gateway '{called}' no condition holds, and there is no default flow.",
            }
            raise ProcessFault([Problem(self.element.id, "no-way-on", text)]) from error


class _Parallel(ParallelGateway):  # type: ignore[misc]
    def __init__(self, spec: BpmnProcessSpec, name: str, *, element: Element) -> None:
        super().__init__(spec, name)
        self.element = element


_CLASSES: Mapping[ElementKind, type[Any]] = {
    ElementKind.START: _Passing,
    ElementKind.USER: _Passing,
    ElementKind.SERVICE: _Passing,
    ElementKind.END: _End,
    ElementKind.TERMINATE: _End,
    ElementKind.DECISION: _Decision,
    ElementKind.CHOICE: _Choice,
    ElementKind.PARALLEL: _Parallel,
}


@lru_cache(maxsize=128)
def _specification(definition: ProcessDefinition) -> BpmnProcessSpec:
    """The engine's view of a definition; read-only once built, so one serves all cases."""
    spec = BpmnProcessSpec(name=definition.id)
    # The colon keeps element ids apart from the engine's own names ("Start", "End").
    nodes = {
        element.id: _CLASSES[element.kind](spec, f":{element.id}", element=element)
        for element in definition.elements.values()
    }
    spec.start.connect(nodes[definition.start.id])
    for element in definition.elements.values():
        for flow in (definition.flows[flow] for flow in element.outgoing):
            if flow.condition is None:
                nodes[element.id].connect(nodes[flow.target])
            else:
                nodes[element.id].connect_outgoing_if(flow.id, nodes[flow.target])
    return spec


def _workflow(run: _Run, *, restored: bool) -> _Workflow:
    """The one place where a workflow comes into being."""
    return _Workflow(_specification(run.definition), run=run, deserializing=restored)


# ---- running


def _advance(workflow: _Workflow, run: _Run, *, ignored: tuple[str, ...]) -> Progressed:
    _run_engine_steps(workflow, run)
    steps = _open_steps(workflow)
    if not steps:
        _check_finished(workflow, run)
    saved = Saved(data=run.data, positions=_positions(workflow), counts=run.counts, ends=run.ends)
    return Progressed(
        state=save(saved=saved, bpmn_hash=run.definition.bpmn_hash),
        waiting=tuple(waiting_at(step=step, element=task.task_spec.element) for step, task in steps.items()),
        passed=tuple(run.passed),
        data=run.data,
        ended=None if steps else end_of(definition=run.definition, ends=run.ends),
        ignored=ignored,
    )


def _run_engine_steps(workflow: _Workflow, run: _Run) -> None:
    """Run everything that need not wait, within `MAX_STEPS` per call."""
    while True:
        ready = [task for task in workflow.get_tasks(state=TaskState.READY) if not task.task_spec.manual]
        if not ready:
            break
        for task in ready:
            # A terminating end may have cancelled it in this very round.
            if task.has_state(TaskState.READY):
                _complete(task, run)
    for task in workflow.get_tasks(state=TaskState.READY):
        _name_step(task, run)


def _name_step(task: Task, run: _Run) -> None:
    if "step" not in task.internal_data:
        element = task.task_spec.element.id
        run.counts[element] = run.counts.get(element, 0) + 1
        task.internal_data["step"] = f"{element}#{run.counts[element]}"


def _complete(task: Task, run: _Run) -> None:
    if task.task_spec.name == _ROOT:
        task.run()
        return
    element = task.task_spec.element
    if len(run.passed) >= MAX_STEPS:
        _fault(
            element,
            "endless-loop",
            f"Der Ablauf dreht sich bei „{_called(element)}“ im Kreis, ohne auf jemanden zu warten.",
            f"The process runs in circles at '{_called(element)}' without waiting for anyone.",
        )
    try:
        task.run()
    except ExpressionProblem as error:
        text = error.problems[0].text
        raise ProcessFault([Problem(element.id, error.problems[0].code, text)]) from error
    run.passed.append(element.id)


def _check_finished(workflow: _Workflow, run: _Run) -> None:
    stuck = workflow.get_tasks(state=_LIVE | TaskState.FUTURE)
    if stuck:
        element = stuck[0].task_spec.element
        _fault(
            element,
            "stuck",
            f"„{_called(element)}“ wartet auf einen Zweig, der nie ankommt.",
            f"'{_called(element)}' waits for a branch that never arrives.",
        )
    if not run.ends:
        last = run.definition.elements[run.passed[-1]] if run.passed else run.definition.start
        _fault(
            last,
            "dead-end",
            f"Nach „{_called(last)}“ geht es nicht weiter, und es ist kein Ende.",
            f"Nothing follows '{_called(last)}', and it is no end.",
        )


def _open_steps(workflow: _Workflow) -> dict[str, Task]:
    return {
        task.internal_data["step"]: task
        for task in workflow.get_tasks(state=TaskState.READY)
        if "step" in task.internal_data
    }


def _called(element: Element) -> str:
    return element.name or element.id


def _fault(element: Element, code: str, de: str, en: str) -> NoReturn:
    raise ProcessFault([Problem(element.id, code, {"de": de, "en": en})])


def _misfit() -> NoReturn:
    text = {
        "de": "Der gespeicherte Stand passt nicht zum Ablauf. Bitte aus der Sicherung wiederherstellen.",
        "en": "The stored state does not fit the process. Restore it from the backup.",
    }
    raise ProcessFault([Problem("state", "state-damaged", text)])


def _refuse_code(element: str) -> NoReturn:
    text = {
        "de": f"{element}: Der Ablauf wollte Programmcode ausführen. Das ist nie erlaubt.",
        "en": f"{element}: the process tried to run code. That is never allowed.",
    }
    raise ProcessFault([Problem(element, "code-refused", text)])


# ---- from the engine's tree to positions and back


def _positions(workflow: _Workflow) -> list[Position]:
    """The tree, parents first. Where no join can look back, the past no longer matters and is dropped."""
    live = workflow.get_tasks(state=_LIVE)
    first = Position(_ROOT, TaskState.COMPLETED, None, None)
    if not live:
        return [first]
    if len(live) == 1:
        return [first, *_subtree(live[0], parent=0, offset=1)]
    return _subtree(workflow.task_tree, parent=None, offset=0)


def _subtree(top: Task, *, parent: int | None, offset: int) -> list[Position]:
    rows: list[Position] = []
    stack: list[tuple[Task, int | None]] = [(top, parent)]
    while stack:
        task, above = stack.pop()
        index = offset + len(rows)
        rows.append(Position(task.task_spec.name, task.state, above, task.internal_data.get("step")))
        stack += [(child, index) for child in reversed(task.children)]
    return rows


def _restore(workflow: _Workflow, positions: Sequence[Position]) -> None:
    tasks: list[Task] = []
    for index, row in enumerate(positions):
        spec = workflow.spec.task_specs.get(row.name)
        if spec is None or row.state not in _STORED_STATES or (index == 0) is not (row.name == _ROOT):
            _misfit()
        parent = None if row.parent is None else tasks[row.parent]
        task = Task(workflow, spec, parent, state=row.state, id=UUID(int=index + 1))
        if row.step is not None:
            task.internal_data["step"] = row.step
        tasks.append(task)
    workflow.task_tree = tasks[0]
