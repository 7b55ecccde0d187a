"""SpiffWorkflow, held at arm's length: one process level with its tokens. Nobody else imports it.

Three rules keep it harmless:

* Workflows are made and restored by `Level` only, on a class whose script engine evaluates nothing but the
  checked expression of a known sequence flow; the engine's specification holds flow ids, no sources.
* What waits (people, services, messages, timers, sub-processes) is a task of the engine that somebody must
  complete; its own events, timers, loops and sub-workflows, which read the clock or run Python, are not used.
* Neither clock nor chance matter: SpiffWorkflow stamps tasks with `time.time()` and random UUIDs; we store
  neither.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NoReturn
from uuid import UUID

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.defaults import ExclusiveGateway
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from forms.problems import Problem
from workflows.bpmn_words import Element, ElementKind, Flow, ProcessDefinition
from workflows.joins import may_fire, place, sources
from workflows.process_state import ProcessFault
from workflows.steps import waits

_JOINS = frozenset({ElementKind.PARALLEL, ElementKind.INCLUSIVE})


class _Conditions(PythonScriptEngine):  # type: ignore[misc]
    """Evaluates the condition of a sequence flow by its id; refuses everything else, above all Python."""

    def __init__(self, level: Level | None = None) -> None:
        super().__init__()
        self._level = level

    def evaluate(self, task: Task, expression: Any, external_context: Any = None) -> bool:  # noqa: ARG002
        flow = None if self._level is None else self._level.definition.flows.get(str(expression))
        if self._level is None or flow is None or flow.condition is None:
            _refuse_code(task.task_spec.name)
        return self._level.holds(flow)

    def execute(self, task: Task, *_args: Any, **_kwargs: Any) -> NoReturn:
        _refuse_code(task.task_spec.name)

    def call_service(self, task: Task, **_kwargs: Any) -> NoReturn:
        _refuse_code(task.task_spec.name)


class _Workflow(BpmnWorkflow):  # type: ignore[misc]
    """A workflow whose default script engine refuses, whoever makes or restores it."""

    def __init__(self, spec: BpmnProcessSpec, *_args: Any, level: Level | None = None, **kwargs: Any) -> None:
        self.level = level
        kwargs.pop("script_engine", None)
        super().__init__(spec, script_engine=_Conditions(level), **kwargs)

    def _task_completed_notify(self, task: Task) -> None:
        """The level looks after what waits, not the engine."""


class _Node(BpmnTaskSpec):  # type: ignore[misc]
    """An element of ours within the engine."""

    def __init__(self, spec: BpmnProcessSpec, name: str, *, element: Element | None) -> None:
        super().__init__(spec, name)
        self.element: Any = element
        self.manual = element is not None and waits(element=element)

    def _predict_hook(self, my_task: Task) -> None:
        """What may come is not drawn in advance: the tree holds tokens only."""

    def test(self) -> None:
        """How elements must be connected is checked when reading, in plainer words."""

    def _on_ready_hook(self, my_task: Task) -> None:
        my_task.workflow.level.ready.append(my_task)

    def _run_hook(self, my_task: Task) -> bool:
        my_task._sync_children(self.outputs, TaskState.FUTURE)  # noqa: SLF001
        return True


class _Choice(_Node, ExclusiveGateway):  # type: ignore[misc]
    def _run_hook(self, my_task: Task) -> bool:
        try:
            return bool(ExclusiveGateway._run_hook(self, my_task))  # noqa: SLF001
        except WorkflowException as error:
            raise _no_way_on(self.element) from error


class _Join(_Node):
    """A parallel or inclusive gateway: counts what arrives from where, then opens its ways out."""

    def __init__(self, spec: BpmnProcessSpec, name: str, *, element: Element) -> None:
        super().__init__(spec, name, element=element)
        self.ways: list[tuple[str | None, Any]] = []

    def connect_outgoing_if(self, condition: str | None, taskspec: Any) -> None:
        self.ways.append((condition, taskspec))
        self.connect(taskspec)

    def _update_hook(self, my_task: Task) -> bool:
        level, source = my_task.workflow.level, my_task.parent.task_spec.element.id
        already = level.joins.get(self.element.id)
        if already is None:
            my_task._set_state(TaskState.WAITING)  # noqa: SLF001
            already = level.joins[self.element.id] = my_task
            my_task.internal_data["arrived"] = {}
        else:
            my_task.cancel()
        arrived = already.internal_data["arrived"]
        arrived[source] = arrived.get(source, 0) + 1
        if level.fires(self.element, arrived, elsewhere=None):
            level.fire(already)
        return False

    def _run_hook(self, my_task: Task) -> bool:
        if self.element.kind is ElementKind.PARALLEL:
            return bool(super()._run_hook(my_task))
        engine = my_task.workflow.script_engine
        chosen = [spec for flow, spec in self.ways if flow is not None and engine.evaluate(my_task, flow)]
        chosen = chosen or [spec for flow, spec in self.ways if flow is None]
        if not chosen:
            raise _no_way_on(self.element)
        my_task._sync_children(chosen, TaskState.FUTURE)  # noqa: SLF001
        return True


_CLASSES: Mapping[ElementKind, type[Any]] = {
    ElementKind.CHOICE: _Choice,
    ElementKind.PARALLEL: _Join,
    ElementKind.INCLUSIVE: _Join,
}


@lru_cache(maxsize=512)
def _specification(definition: ProcessDefinition, scope: str | None) -> BpmnProcessSpec:
    """The engine's view of one level; read-only once built, so one serves all cases."""
    spec = BpmnProcessSpec(name=scope or definition.id)
    inside = definition.inside(scope)
    # The colon keeps element ids apart from the engine's own names ("Start", "End").
    nodes = {
        element.id: _CLASSES.get(element.kind, _Node)(spec, f":{element.id}", element=element)
        for element in inside
    }
    entries = dict(nodes)
    for element in inside:
        attached = definition.boundaries(element.id)
        if attached:
            # Opens the activity and the events on its boundary at once.
            entries[element.id] = opening = _Node(spec, f"opening:{element.id}", element=None)
            for each in (element, *attached):
                opening.connect(nodes[each.id])
    spec.start.connect(nodes[definition.start_of(scope).id])
    for element in inside:
        for flow in (definition.flows[flow] for flow in element.outgoing):
            condition = None if flow.condition is None else flow.id
            nodes[element.id].connect_outgoing_if(condition, entries[flow.target])
    return spec


