"""The values of a choice: written into the field, or from a code list that was given along."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from forms.codelists import MOST_INLINE, CodeList, Entry
from forms.fim.model import CodeListReference, FimField
from forms.fim.notes import Notes

MOST_LIST_BYTES = 500_000


@dataclass(slots=True)
class Choices:
    """Finds the values of choices and remembers which lists the form needs.

    `definitions` go into `$defs` of the form, `kept` (longer lists) into files beside it; both by name.
    """

    lists: Sequence[CodeList]
    notes: Notes
    definitions: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, CodeList] = field(default_factory=dict)
    _names: dict[tuple[str, str], str] = field(default_factory=dict)

    def keywords(self, *, question: FimField, path: tuple[str, ...]) -> Mapping[str, Any]:
        """What the schema says about the question's values; empty if any text is taken."""
        if question.values:
            return {"oneOf": self._written(question, path)}
        if question.code_list is None:
            self.notes.add(path, "choice-without-values")
            return {}
        found = self._list(question.code_list, path)
        if found is None:
            return {}
        name = self._name(found)
        if len(found.entries) <= MOST_INLINE:
            self.definitions[name] = {"type": "string", "oneOf": [_option(entry) for entry in found.entries]}
            return {"$ref": f"#/$defs/{name}"}
        if sum(
            len(entry.code) + len(entry.name.encode()) + len(entry.help.encode()) for entry in found.entries
        ) > (MOST_LIST_BYTES):
            self.notes.add(path, "codelist-unusable", found.uri, f"> {MOST_LIST_BYTES} Bytes")
            return {}
        self.kept[name] = found
        return {"x-codelist": name}

    def _written(self, question: FimField, path: tuple[str, ...]) -> list[Any]:
        options: dict[str, Any] = {}
        for value in question.values:
            if value.code in options:
                self.notes.add(path, "value-twice", value.code)
            else:
                options[value.code] = _option(Entry(value.code, value.name, value.help))
        return list(options.values())

    def _list(self, reference: CodeListReference, path: tuple[str, ...]) -> CodeList | None:
        """The list in the version that is wanted, else the newest of those given, which is said."""
        wanted = reference.version_uri or reference.uri
        versions = [each for each in self.lists if each.uri == reference.uri]
        exact = [
            each
            for each in self.lists
            if (each.uri == reference.uri and each.version == reference.version)
            or (reference.version_uri and f"{each.uri}_{each.version}" == reference.version_uri)
        ]
        if exact:
            return exact[0]
        if not versions:
            self.notes.add(path, "codelist-missing", wanted)
            return None
        newest = max(versions, key=lambda each: _sortable(each.version))
        if reference.version:
            self.notes.add(path, "codelist-version", reference.uri, reference.version, newest.version)
        return newest

    def _name(self, found: CodeList) -> str:
        key = (found.uri, found.version)
        if key not in self._names:
            words = re.sub(r"[^a-z0-9]+", "-", f"{found.uri.rpartition(':')[2]}-{found.version}".lower())
            name = words.strip("-")[:_LONGEST_NAME] or "liste"
            taken = set(self._names.values())
            self._names[key] = next(
                each for each in (name, *(f"{name}-{n}" for n in range(2, 1000))) if each not in taken
            )
        return self._names[key]


_LONGEST_NAME = 50


def _option(entry: Entry) -> dict[str, Any]:
    shown = {"const": entry.code, "title": entry.name}
    return {**shown, "description": entry.help} if entry.help else shown


def _sortable(version: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"[^0-9A-Za-z]+", version)]
