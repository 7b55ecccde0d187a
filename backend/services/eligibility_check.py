"""The check before the form, as a package describes it: its small form, its decision table, its examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.services import manifest as manifests
from backend.services.known_data import check_cells
from backend.services.package import PackageProblems
from backend.services.parts import Parts, problem
from backend.services.scenarios import FILE as SCENARIOS
from backend.services.scenarios import MAX_SCENARIOS, plain
from backend.services.toml_text import TomlText, read_toml
from forms.definition import FormDefinition
from forms.problems import Problem
from workflows.syntax import Literal
from workflows.tables import DecisionTable, HitPolicy

FORM = "eligibility.json"
OUTCOME = "eligible"
_KEYS = frozenset({"name", "answers", "eligible", "problems"})


@dataclass(frozen=True, slots=True)
class Example:
    """Answers to the questions before the form, and what must come of them.

    `eligible` is None if the answers must be refused at `problems` (JSON pointers).
    """

    name: str
    answers: Mapping[str, Any]
    eligible: bool | None
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EligibilityCheck:
    """Ready to use. The table's outputs: `eligible` (boolean) and `reason_<language>` for each language."""

    form: FormDefinition
    decision: DecisionTable
    examples: tuple[Example, ...]


def reason_name(language: str) -> str:
    """The output column that holds the reason in a language."""
    return f"reason_{language}"


def check_eligibility(*, parts: Parts, examples: Sequence[Example]) -> Iterator[Problem]:
    """Whether service.toml, the small form, the table and the examples fit each other.

    The table must decide about every answer: outputs with default values, or FIRST with a last rule of `-`.
    """
    wanted = parts.manifest.eligibility if parts.manifest else None
    if parts.manifest is None or FORM in parts.unread:
        return
    if wanted is None:
        yield from _without(parts, examples)
        return
    key = f"{manifests.FILE}:{parts.manifest.places.get('eligibility.decision', 'eligibility')}"
    if parts.eligibility_form is None:
        yield problem(
            key,
            "missing-file",
            f"[eligibility] braucht die Fragen vor dem Formular: {FORM} fehlt.",
            f"[eligibility] needs the questions before the form: {FORM} is missing.",
        )
    if SCENARIOS not in parts.unread:
        yield from _both_outcomes(examples)
    file, table = parts.decisions.get(wanted, ("", None))
    if table is not None:
        yield from _table(file, table, parts.manifest.languages, parts.eligibility_form)
    elif not any(name.endswith(".dmn") for name in parts.unread):
        yield problem(
            key,
            "unknown-decision",
            f"Die Entscheidung „{wanted}“ gibt es in keiner .dmn-Datei.",
            f"There is no decision “{wanted}” in any .dmn file.",
        )


def _without(parts: Parts, examples: Sequence[Example]) -> Iterator[Problem]:
    for name in [FORM] * (parts.eligibility_form is not None) + [SCENARIOS] * bool(examples):
        yield problem(
            name,
            "eligibility-not-declared",
            "Die Prüfung vor dem Formular fehlt in service.toml. Ergänzen Sie [eligibility] mit decision.",
            "The check before the form is not in service.toml. Add [eligibility] with decision.",
        )


def _both_outcomes(examples: Sequence[Example]) -> Iterator[Problem]:
    found = {example.eligible for example in examples}
    for outcome in (True, False):
        if outcome not in found:
            word = str(outcome).lower()
            yield problem(
                SCENARIOS,
                "eligibility-example-missing",
                f"Es fehlt ein Beispiel [[eligibility]] mit eligible = {word}.",
                f"There is no example [[eligibility]] with eligible = {word}.",
            )


def _table(
    file: str, table: DecisionTable, languages: Sequence[str], form: FormDefinition | None
) -> Iterator[Problem]:
    where = f"{file}:{table.id}"
    columns = [output.name for output in table.outputs]
    wanted = [OUTCOME, *map(reason_name, languages)]
    if missing := [name for name in wanted if name not in columns]:
        yield problem(
            where,
            "eligibility-outputs",
            f"Der Tabelle fehlen Ausgaben: {', '.join(missing)}. Nötig sind {', '.join(wanted)}.",
            f"The table lacks outputs: {', '.join(missing)}. Needed are {', '.join(wanted)}.",
        )
        return
    if table.hit_policy.many:
        yield problem(
            where,
            "eligibility-hit-policy",
            f"Die Prüfung braucht ein einziges Ergebnis; {table.hit_policy} gibt Listen. Wählen Sie FIRST.",
            f"The check needs one result; {table.hit_policy} gives lists. Choose FIRST.",
        )
    if not _total(table):
        yield problem(
            where,
            "eligibility-not-total",
            "Für manche Antworten entscheidet die Tabelle nichts. Geben Sie jeder Ausgabe einen "
            "Standardwert, oder wählen Sie FIRST mit einer letzten Regel, die überall „-“ hat.",
            "For some answers the table decides nothing. Give every output a default value, or choose FIRST "
            "with a last rule that has “-” everywhere.",
        )
    yield from _results(where, table, wanted)
    if form is not None:
        yield from _names(where, table, form)
        yield from check_cells(file=file, table=table, answers=form.root)


