"""Do the data that letters print exist by then, and do conditions and tables ask for values on offer?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backend.services.parts import PROCESS, Parts, problem
from forms.problems import Problem
from forms.schema import Field
from workflows.process import Element, ElementKind, ProcessDefinition
from workflows.process_names import CONTEXT, REPRESENTATION, preceding, writes
from workflows.syntax import Binary, Call, Choose, ListOf, Literal, Member, Name, Node, Unary
from workflows.tables import DecisionTable

# What the composer of letters adds to the process data.
LETTER_DATA: Mapping[str, frozenset[str]] = {
    "case": frozenset({"reference", "received_on", "issued_on"}),
    "authority": frozenset({"name"}),
}
_FROM_OUTSIDE = frozenset(
    {
        ElementKind.MESSAGE,
        ElementKind.TIMER,
        ElementKind.BOUNDARY,
        ElementKind.SUBPROCESS,
        ElementKind.CALL,
    }
)
Source = Field | frozenset[str] | None


@dataclass(frozen=True, slots=True)
class _Known:
    """Where each member of the process data comes from: (element id, or None from the start; what it holds).

    A source that is None could not be read; then nothing is said about what it holds.
    """

    sources: Mapping[str, tuple[tuple[str | None, Source], ...]]
    before: Mapping[str, frozenset[str]]

    def fault(self, path: str, at: str) -> tuple[str, str, str] | None:
        """(code, German, English) if `path` cannot have a value at the element `at`."""
        name, _, rest = path.partition(".")
        steps = [step for step in rest.replace("[]", ".0").split(".") if step]
        found = self.sources.get(name, ())
        if not any(_holds(source, steps) for _, source in found):
            return (
                "unknown-data",
                f"„{path}“ gibt es nicht: weder in den Antworten noch als Ergebnis eines Schritts.",
                f"There is no “{path}”: neither in the answers nor as the result of a step.",
            )
        if not any(element is None or element in self.before[at] for element, _ in found):
            return (
                "data-too-late",
                f"„{path}“ wird hier gelesen, aber erst später ausgefüllt.",
                f"“{path}” is read here but filled in only later.",
            )
        return None

    def choices(self, path: str) -> frozenset[object] | None:
        """The values a question offers; None if it is no choice or comes from several places."""
        name, _, rest = path.partition(".")
        offered: set[object] = set()
        for _, source in self.sources.get(name, ()):
            field = source.at(rest.split(".")) if isinstance(source, Field) and rest else None
            if field is None or not field.choices:
                return None
            offered |= {value for value, _ in field.choices}
        return frozenset(offered) or None


def check_data(*, parts: Parts, process: ProcessDefinition) -> list[Problem]:
    """Conditions, decision tables and letters against the form, the task forms and the tables.

    That conditions and tables read names that exist, `workflows.soundness` has checked.
    """
    known = _Known(sources=_sources(parts, process), before=preceding(definition=process))
    problems: list[Problem] = []
    for flow in process.conditions:
        if flow.condition is None:
            continue
        problems += _compared(f"{PROCESS}:{flow.id}", flow.condition.node, known)
    for element in process.decisions:
        problems += _table(element, parts, known)
    for element in process.service_tasks:
        problems += _letters(element, parts, known)
    # A letter or table that is used twice has the same fault twice.
    return list({(each.where, each.code, each.text["en"]): each for each in problems}.values())


def _sources(parts: Parts, process: ProcessDefinition) -> Mapping[str, tuple[tuple[str | None, Source], ...]]:
    found: dict[str, list[tuple[str | None, Source]]] = {
        "answers": [(None, parts.form.root if parts.form else None)],
        "context": [(None, CONTEXT)],
        "representation": [(None, REPRESENTATION)],
    }
    for element in process.user_tasks:
        form = element.attributes.get("form")
        # Several runs make a list; what is in it is not looked at.
        source: Source = None if element.several else frozenset()
        if form is not None and not element.several:
            definition = parts.task_forms.get(form)
            source = definition.root if definition else None
        found.setdefault(element.result, []).append((element.id, source))
    for element in process.decisions:
        _, table = parts.decisions.get(element.attributes.get("decision", ""), ("", None))
        outputs = frozenset(output.name for output in table.outputs) if table else None
        found.setdefault(element.result, []).append((element.id, outputs))
    for element in process.elements.values():
        # What comes from outside with a message, a timer or a called-in sub-process is not described.
        if writes(element=element) and element.kind in _FROM_OUTSIDE:
            found.setdefault(element.result, []).append((element.id, None))
    return {name: tuple(sources) for name, sources in found.items()}


def _holds(source: Source, steps: list[str]) -> bool:
    if source is None:
        return True
    if isinstance(source, frozenset):
        return not steps or (len(steps) == 1 and steps[0] in source)
    return source.at([int(step) if step.isdigit() else step for step in steps]) is not None


def _table(element: Element, parts: Parts, known: _Known) -> Iterator[Problem]:
    name, table = parts.decisions.get(element.attributes.get("decision", ""), ("", None))
    if table is not None:
        yield from _cells(name, table, known)


def check_cells(*, file: str, table: DecisionTable, answers: Field) -> Iterator[Problem]:
    """Whether the cells of a table outside the process ask for values that the questions `answers` offer."""
    known = _Known(sources={"answers": ((None, answers),)}, before={})
    yield from _cells(file, table, known)


def _cells(name: str, table: DecisionTable, known: _Known) -> Iterator[Problem]:
    for column, source in enumerate(table.inputs):
        offered = known.choices(source.expression.source)
        for rule in table.rules if offered else ():
            ranges = rule.ranges[column] or ()
            single = {each.low for each in ranges if each.single and each.low is not None}
            for value in sorted(str(value) for value in single - (offered or frozenset())):
                yield _not_offered(f"{name}:{table.id}/rule {rule.number}", source.expression.source, value)


def _letters(element: Element, parts: Parts, known: _Known) -> Iterator[Problem]:
    for (name, language), letter in parts.letters.items():
        if name != element.attributes.get("letter") or letter is None:
            continue
        for path in sorted(letter.fields):
            first, _, rest = path.partition(".")
            if first in LETTER_DATA and rest in LETTER_DATA[first]:
                continue
            fault = known.fault(path, element.id)
            if fault:
                code, german, english = fault
                yield problem(f"letters/{name}.{language}.md:{path}", code, german, english)


def _compared(where: str, node: Node, known: _Known) -> Iterator[Problem]:
    """`answers.art == "kein"` is never true when the choice is called "keine"."""
    match node:
        case Binary("==" | "!=", Member() as member, Literal(value)) if isinstance(value, str):
            path = _dotted(member)
            offered = known.choices(path) if path else None
            if path and offered is not None and value not in offered:
                yield _not_offered(where, path, value)
        case Binary(_, left, right):
            yield from _compared(where, left, known)
            yield from _compared(where, right, known)
        case Unary(_, operand):
            yield from _compared(where, operand, known)
        case Choose(condition, yes, no):
            for part in (condition, yes, no):
                yield from _compared(where, part, known)
        case Call(_, parts) | ListOf(parts):
            for part in parts:
                yield from _compared(where, part, known)
        case _:
            return


def _dotted(node: Node) -> str | None:
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Member) and isinstance(node.key, str):
        base = _dotted(node.base)
        return f"{base}.{node.key}" if base else None
    return None


def _not_offered(where: str, path: str, value: str) -> Problem:
    return problem(
        where,
        "value-not-offered",
        f"„{value}“ kann bei „{path}“ nicht gewählt werden. Bitte prüfen Sie die Schreibweise.",
        f"“{value}” cannot be chosen for “{path}”. Please check the spelling.",
    )
