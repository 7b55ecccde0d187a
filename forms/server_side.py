"""Can the server fill in what a schema promises: defaults, read-only values, calculated fields?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from forms.calculations import KEYWORD, Calculation, overlap, schema_pointer
from forms.conditions import Place, Questions
from forms.filling import ENTRY, defaults_of
from forms.pointers import pointer
from forms.problems import Problem
from forms.schema import Field
from forms.validator import compile_schema

_TEXTS = {
    "default-invalid": (
        "Der Wert in „default“ passt selbst nicht zu dieser Frage. Bitte berichtigen Sie ihn.",
        "The value of “default” does not fit this question itself. Please correct it.",
    ),
    "read-only-required": (
        (
            "Diese Angabe ist verlangt und schreibgeschützt, aber niemand füllt sie aus. Bitte ergänzen Sie "
            "„x-calculate“, „default“ oder „const“, oder nehmen Sie sie aus „required“."
        ),
        (
            "This value is required and read-only, but nobody fills it in. Please add “x-calculate”, "
            "“default” or “const”, or take it out of “required”."
        ),
    ),
    "rule-reads-calculated": (
        (
            "Die Regel von „{detail}“ liest dieses berechnete Feld. Regeln gelten vor der Berechnung; bitte "
            "fragen Sie dort die Antworten ab, aus denen es entsteht."
        ),
        (
            "The rule of “{detail}” reads this calculated field. Rules come before calculating; please look "
            "there at the answers it is made of."
        ),
    ),
}


def check_server_side(
    *,
    schema: Mapping[str, Any],
    root: Field,
    questions: Questions,
    calculations: Sequence[Calculation],
    file: str,
) -> list[Problem]:
    """All problems with what the server is to fill in, of a form that is sound otherwise."""
    found = [*_defaults(schema, root), *_unfillable(root)]
    calculated = [calculation.place for calculation in calculations]
    found += _rules(questions, calculated, ())
    problems = []
    for place, code, detail in found:
        german, english = _TEXTS[code]
        text = {"de": german.format(detail=detail), "en": english.format(detail=detail)}
        problems.append(Problem(where=f"{file}#{schema_pointer(place)}", code=code, text=text))
    return problems


def _defaults(schema: Mapping[str, Any], root: Field) -> Iterator[tuple[Place, str, str]]:
    for default in defaults_of(root):
        field = root.at([0 if step == ENTRY else step for step in default.place])
        keywords = field.keywords if field is not None else {}
        if not compile_schema({**keywords, "$defs": schema.get("$defs", {})}).is_valid(default.value):
            yield default.place, "default-invalid", ""


def _unfillable(root: Field) -> Iterator[tuple[Place, str, str]]:
    filled = {default.place for default in defaults_of(root)}
    for place, field in root.places():
        holder = root.at([0 if step == ENTRY else step for step in place[:-1]])
        locked = field.keywords.get("readOnly") is True and KEYWORD not in field.keywords
        if locked and place not in filled and holder is not None and place[-1] in holder.required:
            yield place, "read-only-required", ""


def _rules(
    questions: Questions, calculated: Sequence[Place], prefix: Place
) -> Iterator[tuple[Place, str, str]]:
    for question in questions.ordered:
        here = (*prefix, *question.place)
        reads = {(*prefix, *read) for way in question.ways for rule in way for read in rule.reads}
        for place in calculated:
            if any(overlap(read, place) for read in reads):
                yield place, "rule-reads-calculated", pointer(here)
        if question.entries is not None:
            yield from _rules(question.entries, calculated, (*here, ENTRY))