def _total(table: DecisionTable) -> bool:
    if all(output.default is not None for output in table.outputs):
        return True
    last = table.rules[-1]
    return table.hit_policy is HitPolicy.FIRST and all(ranges == () for ranges in last.ranges)


def _results(where: str, table: DecisionTable, wanted: Sequence[str]) -> Iterator[Problem]:
    """Each rule says plainly true or false, and why if false."""
    columns = [output.name for output in table.outputs]
    lines = [(f"{where}/rule {rule.number}", rule.outputs) for rule in table.rules]
    defaults = [output.default for output in table.outputs if output.default is not None]
    if len(defaults) == len(columns):
        lines.append((f"{where}/default", tuple(defaults)))
    for place, cells in lines:
        by_name = dict(zip(columns, cells, strict=True))
        outcome = by_name[OUTCOME].node
        if not isinstance(outcome, Literal) or not isinstance(outcome.value, bool):
            yield problem(
                place,
                "eligibility-outcome",
                f"„{OUTCOME}“ muss true oder false sein.",
                f"“{OUTCOME}” must be true or false.",
            )
        elif not outcome.value:
            silent = [name for name in wanted[1:] if by_name[name].node in (Literal(None), Literal(""))]
            if silent:
                yield problem(
                    place,
                    "eligibility-reason-missing",
                    f"Wer keinen Antrag stellen kann, muss erfahren warum: {', '.join(silent)} ist leer.",
                    f"Whoever cannot apply must be told why: {', '.join(silent)} is empty.",
                )


def _names(where: str, table: DecisionTable, form: FormDefinition) -> Iterator[Problem]:
    for name in sorted(table.names):
        first, *rest = name.split(".")
        if first != "answers" or form.root.at(rest) is None:
            yield problem(
                where,
                "unknown-name",
                f"„{name}“ gibt es vor dem Formular nicht; die Tabelle liest „answers.…“ aus {FORM}.",
                f"There is no “{name}” before the form; the table reads “answers.…” of {FORM}.",
            )


def read_examples(*, content: bytes) -> tuple[Example, ...]:
    """The examples `[[eligibility]]` of scenarios.toml. Raises `PackageProblems` with line numbers."""
    text = read_toml(name=SCENARIOS, content=content)
    listed = text.data.get("eligibility", [])
    if not isinstance(listed, list) or len(listed) > MAX_SCENARIOS:
        raise PackageProblems([_invalid(text, "eligibility")])
    keys = [f"eligibility.{position}" for position in range(len(listed))]
    wrong = [_invalid(text, key) for key, item in zip(keys, listed, strict=True) if not _is_example(item)]
    if wrong:
        raise PackageProblems(wrong)
    return tuple(
        Example(
            name=item["name"],
            answers=plain(item["answers"]),
            eligible=item.get("eligible"),
            problems=tuple(item.get("problems", ())),
        )
        for item in listed
    )


def _is_example(item: Any) -> bool:
    if not isinstance(item, Mapping) or not item.keys() <= _KEYS:
        return False
    name, answers, refused = item.get("name"), item.get("answers"), item.get("problems", [])
    expects = isinstance(item.get("eligible"), bool) is not ("problems" in item)
    listed = isinstance(refused, list) and all(isinstance(each, str) for each in refused)
    return (
        isinstance(name, str) and bool(name.strip()) and isinstance(answers, Mapping) and expects and listed
    )


def _invalid(text: TomlText, key: str) -> Problem:
    return Problem(
        where=text.place(key),
        code="scenario-invalid",
        text={
            "de": "Ein Beispiel [[eligibility]] hat „name“, „answers“ und entweder „eligible“ (true oder "
            f"false) oder „problems“ (Liste von Stellen); höchstens {MAX_SCENARIOS} Beispiele.",
            "en": "An example [[eligibility]] has “name”, “answers” and either “eligible” (true or false) or "
            f"“problems” (list of places); at most {MAX_SCENARIOS} examples.",
        },
    )
