"""Read DMN 1.3+ files into decision tables, or refuse them cell by cell.

Standard: OMG DMN 1.3 to 1.6. Only decision tables; each decision stands alone and is asked by a
businessRuleTask, so tables that need other decisions are refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from forms.problems import Problem
from workflows.expressions import Expression, ExpressionProblem, compile_node
from workflows.grammar import parse
from workflows.syntax import Literal, Name, Node
from workflows.tables import DecisionProblems, DecisionTable, HitPolicy, Input, Output, Rule
from workflows.unary import CellError, Test, read_test, read_value
from workflows.untrusted_xml import XmlProblem, local_name, read_xml

_VERSIONS = ("/DMN/20191111/", "/DMN/20211108/", "/DMN/20230324/", "/DMN/20240513/")
MAX_RULES = 1_000
MAX_COLUMNS = 50


def _problem(where: str, code: str, de: str, en: str) -> Problem:
    return Problem(where, code, {"de": de, "en": en})


def _read_root(xml: bytes) -> etree._Element:
    try:
        root = read_xml(xml=xml)
    except XmlProblem as error:
        raise DecisionProblems(error.problems) from error
    namespace = etree.QName(root).namespace or ""
    if local_name(root) != "definitions" or not any(version in namespace for version in _VERSIONS):
        refusal = _problem(
            "line 1",
            "not-dmn",
            "Das ist keine DMN-Datei ab Version 1.3. Bitte als DMN 1.3 exportieren.",
            "This is no DMN file of version 1.3 or later. Export it as DMN 1.3.",
        )
        raise DecisionProblems([refusal])
    return root


class Reader:
    """Walks one file and collects what is wrong with it. Raises `DecisionProblems` if it is no DMN at all."""

    def __init__(self, *, xml: bytes) -> None:
        self.problems: list[Problem] = []
        self._root = root = _read_root(xml)
        # Names may hold spaces in FEEL; as a whole input expression they are understood.
        self._names = {node.get("name") for node in self._children(root, "inputData")}

    def _children(self, node: etree._Element, tag: str) -> list[etree._Element]:
        return list(node.iterchildren(f"{{{etree.QName(self._root).namespace}}}{tag}"))

    def _text(self, node: etree._Element, tag: str) -> str | None:
        found = self._children(node, tag)
        return None if not found else "".join(str(part) for part in found[0].itertext()).strip()

    def tables(self) -> Iterator[DecisionTable]:
        decisions = self._children(self._root, "decision")
        if not decisions:
            self._refuse(
                "line 1",
                "no-decision",
                "Die Datei enthält keine Entscheidung.",
                "The file holds no decision.",
            )
        seen: set[str] = set()
        for decision in decisions:
            key = decision.get("id") or f"line {decision.sourceline}"
            if key in seen:
                self._refuse(
                    key, "duplicate-id", f"Die Kennung {key} ist doppelt.", f"The id {key} is used twice."
                )
            seen.add(key)
            yield from self._decision(decision, key)

    def _decision(self, decision: etree._Element, key: str) -> Iterator[DecisionTable]:
        tables = self._children(decision, "decisionTable")
        if not tables:
            self._refuse(
                key,
                "no-table",
                f"Die Entscheidung {key} ist keine Tabelle. Bitte als Entscheidungstabelle anlegen.",
                f"The decision {key} is not a table. Make it a decision table.",
            )
            return
        needs = [
            self._children(each, "requiredDecision")
            for each in self._children(decision, "informationRequirement")
        ]
        if any(needs):
            self._refuse(
                key,
                "required-decision",
                f"Die Tabelle {key} baut auf einer anderen Entscheidung auf. Bitte beide als "
                "businessRuleTask nacheinander in den Ablauf setzen.",
                f"The table {key} builds on another decision. Put both as businessRuleTasks "
                "into the process.",
            )
        name = decision.get("name") or key
        policy = self._policy(tables[0], key)
        table = self._table(tables[0], key, name, self._variable(decision, name))
        if policy is not None:
            yield DecisionTable(key, name, policy, *table)

    def _variable(self, decision: etree._Element, name: str) -> str:
        variables = self._children(decision, "variable")
        return (variables[0].get("name") if variables else None) or name

    def _policy(self, table: etree._Element, key: str) -> HitPolicy | None:
        name = table.get("hitPolicy", "UNIQUE")
        if name in set(HitPolicy):
            return HitPolicy(name)
        known = ", ".join(HitPolicy)
        self._refuse(
            key,
            "unsupported-hit-policy",
            f"Die Trefferregel {name} der Tabelle {key} wird noch nicht unterstützt. Möglich: {known}.",
            f"Hit policy {name} of table {key} is not supported yet. Possible: {known}.",
        )
        return None

    def _table(
        self, table: etree._Element, key: str, name: str, variable: str
    ) -> tuple[tuple[Input, ...], tuple[Output, ...], tuple[Rule, ...]]:
        columns, results = self._children(table, "input"), self._children(table, "output")
        rows = self._children(table, "rule")
        if not results or len(columns) + len(results) > MAX_COLUMNS or not 0 < len(rows) <= MAX_RULES:
            self._refuse(
                key,
                "table-extent",
                f"Die Tabelle „{name}“ braucht 1 bis {MAX_RULES} Regeln, mindestens eine Ergebnisspalte "
                f"und höchstens {MAX_COLUMNS} Spalten.",
                f"Table '{name}' needs 1 to {MAX_RULES} rules, at least one output and at most "
                f"{MAX_COLUMNS} columns.",
            )
            return (), (), ()
        inputs = tuple(self._input(column, key, number) for number, column in enumerate(columns, 1))
        outputs = tuple(self._output(column, key, variable) for column in results)
        names = [each.name for each in outputs]
        if len(set(names)) < len(names):
            self._refuse(
                key,
                "output-names",
                f"Die Ergebnisspalten der Tabelle „{name}“ brauchen verschiedene Namen.",
                f"The outputs of table '{name}' need different names.",
            )
        rules = tuple(
            rule
            for number, row in enumerate(rows, 1)
            for rule in self._rule(row, key, number, inputs, outputs)
        )
        return inputs, outputs, rules

    def _input(self, column: etree._Element, key: str, number: int) -> Input:
        expressions = self._children(column, "inputExpression")
        source = (self._text(expressions[0], "text") if expressions else None) or ""
        label = column.get("label") or source or f"column {number}"
        node: Node = Literal(None)
        if source in self._names:
            node = Name(source)
        else:
            try:
                node = parse(source=source)
            except ExpressionProblem as error:
                text = error.problems[0].text
                self._cell(key, "", label, text["de"], text["en"])
        return Input(label, compile_node(source=source, node=node))

    def _output(self, column: etree._Element, key: str, variable: str) -> Output:
        name = column.get("name") or variable
        defaults = self._children(column, "defaultOutputEntry")
        text = self._text(defaults[0], "text") if defaults else None
        return Output(name, None if text is None else self._value(text, key, "default", name))

    def _rule(
        self,
        row: etree._Element,
        key: str,
        number: int,
        inputs: tuple[Input, ...],
        outputs: tuple[Output, ...],
    ) -> Iterator[Rule]:
        tests = [self._text(entry, "text") or "" for entry in self._children(row, "inputEntry")]
        results = [self._text(entry, "text") or "" for entry in self._children(row, "outputEntry")]
        if len(tests) != len(inputs) or len(results) != len(outputs):
            self._refuse(
                f"{key}/rule {number}",
                "cells-missing",
                f"Regel {number} der Tabelle {key} hat zu viele oder zu wenige Zellen.",
                f"Rule {number} of table {key} has too many or too few cells.",
            )
            return
        where = f"rule {number}"
        read = [self._test(text, key, where, each.label) for text, each in zip(tests, inputs, strict=True)]
        yield Rule(
            number=number,
            id=row.get("id") or str(number),
            tests=tuple(
                compile_node(source=text, node=test.node) for text, test in zip(tests, read, strict=True)
            ),
            ranges=tuple(test.ranges for test in read),
            outputs=tuple(
                self._value(text, key, where, each.name) for text, each in zip(results, outputs, strict=True)
            ),
        )

    def _test(self, text: str, key: str, where: str, column: str) -> Test:
        try:
            return read_test(text=text)
        except CellError as error:
            self._cell(key, where, column, error.de, error.en)
            return Test(Literal(False), None)

    def _value(self, text: str, key: str, where: str, column: str) -> Expression:
        try:
            node = read_value(text=text)
        except CellError as error:
            self._cell(key, where, column, error.de, error.en)
            node = Literal(None)
        return compile_node(source=text, node=node)

    def _cell(self, key: str, where: str, column: str, de: str, en: str) -> None:
        place = "/".join(part for part in (key, where, column) if part)
        self._refuse(place, "bad-cell", f"{place}: {de}", f"{place}: {en}")

    def _refuse(self, where: str, code: str, de: str, en: str) -> None:
        self.problems.append(_problem(where, code, de, en))
