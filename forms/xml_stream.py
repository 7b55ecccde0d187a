"""Reading XML from a stranger as a stream: no DTD, no entities, no network, and memory within limits.

For files of a size where a parsed document would be too much (FIM exports, code lists). expat is used
directly: it stops at the first sign of a DOCTYPE, before any entity is declared, and knows the line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from forms.problems import Problem, Problems

MOST_BYTES = 50_000_000
MOST_DEPTH = 100
MOST_ELEMENTS = 1_000_000
MOST_KEPT = 200_000
MOST_TEXT = 20_000_000
LONGEST_TOKEN = 2_000_000
_CHUNK = 65_536


class XmlProblems(Problems):
    """The bytes are no XML that is accepted here; `where` is `line N`."""


@dataclass(slots=True)
class Node:
    """One element. `space` is its namespace (empty: none), `text` its own text without outer blanks."""

    space: str
    name: str
    line: int
    attributes: Mapping[str, str]
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, name: str) -> Iterator[Node]:
        """The children of that name, whatever their namespace: who checks a document checks that first."""
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> Node | None:
        return next(self.all(name), None)

    def text_of(self, *path: str) -> str:
        """The text at the end of a path of names; empty if there is none."""
        found: Node | None = self
        for name in path:
            found = found.first(name) if found is not None else None
        return found.text if found is not None else ""


def read_tree(*, file: BinaryIO, skipped: frozenset[str] = frozenset()) -> Node:
    """The root element with everything in it but the elements named in `skipped`, which are read over.

    Raises XmlProblems for: more than 50 MB (before the first byte is parsed, if the file can say so), a
    DOCTYPE, broken XML, more than 100 levels, a million elements, 200,000 kept ones, 20 million kept
    characters, one token of more than 2 MB.
    """
    if file.seekable():
        size = file.seek(0, 2)
        file.seek(0)
        if size > MOST_BYTES:
            _refuse("xml-too-large", 1, f"{size} > {MOST_BYTES} Bytes")
    return _Builder(skipped).read(file)


class _Builder:
    def __init__(self, skipped: frozenset[str]) -> None:
        self.skipped = skipped
        self.open: list[Node] = []
        self.parts: list[list[str]] = []
        self.root: Node | None = None
        self.depth = self.ignoring = self.elements = self.kept = self.characters = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def read(self, file: BinaryIO) -> Node:
        fed = 0
        try:
            while chunk := file.read(_CHUNK):
                fed += len(chunk)
                if fed > MOST_BYTES:
                    self._refuse("xml-too-large", f"> {MOST_BYTES} Bytes")
                self.parser.Parse(chunk, False)
                if fed - self.parser.CurrentByteIndex > LONGEST_TOKEN:
                    self._refuse("xml-too-large", f"> {LONGEST_TOKEN} Bytes")
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            _refuse("xml-broken", error.lineno, expat.ErrorString(error.code))
        except (LookupError, ValueError) as error:  # an encoding Python does not know or cannot map
            if isinstance(error, Problems):
                raise
            _refuse("xml-broken", 1, str(error)[:100])
        if self.root is None:  # expat has refused a file without an element before
            _refuse("xml-broken", 1, "")
        return self.root

    def _doctype(self, *_: object) -> None:
        self._refuse("xml-doctype", "")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MOST_DEPTH:
            self._refuse("xml-too-deep", str(MOST_DEPTH))
        if self.elements > MOST_ELEMENTS:
            self._refuse("xml-too-large", f"> {MOST_ELEMENTS} Elemente")
        space, _, local = name.rpartition(" ")
        if self.ignoring or local in self.skipped:
            self.ignoring += 1
            return
        self.kept += 1
        if self.kept > MOST_KEPT:
            self._refuse("xml-too-large", f"> {MOST_KEPT} Elemente")
        self._count(sum(map(len, attributes.values())))
        node = Node(space, local, self.parser.CurrentLineNumber, attributes)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)
        self.parts.append([])

    def _end(self, _: str) -> None:
        self.depth -= 1
        if self.ignoring:
            self.ignoring -= 1
            return
        self.open.pop().text = "".join(self.parts.pop()).strip()

    def _text(self, text: str) -> None:
        if self.ignoring or not self.parts or (text.isspace() and not self.parts[-1]):
            return
        self._count(len(text))
        self.parts[-1].append(text)

    def _count(self, characters: int) -> None:
        self.characters += characters
        if self.characters > MOST_TEXT:
            self._refuse("xml-too-large", f"> {MOST_TEXT}")

    def _refuse(self, code: str, detail: str) -> NoReturn:
        _refuse(code, self.parser.CurrentLineNumber, detail)


_TEXTS = {
    "xml-too-large": (
        "Die Datei ist zu groß ({detail}). Bitte prüfen Sie, ob es die richtige Datei ist.",
        "The file is too large ({detail}). Please check that it is the right file.",
    ),
    "xml-too-deep": (
        "Die Datei ist tiefer als {detail} Ebenen verschachtelt. Bitte prüfen Sie, ob es die richtige ist.",
        "The file is nested deeper than {detail} levels. Please check that it is the right file.",
    ),
    "xml-doctype": (
        "Die Datei enthält eine DOCTYPE-Angabe. Bitte exportieren Sie sie ohne DOCTYPE.",
        "The file carries a DOCTYPE. Please export it without one.",
    ),
    "xml-broken": (
        "Die Datei ist kein lesbares XML ({detail}). Bitte laden Sie sie noch einmal herunter.",
        "The file is not readable XML ({detail}). Please download it again.",
    ),
}


def _refuse(code: str, line: int, detail: str) -> NoReturn:
    german, english = _TEXTS[code]
    text = {"de": german.format(detail=detail), "en": english.format(detail=detail)}
    raise XmlProblems([Problem(f"line {line}", code, text)])
