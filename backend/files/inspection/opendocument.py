"""The parts of an OpenDocument: no programs, no passwords, nothing loaded from outside the package.

OpenDocument 1.3 part 3: 3.12 scripts, 19.918 xlink:href; part 2: 3 packages.
"""

from __future__ import annotations

from backend.files.inspection.kinds import Kind
from backend.files.inspection.links import formula_fetches, is_plain, stays_inside
from backend.files.inspection.verdict import Refuse
from backend.files.inspection.xml_parts import local, namespace

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_SCRIPT = (f"{_ODF}script:1.0", "http://openoffice.org/2000/script")
_OFFICE_SCRIPT = f"{_ODF}office:1.0 script"
_ENCRYPTED = "encryption-data"
_LINKS = (f"{_ODF}text:1.0 a", f"{_ODF}drawing:1.0 a")
_XLINK = "http://www.w3.org/1999/xlink href"
_FORMULAS = ("formula", "expression", "condition")
_SOURCES = ("image-data", "src", "href")
_DATA = frozenset(
    (
        *("dde-source", "dde-link", "dde-connection", "dde-connection-decl", "dde-connection-decls"),
        *("connection-resource", "database-source-sql", "database-source-query", "database-source-table"),
        *("applet", "plugin", "floating-frame"),
    )
)
_PROGRAMS = ("vnd.sun.star.script:", "macro:", "javascript:", "vbscript:", "service:", "slot:", ".uno:")


class OpenPart:
    """Listens to one part of an OpenDocument."""

    def __init__(self, *, kind: Kind) -> None:
        self._kind = kind
        # Apart: an element may be called like an attribute.
        self._elements: set[str] = set()
        self._harmless: set[str] = set()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name not in self._elements:
            self._check_name(name)
            self._elements.add(name)
        if not attributes.keys() <= self._harmless:
            for key, value in attributes.items():
                if key not in self._harmless:
                    self._check_attribute(name, key, value)

    def end(self, name: str) -> None: ...
    def text(self, data: str) -> None: ...
    def done(self) -> None: ...

    def _check_name(self, name: str) -> None:
        if namespace(name) in _SCRIPT or name == _OFFICE_SCRIPT:
            raise Refuse("macros", kind=self._kind.words)
        if local(name) == _ENCRYPTED:
            raise Refuse("encrypted", kind=self._kind.words)
        if local(name) in _DATA:
            raise Refuse("external-content")

    def _check_attribute(self, name: str, key: str, value: str) -> None:
        if namespace(key) in _SCRIPT:
            raise Refuse("macros", kind=self._kind.words)
        word = local(key)
        if word in _FORMULAS:
            if formula_fetches(value):
                raise Refuse("external-content")
        elif word in _SOURCES:
            self._check_target(name, key, value)
        else:
            self._harmless.add(key)

    def _check_target(self, name: str, key: str, value: str) -> None:
        if value.strip().lower().startswith(_PROGRAMS):
            raise Refuse("macros", kind=self._kind.words)
        if name in _LINKS and key == _XLINK:
            fine = is_plain(value) or (stays_inside(value) and ".." not in value)
        else:
            fine = stays_inside(value) and ".." not in value.split("/") and not value.startswith("/")
            fine = fine or value.startswith("data:image/")
        if not fine:
            raise Refuse("external-content")
