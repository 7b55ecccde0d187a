"""Which process data a condition may read at its place: finds typos and values nobody has written yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from forms.problems import Problem
from workflows.bpmn_words import Element, ElementKind, ProcessDefinition
from workflows.tables import DecisionTable

CONTEXT = frozenset({"received_on", "land", "authority"})


def preceding(*, definition: ProcessDefinition) -> Mapping[str, frozenset[str]]:
    """Element id → ids of the elements that can have happened before it."""
    before: dict[str, set[str]] = {element: set() for element in definition.elements}
    changed = True
    while changed:
        changed = False
        for flow in definition.flows.values():
            found = before[flow.source] | {flow.source}
            if not found <= before[flow.target]:
                before[flow.target] |= found
                changed = True
    return {element: frozenset(ids) for element, ids in before.items()}


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What process data can exist in a process and its surroundings.

    `answers`: dotted names of the form's questions (without `answers.`), None: not checked. `task_fields`:
    name of a task form → its fields; forms not listed are not checked.
    """

    definition: ProcessDefinition
    decisions: Mapping[str, DecisionTable]
    answers: Collection[str] | None
    task_fields: Mapping[str, Collection[str]]

    def check(self) -> list[Problem]:
        """Conditions and tables that read what is not there, or not there yet."""
        before = preceding(definition=self.definition)
        reads = [
            (flow.id, name, before[flow.source])
            for flow in self.definition.conditions
            for name in (flow.condition.names if flow.condition is not None else ())
        ]
        for element in self.definition.decisions:
            table = self.decisions.get(element.attributes["decision"])
            reads += [(element.id, name, before[element.id]) for name in (table.names if table else ())]
        found = (self._check_name(where, name, earlier) for where, name, earlier in sorted(reads, key=str))
        return [problem for problem in found if problem is not None]

    def _check_name(self, where: str, name: str, before: frozenset[str]) -> Problem | None:
        root, _dot, rest = name.partition(".")
        if root == "answers":
            known = self.answers is None or _known(rest, self.answers)
            return None if known else _unknown(where, name, sorted(self.answers or ()))
        if root == "context":
            return (
                None if rest.partition(".")[0] in CONTEXT | {""} else _unknown(where, name, sorted(CONTEXT))
            )
        writers = [element for element in self._writing() if element.result == root]
        if not writers:
            results = sorted({element.result for element in self._writing()})
            return _unknown(where, name, ["answers", "context", *results])
        if not any(element.id in before for element in writers):
            return _too_early(where, name, writers[0])
        return self._check_fields(where, name, rest, writers)

    def _check_fields(self, where: str, name: str, path: str, writers: list[Element]) -> Problem | None:
        fields = [self._fields(element) for element in writers]
        known = [field for each in fields if each is not None for field in each]
        return None if None in fields or _known(path, known) else _unknown(where, name, sorted(known))

    def _writing(self) -> tuple[Element, ...]:
        return self.definition.of_kind(ElementKind.USER, ElementKind.SERVICE, ElementKind.DECISION)

    def _fields(self, element: Element) -> Collection[str] | None:
        if element.kind is not ElementKind.DECISION:
            return self.task_fields.get(element.attributes.get("form", ""))
        table = self.decisions.get(element.attributes["decision"])
        return None if table is None else [output.name for output in table.outputs]


def _known(path: str, names: Collection[str]) -> bool:
    """Whether `path` is a name, a part of one, or leads into one."""
    return any(
        path == name or name.startswith(f"{path}.") or path.startswith(f"{name}.") or not path
        for name in names
    )


def _unknown(where: str, name: str, known: list[str]) -> Problem:
    return Problem(
        where,
        "unknown-name",
        {
            "de": f"{where}: „{name}“ gibt es nicht. Bekannt: {', '.join(known)}.",
            "en": f"{where}: there is no '{name}'. Known: {', '.join(known)}.",
        },
    )


def _too_early(where: str, name: str, writer: Element) -> Problem:
    called = writer.name or writer.id
    return Problem(
        where,
        "not-yet-known",
        {
            "de": f"{where}: „{name}“ entsteht erst bei „{called}“ ({writer.id}), das hier nie vorausgeht.",
            "en": f"{where}: '{name}' is written by '{called}' ({writer.id}), which never comes before.",
        },
    )
