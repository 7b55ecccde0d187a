"""Read DMN files (1.1 to 1.6) into decision tables that know which others they require.

Only decision tables are read; a decision may use the results of others in the same file (decision
requirements), without circles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lxml import etree

from forms.problems import Problem
from workflows.dmn_document import Document
from workflows.dmn_tables import TableReader
from workflows.tables import DecisionProblems, DecisionTable, names_of
from workflows.untrusted_xml import XmlProblem, local_name, read_xml

# 1.1, 1.2, 1.3, 1.4, 1.5, 1.6
_VERSIONS = frozenset({"20151101", "20180521", "20191111", "20211108", "20230324", "20240513"})
MAX_DECISIONS = 50
# What the process itself puts into its data.
_RESERVED = frozenset({"answers", "context", "representation"})


def read_tables(*, xml: bytes) -> Mapping[str, DecisionTable]:
    """Tables by decision id. Raises `DecisionProblems` with everything that is not understood."""
    root = _read_root(xml)
    document = Document(namespace=etree.QName(root).namespace or "")
    tables = _Reader(root, document).tables()
    if document.problems:
        raise DecisionProblems(document.problems)
    return tables


def _read_root(xml: bytes) -> etree._Element:
    try:
        root = read_xml(xml=xml)
    except XmlProblem as error:
        raise DecisionProblems(error.problems) from error
    namespace = etree.QName(root).namespace or ""
    if (
        local_name(root) != "definitions"
        or "/spec/DMN/" not in namespace
        or _VERSIONS.isdisjoint(namespace.split("/"))
    ):
        text = {
            "de": "Das ist keine DMN-Datei der Versionen 1.1 bis 1.6. Bitte als DMN 1.3 exportieren.",
            "en": "This is no DMN file of the versions 1.1 to 1.6. Export it as DMN 1.3.",
        }
        raise DecisionProblems([Problem("line 1", "not-dmn", text)])
    return root


class _Reader:
    """Walks one file."""

    def __init__(self, root: etree._Element, document: Document) -> None:
        self._root, self._document = root, document
        self._decisions = document.children(root, "decision")
        data = {node.get("name", "") for node in document.children(root, "inputData")}
        document.names = frozenset(data | {self._variable(each)[0] for each in self._decisions}) - {""}
        items = document.children(root, "itemDefinition")
        document.types = {
            item.get("name", ""): document.text(item, "allowedValues", "text") or "" for item in items
        }

    def tables(self) -> dict[str, DecisionTable]:
        if not 0 < len(self._decisions) <= MAX_DECISIONS:
            self._document.refuse(
                "line 1",
                "no-decision" if not self._decisions else "too-many-decisions",
                f"Die Datei braucht 1 bis {MAX_DECISIONS} Entscheidungen, sie hat {len(self._decisions)}.",
                f"The file needs 1 to {MAX_DECISIONS} decisions, it has {len(self._decisions)}.",
            )
            return {}
        language = self._root.get("expressionLanguage")
        if language and "feel" not in language.lower():
            self._document.refuse(
                "line 1",
                "expression-language",
                f"Die Sprache {language} wird nicht unterstützt. Bitte FEEL wählen.",
                f"The language {language} is not supported. Choose FEEL.",
            )
        tables: dict[str, DecisionTable] = {}
        requires: dict[str, list[str]] = {}
        for decision in self._decisions:
            key = decision.get("id") or f"line {decision.sourceline}"
            if key in requires:
                self._document.refuse(
                    key, "duplicate-id", f"Die Kennung {key} ist doppelt.", f"The id {key} is used twice."
                )
            requires[key] = self._required(decision)
            table = self._table(decision, key)
            if table is not None:
                tables[key] = table
        return {} if self._document.problems else self._linked(tables, requires)

    def _table(self, decision: etree._Element, key: str) -> DecisionTable | None:
        found = self._document.children(decision, "decisionTable")
        if not found:
            self._document.refuse(
                key,
                "no-table",
                f"Die Entscheidung {key} ist keine Tabelle. Bitte als Entscheidungstabelle anlegen.",
                f"The decision {key} is not a table. Make it a decision table.",
            )
            return None
        reader = TableReader(self._document, key, decision.get("name") or key, *self._variable(decision))
        return reader.read(found[0])

    def _variable(self, decision: etree._Element) -> tuple[str, str]:
        """The name and the type under which others read the decision."""
        for variable in self._document.children(decision, "variable"):
            name = variable.get("name") or decision.get("name") or decision.get("id") or ""
            return name, variable.get("typeRef", "")
        return decision.get("name") or decision.get("id") or "", ""

    def _required(self, decision: etree._Element) -> list[str]:
        return [
            required.get("href", "")
            for requirement in self._document.children(decision, "informationRequirement")
            for required in self._document.children(requirement, "requiredDecision")
        ]

    def _linked(
        self, tables: Mapping[str, DecisionTable], requires: Mapping[str, Sequence[str]]
    ) -> dict[str, DecisionTable]:
        for key, hrefs in requires.items():
            for href in hrefs:
                if not href.startswith("#") or href[1:] not in tables:
                    self._document.refuse(
                        key,
                        "required-decision-missing",
                        f"Die Tabelle {key} baut auf {href} auf; das gibt es in dieser Datei nicht. Bitte "
                        "in dieselbe Datei legen oder beide als businessRuleTask in den Ablauf setzen.",
                        f"The table {key} builds on {href}, which is not in this file. Put it into the same "
                        "file, or both as businessRuleTasks into the process.",
                    )
        if self._document.problems:
            return {}
        linked: dict[str, DecisionTable] = {}
        waiting = {key: [href[1:] for href in hrefs] for key, hrefs in requires.items()}
        while waiting:
            ready = [key for key, needed in waiting.items() if all(each in linked for each in needed)]
            if not ready:
                self._circle(waiting)
                return {}
            for key in ready:
                needed = tuple(linked[each] for each in dict.fromkeys(waiting.pop(key)))
                linked[key] = replace(tables[key], requires=needed)
                self._check_names(linked[key])
        return {key: linked[key] for key in tables}

    def _circle(self, waiting: Mapping[str, Sequence[str]]) -> None:
        path = [next(iter(waiting))]
        while path[-1] not in path[:-1]:
            path.append(next(each for each in waiting[path[-1]] if each in waiting))
        circle = " → ".join(path[path.index(path[-1]) :])
        self._document.refuse(
            path[-1],
            "decision-circle",
            f"Die Entscheidungen bauen im Kreis aufeinander auf: {circle}. Bitte eine Verbindung entfernen.",
            f"The decisions build on each other in a circle: {circle}. Remove one connection.",
        )

    def _check_names(self, table: DecisionTable) -> None:
        variables = [each.variable for each in table.requires]
        for name in sorted({name for name in variables if name in _RESERVED or variables.count(name) > 1}):
            self._document.refuse(
                table.id,
                "required-names",
                f"Die Tabelle {table.id} baut auf einer Entscheidung mit dem Namen „{name}“ auf; der ist "
                "schon vergeben. Bitte die Entscheidung umbenennen.",
                f"The table {table.id} builds on a decision called '{name}'; that name is taken. Rename it.",
            )
        for required in table.requires:
            for path in _unknown(table, required):
                self._document.refuse(
                    table.id,
                    "required-output",
                    f"Die Tabelle {table.id} liest „{required.variable}.{path}“; "
                    f"das ergibt {required.id} nicht.",
                    f"The table {table.id} reads '{required.variable}.{path}', "
                    f"which {required.id} does not give.",
                )


def _unknown(table: DecisionTable, required: DecisionTable) -> Iterator[str]:
    """Paths that the value of a required decision does not have: only several outputs have names."""
    outputs = {each.name for each in required.outputs}
    members = outputs if len(outputs) > 1 and not required.lists else set()
    return (path for path in names_of(table, required.variable) if path and path not in members)
