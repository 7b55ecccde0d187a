"""Answers that were given to one version of a form, carried over to another; nothing is dropped in silence.

A question is recognised by its `x-id`, else by its place (`forms/matching.py`); whether its answer can stay
is judged in `forms/fitting.py`. Entries of lists keep their positions. What calculated and read-only fields
held is left out: the server fills it in again. Whether a question is hidden does not matter here.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from forms.conditions import Place
from forms.definition import FormDefinition
from forms.filling import ENTRY
from forms.fitting import Fitting, Unfit
from forms.matching import Shape, match, matching_places, shape_of
from forms.new_questions import Question, is_server_set, new_questions
from forms.pointers import Path, pointer
from forms.schema import Field

Texts = Mapping[str, str]

REASONS: Mapping[str, Texts] = {
    "gone": {
        "de": "Diese Frage gibt es in der neuen Fassung des Formulars nicht mehr.",
        "en": "The new version of the form no longer has this question.",
    },
    "unknown": {
        "de": "Zu dieser Angabe gibt es keine Frage.",
        "en": "There is no question for this answer.",
    },
    "kind": {
        "de": "Hier ist jetzt eine andere Art von Angabe nötig. Bitte beantworten Sie die Frage neu.",
        "en": "A different kind of answer is needed here now. Please answer the question again.",
    },
    "choice": {
        "de": "Diese Auswahl gibt es nicht mehr. Bitte wählen Sie neu.",
        "en": "This choice no longer exists. Please choose again.",
    },
    "unfit": {
        "de": "Die Angabe passt nicht mehr zu dieser Frage. Bitte beantworten Sie sie neu.",
        "en": "The answer no longer fits this question. Please answer it again.",
    },
    "server": {
        "de": "Diese Angabe wird jetzt von uns ergänzt. Sie müssen sie nicht mehr machen.",
        "en": "This value is now filled in by us. You no longer have to give it.",
    },
}


@dataclass(frozen=True, slots=True)
class Lost:
    """An answer without a place in the new form: `pointer` is its old place, `code` one of `REASONS`."""

    pointer: str
    title: Texts
    value: Any
    code: str

    @property
    def reason(self) -> Texts:
        return REASONS[self.code]


@dataclass(frozen=True, slots=True)
class Carried:
    """`moved`: old pointer → new pointer of every answer, and every list, that stands somewhere else now."""

    answers: Mapping[str, Any]
    lost: tuple[Lost, ...]
    moved: Mapping[str, str]
    added: tuple[Question, ...]


def carry_over(*, old: FormDefinition, new: FormDefinition, answers: Mapping[str, Any]) -> Carried:
    """The answers as they stand in the new form; `answers` may be incomplete and are not changed."""
    carrier = _Carrier(old=old, new=new)
    carrier.section(old.root, answers, (), ())
    return Carried(
        answers=carrier.answers,
        lost=tuple(carrier.lost),
        moved=carrier.moved,
        added=new_questions(form=new, matched=set(carrier.targets.values()), answers=carrier.answers),
    )


@dataclass(slots=True)
class _Carrier:
    """One walk over the old answers. `path`: where an answer stands; `place`: the same, `*` for entries."""

    old: FormDefinition
    new: FormDefinition
    answers: dict[str, Any] = field(default_factory=dict)
    lost: list[Lost] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    targets: Mapping[Place, Place] = field(init=False)
    fitting: Fitting = field(init=False)
    new_fields: Mapping[Place, Field] = field(init=False)

    def __post_init__(self) -> None:
        self.targets = match(old=self.old.root, new=self.new.root)
        self.fitting = Fitting(old=self.old, new=self.new)
        self.new_fields = dict(matching_places(self.new.root))

    def section(self, holder: Field, value: Mapping[str, Any], path: Path, place: Place) -> None:
        for name, each in value.items():
            member = holder.members.get(name)
            if member is not None:
                self.answer(member, each, (*path, name), (*place, name))
            else:
                self.lose(None, each, (*path, name), "unknown")

    def answer(self, question: Field, value: Any, path: Path, place: Place) -> None:
        if place in self.old.server_set:
            return
        shape = shape_of(question)
        if shape is Shape.SECTION and isinstance(value, Mapping):
            if not value and place in self.targets:
                self.put({}, path, self.targets[place])
            self.section(question, value, path, place)
        elif shape is Shape.ENTRIES and isinstance(value, list):
            self.entries(question, value, path, place)
        elif place not in self.targets:
            self.lose(question, value, path, self.why_gone(question, place))
        elif is_server_set(form=self.new, place=self.targets[place]):
            self.lose(question, value, path, "server")
        elif shape is Shape.VALUE:
            self.value(question, value, path, self.targets[place])
        else:
            self.lose(question, value, path, "unfit")

    def entries(self, listed: Field, value: list[Any], path: Path, place: Place) -> None:
        if place in self.targets:
            self.put([{} for _ in value], path, self.targets[place])
        for position, each in enumerate(value):
            if isinstance(each, Mapping) and listed.items is not None:
                self.section(listed.items, each, (*path, position), (*place, ENTRY))
            else:
                self.lose(listed, each, (*path, position), "unfit")

    def value(self, question: Field, value: Any, path: Path, target: Place) -> None:
        new = self.new_fields[target]
        if isinstance(value, list) and question.items is not None and new.items is not None:
            self.choices(question, value, path, target)
            return
        try:
            self.put(self.fitting.fit(value=value, old=question, new=new), path, target)
        except Unfit as unfit:
            self.lose(question, value, path, unfit.reason)

    def choices(self, question: Field, value: list[Any], path: Path, target: Place) -> None:
        """A list of single values: each stays or is lost on its own, and those after a lost one move up."""
        kept: list[Any] = []
        here, listed = _concrete(target, path), self.new_fields[target]
        for position, each in enumerate(value):
            try:
                kept.append(self.fitting.fit(value=each, old=_entry(question), new=_entry(listed)))
            except Unfit as unfit:
                self.lose(question, each, (*path, position), unfit.reason)
            else:
                self.note_move((*path, position), (*here, len(kept) - 1))
        if kept or not value:
            self.put(kept, path, target)

    def put(self, value: Any, path: Path, target: Place) -> None:
        here = _concrete(target, path)
        self.note_move(path, here)
        holder: Any = self.answers
        for step in here[:-1]:
            holder = holder[step] if isinstance(step, int) else holder.setdefault(step, {})
        holder.setdefault(here[-1], copy.deepcopy(value))

    def note_move(self, before: Path, after: Path) -> None:
        if before != after:
            self.moved[pointer(before)] = pointer(after)

    def lose(self, question: Field | None, value: Any, path: Path, code: str) -> None:
        name = next(str(step) for step in reversed(path) if isinstance(step, str))
        titles = question.titles if question is not None else {}
        title = {language: titles.get(language, name) for language in self.old.languages}
        self.lost.append(Lost(pointer(path), title, copy.deepcopy(value), code))

    def why_gone(self, question: Field, place: Place) -> str:
        here = self.new_fields.get(place)
        return "gone" if here is None or shape_of(here) is shape_of(question) else "kind"


def _entry(listed: Field) -> Field:
    assert listed.items is not None  # noqa: S101  (callers have looked)
    return listed.items


def _concrete(target: Place, path: Path) -> Path:
    """The place of one answer: the positions of the old path, in the lists of the new place."""
    positions = (step for step in path if isinstance(step, int))
    return tuple(next(positions) if step == ENTRY else step for step in target)
