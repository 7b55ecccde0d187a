"""Which process data a condition may read at its place: finds typos and values nobody has written yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from forms.problems import Problem
from workflows.bpmn_words import Element, ElementKind, EventKind, ProcessDefinition
from workflows.process_graph import hosts, preceding
from workflows.tables import DecisionTable

__all__ = ["CONTEXT", "REPRESENTATION", "KnownNames", "preceding", "writes"]

CONTEXT = frozenset({"received_on", "land", "authority"})
# On whose behalf the application is made.
REPRESENTATION = frozenset({"kind", "name", "birth_date", "basis"})
_GIVEN = {"context": CONTEXT, "representation": REPRESENTATION}
_COUNTED = frozenset({"instances", "completed"})
_WRITING = frozenset({
    ElementKind.USER, ElementKind.SERVICE, ElementKind.DECISION, ElementKind.MESSAGE, ElementKind.TIMER,
    ElementKind.BOUNDARY,
})  # fmt: skip


def writes(*, element: Element) -> bool:
    """Whether the element writes a member of the process data."""
    if element.several is not None or element.kind in _WRITING:
        return True
    timed_start = element.kind is ElementKind.START and element.event is EventKind.TIMER
    return timed_start or (element.kind is ElementKind.END and element.event is EventKind.MESSAGE)


@dataclass(frozen=True, slots=True)
class _Read:
    """`name` is read at `where`, in `scope`, after the elements `before`."""

    where: str
    name: str
    scope: str | None
    before: frozenset[str]


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
        found = (
            self._check_name(read) for read in sorted(self._reads(), key=lambda each: (each.where, each.name))
        )
        return [problem for problem in found if problem is not None]

    def _reads(self) -> Iterator[_Read]:
        before = preceding(definition=self.definition)
        for flow in self.definition.conditions:
            scope = self.definition.elements[flow.source].scope
            for name in flow.condition.names if flow.condition is not None else ():
                yield _Read(flow.id, name, scope, before[flow.source])
        for element in self.definition.elements.values():
            for name in self._read_by(element):
                yield _Read(element.id, name, element.scope, before[element.id])
            complete = element.several.complete if element.several else None
            for name in complete.names - _COUNTED if complete else ():
                yield _Read(element.id, name, element.scope, before[element.id] | {element.id})

    def _read_by(self, element: Element) -> Collection[str]:
        if element.kind is ElementKind.DECISION:
            table = self.decisions.get(element.attributes["decision"])
            return table.names if table else ()
        items = element.several.items if element.several else None
        return items.names if items else ()

    def _check_name(self, read: _Read) -> Problem | None:
        root, _dot, rest = read.name.partition(".")
        if root == "answers":
            known = self.answers is None or _known(rest, self.answers)
            return None if known else _unknown(read.where, read.name, sorted(self.answers or ()))
        given = _GIVEN.get(root)
        if given is not None:
            inside = rest.partition(".")[0] in given | {""}
            return None if inside else _unknown(read.where, read.name, sorted(given))
        private = self._private(read.scope)
        if root == "item" and private:
            return None
        visible = [each for each in self._writing() if self._private(each.scope) <= private]
        writers = [element for element in visible if element.result == root]
        if not writers:
            results = sorted({element.result for element in visible})
            return _unknown(read.where, read.name, ["answers", *_GIVEN, *results])
        if not any(element.id in read.before for element in writers):
            return _too_early(read.where, read.name, writers[0])
        return self._check_fields(read, rest, writers)

    def _check_fields(self, read: _Read, path: str, writers: list[Element]) -> Problem | None:
        if path and all(element.several is not None for element in writers):
            return _a_list(read.where, read.name, writers[0])
        fields = [self._fields(element) for element in writers]
        known = [field for each in fields if each is not None for field in each]
        return (
            None if None in fields or _known(path, known) else _unknown(read.where, read.name, sorted(known))
        )

    def _private(self, scope: str | None) -> frozenset[str]:
        """The scopes around, itself included, of which each run has data of its own."""
        found: set[str] = set()
        waiting = [scope]
        while waiting:
            current = waiting.pop()
            for host in hosts(definition=self.definition, scope=current):
                found |= {str(current)} if host.several else set()
                waiting.append(host.scope)
        return frozenset(found)

    def _writing(self) -> list[Element]:
        return [element for element in self.definition.elements.values() if writes(element=element)]

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


def _a_list(where: str, name: str, writer: Element) -> Problem:
    root = name.partition(".")[0]
    return Problem(
        where,
        "list-read-as-one",
        {
            "de": f"{where}: „{root}“ ist eine Liste, weil {writer.id} für mehrere läuft; „{name}“ gibt es "
            f"nie. Bitte some, all oder count verwenden, etwa some({root}, #.x == true).",
            "en": f"{where}: '{root}' is a list because {writer.id} runs for several; there is never a "
            f"'{name}'. Use some, all or count, such as some({root}, #.x == true).",
        },
    )
