"""Reads XML from a stranger: no DTD, no entities, no comments, one meaning for each id."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import UTC, datetime

from lxml import etree

from signing.saml.names import SAML, SAMLP
from signing.saml.refusals import SamlRefused

Element = etree._Element  # noqa: SLF001 -- lxml has no public name for it

MOST_BYTES = 300_000
_DEEPEST = 40
_MOST_ELEMENTS = 5_000
_ID_NAMES = frozenset({"id"})


def read_posted(value: str) -> Element:
    """The root of a base64 form field (SAML Bindings § 3.5.4). Raises `SamlRefused`."""
    if len(value) > MOST_BYTES * 4 // 3 + 4:
        raise SamlRefused("too-large")
    try:
        xml = base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SamlRefused("not-xml") from error
    return read_xml(xml)


def read_xml(xml: bytes) -> Element:
    """The root element. Raises `SamlRefused`.

    A comment or processing instruction splits a text in two, and different readers then see different
    values: they are refused, not skipped. No identity provider writes them.
    """
    if len(xml) > MOST_BYTES:
        raise SamlRefused("too-large")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SamlRefused("not-xml") from error
    tree = root.getroottree()
    if tree.docinfo.internalDTD is not None or tree.docinfo.externalDTD is not None:
        raise SamlRefused("doctype")
    _check_nodes(root)
    return root


def _check_nodes(root: Element) -> None:
    if root.getprevious() is not None or root.getnext() is not None:
        raise SamlRefused("comment")
    seen: set[str] = set()
    for count, (element, depth) in enumerate(_walk(root)):
        if count > _MOST_ELEMENTS or depth > _DEEPEST:
            raise SamlRefused("too-large")
        if not isinstance(element.tag, str):
            raise SamlRefused("comment")
        for name, value in element.attrib.items():
            if etree.QName(name).localname.lower() in _ID_NAMES:
                if value in seen:
                    raise SamlRefused("duplicate-id")
                seen.add(str(value))


def _walk(root: Element) -> Iterator[tuple[Element, int]]:
    waiting = [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        yield element, depth
        waiting.extend((child, depth + 1) for child in element)


def only(parent: Element, tag: str) -> Element:
    """The one child with this tag. Raises `SamlRefused` if there are none or several."""
    found = parent.findall(tag)
    if len(found) != 1:
        raise SamlRefused("incomplete")
    return found[0]


def text_of(element: Element | None) -> str:
    """The text of a leaf without surrounding space; empty if there is none."""
    if element is None:
        return ""
    if len(element):
        raise SamlRefused("incomplete")
    return (element.text or "").strip()


def moment(value: str | None) -> datetime | None:
    """An `xs:dateTime` in UTC (SAML Core § 1.3.3); None if it is absent. Raises `SamlRefused`."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value.strip())
    except ValueError as error:
        raise SamlRefused("incomplete") from error
    # No zone means UTC: SAML allows no other.
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError as error:
        raise SamlRefused("incomplete") from error


def assertions_in(root: Element) -> list[Element]:
    """Every assertion at any depth, encrypted or not, also such as hide in places where none belongs."""
    tags = (f"{{{SAML}}}Assertion", f"{{{SAML}}}EncryptedAssertion")
    return list(root.iter(*tags))


def responses_in(root: Element) -> list[Element]:
    return list(root.iter(f"{{{SAMLP}}}Response"))
