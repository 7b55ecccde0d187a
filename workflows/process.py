"""Run a process: begin it, resume it with what happened, stop at its waiting points.

The state holds no specification and no code: tokens, step counters and the process data, as bounded,
compressed JSON. Process data lives once per case, not once per task; a step is named after its element and
its count. What runs is in `running`, SpiffWorkflow behind `engine`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from forms.problems import Problem
from workflows.activities import Activity, Instance
from workflows.bpmn import ProcessProblems, read_process
from workflows.bpmn_words import NESTING, Element, ElementKind, Flow, Outcome, ProcessDefinition
from workflows.process_state import (
    Position,
    ProcessFault,
    Saved,
    SavedActivity,
    SavedInstance,
    SavedLevel,
    load,
    save,
)
from workflows.running import Run, Scope, Token
from workflows.steps import Decide, End, Progressed, Signal, Waiting, WaitingKind, end_of

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


def begin(*, definition: ProcessDefinition, data: Mapping[str, Any], decide: Decide) -> Progressed:
    """Start a case with its first process data and run to the first waiting points.

    `decide` answers a decision id and the process data with the decision's outputs; what it raises passes
    through. Raises `ProcessFault` where no way leads on.
    """
    run = Run(definition=definition, data=dict(data), decide=decide)
    root = Scope(run, None)
    root.level.begin()
    root.settle()
    return _progressed(run, root, ignored=())


def resume(
    *, definition: ProcessDefinition, state: bytes, signals: Sequence[Signal], decide: Decide
) -> Progressed:
    """Feed `signals` in order and run on. A signal for a step that is not open is ignored and reported.

    Raises `ProcessFault` if the state is damaged, belongs to another process, or no way leads on.
    """
    saved = load(state=state, bpmn_hash=definition.bpmn_hash)
    run = Run(definition, saved.data, decide, counts=saved.counts)
    root = Scope(run, None)
    try:
        _restore(root, saved.level)
    except KeyError:
        _misfit()
    root.settle()
    ignored = tuple(signal.step for signal in signals if not _feed(root, signal))
    return _progressed(run, root, ignored=ignored)


def _feed(root: Scope, signal: Signal) -> bool:
    """Complete what waits at the signal's step; False if nothing does."""
    found = next((each for each in root.waiting() if each[0].step == signal.step), None)
    if found is None:
        return False
    _waiting, scope, token, instance = found
    if instance is not None and token.held is not None:
        scope.finish(token, token.held, instance, signal.result)
    else:
        scope.write(token.element.result, dict(signal.result))
        scope.complete(token)
    root.settle()
    return True


def _progressed(run: Run, root: Scope, *, ignored: tuple[str, ...]) -> Progressed:
    saved = Saved(data=run.data, counts=run.counts, level=_saved(root))
    ended = None if root.open else end_of(definition=run.definition, ends=root.ends)
    return Progressed(
        state=save(saved=saved, bpmn_hash=run.definition.bpmn_hash),
        waiting=tuple(waiting for waiting, *_ in root.waiting()),
        passed=tuple(run.passed),
        data=run.data,
        ended=ended,
        ignored=ignored,
    )


# ---- from levels and tokens to what is stored, and back


def _saved(scope: Scope) -> SavedLevel:
    positions = [
        Position(token.element.id, token.step, token.group, {}, _saved_activity(token.held))
        for token in scope.open.values()
    ]
    positions += [Position(join, None, None, dict(ways), None) for join, ways in scope.level.arrived()]
    return SavedLevel(positions, scope.ends, scope.own)


def _saved_activity(held: Activity | None) -> SavedActivity | None:
    if held is None:
        return None
    instances = [
        SavedInstance(each.step, each.item, None if each.level is None else _saved(each.level))
        for each in held.instances
    ]
    return SavedActivity(held.left, held.total, held.done, instances)


def _restore(scope: Scope, saved: SavedLevel) -> None:
    """Raises `KeyError` where the state does not fit the process."""
    elements = {element.id: element for element in scope.run.definition.inside(scope.scope)}
    scope.own = saved.data
    scope.ends = saved.ends
    _demand(set(saved.ends) <= {end.id for end in scope.run.definition.ends_of(scope.scope)})
    for row in saved.positions:
        element = elements[row.element]
        if row.step is None:
            scope.level.put_join(row.element, row.arrived)
            continue
        _demand(row.step not in scope.open)
        holds = element.several is not None or element.kind in NESTING
        _demand(holds is (row.held is not None))
        token = Token(element, row.step, row.group, scope.level.put(row.element))
        scope.open[row.step] = token
        if row.held is not None:
            _restore_activity(scope, token, row.held)


def _restore_activity(scope: Scope, token: Token, saved: SavedActivity) -> None:
    token.held = Activity(left=saved.left, total=saved.total, done=saved.done)
    _demand(bool(saved.instances))
    for row in saved.instances:
        instance = Instance(row.step, row.item)
        token.held.instances.append(instance)
        _demand((row.level is not None) is (token.element.kind in NESTING))
        if row.level is not None:
            instance.level = scope.inner(token, instance)
            _demand((row.level.data is not None) is (instance.level.own is not None))
            _restore(instance.level, row.level)


def _demand(fits: bool) -> None:
    if not fits:
        raise KeyError


def _misfit() -> NoReturn:
    text = {
        "de": "Der gespeicherte Stand passt nicht zum Ablauf. Bitte aus der Sicherung wiederherstellen.",
        "en": "The stored state does not fit the process. Restore it from the backup.",
    }
    raise ProcessFault([Problem("state", "state-damaged", text)])
