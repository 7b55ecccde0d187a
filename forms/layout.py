"""Reading a form's JSON Forms UI schema: what is wrong with it, which question is asked under which rules.

How texts are written in all languages: see `forms/texts.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError
from typing import Any

from forms.conditions import Condition, Place, Question, Questions, order, reads
from forms.pointers import Path, pointer, scope_path
from forms.problems import Problem
from forms.schema import Field
from forms.schema_checks import check_schema
from forms.texts import missing_text, texts_of
from forms.validator import compile_schema

# Element type → the member that holds its text, and whether it must have one.
_ELEMENTS: Mapping[str, tuple[str, bool]] = {
    "VerticalLayout": ("label", False),
    "HorizontalLayout": ("label", False),
    "Group": ("label", True),
    "Categorization": ("label", False),
    "Category": ("label", True),
    "Control": ("label", False),
    "Label": ("text", True),
}
_EFFECTS = {"SHOW": True, "ENABLE": True, "HIDE": False, "DISABLE": False}
_GENERATED_DETAILS = frozenset({"DEFAULT", "GENERATED", "REGISTERED"})
_DEEPEST = 32

_TEXTS = {
    "element-unknown": (
        "Dieses Element ist unbekannt: {detail}. Möglich sind " + ", ".join(_ELEMENTS) + ".",
        "This element is unknown: {detail}. Possible are " + ", ".join(_ELEMENTS) + ".",
    ),
    "layout-too-deep": (
        "Das Formular ist zu tief verschachtelt. Bitte vereinfachen Sie den Aufbau.",
        "The form is nested too deeply. Please simplify its structure.",
    ),
    "elements-missing": (
        'Hier fehlt die Liste "elements".',
        'The list "elements" is missing here.',
    ),
    "category-expected": (
        "In „Categorization“ sind nur „Category“ und „Categorization“ erlaubt.",
        "Only “Category” and “Categorization” are allowed in “Categorization”.",
    ),
    "scope-unknown": (
        "Das Feld „{detail}“ gibt es im Schema nicht. Bitte prüfen Sie die Schreibweise von „scope“.",
        "There is no field “{detail}” in the schema. Please check the spelling of “scope”.",
    ),
    "rule-invalid": (
        (
            "Die Regel ist unvollständig: nötig sind „effect“ (SHOW, HIDE, ENABLE, DISABLE) und "
            "„condition“ mit „scope“ und „schema“."
        ),
        (
            "The rule is incomplete: it needs “effect” (SHOW, HIDE, ENABLE, DISABLE) and “condition” with "
            "“scope” and “schema”."
        ),
    ),
    "field-unreachable": (
        "Das Feld „{detail}“ wird nirgends gefragt. Bitte ergänzen Sie ein Control mit diesem „scope“.",
        "The field “{detail}” is asked nowhere. Please add a Control with this “scope”.",
    ),
    "rules-circular": (
        "Die Regeln drehen sich im Kreis: {detail}. Bitte lösen Sie eine der Abhängigkeiten auf.",
        "The rules go in a circle: {detail}. Please remove one of the dependencies.",
    ),
}


@dataclass(slots=True)
class _Asked:
    """Where a Control asks for what, and under which conditions."""

    place: Place
    way: tuple[Condition, ...]
    entries: Questions | None


@dataclass(slots=True)
class LayoutReader:
    """Walks one UI schema and collects all `problems` on the way."""

    languages: Sequence[str]
    file: str
    problems: list[Problem] = field(default_factory=list)

    def questions(self, ui: object, root: Field | None, where: Path = (), named: str = "#") -> Questions:
        """The questions below `ui` that can close. Without `root` (schema invalid) scopes are not checked."""
        asked: list[_Asked] = []
        self._walk(ui, root, where, (), asked)
        if root is None:
            return Questions()
        leaves = {place: _ways(place, asked) for place in root.leaves() if place}
        for place in (place for place, ways in leaves.items() if not ways):
            self._complain(where, "field-unreachable", named + _scope(place))
        entries = {control.place: control.entries for control in asked if control.entries is not None}
        closable = {place: ways for place, ways in leaves.items() if ways and () not in ways}
        ordered = [
            Question(place=place, ways=ways, entries=entries.get(place))
            for place, ways in leaves.items()
            if place in closable or place in entries
        ]
        try:
            return order(questions=ordered, groups=_closing_groups(root, closable))
        except CycleError as error:
            circle = " → ".join(named + _scope(question.place) for question in error.args[1])
            self._complain(where, "rules-circular", circle)
            return Questions()

    def _complain(self, where: Path, code: str, detail: str = "") -> None:
        german, english = _TEXTS[code]
        text = {"de": german.format(detail=detail), "en": english.format(detail=detail)}
        self.problems.append(Problem(where=f"{self.file}#{pointer(where)}", code=code, text=text))

    def _walk(
        self, node: object, root: Field | None, where: Path, way: tuple[Condition, ...], asked: list[_Asked]
    ) -> None:
        kind = node.get("type") if isinstance(node, Mapping) else None
        if not isinstance(node, Mapping) or not isinstance(kind, str) or kind not in _ELEMENTS:
            self._complain(where, "element-unknown", str(kind)[:60])
            return
        if len(where) > 2 * _DEEPEST:
            self._complain(where, "layout-too-deep")
            return
        self._check_texts(node, kind, where)
        if "rule" in node:
            condition = self._condition(node["rule"], root, (*where, "rule"))
            way = way if condition is None else (*way, condition)
        if kind == "Control":
            self._control(node, root, where, way, asked)
        elif kind != "Label":
            self._children(node, kind, where, lambda child, at: self._walk(child, root, at, way, asked))

    def _children(
        self, node: Mapping[str, Any], kind: str, where: Path, walk: Callable[[object, Path], None]
    ) -> None:
        elements = node.get("elements")
        if not isinstance(elements, list):
            self._complain(where, "elements-missing")
            return
        for position, child in enumerate(elements):
            at = (*where, "elements", position)
            child_kind = child.get("type") if isinstance(child, Mapping) else None
            if kind == "Categorization" and child_kind not in {"Category", "Categorization"}:
                self._complain(at, "category-expected")
            walk(child, at)

    def _check_texts(self, node: Mapping[str, Any], kind: str, where: Path) -> None:
        member, needed = _ELEMENTS[kind]
        found = texts_of(node, member, self.languages)
        missing = [language for language in self.languages if language not in found]
        if missing and (needed or found):
            german, english = missing_text(member, missing)
            problem = Problem(f"{self.file}#{pointer(where)}", "text-missing", {"de": german, "en": english})
            self.problems.append(problem)

    def _control(
        self,
        node: Mapping[str, Any],
        root: Field | None,
        where: Path,
        way: tuple[Condition, ...],
        asked: list[_Asked],
    ) -> None:
        place = scope_path(node.get("scope"))
        target = root.at(place) if root is not None and place else None
        if not place or (root is not None and target is None):
            self._complain(where, "scope-unknown", str(node.get("scope"))[:200])
            return
        options = node.get("options")
        detail = options.get("detail") if isinstance(options, Mapping) else None
        entries = None
        generated = isinstance(detail, str) and detail in _GENERATED_DETAILS
        if detail is not None and not generated:
            entry = target.items if target is not None else None
            named = f"{node['scope']}/items"
            entries = self.questions(detail, entry, (*where, "options", "detail"), named)
        asked.append(_Asked(place, way, entries))

    def _condition(self, rule: object, root: Field | None, where: Path) -> Condition | None:
        members = rule if isinstance(rule, Mapping) else {}
        condition = members.get("condition")
        if not isinstance(condition, Mapping) or members.get("effect") not in _EFFECTS:
            self._complain(where, "rule-invalid")
            return None
        place, schema = scope_path(condition.get("scope")), condition.get("schema")
        if not isinstance(condition.get("scope"), str) or not isinstance(schema, Mapping):
            self._complain((*where, "condition"), "rule-invalid")
            return None
        at = pointer((*where, "condition", "schema"))
        faults = check_schema(schema=schema, file=self.file)
        self.problems += [
            Problem(fault.where.replace("#", f"#{at}", 1), fault.code, fault.text) for fault in faults
        ]
        if place is None or (root is not None and root.at(place) is None):
            self._complain((*where, "condition"), "scope-unknown", str(condition["scope"])[:200])
            return None
        if faults:
            return None
        return Condition(
            place=place,
            schema=compile_schema(schema),
            opens=_EFFECTS[members["effect"]],
            fails_when_missing=condition.get("failWhenUndefined") is True,
            reads=reads(place, schema),
        )


def _ways(place: Place, asked: Iterable[_Asked]) -> tuple[tuple[Condition, ...], ...]:
    return tuple(control.way for control in asked if place[: len(control.place)] == control.place)


def _closing_groups(root: Field, closable: Mapping[Place, object]) -> list[tuple[Place, frozenset[Place]]]:
    found = []
    for place in root.groups():
        group = root.at(place)
        leaves = frozenset((*place, *leaf) for leaf in group.leaves()) if group is not None else frozenset()
        if leaves <= closable.keys():
            found.append((place, leaves))
    return found


def _scope(place: Place) -> str:
    return "".join(f"/properties/{name}" for name in place)