class Level:
    """The tokens of one process or sub-process: what is ready, what waits at a step, what waits at a join."""

    def __init__(
        self, *, definition: ProcessDefinition, scope: str | None, holds: Callable[[Flow], bool]
    ) -> None:
        self.definition, self.scope, self.holds = definition, scope, holds
        self.ready: deque[Task] = deque()
        self.joins: dict[str, Task] = {}
        self._runs = 0
        self._workflow = _Workflow(_specification(definition, scope), level=self, deserializing=True)
        start = Task(
            self._workflow, self._workflow.spec.start, None, state=TaskState.COMPLETED, id=UUID(int=1)
        )
        self._workflow.task_tree = start

    def begin(self) -> None:
        """Put a token on the start event."""
        root = self._workflow.task_tree
        child = root._add_child(root.task_spec.outputs[0], TaskState.FUTURE)  # noqa: SLF001
        child.task_spec._update(child)  # noqa: SLF001

    def next_ready(self) -> Task | None:
        """A task that is due; what is cancelled leaves the row by `clear`."""
        return self.ready.popleft() if self.ready else None

    def run(self, task: Task) -> None:
        """Complete a task and put tokens on what follows."""
        task.run()
        element = task.task_spec.element
        together = element is None or element.kind is ElementKind.EVENTS
        self._runs += 1
        for child in [each for each in task.children if each.has_state(TaskState.NOT_FINISHED_MASK)]:
            child.parent = self._workflow.task_tree
            if together:
                child.internal_data["together"] = self._runs
        # Only tokens stay: the past is in the events of the case.
        gone = [key for key, each in self._workflow.tasks.items() if each.has_state(TaskState.CANCELLED)]
        for key in (task.id, *gone):
            self._workflow.tasks.pop(key, None)

    def cancel(self, task: Task) -> None:
        task._set_state(TaskState.CANCELLED)  # noqa: SLF001
        self._workflow.tasks.pop(task.id, None)

    def put(self, element: str) -> Task:
        """Put a waiting token back when a state is restored. Raises `KeyError` for what no token waits at."""
        spec = self._workflow.spec.task_specs[f":{element}"]
        if not spec.manual:
            raise KeyError(element)
        return Task(self._workflow, spec, self._workflow.task_tree, state=TaskState.READY)

    def put_join(self, element: str, arrived: Mapping[str, int]) -> None:
        """Put tokens back that wait at a join. Raises `KeyError` if they cannot be there."""
        spec = self._workflow.spec.task_specs[f":{element}"]
        if not isinstance(spec, _Join) or element in self.joins or not arrived:
            raise KeyError(element)
        if not set(arrived) <= set(sources(definition=self.definition, join=spec.element)):
            raise KeyError(element)
        task = Task(self._workflow, spec, self._workflow.task_tree, state=TaskState.WAITING)
        task.internal_data["arrived"] = dict(arrived)
        self.joins[element] = task

    def arrived(self) -> Iterator[tuple[str, dict[str, int]]]:
        """What waits at joins: element, way in → tokens."""
        for element, task in self.joins.items():
            yield element, task.internal_data["arrived"]

    def fires(self, join: Element, arrived: Mapping[str, int], *, elsewhere: list[str] | None) -> bool:
        """Whether a join may go on; without `elsewhere` (tokens still move) only if it is certain."""
        if elsewhere is None and join.kind is ElementKind.INCLUSIVE:
            return len(arrived) == len(join.incoming)
        return may_fire(
            definition=self.definition, join=join, filled=arrived.keys(), elsewhere=elsewhere or ()
        )

    def fire(self, task: Task) -> None:
        """Take one token from each way in; what is left waits for the next time."""
        element = task.task_spec.element
        del self.joins[element.id]
        left = {way: count - 1 for way, count in task.internal_data["arrived"].items() if count > 1}
        if left:
            self.put_join(element.id, left)
        task._ready()  # noqa: SLF001

    def release(self, open_elements: list[Element]) -> bool:
        """Nothing moves any more: let an inclusive gateway go on that need not wait any longer."""
        open_places = [place(definition=self.definition, element=each) for each in open_elements]
        for element, task in self.joins.items():
            join = self.definition.elements[element]
            elsewhere = [*open_places, *(other for other in self.joins if other != element)]
            if join.kind is ElementKind.INCLUSIVE and self.fires(
                join, task.internal_data["arrived"], elsewhere=elsewhere
            ):
                self.fire(task)
                return True
        return False

    def clear(self) -> None:
        """Take all tokens away."""
        for task in list(self._workflow.tasks.values()):
            if task.has_state(TaskState.NOT_FINISHED_MASK):
                self.cancel(task)
        self.joins.clear()
        self.ready.clear()


def _no_way_on(element: Element) -> ProcessFault:
    called = element.name or element.id
    text = {
        "de": f"Am Gateway „{called}“ gilt keine Bedingung, und es gibt keinen Standardpfeil.",
        "en": f"At gateway '{called}' no condition holds, and there is no default flow.",
    }
    return ProcessFault([Problem(element.id, "no-way-on", text)])


def _refuse_code(element: str) -> NoReturn:
    text = {
        "de": f"{element}: Der Ablauf wollte Programmcode ausführen. Das ist nie erlaubt.",
        "en": f"{element}: the process tried to run code. That is never allowed.",
    }
    raise ProcessFault([Problem(element, "code-refused", text)])
