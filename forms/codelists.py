"""Code lists (OASIS Genericode 1.0, as from the XRepository): read, look up, search page by page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NoReturn

from forms.problems import Problem, Problems
from forms.xml_stream import Node, read_tree

SPACE = "http://docs.oasis-open.org/codelist/ns/genericode/1.0/"
MOST_ENTRIES = 50_000
MOST_INLINE = 1_000
"""Longer lists are not written into a form but kept beside it, checked and searched there."""
MOST_PAGE = 100
MOST_WORDS = 10
_UMLAUT = re.compile("([aou])e")
_SIGNS = str.maketrans(dict.fromkeys("’‘‛ʼ´`′＇", "'") | dict.fromkeys("‐‑‒–—−", "-") | {"\u00ad": None})
_NAMES = ("name", "bezeichnung", "beschreibung", "label", "wert", "value", "titel")


class CodeListProblems(Problems):
    """The list was refused; `where` is `line N` or an entry's number."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is stored, what people read, and what helps them choose."""

    code: str
    name: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of what a search found; `next` is the position after it, None at the end."""

    entries: tuple[Entry, ...]
    total: int
    next: int | None


@dataclass(frozen=True, slots=True)
class CodeList:
    """One version of a list. `uri` names the list, `version` this version of it."""

    uri: str
    version: str
    title: str
    entries: tuple[Entry, ...]
    _by_code: Mapping[str, Entry] = field(init=False, repr=False, compare=False)
    _folded: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_code", {entry.code: entry for entry in self.entries})
        folded = tuple(_searched(f"{entry.name}\n{entry.code}") for entry in self.entries)
        object.__setattr__(self, "_folded", folded)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def find(self, *, code: str) -> Entry | None:
        """The entry of a code, None if the list has none."""
        return self._by_code.get(code)

    def search(self, *, text: str = "", start: int = 0, length: int = 20) -> Page:
        """Entries whose name or code contains every word of `text`, however it is capitalised or accented.

        Umlauts may be typed as two letters and the other way round (ö, oe, o; ß, ss), apostrophes and
        hyphens as the keyboard has them.
        Of the words, the first ten different ones count. In the list's order, from `start`, at most `length`
        (1 to 100).
        """
        words = [(word, _short(word)) for word in dict.fromkeys(_folded(text).split())][:MOST_WORDS]
        found = [
            entry
            for entry, folded in zip(self.entries, self._folded, strict=True)
            if all(word in folded or short in folded for word, short in words)
        ]
        start, length = max(start, 0), min(max(length, 1), MOST_PAGE)
        end = start + length
        return Page(tuple(found[start:end]), len(found), end if end < len(found) else None)

    def as_json(self) -> dict[str, Any]:
        """The list as a package keeps it in `codelists/<name>.json`."""
        rows = [[e.code, e.name, e.help] if e.help else [e.code, e.name] for e in self.entries]
        return {"uri": self.uri, "version": self.version, "title": self.title, "entries": rows}


def read_code_list(*, value: object) -> CodeList:
    """A list from the JSON of `as_json`. Raises CodeListProblems."""
    if not isinstance(value, Mapping) or value.keys() - {"uri", "version", "title", "entries"}:
        _refuse("", "codelist-shape", "")
    rows = value.get("entries")
    texts = [value.get(name, "") for name in ("uri", "version", "title")]
    if not isinstance(rows, list) or not rows or not all(isinstance(text, str) for text in texts):
        _refuse("", "codelist-shape", "")
    for number, row in enumerate(rows, start=1):
        whole = isinstance(row, list) and len(row) in {2, 3} and all(isinstance(cell, str) for cell in row)
        if not whole or not row[0] or not row[1]:
            _refuse(f"/entries/{number - 1}", "codelist-entry", str(number))
    return _checked(texts[0], texts[1], texts[2], [Entry(*row) for row in rows])


def read_genericode(
    *, file: BinaryIO, code_column: str = "", name_column: str = "", help_column: str = ""
) -> CodeList:
    """A list from a Genericode file. Columns that are not named: the key, and the one called like a name.

    Raises `forms.xml_stream.XmlProblems` and CodeListProblems.
    """
    root = read_tree(file=file)
    if root.name != "CodeList" or root.space != SPACE:
        _refuse(f"line {root.line}", "codelist-no-genericode", f"{{{root.space}}}{root.name}"[:100])
    about, columns, rows = (root.first(name) for name in ("Identification", "ColumnSet", "SimpleCodeList"))
    if about is None or columns is None or rows is None:
        _refuse(f"line {root.line}", "codelist-incomplete", "Identification, ColumnSet, SimpleCodeList")
    chosen = _columns(columns, code_column, name_column, help_column)
    entries = [_entry(row, chosen) for row in rows.all("Row")]
    title = about.text_of("LongName") or about.text_of("ShortName")
    return _checked(about.text_of("CanonicalUri"), about.text_of("Version"), title, entries)


def _columns(columns: Node, code: str, name: str, more: str) -> tuple[str, str, str]:
    known = [each.attributes.get("Id", "") for each in columns.all("Column")]
    listed = sorted(columns.all("Key"), key=lambda key: not _recommended(key))
    keys = [ref.attributes.get("Ref", "") for key in listed for ref in key.all("ColumnRef")]
    code = code or next(iter(keys or known), "")
    others = [each for each in known if each != code]
    named = sorted(
        (each for each in others if any(word in each.lower() for word in _NAMES)),
        key=lambda each: next(i for i, word in enumerate(_NAMES) if word in each.lower()),
    )
    name = name or next(iter([*named, *others]), code)
    for each in filter(None, (code, name, more)):
        if each not in known:
            _refuse(f"line {columns.line}", "codelist-column", each[:60])
    if not code:
        _refuse(f"line {columns.line}", "codelist-incomplete", "Column")
    return code, name, more


def _recommended(key: Node) -> bool:
    """The mark of the XÖV handbook on code lists (version 3 and 4) for the key to be stored."""
    marks = {
        mark.name for note in key.all("Annotation") for app in note.all("AppInfo") for mark in app.children
    }
    return bool(marks & {"empfohleneCodeSpalte", "recommendedKeyColumn"})


def _entry(row: Node, columns: tuple[str, str, str]) -> Entry:
    """A Value without ColumnRef belongs to the column after the one before it; unseen in practice."""
    cells = {cell.attributes.get("ColumnRef", ""): cell.text_of("SimpleValue") for cell in row.all("Value")}
    code, name, more = (" ".join(cells.get(column, "").split()) for column in columns)
    if not code:
        _refuse(f"line {row.line}", "codelist-no-code", columns[0])
    return Entry(code, name or code, more)


def _checked(uri: str, version: str, title: str, entries: Sequence[Entry]) -> CodeList:
    if not entries or len(entries) > MOST_ENTRIES:
        _refuse("", "codelist-size", str(len(entries)))
    seen: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        if entry.code in seen:
            _refuse(f"/entries/{number - 1}", "codelist-twice", entry.code[:60])
        seen.add(entry.code)
    return CodeList(uri=uri, version=version, title=title, entries=tuple(entries))


def _folded(text: str) -> str:
    """Without accents: ö becomes o, ß becomes ss, a typographic apostrophe or hyphen the plain one."""
    plain = unicodedata.normalize("NFKD", text.translate(_SIGNS).casefold())
    return "".join(sign for sign in plain.translate(_SIGNS) if not unicodedata.combining(sign))


def _short(folded: str) -> str:
    """The form in which oe and ö are the same letter."""
    return _UMLAUT.sub(r"\1", folded)


def _searched(text: str) -> str:
    """Both forms: in the short one alone, a search for the end of “Neuenkirchen” would not find it."""
    folded = _folded(text)
    short = _short(folded)
    return folded if short == folded else f"{folded}\n{short}"


_TEXTS = {
    "codelist-shape": (
        'Nötig ist ein Objekt mit "uri", "version", "title" und "entries": [["Code", "Name"], …].',
        'This must be an object with "uri", "version", "title" and "entries": [["code", "name"], …].',
    ),
    "codelist-entry": (
        "Eintrag {0} muss aus Code und Name bestehen, auf Wunsch mit einer Hilfe: drei Texte.",
        "Entry {0} must be a code and a name, with a help text if you like: three texts.",
    ),
    "codelist-no-genericode": (
        "Das ist keine Genericode-Datei ({0}). Bitte laden Sie die Liste im XRepository als Genericode.",
        "This is no Genericode file ({0}). Please download the list from the XRepository as Genericode.",
    ),
    "codelist-incomplete": ("In der Liste fehlt: {0}.", "The list lacks: {0}."),
    "codelist-column": (
        "Die Liste hat keine Spalte „{0}“. Bitte prüfen Sie, ob es die richtige Fassung ist.",
        "The list has no column “{0}”. Please check that it is the right version.",
    ),
    "codelist-no-code": (
        "Hier fehlt der Wert der Spalte „{0}“.",
        "The value of the column “{0}” is missing here.",
    ),
    "codelist-size": (
        f"Die Liste hat {{0}} Einträge; möglich sind 1 bis {MOST_ENTRIES}.",
        f"The list has {{0}} entries; possible are 1 to {MOST_ENTRIES}.",
    ),
    "codelist-twice": (
        "Der Code „{0}“ steht zweimal in der Liste. Bitte prüfen Sie die Schlüsselspalte.",
        "The code “{0}” stands twice in the list. Please check the key column.",
    ),
}


def _refuse(where: str, code: str, detail: str) -> NoReturn:
    german, english = _TEXTS[code]
    raise CodeListProblems(
        [Problem(where, code, {"de": german.format(detail), "en": english.format(detail)})]
    )
