"""Which questions are open: the SHOW/HIDE/ENABLE/DISABLE rules of a form, evaluated again on the server.

A rule looks at answers, and answers to closed questions do not count. So questions are evaluated in the
order in which their rules depend on each other: when a rule is looked at, everything it reads is settled.
That gives one answer, needs one pass, and does not depend on the order of the file; circular rules are
refused when the form is read.

A missing answer counts as null. A disabled question is treated like a hidden one: nobody can have
answered it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

import jsonschema_rs

from forms.pointers import Path

Place = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """One rule: open if the answer at `place` fits `schema` (or, for HIDE and DISABLE, does not).

    `reads` are the places the outcome can depend on; `fails_when_missing` is JSON Forms' `failWhenUndefined`.
    """

    place: Place
    schema: jsonschema_rs.Draft202012Validator
    opens: bool
    fails_when_missing: bool
    reads: frozenset[Place]

    def holds(self, answers: Mapping[str, Any]) -> bool:
        """Whether the rule leaves its element open, given the answers (without those already closed)."""
        found: Any = answers
        for name in self.place:
            if not isinstance(found, dict) or name not in found:
                met = not self.fails_when_missing and self.schema.is_valid(None)
                return met is self.opens
            found = found[name]
        return bool(self.schema.is_valid(found)) is self.opens


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One question with rules. It is open if every condition of at least one of its `ways` holds.

    It has a way for each Control that shows it. `entries` are the questions within each entry of a list.
    """

    place: Place
    ways: tuple[tuple[Condition, ...], ...]
    entries: Questions | None = None

    def is_open(self, answers: Mapping[str, Any]) -> bool:
        return any(all(condition.holds(answers) for condition in way) for way in self.ways)


@dataclass(frozen=True, slots=True, eq=False)
class Questions:
    """All questions of a form (or of a list's entry) that can close, in the order of evaluation.

    `groups` are objects all of whose questions can close, with those questions, inner groups first: an
    object closes with its last question.
    """

    ordered: tuple[Question, ...] = ()
    groups: tuple[tuple[Place, frozenset[Place]], ...] = ()

    def close(self, answers: dict[str, Any], prefix: Path = ()) -> set[Path]:
        """Remove answers to closed questions from `answers` (in place); the paths of all that is closed."""
        closed: set[Path] = set()
        here: set[Place] = set()
        for question in self.ordered:
            if not question.is_open(answers):
                self._close_one(question.place, answers, here)
            elif question.entries is not None:
                entries = _find(answers, question.place)
                for position, entry in enumerate(entries if isinstance(entries, list) else ()):
                    if isinstance(entry, dict):
                        closed |= question.entries.close(entry, (*prefix, *question.place, position))
        closed.update((*prefix, *place) for place in here)
        return closed

    def _close_one(self, place: Place, answers: dict[str, Any], here: set[Place]) -> None:
        """Close a question and the groups of which it was the last, before any other rule looks at them."""
        here.add(place)
        _remove(answers, place)
        for group, questions in self.groups:
            if place in questions and questions <= here:
                here.add(group)
                _remove(answers, group)


def order(*, questions: Iterable[Question], groups: Iterable[tuple[Place, frozenset[Place]]]) -> Questions:
    """Put questions into the order of evaluation.

    Raises graphlib.CycleError (`args[1]` holds the questions in the circle) if rules depend on each other
    in a circle; a rule that reads the question it closes is the smallest circle.
    """
    listed = list(questions)
    touching: dict[Place, list[Question]] = {}
    for question in listed:
        for length in range(len(question.place) + 1):
            touching.setdefault(question.place[:length], []).append(question)
    exact = {question.place: question for question in listed}
    graph: TopologicalSorter[Question] = TopologicalSorter()
    for question in listed:
        graph.add(question)
        for place in {read for way in question.ways for condition in way for read in condition.reads}:
            graph.add(question, *touching.get(place, ()))
            above = (place[:length] for length in range(len(place)))
            graph.add(question, *(exact[part] for part in above if part in exact))
    return Questions(ordered=tuple(graph.static_order()), groups=tuple(groups))


def reads(place: Place, schema: object) -> frozenset[Place]:
    """The places whose answers decide whether `schema` fits the answer at `place`.

    As narrow as the schema allows: `{"required": ["a"], "properties": {"b": …}}` reads only a and b.
    """
    if not isinstance(schema, Mapping):
        return frozenset()
    found: set[Place] = set()
    for keyword, value in schema.items():
        if keyword == "properties":
            for name, member in value.items():
                found |= reads((*place, name), member)
        elif keyword == "required":
            found.update((*place, name) for name in value)
        elif keyword in {"allOf", "anyOf", "oneOf"}:
            for branch in value:
                found |= reads(place, branch)
        elif keyword in {"not", "if", "then", "else"}:
            found |= reads(place, value)
        elif not (keyword == "type" and value == "object" and not place):
            found.add(place)
    return frozenset(found)


def _find(answers: Any, place: Place) -> Any:
    for name in place:
        if not isinstance(answers, dict):
            return None
        answers = answers.get(name)
    return answers


def _remove(answers: dict[str, Any], place: Place) -> None:
    holder = _find(answers, place[:-1])
    if isinstance(holder, dict):
        holder.pop(place[-1], None)
