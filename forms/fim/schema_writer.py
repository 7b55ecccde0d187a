"""Writing form.json: the planned places as JSON Schema 2020-12, as closed objects named by FIM's ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from forms.file_types import DEFAULT_BYTES, DEFAULT_TYPES, MEDIA_TYPES
from forms.fim.choices import Choices
from forms.fim.model import FieldKind, FimField, FimSchema, Kind, Precision
from forms.fim.notes import Notes
from forms.fim.patterns import text_that_fits, whole_pattern
from forms.fim.plan import Place
from forms.keyword_checks import IDENTITY, is_id

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TIME = "^(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?$"
_PLAIN: Mapping[Kind, Mapping[str, Any]] = {
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.TIME: {
        "type": "string",
        "pattern": _TIME,
        "examples": ["14:30"],
    },
    Kind.DATETIME: {"type": "string", "format": "date-time"},
    Kind.BOOL: {"type": "boolean"},
    Kind.NUMBER: {"type": "number"},
    Kind.INTEGER: {"type": "integer"},
    Kind.CURRENCY: {"type": "number", "format": "money"},
}
_NUMBERS = frozenset({Kind.NUMBER, Kind.INTEGER, Kind.CURRENCY})
_TEXTS = frozenset({Kind.TEXT, Kind.TEXT_LATIN, Kind.OBJECT})


class SchemaWriter:
    """Writes the schema of one form; what could not be kept is noted."""

    def __init__(self, *, choices: Choices, notes: Notes) -> None:
        self.choices = choices
        self.notes = notes
        self.ids: Counter[str] = Counter()

    def write(
        self, *, schema: FimSchema, places: tuple[Place, ...], own: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The whole schema. `own` are further properties, demanded, that do not come from FIM."""
        self.ids = Counter(each.element.id for place in places for each in place.below() if each.asks)
        body = self._object(places, choice=False)
        written = {
            "$schema": DIALECT,
            "title": schema.label,
            "x-fim": {
                "id": schema.id,
                "version": schema.version,
                "status": schema.status,
                "standard": schema.standard,
            },
            **body,
            "required": [*body.get("required", ()), *own],
            "properties": {**body["properties"], **own},
        }
        if schema.help:
            written["description"] = schema.help
        if self.choices.definitions:
            written["$defs"] = dict(self.choices.definitions)
        return written

    def _object(self, places: tuple[Place, ...], *, choice: bool) -> dict[str, Any]:
        asked = [place for place in places if place.asks]
        required = [place.element.id for place in asked if place.demanded and not choice]
        found: dict[str, Any] = {"type": "object", "additionalProperties": False}
        if choice:
            found |= {"minProperties": 1, "maxProperties": 1}
        if required:
            found["required"] = required
        found["properties"] = {place.element.id: self._place(place) for place in asked}
        return found

    def _place(self, place: Place) -> dict[str, Any]:
        element = place.element
        about: dict[str, Any] = {"title": element.label}
        if element.help:
            about["description"] = element.help
        if self.ids[element.id] == 1 and is_id(element.id):
            about[IDENTITY] = element.id
        about["x-fim"] = {"version": element.version} if element.version else {}
        if isinstance(element, FimField):
            content = self._question(element, place.path)
        else:
            content = self._object(place.members, choice=place.choice)
            if place.choice:
                about["x-texts"] = {"de": {"problem": _ONE_OF.format(element.label)}}
        if not place.many:
            return {**about, **content}
        listed: dict[str, Any] = {"type": "array"}
        if place.minimum:
            listed["minItems"] = place.minimum
        if place.maximum is not None:
            listed["maxItems"] = place.maximum
        texts = about.pop("x-texts", None)
        entry = {"title": element.label, **content, **({"x-texts": texts} if texts else {})}
        return {**about, **listed, "items": entry}

    def _question(self, field: FimField, path: tuple[str, ...]) -> dict[str, Any]:
        if field.kind is FieldKind.SELECT or field.values:
            found = self.choices.keywords(question=field, path=path)
            if found:
                return {"type": "string", **found}
            return self._text(field, path)
        if field.datatype is Kind.FILE:
            return self._file(field, path)
        if field.datatype in _TEXTS:
            return self._text(field, path)
        return self._plain(field, path)

    def _plain(self, field: FimField, path: tuple[str, ...]) -> dict[str, Any]:
        limits, numeric = field.precision, field.datatype in _NUMBERS
        found = dict(_PLAIN[field.datatype])
        if numeric:
            found |= _range(limits, field.datatype)
        ignored: dict[str, object] = {
            "minLength": limits.min_length,
            "maxLength": limits.max_length,
            "pattern": limits.pattern,
        }
        if not numeric:
            ignored |= {"minValue": limits.minimum, "maxValue": limits.maximum}
        for name, value in ignored.items():
            if value not in {None, ""}:
                self.notes.add(path, "limit-left-out", f"{name}={value}", field.datatype.value)
        return found

    def _text(self, field: FimField, path: tuple[str, ...]) -> dict[str, Any]:
        """A text; an empty one is no answer, so at least one sign is needed."""
        if field.datatype is Kind.TEXT_LATIN:
            self.notes.add(path, "latin-text")
        if field.datatype is Kind.OBJECT:
            self.notes.add(path, "object-text")
        limits = field.precision
        longest = limits.max_length or None
        found: dict[str, Any] = {"type": "string", "minLength": max(limits.min_length or 1, 1)}
        if longest is not None:
            found["maxLength"] = longest
        for name, value in (("minValue", limits.minimum), ("maxValue", limits.maximum)):
            if value is not None:
                self.notes.add(path, "limit-left-out", f"{name}={value}", field.datatype.value)
        if not limits.pattern or field.kind is FieldKind.SELECT:
            return found
        whole = whole_pattern(pattern=limits.pattern)
        if whole is None:
            self.notes.add(path, "pattern-left-out", limits.pattern[:200])
        elif text_that_fits(pattern=whole, shortest=found["minLength"], longest=longest) is None:
            lengths = f"{found['minLength']}–{longest or '∞'}"
            self.notes.add(path, "pattern-unproved", limits.pattern[:200], lengths)
        else:
            found["pattern"] = whole
        return found

    def _file(self, field: FimField, path: tuple[str, ...]) -> dict[str, Any]:
        """A reference to an attachment. FIM's size is noted only: the message names no unit."""
        known = [kind for kind in dict.fromkeys(field.media_types) if kind in MEDIA_TYPES]
        for kind in field.media_types:
            if kind not in MEDIA_TYPES:
                self.notes.add(path, "file-type-left-out", kind[:100])
        if field.max_size is not None:
            self.notes.add(path, "file-size-left-out", str(field.max_size), str(DEFAULT_BYTES // 1_000_000))
        return {"type": "string", "format": "file", "x-file": {"types": known or list(DEFAULT_TYPES)}}


_ONE_OF = "Bitte füllen Sie bei „{0}“ genau eine der Möglichkeiten aus."


def _range(limits: Precision, datatype: Kind) -> dict[str, Any]:
    """Limits as the data type can reach them: 1.5 as least whole number is 2."""
    step = _STEPS[datatype]
    least, most = limits.minimum, limits.maximum
    if step is not None:
        least = None if least is None else (least / step).to_integral_value(ROUND_CEILING) * step
        most = None if most is None else (most / step).to_integral_value(ROUND_FLOOR) * step
    found = {"minimum": least, "maximum": most}
    if least is not None and most is not None and least > most:
        return {}
    return {name: _number(value) for name, value in found.items() if value is not None}


_STEPS = {Kind.INTEGER: Decimal(1), Kind.CURRENCY: Decimal("0.01"), Kind.NUMBER: None}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
