"""The fields of a Word document, however they are cut into runs: only those that compute, none that fetch.

ECMA-376 part 1, 17.16 (fields and hyperlinks).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from backend.files.inspection.links import is_plain
from backend.files.inspection.verdict import Refuse
from backend.files.inspection.xml_parts import local, namespace

WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_NAMES = """
    = ADDIN ADDRESSBLOCK ADVANCE ASK AUTHOR AUTONUM AUTONUMLGL AUTONUMOUT AUTOTEXT AUTOTEXTLIST BARCODE
    BIBLIOGRAPHY BIDIOUTLINE CITATION COMMENTS COMPARE CREATEDATE DATE DISPLAYBARCODE DOCPROPERTY DOCVARIABLE
    EDITTIME EMBED EQ FILENAME FILESIZE FILLIN FORMCHECKBOX FORMDROPDOWN FORMTEXT GOTOBUTTON GREETINGLINE
    HYPERLINK IF INDEX INFO KEYWORDS LASTSAVEDBY LISTNUM MACROBUTTON MERGEBARCODE MERGEFIELD MERGEREC MERGESEQ
    NEXT NEXTIF NOTEREF NUMCHARS NUMPAGES NUMWORDS PAGE PAGEREF PRINTDATE PRIVATE QUOTE REF REVNUM SAVEDATE
    SECTION SECTIONPAGES SEQ SET SHAPE SKIPIF STYLEREF SUBJECT SYMBOL TA TC TEMPLATE TIME TITLE TOA TOC
    USERADDRESS USERINITIALS USERNAME XE
"""
_ALLOWED = frozenset(_NAMES.split())
_NAME = re.compile(r'\s*(=|[^\s"\\=]+|\S)')
_LINK = re.compile(r'\s*HYPERLINK\s+(?:"([^"]*)"?|([^\s"\\][^\s"]*))', re.IGNORECASE)
# Stands for what we cannot know: the result of another field, or text that only some programs see.
_UNKNOWN = "\0"
_TEXTS = ("instrText", "delInstrText", "t", "delText")


@dataclass
class _Field:
    foreign: int
    kept: list[str] = field(default_factory=list)
    all: list[str] = field(default_factory=list)
    instruction: bool = True

    def add(self, text: str, *, deleted: bool = False) -> None:
        self.all.append(text)
        if not deleted:
            self.kept.append(text)

    def check(self) -> None:
        self.instruction = False
        for text in {"".join(self.kept), "".join(self.all)}:
            check_instruction(text)


def check_instruction(text: str) -> None:
    """Raises `Refuse("external-content")` unless the field is one that fetches nothing."""
    name = _NAME.match(text)
    if name and name[1].upper() not in _ALLOWED:
        raise Refuse("external-content")
    link = _LINK.match(text)
    if link and not is_plain((link[1] or link[2] or "").replace(_UNKNOWN, "")):
        raise Refuse("external-content")


class Fields:
    """Follows one part: fields in fields, instructions over several runs, tracked deletions."""

    def __init__(self) -> None:
        self._open: list[_Field] = []
        self._loose = _Field(0)
        self._foreign = 0
        self._reading: str | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        what = local(name)
        if namespace(name) not in WORD:
            self._foreign += 1
            if what in ("instrText", "delInstrText", "fldSimple", "fldChar"):
                raise Refuse("external-content")
        elif what == "fldChar":
            self._boundary(next((attributes[key] for key in attributes if local(key) == "fldCharType"), ""))
        elif what == "fldSimple":
            self._unknown_to_outer()
            for key, value in attributes.items():
                if local(key) == "instr":
                    check_instruction(value)
        elif what in _TEXTS:
            self._reading = what
            if self._open and self._foreign != self._open[-1].foreign:
                self._unknown_to_outer()

    def end(self, name: str) -> None:
        if namespace(name) not in WORD:
            self._foreign -= 1
        elif local(name) in _TEXTS:
            self._reading = None

    def text(self, data: str) -> None:
        if self._reading is None:
            return
        if self._open and self._open[-1].instruction:
            self._open[-1].add(data, deleted=self._reading.startswith("del"))
        elif self._reading.endswith("nstrText"):
            self._loose.add(data)

    def done(self) -> None:
        for left in (*self._open, self._loose):
            left.check()

    def _boundary(self, kind: str) -> None:
        if kind == "begin":
            self._unknown_to_outer()
            self._open.append(_Field(self._foreign))
        elif self._open:
            if self._open[-1].instruction:
                self._open[-1].check()
            if kind == "end":
                self._open.pop()

    def _unknown_to_outer(self) -> None:
        if self._open and self._open[-1].instruction:
            self._open[-1].add(_UNKNOWN)
