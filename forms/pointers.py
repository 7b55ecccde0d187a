"""How places in answers and scopes in UI schemas are written down: JSON pointers (RFC 6901)."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote

Path = tuple[str | int, ...]


def pointer(path: Iterable[str | int]) -> str:
    """`("hunde", 0, "name")` → `/hunde/0/name`; the whole document is the empty string."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def steps_of(pointer: str) -> tuple[str, ...] | None:
    """`/hunde/0/name` → `("hunde", "0", "name")`; None if it is no JSON pointer."""
    if pointer and not pointer.startswith("/"):
        return None
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def scope_path(scope: object) -> tuple[str, ...] | None:
    """The property path a JSON Forms scope names: `#/properties/a/properties/b` → `("a", "b")`, `#` → `()`.

    None if the scope is anything else. Only `properties` steps are followed: JSON Forms addresses what
    stands in a list from the list's own `options.detail`, relative to the entry.
    """
    if not isinstance(scope, str) or not scope.startswith("#"):
        return None
    if scope in {"#", "#/"}:
        return ()
    steps = [unquote(step).replace("~1", "/").replace("~0", "~") for step in scope[2:].split("/")]
    if scope[1] != "/" or len(steps) % 2 or any(step != "properties" for step in steps[::2]):
        return None
    return tuple(steps[1::2])
