"""Plays the scenarios of a package, purely, and compares what comes of them with what must."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.services.compiled import CompiledService
from backend.services.eligibility import eligible
from backend.services.parts import problem
from backend.services.scenarios import FILE, Scenario
from forms.problems import Problem, Problems
from forms.validation import check_answers
from workflows.process import Progressed, Signal, Waiting, WaitingKind, begin, resume

MAX_STEPS = 200
LAND = "NI"
# Elements a path is told by: what people and the system do, not how the arrows run.
_TELLING = frozenset(
    {"user", "service", "decision", "message", "timer", "boundary", "end", "terminate", "error"}
)


class _Stopped(Exception):
    """The scenario cannot go on; its problem is already noted."""


@dataclass(slots=True)
class _Play:
    service: CompiledService
    scenario: Scenario
    problems: list[Problem] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    outputs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    tasks_done: int = 0

    def note(self, code: str, de: str, en: str) -> None:
        self.problems.append(problem(f"{FILE}:{self.scenario.name}", code, de, en))


def rehearse(*, service: CompiledService) -> tuple[Problem, ...]:
    """Play all scenarios and examples. `where` of each problem is `scenarios.toml:` and the name of one."""
    return (
        *(found for scenario in service.scenarios for found in play(service=service, scenario=scenario)),
        *play_eligibility(service=service),
    )


def play_eligibility(*, service: CompiledService) -> Iterator[Problem]:
    """Play the examples of the check before the form."""
    check = service.eligibility
    for example in check.examples if check else ():
        where = f"{FILE}:{example.name}"
        try:
            outcome = eligible(service=service, answers=example.answers, today=None)
        except Problems as error:
            if tuple(found.where for found in error.problems) != example.problems:
                for found in error.problems:
                    texts = (f"{found.where}: {found.text['de']}", f"{found.where}: {found.text['en']}")
                    yield problem(where, "answers-invalid", *texts)
            continue
        if example.eligible is not outcome.eligible:
            wanted, came = str(example.eligible).lower(), str(outcome.eligible).lower()
            reason = outcome.reason
            yield problem(
                where,
                "differs",
                f"eligible: erwartet {wanted}, gekommen ist {came} ({reason.get('de', '–')}).",
                f"eligible: expected {wanted}, got {came} ({reason.get('en', '–')}).",
            )


def play(*, service: CompiledService, scenario: Scenario) -> tuple[Problem, ...]:
    """Play one scenario: check the answers, run the process, enter what clerks enter, write the letters."""
    run = _Play(service, scenario)
    checked = check_answers(form=service.form, answers=scenario.answers, today=scenario.received_on)
    refused = tuple(found.where for found in checked.problems)
    if refused or scenario.expect.problems:
        _compare_refusal(run, checked.problems)
        return tuple(run.problems)
    try:
        progressed = _to_the_end(run, checked.answers)
    except _Stopped:
        return tuple(run.problems)
    except Problems as error:
        for found in error.problems:
            run.note(found.code, f"{found.where}: {found.text['de']}", f"{found.where}: {found.text['en']}")
        return tuple(run.problems)
    _compare(run, progressed)
    return tuple(run.problems)


def _compare_refusal(run: _Play, found: tuple[Problem, ...]) -> None:
    expected = set(run.scenario.expect.problems)
    for each in found:
        if each.where not in expected:
            run.note(
                "answers-invalid",
                f"Die Antworten passen nicht zum Formular: {each.where}: {each.text['de']}",
                f"The answers do not fit the form: {each.where}: {each.text['en']}",
            )
    for where in sorted(expected - {each.where for each in found}):
        run.note(
            "refusal-missing",
            f"Die Antwort bei {where} hätte abgelehnt werden sollen, wurde aber angenommen.",
            f"The answer at {where} should have been refused but was accepted.",
        )


def _to_the_end(run: _Play, answers: Mapping[str, Any]) -> Progressed:
    manifest, process = run.service.manifest, run.service.process

    def decide(decision: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        outputs = run.service.decisions[decision].decide(data=data).outputs
        if outputs is None:
            run.note(
                "no-rule-matches",
                f"In der Tabelle „{decision}“ trifft keine Regel zu.",
                f"No rule of the table “{decision}” matches.",
            )
            raise _Stopped
        run.outputs[decision] = outputs
        return outputs

    context = {"received_on": run.scenario.received_on.isoformat(), "land": LAND, "authority": manifest.slug}
    data = {"answers": answers, "context": context, "representation": run.scenario.representation}
    progressed = begin(definition=process, data=data, decide=decide)
    for _ in range(MAX_STEPS):
        run.path += progressed.passed
        if progressed.ended is not None:
            return progressed
        signal = _next(run, progressed)
        progressed = resume(definition=process, state=progressed.state, signals=[signal], decide=decide)
    run.note(
        "too-many-steps",
        f"Nach {MAX_STEPS} Schritten ist der Vorgang nicht zu Ende.",
        f"After {MAX_STEPS} steps the case has not ended.",
    )
    raise _Stopped


def _next(run: _Play, progressed: Progressed) -> Signal:
    for waiting in progressed.waiting:
        if waiting.kind is WaitingKind.SERVICE:
            _write_letter(run, waiting, progressed.data)
            return Signal(step=waiting.step, result={})
    entries = run.scenario.tasks
    open_steps = {waiting.element: waiting for waiting in reversed(progressed.waiting)}
    names = ", ".join(open_steps)
    if run.tasks_done >= len(entries):
        run.note(
            "task-missing",
            f"Der Vorgang wartet auf: {names}. Ergänzen Sie [[scenario.task]].",
            f"The case waits for: {names}. Add [[scenario.task]].",
        )
        raise _Stopped
    entry = entries[run.tasks_done]
    if entry.element not in open_steps:
        run.note(
            "task-not-open",
            f"„{entry.element}“ ist nicht an der Reihe; der Vorgang wartet auf: {names}.",
            f"“{entry.element}” is not due; the case waits for: {names}.",
        )
        raise _Stopped
    run.tasks_done += 1
    waiting = open_steps[entry.element]
    return Signal(step=waiting.step, result=_entered(run, waiting, entry.result))


def _entered(run: _Play, waiting: Waiting, result: Mapping[str, Any]) -> Mapping[str, Any]:
    form = waiting.attributes.get("form")
    if form is None:
        return {}
    task_form = run.service.task_forms[form]
    checked = check_answers(form=task_form, answers=result, today=run.scenario.received_on)
    for found in checked.problems:
        run.note(
            "entry-invalid",
            f"Eingabe bei „{waiting.element}“, {found.where}: {found.text['de']}",
            f"Entry at “{waiting.element}”, {found.where}: {found.text['en']}",
        )
    if checked.problems:
        raise _Stopped
    return checked.answers


def _write_letter(run: _Play, waiting: Waiting, data: Mapping[str, Any]) -> None:
    name = waiting.attributes.get("letter")
    if name is None:
        return
    run.letters.append(name)
    day = run.scenario.received_on.isoformat()
    reference = f"{run.service.manifest.reference_prefix}-BEISPIEL"
    case = {"reference": reference, "received_on": day, "issued_on": day}
    values = {**data, "case": case, "authority": {"name": "Musterbehörde"}}
    for language in run.service.manifest.languages:
        try:
            run.service.letters[name][language].render(values=values, language=language)
        except Problems as error:
            for found in error.problems:
                where = f"letters/{name}.{language}.md, {found.where}"
                run.note(found.code, f"{where}: {found.text['de']}", f"{where}: {found.text['en']}")


def _compare(run: _Play, progressed: Progressed) -> None:
    expect, ended = run.scenario.expect, progressed.ended
    elements = run.service.process.elements
    path = tuple(element for element in run.path if elements[element].kind in _TELLING)
    outcome = ended.outcome if ended else None
    for aspect, wanted, found in (
        ("path", expect.path, path),
        ("letters", expect.letters, tuple(run.letters)),
        ("outcome", expect.outcome, outcome),
    ):
        if wanted is not None and wanted != found:
            _differs(run, aspect, wanted, found)
    for decision, outputs in expect.decisions.items():
        for name, wanted in outputs.items():
            found = run.outputs.get(decision, {}).get(name)
            if wanted != found or isinstance(wanted, bool) is not isinstance(found, bool):
                _differs(run, f"decisions.{decision}.{name}", wanted, found)
    for entry in run.scenario.tasks[run.tasks_done :]:
        run.note(
            "task-left",
            f"Der Vorgang ist zu Ende, bevor „{entry.element}“ an der Reihe war.",
            f"The case ended before “{entry.element}” was due.",
        )


def _differs(run: _Play, aspect: str, wanted: Any, found: Any) -> None:
    run.note(
        "differs",
        f"{aspect}: erwartet {_written(wanted)}, gekommen ist {_written(found)}.",
        f"{aspect}: expected {_written(wanted)}, got {_written(found)}.",
    )


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return " → ".join(str(item) for item in value) or "–"
    return "–" if value is None else str(value)
