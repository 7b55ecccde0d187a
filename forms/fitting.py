"""Whether one answer can stay when its question changes, and in which form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from forms.definition import FormDefinition
from forms.schema import Field
from forms.validator import CODE_LIST, compile_schema

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,9})(?:\.[0-9]{1,4})?", re.ASCII)
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float, Decimal),
}


class Unfit(Exception):
    """The answer cannot stay; `reason` is a key of `carrying.REASONS`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Fitting:
    """Judges answers to questions that two forms have in common."""

    def __init__(self, *, old: FormDefinition, new: FormDefinition) -> None:
        self.old, self.new = old, new
        self._same_definitions = old.schema.get("$defs") == new.schema.get("$defs")
        self._validators: dict[int, Any] = {}

    def fit(self, *, value: Any, old: Field, new: Field) -> Any:
        """The answer as it stands in the new form. Raises Unfit.

        It is turned into another kind only where that is exact: "5" ↔ 5, one value ↔ a list of one. What did
        not fit before either (half typed, perhaps) stays as long as it is of the right kind.
        """
        if _is_file(old) != _is_file(new):
            raise Unfit("kind")
        simple = not isinstance(value, dict | list)
        if not _holds_objects(value) and self._unchanged(old, new):
            return value
        for candidate in (value, *_converted(value, new)):
            if self._accepts(self.new, new, candidate):
                return candidate
        if simple and _of_kind(value, new) and not self._accepts(self.old, old, value):
            return value
        if not _of_kind(value, new):
            raise Unfit("kind")
        raise Unfit("choice" if new.choices or CODE_LIST in new.keywords else "unfit")

    def _unchanged(self, old: Field, new: Field) -> bool:
        name = new.keywords.get(CODE_LIST)
        same_list = name is None or self.old.code_lists.get(name) == self.new.code_lists.get(name)
        return same_list and self._same_definitions and old.keywords == new.keywords

    def _accepts(self, form: FormDefinition, field: Field, value: Any) -> bool:
        if id(field) not in self._validators:
            schema = {**field.keywords, "$defs": form.schema.get("$defs", {})}
            self._validators[id(field)] = compile_schema(schema, form.code_lists)
        return bool(self._validators[id(field)].is_valid(value))


def _holds_objects(value: Any) -> bool:
    """Whether there could be members in it that the question does not know."""
    return isinstance(value, dict) or (isinstance(value, list) and any(map(_holds_objects, value)))


def _is_file(field: Field) -> bool:
    question = field if field.items is None else field.items
    return question.keywords.get("format") == "file"


def _converted(value: Any, new: Field) -> Iterator[Any]:
    if isinstance(value, list):
        if len(value) == 1 and new.items is None:
            yield value[0]
            yield from _converted(value[0], new)
    elif new.items is not None:
        yield [value]
    elif isinstance(value, str) and _NUMBER.fullmatch(value):
        yield float(value) if "." in value else int(value)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        text = str(value)
        if _NUMBER.fullmatch(text):
            yield text


def _of_kind(value: Any, new: Field) -> bool:
    """Whether the value is of the JSON type that is asked for; where none is named, every single value is."""
    kinds = new.keywords.get("type", tuple(_TYPES))
    named = (kinds,) if isinstance(kinds, str) else kinds
    found = {name for name, types in _TYPES.items() if isinstance(value, types)}
    if isinstance(value, bool):
        found = {"boolean"}
    return not found.isdisjoint(named)
