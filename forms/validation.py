"""Checking answers on the server: the one place that decides whether an application can be taken in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from forms.absence import LARGE, costly_absence
from forms.calculations import calculate
from forms.definition import FormDefinition
from forms.faults import Fault, faults_of, missing
from forms.filling import ENTRY, drop, fill, normalise
from forms.messages import sentence
from forms.plausibility import date_faults
from forms.pointers import Path, pointer
from forms.problems import Problem
from forms.schema import Field
from forms.values import LONGEST_TEXT, Intake, TooLargeError

MOST_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class CheckedAnswers:
    """`answers`: a copy without those to closed questions, texts in normal form C.

    They may be used only if `problems` is empty. `where` of a problem is a JSON pointer into the answers;
    for a missing answer it points at the place where it should stand. `filled` are the pointers of all that
    the server added: declared defaults and calculated values; nothing else is.
    """

    answers: Mapping[str, Any]
    problems: tuple[Problem, ...]
    filled: tuple[str, ...] = ()


def check_answers(*, form: FormDefinition, answers: Any, today: date | None) -> CheckedAnswers:
    """Check answers against a form, whatever they are; never raises. Problems come in the form's order.

    Rules are evaluated again here: answers to questions that are not shown are removed and not required.
    Unknown members are refused. Values the client sent for calculated and read-only fields are never looked
    at: they are removed, and the server's own stand in their place. The order: remove those, put declared
    defaults in, close questions, calculate, check; then amounts become exact decimals with two places, and
    account and tax numbers lose their spaces. Limits: `forms/values.py`, and `MOST_PROBLEMS`.
    `today`: the day on which the answers are given; with None, where there is no such day, `x-date` is not
    looked at.
    """
    intake = Intake()
    try:
        copy = intake.copy(answers)
    except TooLargeError as error:
        return CheckedAnswers({}, (_problem(form.root, Fault((), error.code)),))
    if not isinstance(copy, dict):
        return CheckedAnswers({}, (_problem(form.root, Fault((), "not-an-object")),))
    unread = drop(copy, form.server_set)
    defaulted = fill(copy, form.defaults)
    closed = form.questions.close(copy)
    calculated, impossible = calculate(calculations=form.calculations, answers=copy, closed=closed)
    filled = tuple(pointer(path) for path in (*defaulted, *calculated) if not _below(path, closed))
    faults = _judged(form, copy, closed, intake.nodes)
    if today is not None:
        faults += date_faults(limited=form.limited_dates, answers=copy, today=today)
    if intake.faults or intake.long:
        silent = closed | unread
        faults = [*_intake_faults(intake, form.root, silent), *(f for f in faults if not _spoiled(f, intake))]
    faults = _calculable(faults, form, impossible)
    if not faults:
        normalise(copy, form.normal_forms)
        return CheckedAnswers(copy, (), filled)
    unsaid = {fault.path for fault in faults if fault.code == "required"}  # says all there is to say
    faults = [fault for fault in faults if fault.code == "required" or fault.path not in unsaid]
    found = {(fault.path, fault.code): fault for fault in faults}
    ranks = _Ranks()
    ranked = sorted(found.values(), key=lambda fault: ranks.of(form.root, fault.path))
    shown = [_problem(form.root, fault) for fault in ranked[:MOST_PROBLEMS]]
    if len(ranked) > MOST_PROBLEMS:
        shown.append(_problem(form.root, Fault((), "more-problems", limit=len(ranked) - MOST_PROBLEMS)))
    return CheckedAnswers(copy, tuple(shown), filled)


def _judged(
    form: FormDefinition, answers: dict[str, Any], closed: AbstractSet[Path], size: int
) -> list[Fault]:
    if size > LARGE:
        absent = [path for path in costly_absence(root=form.root, answers=answers) if path not in closed]
        if absent:
            return [missing(path, form.root) for path in absent]
    return [
        fault
        for error in form.validator.iter_errors(answers)
        for fault in faults_of(error=error, root=form.root, answers=answers)
        if fault.path not in closed
    ]


def _calculable(faults: list[Fault], form: FormDefinition, impossible: Iterable[Path]) -> list[Fault]:
    """That a calculated value is missing is the fault of the answers it is made of, if they have faults."""
    if not form.calculations:
        return faults
    places = {calculation.place for calculation in form.calculations}

    def calculated(fault: Fault) -> bool:
        place = tuple(step if isinstance(step, str) else ENTRY for step in fault.path)
        return fault.code == "required" and place in places

    others = [fault for fault in faults if not calculated(fault)]
    named = others or [Fault(fault.path, "not-calculable") for fault in faults]
    return [*named, *(Fault(path, "not-calculable") for path in impossible)]


def _below(path: Path, places: AbstractSet[Path]) -> bool:
    return bool(places) and any(path[:length] in places for length in range(len(path) + 1))


def _problem(root: Field, fault: Fault) -> Problem:
    text = sentence(
        root=root,
        path=fault.path,
        code=fault.code,
        variant=fault.variant,
        limit=fault.limit,
        actual=fault.actual,
        format_name=fault.format_name,
    )
    return Problem(where=pointer(fault.path), code=fault.code, text=text)


def _intake_faults(intake: Intake, root: Field, silent: AbstractSet[Path]) -> Iterator[Fault]:
    for path, code in intake.faults.items():
        if not _below(path, silent):
            yield Fault(path, code)
    for path in intake.long:
        found = root.at(path)
        limited = found is not None and "maxLength" in found.keywords
        if not limited and not _below(path, silent):
            yield Fault(path, "max-length", limit=LONGEST_TEXT, actual=f"> {LONGEST_TEXT}")


def _spoiled(fault: Fault, intake: Intake) -> bool:
    """Whether the fault only comes from the null that stands in for a value refused before."""
    return intake.faults.get(fault.path, "name-not-allowed") != "name-not-allowed"


@dataclass(slots=True)
class _Ranks:
    """Sorts problems into the order of the questions; unknown members come last within their object."""

    orders: dict[int, dict[str, int]] = field(default_factory=dict)

    def of(self, root: Field, path: Path) -> tuple[int, ...]:
        ranks: list[int] = []
        found: Field | None = root
        for step in path:
            if isinstance(step, int):
                ranks.append(step)
            else:
                order = self._order(found)
                ranks.append(order.get(step, len(order)))
            found = found.at((step,)) if found is not None else None
        return tuple(ranks)

    def _order(self, holder: Field | None) -> dict[str, int]:
        if holder is None:
            return {}
        if id(holder) not in self.orders:
            self.orders[id(holder)] = {name: rank for rank, name in enumerate(holder.members)}
        return self.orders[id(holder)]
