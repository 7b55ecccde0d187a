"""A form as one value: its schema, its pages, its rules, checked as a whole before anybody meets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from forms.conditions import Questions
from forms.datatypes import FORMAT_CHECKS
from forms.layout import LayoutReader
from forms.pointers import pointer
from forms.problems import Problem, Problems
from forms.schema import Field, compile_schema, read_schema


class FormProblems(Problems):
    """The form was refused; `where` of each problem is the file and a JSON pointer into it."""


@dataclass(frozen=True, slots=True, eq=False)
class FormDefinition:
    """A form that was found sound. `languages[0]` is the one its plain texts are written in.

    `validator` is compiled once; `root` is the tree of questions; `questions` are those that can close.
    """

    schema: Mapping[str, Any]
    ui: Mapping[str, Any] | None
    languages: tuple[str, ...]
    root: Field
    questions: Questions
    validator: jsonschema_rs.Draft202012Validator


def read_form(
    *,
    schema: Mapping[str, Any],
    ui: Mapping[str, Any] | None,
    languages: Sequence[str],
    schema_file: str = "form.json",
    ui_file: str = "form.ui.json",
) -> FormDefinition:
    """Check a form and prepare it. `languages` are those the service declares, the first one leading.

    `schema` is JSON Schema 2020-12 with an object at its root, every object closed, references only to its
    own `$defs`, formats of `forms/datatypes.py`, patterns without look-around. `ui` is a JSON Forms UI
    schema; None where a renderer makes the layout itself (a clerk's task). Texts: see `forms/texts.py`.

    Raises FormProblems with everything that is wrong. Nothing is ever fetched.
    """
    if not languages:
        raise ValueError("a form needs at least one language")
    root, problems, unliftable = read_schema(schema=schema, languages=languages, file=schema_file)
    if root is not None and root.keywords.get("type") != "object":
        problems.append(_no_object(schema_file))
    questions = Questions()
    if ui is not None:
        reader = LayoutReader(languages=languages, file=ui_file)
        questions = reader.questions(ui, root)
        problems += reader.problems
    problems += [_unliftable(schema_file, place) for place in sorted(unliftable & closing(questions))]
    if problems or root is None:
        raise FormProblems(problems)
    return FormDefinition(
        schema=schema,
        ui=ui,
        languages=tuple(languages),
        root=root,
        questions=questions,
        validator=compile_schema(schema, FORMAT_CHECKS),
    )


def closing(questions: Questions, prefix: tuple[str, ...] = ()) -> frozenset[tuple[str, ...]]:
    """The places of all questions and groups that a rule can close; `*` stands for any entry of a list."""
    found = {(*prefix, *place) for place, _ in questions.groups}
    for question in questions.ordered:
        if () not in question.ways:
            found.add((*prefix, *question.place))
        if question.entries is not None:
            found |= closing(question.entries, (*prefix, *question.place, "*"))
    return frozenset(found)


def _no_object(file: str) -> Problem:
    text = {
        "de": 'Ein Formular ist ein Objekt. Bitte setzen Sie "type": "object".',
        "en": 'A form is an object. Please set "type": "object".',
    }
    return Problem(where=f"{file}#", code="root-not-object", text=text)


def _unliftable(file: str, place: tuple[str, ...]) -> Problem:
    german = (
        "„{0}“ kann verborgen sein, wird aber in anyOf, oneOf oder not verlangt. "
        "Bitte verlangen Sie es mit „required“ beim Objekt selbst oder in if/then."
    )
    english = (
        "“{0}” can be hidden but is required within anyOf, oneOf or not. "
        "Please require it with “required” at the object itself or in if/then."
    )
    path = pointer(place)
    return Problem(
        where=f"{file}#",
        code="requirement-not-liftable",
        text={"de": german.format(path), "en": english.format(path)},
    )
