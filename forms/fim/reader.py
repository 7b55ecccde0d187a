"""Reading an XDatenfelder message (2 or 3) into values; a broken one is refused with every line that is."""

from __future__ import annotations

import re
from itertools import islice
from typing import BinaryIO

from forms.fim.grammar import NAMESPACES, ROOTS, SKIPPED, faults, problem
from forms.fim.model import (
    CodeListReference,
    FieldKind,
    FimField,
    FimGroup,
    FimProblems,
    FimRule,
    FimSchema,
    FimValue,
    Kind,
    LegalBasis,
    Use,
)
from forms.fim.precision import read_precision
from forms.problems import Problem
from forms.xml_stream import Node, read_tree

MOST_ELEMENTS = 4_000
MOST_LEVELS = 10
MOST_PROBLEMS = 200
_COUNT = re.compile(r"([0-9]{1,6}):([0-9]{1,6}|\*)", re.ASCII)


def read_message(*, file: BinaryIO) -> FimSchema:
    """Read a Stammdatenschema or a single Datenfeldgruppe.

    Bound to the namespace, never to the prefix. Raises `forms.xml_stream.XmlProblems` for XML that is not
    accepted at all, and FimProblems with everything in which the message does not follow the standard.
    """
    root = read_tree(file=file, skipped=SKIPPED)
    standard = NAMESPACES.get(root.space)
    if standard is None:
        raise FimProblems([problem(root.line, "namespace-unknown", root.space[:100])])
    content = ROOTS.get(root.name)
    if content is None:
        raise FimProblems([problem(root.line, "root-unknown", root.name[:100])])
    problems = list(islice(faults(root=root, standard=standard), MOST_PROBLEMS + 1))
    if len(problems) > MOST_PROBLEMS:
        problems[-1] = problem(1, "too-many-problems", str(MOST_PROBLEMS))
    node = root.first(content)
    if node is None:
        problems.append(problem(root.line, "element-missing", content, root.name))
    if problems or node is None:
        raise FimProblems(problems)
    reader = _Reader(standard)
    schema = reader.schema(node)
    if reader.problems:
        raise FimProblems(reader.problems[:MOST_PROBLEMS])
    return schema


