"""Reading a form's JSON Schema: what is wrong with it, and the tree of questions it describes.

How texts are written in all languages: see `forms/texts.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from forms.pointers import pointer
from forms.problems import Problem
from forms.schema_checks import check_schema
from forms.texts import missing_text, texts_of

DEEPEST = 16
MOST_FIELDS = 5_000

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One place in the answers: a question, a group of questions (`members`) or a list (`items`).

    `keywords` are the schema's own keywords over those of what it refers to; `titles`, `hints` (the texts
    for "does not fit") and `choices` hold a text for every language of the form. `required` are the members
    that must always be there.
    """

    keywords: Node
    titles: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[tuple[Any, Mapping[str, str]], ...] = ()
    members: Mapping[str, Field] = field(default_factory=dict)
    items: Field | None = None
    required: frozenset[str] = frozenset()

    def at(self, path: Sequence[str | int]) -> Field | None:
        """The field at a path of member names and list positions; None where the form has none."""
        found: Field | None = self
        for step in path:
            if found is None:
                return None
            found = found.items if isinstance(step, int) else found.members.get(step)
        return found

    def leaves(self, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        """The paths of everything that can be asked on its own: no groups, lists as a whole."""
        if not self.members:
            yield path
        for name, member in self.members.items():
            yield from member.leaves((*path, name))

    def places(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Field]]:
        """Every field below this one with its path, outer ones first; `*` stands for any entry of a list."""
        for name, member in self.members.items():
            yield (*path, name), member
            yield from member.places((*path, name))
        if self.items is not None:
            yield (*path, "*"), self.items
            yield from self.items.places((*path, "*"))

    def groups(self, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        """The paths of all groups of questions below this one, inner ones first."""
        for name, member in self.members.items():
            if member.members:
                yield from member.groups((*path, name))
                yield (*path, name)


def read_schema(
    *, schema: object, languages: Sequence[str], file: str
) -> tuple[Field | None, list[Problem], frozenset[tuple[str, ...]]]:
    """The tree of questions (None if the schema is no valid schema), all problems, and the unliftable paths.

    Unliftable are questions that an alternative (`anyOf`, `oneOf`, `not`, `contains`) requires: there the
    requirement cannot be taken back when the question is hidden.
    """
    problems = check_schema(schema=schema, file=file)
    if any(problem.code == "schema-invalid" for problem in problems) or not isinstance(schema, Mapping):
        return None, problems, frozenset()
    reader = _Reader(schema, tuple(languages), file, problems)
    root = reader.read((schema,), (), ())
    return root, problems, frozenset(reader.unliftable)


@dataclass(slots=True)
class _Reader:
    schema: Node
    languages: tuple[str, ...]
    file: str
    problems: list[Problem]
    fields: int = 0
    unliftable: set[tuple[str, ...]] = field(default_factory=set)

    def complain(self, where: tuple[str | int, ...], code: str, german: str, english: str) -> None:
        place = f"{self.file}#{pointer(where)}"
        self.problems.append(Problem(where=place, code=code, text={"de": german, "en": english}))

    def read(self, layers: tuple[Node, ...], where: tuple[str | int, ...], path: tuple[str, ...]) -> Field:
        layers = self.follow(layers)
        keywords = {key: value for layer in reversed(layers) for key, value in layer.items()}
        self.fields += 1
        if len(path) > DEEPEST or self.fields > MOST_FIELDS:
            if self.fields <= MOST_FIELDS + 1:
                self.complain(
                    where,
                    "form-too-large",
                    f"Das Formular ist zu groß: mehr als {MOST_FIELDS} Felder, mehr als {DEEPEST} Ebenen "
                    "oder ein Verweis auf sich selbst. Bitte vereinfachen Sie es.",
                    f"The form is too large: more than {MOST_FIELDS} fields, more than {DEEPEST} levels or a "
                    "reference to itself. Please simplify it.",
                )
                self.fields = MOST_FIELDS + 2
            return Field(keywords)
        for layer in layers:
            self.note_alternatives(layer, path, inside=False)
        self.check_closed(keywords, where)
        members = self.members(layers, where, path)
        self.check_required(layers, members, where)
        named = bool(path) and path[-1] != "*"
        return Field(
            keywords=keywords,
            titles=self.texts(layers, "title", where, needed=named),
            hints=self.texts(layers, "problem", where, needed=False),
            choices=self.choices(keywords, where, path),
            members=members,
            items=self.items(keywords, where, path),
            required=frozenset(name for layer in layers for name in layer.get("required", ())),
        )

    def follow(self, layers: tuple[Node, ...]) -> tuple[Node, ...]:
        """The schema and, one after the other, what it refers to with a local `$ref`."""
        found = list(layers)
        while (target := self.target(found[-1].get("$ref"))) is not None and len(found) <= DEEPEST:
            found.append(target)
        return tuple(found)

    def target(self, reference: object) -> Node | None:
        if not isinstance(reference, str):
            return None
        target = self.schema.get("$defs", {}).get(reference.removeprefix("#/$defs/"))
        return target if isinstance(target, Mapping) else None

    def members(
        self, layers: tuple[Node, ...], where: tuple[str | int, ...], path: tuple[str, ...]
    ) -> dict[str, Field]:
        found: dict[str, Field] = {}
        for layer in layers:
            for name, member in layer.get("properties", {}).items():
                if name not in found and member is not False:
                    node = member if isinstance(member, Mapping) else {}
                    found[name] = self.read((node,), (*where, "properties", name), (*path, name))
        return found

    def items(self, keywords: Node, where: tuple[str | int, ...], path: tuple[str, ...]) -> Field | None:
        entry = keywords.get("items")
        return self.read((entry,), (*where, "items"), (*path, "*")) if isinstance(entry, Mapping) else None

    def check_closed(self, keywords: Node, where: tuple[str | int, ...]) -> None:
        kinds = keywords.get("type", ())
        is_object = "properties" in keywords or kinds == "object" or "object" in tuple(kinds)
        closed = (keywords.get("additionalProperties"), keywords.get("unevaluatedProperties"))
        if is_object and not any(value is False for value in closed):
            self.complain(
                where,
                "object-open",
                'Hier wären beliebige Angaben erlaubt. Bitte setzen Sie "additionalProperties": false.',
                'Any further members would be allowed here. Please set "additionalProperties": false.',
            )

    def check_required(self, layers: tuple[Node, ...], members: Node, where: tuple[str | int, ...]) -> None:
        for name in (name for layer in layers for name in layer.get("required", ()) if name not in members):
            self.complain(
                (*where, "required"),
                "required-unknown",
                f"„{name}“ wird verlangt, ist aber kein Feld. Bitte prüfen Sie die Schreibweise.",
                f"“{name}” is required but is no field. Please check the spelling.",
            )

    def choices(
        self, keywords: Node, where: tuple[str | int, ...], path: tuple[str, ...]
    ) -> tuple[tuple[Any, Mapping[str, str]], ...]:
        branches = keywords.get("oneOf", ())
        if branches and all(isinstance(branch, Mapping) and "const" in branch for branch in branches):
            return tuple(
                (branch["const"], self.texts((branch,), "title", (*where, "oneOf", i), needed=True))
                for i, branch in enumerate(branches)
            )
        values = keywords.get("enum", ())
        if len(self.languages) > 1 and path and any(isinstance(value, str) and value for value in values):
            self.complain(
                where,
                "choices-without-texts",
                "Die Auswahl hat keine Texte in allen Sprachen. "
                'Bitte schreiben Sie sie als "oneOf" mit "const" und "title".',
                "The choices have no texts in all languages. "
                'Please write them as "oneOf" with "const" and "title".',
            )
        return tuple((value, {lang: str(value) for lang in self.languages}) for value in values)

    def texts(
        self, layers: tuple[Node, ...], member: str, where: tuple[str | int, ...], *, needed: bool
    ) -> dict[str, str]:
        """A member's text in all languages, all from the layer that has the member first."""
        for layer in layers:
            found = texts_of(layer, member, self.languages)
            if found:
                missing = [lang for lang in self.languages if lang not in found]
                break
        else:
            found, missing = {}, list(self.languages) if needed else []
        if missing:
            self.complain(where, "text-missing", *missing_text(member, missing))
        return found

    def note_alternatives(self, node: object, path: tuple[str, ...], *, inside: bool) -> None:
        if not isinstance(node, Mapping):
            return
        if inside:
            self.unliftable.update((*path, name) for name in node.get("required", ()))
            for name, member in node.get("properties", {}).items():
                self.note_alternatives(member, (*path, name), inside=True)
        for keyword in ("allOf", "anyOf", "oneOf"):
            for branch in node.get(keyword, ()):
                self.note_alternatives(branch, path, inside=inside or keyword != "allOf")
        for keyword in ("then", "else"):
            self.note_alternatives(node.get(keyword), path, inside=inside)
        self.note_alternatives(node.get("not"), path, inside=True)
        self.note_alternatives(node.get("contains"), (*path, "*"), inside=True)
