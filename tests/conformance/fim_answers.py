"""Answers made from a valid one: with fewer optional answers, or with one thing wrong, for any schema."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)
Attack = tuple[str, Any]


def resolved(schema: Any, root: Any) -> Any:
    if "$ref" not in schema:
        return schema
    return {**root["$defs"][schema["$ref"].rpartition("/")[2]], **schema}


def thinned(schema: Any, answers: Any, draw: Callable[[Any], Any]) -> Any:
    """The answers without some of the optional ones."""
    if isinstance(answers, list):
        return [thinned(schema["items"], each, draw) for each in answers]
    if not isinstance(answers, dict):
        return answers
    needed = answers if "minProperties" in schema else schema.get("required", ())
    return {
        name: thinned(schema["properties"][name], value, draw)
        for name, value in answers.items()
        if name in needed or draw(st.booleans())
    }


def attacks(schema: Any, answers: Any) -> st.SearchStrategy[Attack]:
    """(where it is wrong, the answers with one thing wrong), each place and kind equally likely."""
    places = [
        (path, node, kind) for path, node in walk(schema, answers, (), schema) for kind in kinds(node, path)
    ]
    return st.sampled_from(places).flatmap(lambda place: carried_out(answers, *place))


def walk(schema: Any, value: Any, path: tuple[Any, ...], root: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    node = resolved(schema, root)
    yield path, node
    if isinstance(value, dict):
        for name, member in value.items():
            yield from walk(node["properties"][name], member, (*path, name), root)
    elif isinstance(value, list):
        for position, member in enumerate(value):
            yield from walk(node["items"], member, (*path, position), root)


def kinds(node: Any, path: tuple[Any, ...]) -> Iterator[str]:
    if path:
        yield "type"
    if node["type"] == "object":
        yield "unknown"
        yield from (f"missing {name}" for name in node.get("required", ()))
    if "minProperties" in node:
        yield "none"
    yield from (key for key in ("minItems", "maxItems", "minLength", "maxLength") if key in node)
    yield from (
        key for key in ("minimum", "maximum", "multipleOf", "pattern", "format", "oneOf") if key in node
    )
    if node["type"] == "integer":
        yield "fraction"


def carried_out(answers: Any, path: tuple[Any, ...], node: Any, kind: str) -> st.SearchStrategy[Attack]:
    where = "".join(f"/{step}" for step in path)
    name = kind.removeprefix("missing ")
    if name != kind:
        return st.just((f"{where}/{name}", changed(answers, path, lambda value: value.pop(name))))
    if kind == "unknown":
        return WORDS.filter(lambda word: word not in node["properties"]).map(
            lambda word: (where, changed(answers, path, lambda value: value.update({word: 1})))
        )
    return wrong(node, kind).map(lambda value: (where, replaced(answers, path, value)))


def wrong(node: Any, kind: str) -> st.SearchStrategy[Any]:
    """Values that break one keyword."""
    return _WRONG[kind](node)


def _other_types(node: Any) -> st.SearchStrategy[Any]:
    others: dict[str, Any] = {"object": {}, "array": [], "string": "x", "boolean": True, "number": 1.5}
    others.pop("number" if node["type"] == "integer" else node["type"])
    return st.sampled_from([None, *others.values()])


def _not_offered(node: Any) -> st.SearchStrategy[Any]:
    codes = {option["const"] for option in node["oneOf"]}
    return WORDS.filter(lambda word: word not in codes)


_WRONG: dict[str, Callable[[Any], st.SearchStrategy[Any]]] = {
    "type": _other_types,
    "none": lambda _: st.just({}),
    "minItems": lambda _: st.just([]),
    "maxItems": lambda node: st.integers(1, 3).map(lambda more: [None] * (node["maxItems"] + more)),
    "minLength": lambda node: st.integers(0, node["minLength"] - 1).map(lambda length: "a" * length),
    "maxLength": lambda node: st.integers(1, 50).map(lambda more: "a" * (node["maxLength"] + more)),
    "minimum": lambda node: st.integers(1, 9).map(lambda less: node["minimum"] - less),
    "maximum": lambda node: st.integers(1, 9).map(lambda more: node["maximum"] + more),
    "multipleOf": lambda _: st.integers(1, 9).map(lambda digit: 1 + digit / 1000),
    "fraction": lambda node: st.integers(1, 9).map(lambda digit: node.get("minimum", 0) + digit / 10),
    "pattern": lambda node: WORDS.filter(lambda word: re.search(node["pattern"], word) is None),
    "format": lambda _: WORDS.filter(lambda word: not word.isascii()),
    "oneOf": _not_offered,
}


def changed(answers: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> Any:
    whole = copy.deepcopy(answers)
    found = whole
    for step in path:
        found = found[step]
    change(found)
    return whole


def replaced(answers: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    return changed(answers, path[:-1], lambda holder: holder.__setitem__(path[-1], value))
