"""Moves a case on: feeds new events to the engine and stores what follows, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils.timezone import localdate, make_aware

from backend.authorities.queries import by_id, unit_for
from backend.cases import chain
from backend.cases.models import Application, Case, CaseStatus, CoSignature, Deadline, Event, Task, TaskStatus
from backend.cases.operations.mail import enqueue_mail
from backend.cases.parties import open_representation, process_data
from backend.cases.state import CaseState
from backend.jobs import Queue
from backend.keys.queries import data_key
from backend.keys.vault import Key
from backend.outbox.operations import PermanentFailure, Taken, enqueue, finish
from backend.services import queries as services
from backend.services.compiled import CompiledService
from backend.tenancy import acting_for
from workflows.deadlines import Holidays, end_of_period, parse_duration
from workflows.process import Progressed, Signal, Waiting, WaitingKind, begin, resume

# Events that something in the process waits for.
FEEDING = ("task_completed", "command_done")
# The commands a service task may name, and who carries them out.
SERVICE_COMMANDS: Mapping[str, Queue] = {"issue-notice": Queue.DOCUMENTS}


@dataclass(frozen=True, slots=True)
class _Move:
    """Everything one step of one case needs."""

    case: Case
    key: Key
    service: CompiledService
    now: datetime

    def event(self, kind: str, payload: dict[str, Any]) -> None:
        chain.append(case=self.case, key=self.key, kind=kind, actor="system", at=self.now, payload=payload)


def advance(*, taken: Taken, now: datetime) -> None:
    """Let the engine run to the next waiting points. Repeating it without a new event changes nothing.

    Raises `LeaseLost`, and what the engine raises for a process it cannot go on with.
    """
    with acting_for(authority_id=taken.authority_id):
        case = Case.objects.select_for_update().get(id=taken.case_id)
        move = _Move(
            case=case,
            key=data_key(owner_id=case.id),
            service=services.compiled(authority_id=case.authority_id, version_id=case.service_version_id),
            now=now,
        )
        if case.status not in (CaseStatus.CLOSED, CaseStatus.UNSIGNED):
            _step(move)
        finish(taken=taken)


def _step(move: _Move) -> None:
    before = CaseState.of(case=move.case, key=move.key)
    fed_up_to = move.case.last_seq
    if before is None:
        before, progressed = CaseState(), _begin(move)
        _confirm_receipt(move)
    else:
        signals = _new_signals(move)
        if not signals:
            return
        progressed = _resume(move, before, signals)
    move.case.fed_seq = fed_up_to
    _store(move, before, progressed)


def _decide(move: _Move) -> Any:
    def decide(decision_id: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        outputs = move.service.decisions[decision_id].decide(data=data).outputs
        if outputs is None:
            raise PermanentFailure(f"no rule of the decision table {decision_id} fits this case")
        return outputs

    return decide


def _begin(move: _Move) -> Progressed:
    case = move.case
    authority = by_id(authority_id=case.authority_id)
    application = Application.objects.get(case=case)
    representation = open_representation(
        sealed=application.sealed_representation, key=move.key, case_id=case.id
    )
    data = {
        "answers": move.key.open_json(bytes(application.sealed_answers), context=f"answers:{case.id}"),
        "representation": process_data(representation),
        "context": {
            "received_on": localdate(case.opened_at).isoformat(),
            "land": authority.land,
            "authority": authority.slug,
        },
    }
    return begin(definition=move.service.process, data=data, decide=_decide(move))


def _new_signals(move: _Move) -> list[Signal]:
    events = Event.objects.filter(case=move.case, seq__gt=move.case.fed_seq, kind__in=FEEDING).order_by("seq")
    payloads = [
        move.key.open_json(bytes(e.sealed_payload), context=f"event:{e.case_id}:{e.seq}") for e in events
    ]
    return [Signal(step=payload["step"], result=payload["result"]) for payload in payloads]


def _resume(move: _Move, before: CaseState, signals: list[Signal]) -> Progressed:
    return resume(definition=move.service.process, state=before.engine, signals=signals, decide=_decide(move))


def _store(move: _Move, before: CaseState, progressed: Progressed) -> None:
    case = move.case
    move.event(
        "routed",
        {"passed": progressed.passed, "waiting": [waiting.element for waiting in progressed.waiting]},
    )
    for waiting in progressed.waiting:
        if waiting.step not in before.waiting:
            _open(move, waiting, progressed.data)
    _cancel_left_behind(move, before, progressed)
    case.status = CaseStatus.IN_PROGRESS
    if progressed.ended is not None:
        case.status, case.closed_at = CaseStatus.CLOSED, move.now
        case.outcome = progressed.ended.outcome or "closed"
        move.event("closed", {"end": progressed.ended.element, "outcome": case.outcome})
    state = CaseState(
        engine=progressed.state,
        passed=before.passed + progressed.passed,
        waiting={waiting.step: waiting.element for waiting in progressed.waiting},
    )
    case.sealed_state = state.seal(case=case, key=move.key)
    case.save()


def _open(move: _Move, waiting: Waiting, data: Mapping[str, Any]) -> None:
    if waiting.kind is WaitingKind.USER:
        _open_task(move, waiting)
        return
    command = waiting.attributes["command"]
    details = {"step": waiting.step, "letter": waiting.attributes.get("letter", ""), "data": data}
    enqueue(
        authority_id=move.case.authority_id,
        case_id=move.case.id,
        kind=command,
        queue=SERVICE_COMMANDS[command],
        key=move.key,
        details=details,
    )


def _open_task(move: _Move, waiting: Waiting) -> None:
    attributes = waiting.attributes
    task = Task.objects.create(
        authority_id=move.case.authority_id,
        case=move.case,
        step=waiting.step,
        element=waiting.element,
        name=waiting.name,
        form=attributes.get("form", ""),
        unit=unit_for(key=attributes.get("unit") or waiting.lane or move.service.manifest.unit),
        role=attributes.get("role", "clerk"),
        four_eyes=attributes.get("fourEyes", "").split(),
        due_at=_due(move, attributes.get("due")),
        created_at=move.now,
    )
    move.event("task_opened", {"task": str(task.id), "element": task.element, "unit": task.unit})
    if task.due_at is not None:
        _arm_deadline(move, task)


def _due(move: _Move, period: str | None) -> datetime | None:
    if not period:
        return None
    authority = by_id(authority_id=move.case.authority_id)
    last_day = end_of_period(
        start=localdate(move.now),
        duration=parse_duration(text=period),
        days_off=Holidays(land=authority.land),
    )
    # A period lasts until 24:00 of its last day.
    return make_aware(datetime.combine(last_day + timedelta(days=1), time.min))


def _arm_deadline(move: _Move, task: Task) -> None:
    # The deadline is a command that is due later: the outbox wakes it whatever crashed meanwhile.
    command_id = enqueue(
        authority_id=task.authority_id,
        case_id=task.case_id,
        kind="pass-deadline",
        queue=Queue.ROUTING,
        due_at=task.due_at,
    )
    Deadline.objects.create(
        id=command_id,
        authority_id=task.authority_id,
        case=move.case,
        task=task,
        name=task.element,
        effect="overdue",
        due_at=task.due_at,
    )


def _cancel_left_behind(move: _Move, before: CaseState, progressed: Progressed) -> None:
    still = {waiting.step for waiting in progressed.waiting}
    gone = [step for step in before.waiting if step not in still]
    open_tasks = Task.objects.filter(
        case=move.case, step__in=gone, status__in=[TaskStatus.OPEN, TaskStatus.CLAIMED]
    )
    open_tasks.update(status=TaskStatus.CANCELLED)


def _confirm_receipt(move: _Move) -> None:
    # Where others signed she was told at once, and again when the signatures were complete.
    if not CoSignature.objects.filter(case=move.case).exists():
        enqueue_mail(case=move.case, key=move.key, service=move.service, kind="received")
