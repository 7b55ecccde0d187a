"""A form as one value: its schema, its pages, its rules, checked as a whole before anybody meets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs

from forms.calculations import Calculation, CalculationReader, Compile, server_set
from forms.codelists import CodeList
from forms.conditions import Place, Questions
from forms.datatypes import Datatype
from forms.filling import Default, defaults_of, normal_forms_of
from forms.layout import LayoutReader
from forms.plausibility import Limited, limited_dates
from forms.pointers import pointer
from forms.problems import Problem, Problems
from forms.schema import Field, read_schema
from forms.schema_checks import subschemas
from forms.server_side import check_server_side
from forms.validator import CODE_LIST, compile_schema


class FormProblems(Problems):
    """The form was refused; `where` of each problem is the file and a JSON pointer into it."""


@dataclass(frozen=True, slots=True, eq=False)
class FormDefinition:
    """A form that was found sound. `languages[0]` is the one its plain texts are written in.

    `validator` is compiled once; `root` is the tree of questions; `questions` are those that can close.
    What the server adds: `defaults`, `calculations` (in their order), `normal_forms`; `server_set` are the
    places where nothing is taken from the client. `code_lists`: the long lists of choices that it refers to,
    by name. `limited_dates`: the days that may lie only so far from today.
    """

    schema: Mapping[str, Any]
    ui: Mapping[str, Any] | None
    languages: tuple[str, ...]
    root: Field
    questions: Questions
    validator: jsonschema_rs.Draft202012Validator
    server_set: tuple[Place, ...] = ()
    defaults: tuple[Default, ...] = ()
    calculations: tuple[Calculation, ...] = ()
    normal_forms: tuple[tuple[Place, Datatype], ...] = ()
    code_lists: Mapping[str, CodeList] = field(default_factory=dict)
    limited_dates: Limited = ()


def read_form(
    *,
    schema: Mapping[str, Any],
    ui: Mapping[str, Any] | None,
    languages: Sequence[str],
    schema_file: str = "form.json",
    ui_file: str = "form.ui.json",
    compile_formula: Compile | None = None,
    code_lists: Mapping[str, CodeList] | None = None,
) -> FormDefinition:
    """Check a form and prepare it. `languages` are those the service declares, the first one leading.

    `schema` is JSON Schema 2020-12 with an object at its root, every object closed, references only to its
    own `$defs`, formats of `forms/datatypes`, patterns without look-around. `ui` is a JSON Forms UI
    schema; None where a renderer makes the layout itself (a clerk's task). Texts: see `forms/texts.py`.
    `compile_formula` compiles the expressions of calculated fields; without it they are refused.
    `code_lists` by name: lists too long to stand in the schema, which refers to them with `x-codelist`.

    Raises FormProblems with everything that is wrong. Nothing is ever fetched.
    """
    if not languages:
        raise ValueError("a form needs at least one language")
    root, problems, unliftable = read_schema(schema=schema, languages=languages, file=schema_file)
    lists: Mapping[str, CodeList] = {}
    if root is not None:
        lists, unknown = _lists(schema, code_lists or {}, schema_file)
        problems += unknown
    if root is not None and root.keywords.get("type") != "object":
        problems.append(_no_object(schema_file))
    questions = Questions()
    if ui is not None:
        reader = LayoutReader(languages=languages, file=ui_file)
        questions = reader.questions(ui, root)
        problems += reader.problems
    problems += [_unliftable(schema_file, place) for place in sorted(unliftable & closing(questions))]
    calculations: tuple[Calculation, ...] = ()
    if root is not None:
        calculator = CalculationReader(root=root, file=schema_file, compile=compile_formula)
        calculations = calculator.read()
        problems += calculator.problems
    if root is not None and not problems:
        problems += check_server_side(
            schema=schema, root=root, questions=questions, calculations=calculations, file=schema_file
        )
    if problems or root is None:
        raise FormProblems(problems)
    return FormDefinition(
        schema=schema,
        ui=ui,
        languages=tuple(languages),
        root=root,
        questions=questions,
        validator=compile_schema(schema, lists),
        server_set=server_set(root),
        defaults=defaults_of(root),
        calculations=calculations,
        normal_forms=normal_forms_of(root),
        code_lists=lists,
        limited_dates=limited_dates(root),
    )


def _lists(
    schema: Mapping[str, Any], known: Mapping[str, CodeList], file: str
) -> tuple[dict[str, CodeList], list[Problem]]:
    """The lists that the schema refers to, and a problem for each that is not there."""
    wanted = [(where, node[CODE_LIST]) for where, node in subschemas(schema) if node and CODE_LIST in node]
    names = {name for _, name in wanted if isinstance(name, str)}
    return {name: known[name] for name in sorted(names & known.keys())}, [
        Problem(
            where=f"{file}#{pointer((*where, CODE_LIST))}",
            code="codelist-unknown",
            text={
                "de": f"Die Codeliste „{str(name)[:60]}“ fehlt: codelists/<Name>.json im Leistungspaket.",
                "en": f"The code list “{str(name)[:60]}” is missing: codelists/<name>.json in the package.",
            },
        )
        for where, name in wanted
        if not isinstance(name, str) or name not in known
    ]


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