class _Reader:
    """Turns checked nodes into values; what the grammar cannot say is noted on the way."""

    def __init__(self, standard: str) -> None:
        self.standard = standard
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.elements = 0

    def schema(self, node: Node) -> FimSchema:
        if node.name == "datenfeldgruppe":
            group = self.group(node, 1)
            children: tuple[Use, ...] = (Use(1, 1, group, (), node.line),)
            rules: tuple[FimRule, ...] = ()
        else:
            children = self.uses(node, 1)
            rules = self.rules(node)
        return FimSchema(
            id=node.text_of("identifikation", "id"),
            version=node.text_of("identifikation", "version"),
            standard=self.standard,
            name=_line(node.text_of("name")),
            label=_label(node),
            help=node.text_of("hilfetext"),
            description=node.text_of("beschreibung"),
            status=_status(node),
            legal_basis=_legal(node),
            rules=rules,
            children=children,
            warnings=tuple(self.warnings),
        )

    def uses(self, node: Node, level: int) -> tuple[Use, ...]:
        return tuple(
            use for each in node.all("struktur") if self.room(each, level) and (use := self.use(each, level))
        )

    def room(self, node: Node, level: int) -> bool:
        self.elements += 1
        if self.elements <= MOST_ELEMENTS and level <= MOST_LEVELS:
            return True
        if not any(found.code == "too-many-elements" for found in self.problems):
            limits = str(MOST_ELEMENTS), str(MOST_LEVELS)
            self.problems.append(problem(node.line, "too-many-elements", *limits))
        return False

    def use(self, node: Node, level: int) -> Use | None:
        written = node.text_of("anzahl")
        count = _COUNT.fullmatch(written)
        maximum = None if count is None or count[2] == "*" else int(count[2])
        if count is None or (maximum is not None and maximum < int(count[1])):
            self.problems.append(problem(node.line, "count-invalid", written[:40]))
            return None
        inside = node.first("enthaelt")
        group = inside.first("datenfeldgruppe") if inside else None
        field = inside.first("datenfeld") if inside else None
        element = self.group(group, level) if group is not None else self.field(field) if field else None
        if element is None:  # the grammar has made sure that one of them is there
            return None
        return Use(int(count[1]), maximum, element, _legal(node), node.line)

    def group(self, node: Node, level: int) -> FimGroup:
        return FimGroup(
            id=node.text_of("identifikation", "id"),
            version=node.text_of("identifikation", "version"),
            name=_line(node.text_of("name")),
            label=_label(node),
            help=node.text_of("hilfetextEingabe"),
            status=_status(node),
            legal_basis=_legal(node),
            rules=self.rules(node),
            line=node.line,
            choice=node.text_of("art", "code") == "X",
            children=self.uses(node, level + 1),
        )

    def field(self, node: Node) -> FimField:
        identity = node.text_of("identifikation", "id")
        precision, warnings = read_precision(node=node.first("praezisierung"), field=identity)
        self.warnings += warnings
        size = node.text_of("maxSize")
        return FimField(
            id=identity,
            version=node.text_of("identifikation", "version"),
            name=_line(node.text_of("name")),
            label=_label(node),
            help=node.text_of("hilfetextEingabe"),
            status=_status(node),
            legal_basis=_legal(node),
            rules=self.rules(node),
            line=node.line,
            kind=FieldKind(node.text_of("feldart", "code")),
            datatype=Kind(node.text_of("datentyp", "code")),
            precision=precision,
            content=next((each.text for each in node.all("inhalt") if each.text), ""),
            prefill=node.text_of("vorbefuellung", "code"),
            values=_values(node.first("werte")),
            code_list=_reference(node),
            media_types=tuple(each.text for each in node.all("mediaType") if each.text),
            max_size=int(size)
            if size.isascii() and size.isdigit() and len(size) <= len("1000000000")
            else None,
        )

    def rules(self, node: Node) -> tuple[FimRule, ...]:
        return tuple(
            FimRule(
                id=rule.text_of("identifikation", "id"),
                version=rule.text_of("identifikation", "version"),
                name=_line(rule.text_of("name")),
                text=rule.text_of("freitextRegel") or rule.text_of("definition"),
                script=rule.text_of("skript") or rule.text_of("script"),
                kind=rule.text_of("typ", "code"),
                line=rule.line,
            )
            for rule in node.all("regel")
        )


def _line(text: str) -> str:
    return " ".join(text.split())


def _label(node: Node) -> str:
    names = ("bezeichnung", "bezeichnungEingabe", "name")
    found = next(
        (text for name in names if (text := node.text_of(name))), node.text_of("identifikation", "id")
    )
    return _line(found)


def _status(node: Node) -> str:
    return node.text_of("freigabestatus", "code") or node.text_of("status", "code")


def _legal(node: Node) -> tuple[LegalBasis, ...]:
    return tuple(
        LegalBasis(_line(each.text), each.attributes.get("link", ""))
        for each in node.all("bezug")
        if each.text
    )


def _values(node: Node | None) -> tuple[FimValue, ...]:
    if node is None:
        return ()
    return tuple(
        FimValue(code=text, name=_line(each.text_of("name")) or text, help=each.text_of("hilfe"))
        for each in node.all("wert")
        if (text := each.text_of("code"))
    )


def _reference(node: Node) -> CodeListReference | None:
    written = node.first("codelisteReferenz")
    if written is None:
        return None
    source = written.first("genericodeIdentification") or written
    found = CodeListReference(
        uri=source.text_of("canonicalIdentification"),
        version=source.text_of("version"),
        version_uri=source.text_of("canonicalVersionUri"),
        code_column=node.text_of("codeKey"),
        name_column=node.text_of("nameKey"),
        help_column=node.text_of("helpKey"),
    )
    return found if found.uri or found.version_uri else None
