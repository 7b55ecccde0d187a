"""Reading JSON that came from outside, strictly: what two readers could understand differently is refused.

The quick way is the standard library's C scanner with hooks; only a refused document is walked again in
Python to say where the trouble is.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from forms.problems import Problem, Problems

MOST_BYTES = 1_000_000
MOST_DEPTH = 32

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*+)"(\s*+:)?+|[\[{]|[\]}]', re.DOTALL)
_LONGEST_NUMBER = 60


class DocumentProblems(Problems):
    """The bytes are not JSON we accept; `where` is `line N, column M` or empty."""


class _DuplicateKeyError(ValueError):
    pass


class _NumberError(ValueError):
    pass


def read_json(data: bytes, *, most_bytes: int = MOST_BYTES, most_depth: int = MOST_DEPTH) -> Any:
    """Parse RFC 8259 JSON in UTF-8. Numbers with a point or exponent become `Decimal`, others `int`.

    Raises DocumentProblems for: more than `most_bytes`, not UTF-8 or with a byte order mark, nesting
    deeper than `most_depth`, a key twice in one object, NaN or Infinity, numbers of more than 60
    digits, half characters (lone surrogates), anything that is not JSON.
    """
    if len(data) > most_bytes:
        _refuse("", "document-too-large", f"{len(data):,}".replace(",", ".") + f" > {most_bytes}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse(_place(data[: error.start].decode("utf-8"), error.start), "not-utf-8", "")
    if text.count("[") + text.count("{") > most_depth:
        _check_depth(text, most_depth)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_number,
            parse_float=_exact,
            parse_int=_whole,
        )
    except _DuplicateKeyError:
        where, key = _duplicate(text)
        _refuse(where, "duplicate-key", key)
    except _NumberError as error:
        _refuse(_place(text, max(text.find(str(error)), 0)), "number-not-allowed", str(error)[:40])
    except json.JSONDecodeError as error:
        _refuse(f"line {error.lineno}, column {error.colno}", "not-json", "")
    if "\\u" in text:
        _check_characters(text, value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _DuplicateKeyError
    return members


def _no_number(name: str) -> NoReturn:
    raise _NumberError(name)


def _exact(digits: str) -> Decimal:
    try:
        number = Decimal(digits)
    except InvalidOperation:  # an exponent beyond what Decimal can hold
        raise _NumberError(digits) from None
    if len(digits) > _LONGEST_NUMBER or abs(number.adjusted()) > _LONGEST_NUMBER:
        raise _NumberError(digits)
    return number


def _whole(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise _NumberError(digits)
    return int(digits)


def _check_depth(text: str, most: int) -> None:
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth > most:
                _refuse(_place(text, token.start()), "nested-too-deeply", f"> {most}")
        elif token[0] in "]}":
            depth -= 1


def _duplicate(text: str) -> tuple[str, str]:
    """Place and name of the first key that stands twice in one object, in text that has one."""
    seen: list[set[str]] = []
    tokens = _TOKEN.finditer(text)
    while True:
        token = next(tokens)
        if token[0] in "[{":
            seen.append(set())
        elif token[0] in "]}":
            seen.pop()
        elif token[2]:
            key = json.loads(f'"{token[1]}"')
            if key in seen[-1]:
                return _place(text, token.start()), key
            seen[-1].add(key)


def _check_characters(text: str, value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    except UnicodeEncodeError:
        place = re.search(r"\\u[dD][89a-fA-F]", text)
        _refuse(_place(text, place.start() if place else 0), "half-character", "")


def _place(text: str, offset: int) -> str:
    line = text.count("\n", 0, offset) + 1
    return f"line {line}, column {len(text[:offset]) - (text.rfind(chr(10), 0, offset) + 1) + 1}"


_TEXTS = {
    "document-too-large": (
        "Die Daten sind zu groß ({detail} Bytes). Bitte senden Sie weniger auf einmal.",
        "The data is too large ({detail} bytes). Please send less at once.",
    ),
    "not-utf-8": (
        "Die Daten sind kein UTF-8. Bitte speichern Sie sie als UTF-8.",
        "The data is not UTF-8. Please save it as UTF-8.",
    ),
    "nested-too-deeply": (
        "Die Daten sind zu tief verschachtelt ({detail} Ebenen).",
        "The data is nested too deeply ({detail} levels).",
    ),
    "duplicate-key": (
        "Der Name „{detail}“ kommt in einem Objekt zweimal vor. Bitte entfernen Sie einen davon.",
        "The name “{detail}” occurs twice in one object. Please remove one of them.",
    ),
    "number-not-allowed": (
        "Die Zahl {detail} ist nicht erlaubt. Bitte geben Sie eine Zahl mit höchstens 60 Stellen an.",
        "The number {detail} is not allowed. Please give a number of at most 60 digits.",
    ),
    "not-json": (
        "Hier ist kein gültiges JSON. Bitte prüfen Sie Kommas, Klammern und Anführungszeichen.",
        "This is not valid JSON. Please check commas, brackets and quotation marks.",
    ),
    "half-character": (
        "Ein Text enthält ein halbes Zeichen (einzelnes Surrogat). Bitte geben Sie ihn neu ein.",
        "A text contains half a character (a lone surrogate). Please enter it again.",
    ),
}


def _refuse(where: str, code: str, detail: str) -> NoReturn:
    german, english = _TEXTS[code]
    safe = detail.encode("utf-8", "replace").decode("utf-8")[:100]
    text = {"de": german.format(detail=safe), "en": english.format(detail=safe)}
    raise DocumentProblems([Problem(where=where, code=code, text=text)])
