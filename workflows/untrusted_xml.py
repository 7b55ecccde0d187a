"""Parse XML from a stranger (BPMN, DMN): without entities, without network, within limits."""

from __future__ import annotations

from typing import Any, NoReturn

from lxml import etree

from forms.problems import Problem, Problems

MAX_BYTES = 2_000_000
MAX_DEPTH = 64
MAX_ELEMENTS = 50_000


class XmlProblem(Problems):
    """The bytes are no XML that is accepted here."""


def read_xml(*, xml: bytes) -> etree._Element:
    """The root element. Raises `XmlProblem` for broken, oversized or DTD-carrying XML."""
    if len(xml) > MAX_BYTES:
        _refuse(
            "xml-too-large",
            f"Die Datei ist größer als {MAX_BYTES // 1_000_000} MB.",
            f"The file exceeds {MAX_BYTES // 1_000_000} MB.",
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        _refuse(
            "xml-broken",
            f"Die Datei ist kein lesbares XML ({error.msg}).",
            f"The file is not readable XML ({error.msg}).",
            line=line,
        )
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype:
        _refuse(
            "xml-doctype",
            "Die Datei enthält eine DOCTYPE-Angabe. Bitte ohne DOCTYPE exportieren.",
            "The file carries a DOCTYPE. Export it without one.",
        )
    _check_extent(root)
    return root


def local_name(element: etree._Element) -> str:
    """The tag without its namespace."""
    return str(etree.QName(element).localname)


def _check_extent(root: etree._Element) -> None:
    level, depth, count = [root], 0, 0
    while level:
        depth += 1
        count += len(level)
        if depth > MAX_DEPTH or count > MAX_ELEMENTS:
            _refuse(
                "xml-too-large",
                f"Die Datei hat mehr als {MAX_ELEMENTS} Elemente oder {MAX_DEPTH} Ebenen.",
                f"The file has more than {MAX_ELEMENTS} elements or {MAX_DEPTH} levels.",
            )
        level = [child for element in level for child in element]


def _refuse(code: str, de: str, en: str, *, line: int = 1) -> NoReturn:
    raise XmlProblem([Problem(f"line {line}", code, {"de": de, "en": en})])
