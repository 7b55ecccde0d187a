"""Checking answers on the server: the one place that decides whether an application can be taken in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from forms.definition import FormDefinition
from forms.messages import sentence
from forms.pointers import Path, pointer
from forms.problems import Problem
from forms.schema import Field
from forms.values import LONGEST_TEXT, Intake, TooLargeError


@dataclass(frozen=True, slots=True)
class CheckedAnswers:
    """`answers`: a copy without those to closed questions, texts in normal form C; nothing is added.

    They may be used only if `problems` is empty. `where` of a problem is a JSON pointer into the answers;
    for a missing answer it points at the place where it should stand.
    """

    answers: Mapping[str, Any]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Fault:
    path: Path
    code: str
    variant: str = ""
    limit: object = ""
    actual: object = ""
    format_name: str = ""


def check_answers(*, form: FormDefinition, answers: Any) -> CheckedAnswers:
    """Check answers against a form, whatever they are; never raises. Problems come in the form's order.

    Rules are evaluated again here: answers to questions that are not shown are removed and not required.
    Unknown members are refused, missing ones never filled in. Limits: `forms/values.py`.
    """
    intake = Intake()
    try:
        copy = intake.copy(answers)
    except TooLargeError as error:
        return CheckedAnswers({}, (_problem(form.root, _Fault((), error.code)),))
    if not isinstance(copy, dict):
        return CheckedAnswers({}, (_problem(form.root, _Fault((), "not-an-object")),))
    closed = form.questions.close(copy)
    faults = [
        fault
        for error in form.validator.iter_errors(copy)
        for fault in _faults(error, form.root, copy)
        if fault.path not in closed
    ]
    if intake.faults or intake.long:
        faults = [*_intake_faults(intake, form.root, closed), *(f for f in faults if not _spoiled(f, intake))]
    if not faults:
        return CheckedAnswers(copy, ())
    missing = {fault.path for fault in faults if fault.code == "required"}  # says all there is to say
    faults = [fault for fault in faults if fault.code == "required" or fault.path not in missing]
    found = {(fault.path, fault.code): fault for fault in faults}
    ranked = sorted(found.values(), key=lambda fault: _rank(form.root, fault.path))
    return CheckedAnswers(copy, tuple(_problem(form.root, fault) for fault in ranked))


def _problem(root: Field, fault: _Fault) -> Problem:
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


def _intake_faults(intake: Intake, root: Field, closed: Iterable[Path]) -> Iterator[_Fault]:
    gone = set(closed)
    for path, code in intake.faults.items():
        if not any(path[:length] in gone for length in range(len(path) + 1)):
            yield _Fault(path, code)
    for path in intake.long:
        field = root.at(path)
        limited = field is not None and "maxLength" in field.keywords
        if not limited and not any(path[:length] in gone for length in range(len(path) + 1)):
            yield _Fault(path, "max-length", limit=LONGEST_TEXT, actual=f"> {LONGEST_TEXT}")


def _spoiled(fault: _Fault, intake: Intake) -> bool:
    """Whether the fault only comes from the null that stands in for a value refused before."""
    return intake.faults.get(fault.path, "name-not-allowed") != "name-not-allowed"


# Keyword → our code, where limit and value need no more than being named.
_LIMITS = {
    "maxLength": "max-length",
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive-minimum",
    "exclusiveMaximum": "exclusive-maximum",
    "multipleOf": "multiple-of",
    "minItems": "min-items",
    "maxItems": "max-items",
}
_PLAIN = {"pattern": "pattern", "uniqueItems": "unique-items", "enum": "enum"}


def _faults(error: jsonschema_rs.ValidationError, root: Field, answers: Any) -> Iterator[_Fault]:
    path, keyword, value = tuple(error.instance_path), error.kind.name, error.kind.value
    if keyword == "required":
        yield _missing((*path, value), root)
    elif keyword in {"additionalProperties", "unevaluatedProperties"}:
        yield from (_Fault((*path, name), "unknown-property") for name in value)
    elif keyword == "falseSchema":
        yield from _forbidden(error, path, answers)
    elif keyword == "minLength":
        short = _Fault(path, "min-length", limit=value, actual=len(str(error.instance)))
        yield short if error.instance else _missing(path, root)
    elif keyword in _LIMITS:
        actual = len(error.instance) if isinstance(error.instance, str) else ""
        yield _Fault(path, _LIMITS[keyword], limit=value, actual=actual)
    elif keyword == "type":
        yield _Fault(path, "type", variant=_wanted(value))
    elif keyword == "format":
        yield _Fault(path, "format", format_name=value)
    elif keyword == "const":
        yield _Fault(path, "const", variant="true" if value is True else "")
    elif keyword in _PLAIN:
        yield _Fault(path, _PLAIN[keyword])
    else:
        field = root.at(path)
        chosen = keyword == "oneOf" and field is not None and field.choices
        yield _Fault(path, "enum" if chosen else "combination")


def _forbidden(error: jsonschema_rs.ValidationError, path: Path, answers: Any) -> Iterator[_Fault]:
    """`false` as a schema; for a closed object without any properties it is reported at the object."""
    if error.schema_path[-1] != "additionalProperties":
        yield _Fault(path, "not-allowed")
        return
    for step in path:
        answers = answers[step]
    yield from (_Fault((*path, name), "unknown-property") for name in answers)


def _missing(path: Path, root: Field) -> _Fault:
    field = root.at(path)
    variant = ""
    if field is not None:
        kind = field.keywords.get("type")
        variant = "choice" if field.choices else kind if isinstance(kind, str) else ""
    return _Fault(path, "required", variant=variant)


def _wanted(kinds: list[str]) -> str:
    return next((kind for kind in sorted(kinds) if kind != "null"), "null")


def _rank(root: Field, path: Path) -> tuple[int, ...]:
    """Sorts problems into the order of the questions; unknown members come last within their object."""
    ranks: list[int] = []
    field: Field | None = root
    for step in path:
        if isinstance(step, int):
            ranks.append(step)
        else:
            names = list(field.members) if field is not None else []
            ranks.append(names.index(step) if step in names else len(names))
        field = field.at((step,)) if field is not None else None
    return tuple(ranks)
