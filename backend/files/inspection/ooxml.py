"""The parts of a Word or Excel document: links that a person clicks, nothing that opening it fetches.

ECMA-376 part 2 (relationships), part 1 (18.13 connections, 18.14 external links); [MS-ODRAWXML] for VML.
"""

from __future__ import annotations

from backend.files.inspection.links import formula_fetches, is_plain, stays_inside
from backend.files.inspection.verdict import Refuse
from backend.files.inspection.word_fields import WORD, Fields
from backend.files.inspection.xml_parts import local, namespace

_HYPERLINKS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/hyperlink",
)
# Other programs, databases, web queries, Power Query, mail merge, and whole documents of other kinds.
_FORBIDDEN = frozenset(
    (
        *("connection", "webPr", "dbPr", "olapPr", "ddeLink", "oleLink", "rtd", "volType", "DataMashup"),
        *("mailMerge", "connectString", "altChunk", "subDoc"),
    )
)
_FORMULAS = frozenset(("f", "definedName", "formula", "formula1", "formula2", "calculatedColumnFormula"))
_DRAWN = ("urn:schemas-microsoft-com:vml", "urn:schemas-microsoft-com:office:office")
_SVG = "http://www.w3.org/2000/svg"
_IMPORTED = ("/aFChunk", "/attachedTemplate", "/subDocument")
_PLAIN, _FORBIDDEN_NAME, _RELATION, _PICTURE, _FORMULA = range(5)


class OfficePart:
    """Listens to one part, whatever its name: what it holds decides."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._formula: list[str] = []
        self._formulas_open = 0
        self._fields: Fields | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        meaning = self._known.get(name)
        if meaning is None:
            meaning = self._learn(name)
        if meaning == _FORBIDDEN_NAME:
            raise Refuse("external-content")
        if meaning == _RELATION:
            _check_relationship(attributes)
        elif meaning == _PICTURE:
            _check_picture(name, attributes)
        elif meaning == _FORMULA:
            self._formulas_open += 1
        if self._fields:
            self._fields.start(name, attributes)

    def end(self, name: str) -> None:
        if self._formulas_open and self._known[name] == _FORMULA:
            self._formulas_open -= 1
            if not self._formulas_open:
                if formula_fetches("".join(self._formula)):
                    raise Refuse("external-content")
                self._formula.clear()
        if self._fields:
            self._fields.end(name)

    def text(self, data: str) -> None:
        if self._formulas_open:
            self._formula.append(data)
        if self._fields:
            self._fields.text(data)

    def done(self) -> None:
        if self._fields:
            self._fields.done()

    def _learn(self, name: str) -> int:
        what, space = local(name), namespace(name)
        if self._fields is None and (space in WORD or what in ("instrText", "fldSimple", "fldChar")):
            self._fields = Fields()
        meaning = _PLAIN
        if what in _FORBIDDEN:
            meaning = _FORBIDDEN_NAME
        elif what == "Relationship":
            meaning = _RELATION
        elif space in (*_DRAWN, _SVG):
            meaning = _PICTURE
        elif what in _FORMULAS:
            meaning = _FORMULA
        self._known[name] = meaning
        return meaning


def _check_relationship(attributes: dict[str, str]) -> None:
    """A link that a person clicks is fine; whatever is fetched when the document opens is not."""
    kind, target = attributes.get("Type", ""), attributes.get("Target", "")
    if attributes.get("TargetMode", "Internal").strip().lower() == "internal":
        fine = stays_inside(target) and not kind.endswith(_IMPORTED)
    else:
        fine = kind in _HYPERLINKS and is_plain(target)
    if not fine:
        raise Refuse("external-content")


def _check_picture(name: str, attributes: dict[str, str]) -> None:
    """Drawings in VML and SVG: a link is fine on what a person clicks, a source only within the document."""
    drawn = namespace(name) in _DRAWN
    for key, value in attributes.items():
        word = local(key)
        loaded = word in ("src", "althref") or (
            word == "href"
            and (local(name) in ("imagedata", "fill", "stroke") if drawn else local(name) != "a")
        )
        if loaded and not (stays_inside(value) or (not drawn and value.startswith("data:image/"))):
            raise Refuse("external-content")
