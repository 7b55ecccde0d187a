"""Read one decision table of a DMN file, or refuse it cell by cell.

Where: `table/rule 3/column`, as people see it in their modeller.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from workflows.dmn_document import Document
from workflows.expressions import Expression, ExpressionProblem, compile_node
from workflows.feel_hints import hint
from workflows.grammar import parse
from workflows.ranges import Value, kind_of
from workflows.syntax import Literal, Name, Node
from workflows.tables import Aggregation, Allowed, DecisionTable, HitPolicy, Input, Output, Rule
from workflows.unary import CellError, Test, read_test, read_value

MAX_RULES = 1_000
MAX_COLUMNS = 50
_KINDS = {
    "number": "number", "integer": "number", "long": "number", "double": "number",
    "string": "text", "date": "text", "boolean": "truth",
}  # fmt: skip
_KIND_NAMES = {
    "number": ("eine Zahl", "a number"),
    "text": ("einen Text in Anführungszeichen", "a text in quotes"),
    "truth": ("true oder false", "true or false"),
}


@dataclass(frozen=True, slots=True)
class TableReader:
    """Reads the table of one decision; what is wrong with it goes to `document.problems`."""

    document: Document
    key: str
    name: str
    variable: str
    variable_type: str = ""

    def read(self, table: etree._Element) -> DecisionTable | None:
        """None if the table cannot be used at all."""
        policy, aggregation = self._policy(table)
        columns, results = self._children(table, "input"), self._children(table, "output")
        rows = self._children(table, "rule")
        if not results or len(columns) + len(results) > MAX_COLUMNS or not 0 < len(rows) <= MAX_RULES:
            self._refuse(
                "",
                "table-extent",
                f"Die Tabelle „{self.name}“ braucht 1 bis {MAX_RULES} Regeln, mindestens eine Ergebnisspalte "
                f"und höchstens {MAX_COLUMNS} Spalten.",
                f"Table '{self.name}' needs 1 to {MAX_RULES} rules, at least one output and at most "
                f"{MAX_COLUMNS} columns.",
            )
            return None
        inputs = [self._input(column, number) for number, column in enumerate(columns, 1)]
        outputs = [self._output(column, single=len(results) == 1) for column in results]
        rules = tuple(
            rule for number, row in enumerate(rows, 1) for rule in self._rule(row, number, inputs, outputs)
        )
        made = tuple(each for each, _ in outputs)
        self._check_outputs(made, policy, aggregation)
        if policy is None:
            return None
        parts = tuple(each for each, _ in inputs), made, rules
        return DecisionTable(self.key, self.name, policy, *parts, aggregation, self.variable)

    def _policy(self, table: etree._Element) -> tuple[HitPolicy | None, Aggregation | None]:
        policy, aggregation = table.get("hitPolicy", "UNIQUE"), table.get("aggregation")
        if policy not in set(HitPolicy):
            known = ", ".join(HitPolicy)
            self._refuse(
                "",
                "unsupported-hit-policy",
                f"Die Trefferregel {policy} der Tabelle {self.key} gibt es nicht. Möglich: {known}.",
                f"There is no hit policy {policy} (table {self.key}). Possible: {known}.",
            )
            return None, None
        if aggregation is None or policy != HitPolicy.COLLECT:
            return HitPolicy(policy), None
        if aggregation not in set(Aggregation):
            known = ", ".join(Aggregation)
            self._refuse(
                "",
                "unsupported-aggregation",
                f"Die Zusammenfassung {aggregation} der Tabelle {self.key} gibt es nicht. Möglich: {known}.",
                f"There is no aggregation {aggregation} (table {self.key}). Possible: {known}.",
            )
            return None, None
        return HitPolicy.COLLECT, Aggregation(aggregation)

    def _check_outputs(
        self, outputs: tuple[Output, ...], policy: HitPolicy | None, aggregation: Aggregation | None
    ) -> None:
        if len({each.name for each in outputs}) < len(outputs):
            self._refuse(
                "",
                "output-names",
                f"Die Ergebnisspalten der Tabelle „{self.name}“ brauchen verschiedene Namen.",
                f"The outputs of table '{self.name}' need different names.",
            )
        if aggregation is not None and len(outputs) > 1:
            self._refuse(
                "",
                "aggregation-of-several",
                f"COLLECT mit {aggregation} fasst genau eine Ergebnisspalte zusammen; die Tabelle "
                f"„{self.name}“ hat {len(outputs)}. Bitte je Spalte eine Tabelle anlegen.",
                f"COLLECT with {aggregation} aggregates exactly one output; table '{self.name}' has "
                f"{len(outputs)}. Make one table for each.",
            )
        if policy and policy.ranked and not any(each.allowed and each.allowed.values for each in outputs):
            self._refuse(
                "",
                "priority-list-missing",
                f"{policy} braucht die Liste der Ergebnisse nach Rang: outputValues der Tabelle "
                f"„{self.name}“, das wichtigste zuerst.",
                f"{policy} needs the list of results by rank: outputValues of table '{self.name}', the most "
                "important first.",
            )

    def _input(self, column: etree._Element, number: int) -> tuple[Input, str]:
        expressions = self._children(column, "inputExpression")
        source = (self.document.text(expressions[0], "text") if expressions else None) or ""
        label = column.get("label") or source or f"column {number}"
        declared = expressions[0].get("typeRef", "") if expressions else ""
        for each in expressions:
            self._language(each, "", label)
        node: Node = Literal(None)
        if source in self.document.names:
            # Names may hold spaces in FEEL; as a whole input expression they are understood.
            node = Name(source)
        else:
            try:
                node = parse(source=source)
            except ExpressionProblem as error:
                text, (german, english) = error.problems[0].text, hint(source)
                self._cell("", label, text["de"] + german, text["en"] + english)
        allowed = self._allowed(column, "inputValues", declared, label)
        return Input(label, compile_node(source=source, node=node), allowed), _kind(declared)

    def _output(self, column: etree._Element, *, single: bool) -> tuple[Output, str]:
        name = column.get("name") or self.variable
        declared = column.get("typeRef") or (self.variable_type if single else "")
        allowed = self._allowed(column, "outputValues", declared, name)
        bare = Output(name, None, allowed)
        text = self.document.text(column, "defaultOutputEntry", "text")
        if text is None:
            return bare, _kind(declared)
        return Output(name, self._value(text, "default", bare, _kind(declared)), allowed), _kind(declared)

    def _allowed(self, column: etree._Element, tag: str, declared: str, label: str) -> Allowed | None:
        text = self.document.text(column, tag, "text") or self.document.types.get(_local(declared), "")
        if text in {"", "-"}:
            return None
        test = self._test(text, tag, label)
        return Allowed(compile_node(source=text, node=test.node), test.ranges, test.values)

    def _rule(
        self,
        row: etree._Element,
        number: int,
        inputs: list[tuple[Input, str]],
        outputs: list[tuple[Output, str]],
    ) -> Iterator[Rule]:
        tests, results = self._children(row, "inputEntry"), self._children(row, "outputEntry")
        where = f"rule {number}"
        if len(tests) != len(inputs) or len(results) != len(outputs):
            self._refuse(
                where,
                "cells-missing",
                f"Regel {number} der Tabelle {self.key} hat zu viele oder zu wenige Zellen.",
                f"Rule {number} of table {self.key} has too many or too few cells.",
            )
            return
        texts = [self._entry(cell, where, each.label) for cell, (each, _) in zip(tests, inputs, strict=True)]
        read = [self._input_cell(text, where, *column) for text, column in zip(texts, inputs, strict=True)]
        made = [
            self._value(self._entry(cell, where, each.name), where, each, kind)
            for cell, (each, kind) in zip(results, outputs, strict=True)
        ]
        compiled = [compile_node(source=text, node=test.node) for text, test in zip(texts, read, strict=True)]
        ranges = tuple(test.ranges for test in read)
        yield Rule(number, row.get("id") or str(number), tuple(compiled), ranges, tuple(made))

    def _entry(self, cell: etree._Element, where: str, column: str) -> str:
        self._language(cell, where, column)
        return self.document.text(cell, "text") or ""

    def _input_cell(self, text: str, where: str, column: Input, kind: str) -> Test:
        test = self._test(text, where, column.label)
        for value in test.values or ():
            self._literal(value, where, column.label, column.allowed, kind)
        return test

    def _test(self, text: str, where: str, column: str) -> Test:
        try:
            return read_test(text=text)
        except CellError as error:
            self._cell(where, column, error.de, error.en)
            return Test(Literal(False), None)

    def _value(self, text: str, where: str, column: Output, kind: str) -> Expression:
        try:
            node = read_value(text=text)
        except CellError as error:
            self._cell(where, column.name, error.de, error.en)
            node = Literal(None)
        if isinstance(node, Literal):
            self._literal(node.value, where, column.name, column.allowed, kind)
        return compile_node(source=text, node=node)

    def _literal(self, value: Value, where: str, column: str, allowed: Allowed | None, kind: str) -> None:
        if value is None:
            return
        if kind and kind_of(value) != kind:
            german, english = _KIND_NAMES[kind]
            self._cell(where, column, f"Hier gehört {german} hin.", f"{english} belongs here.")
        elif allowed is not None and not allowed.holds(value=value):
            listed = allowed.test.source
            self._cell(
                where,
                column,
                f"Der Wert ist in dieser Spalte nicht erlaubt. Erlaubt: {listed}.",
                f"the value is not allowed in this column. Allowed: {listed}.",
            )

    def _language(self, element: etree._Element, where: str, column: str) -> None:
        language = element.get("expressionLanguage")
        if language and "feel" not in language.lower():
            self._cell(
                where,
                column,
                f"Die Sprache {language} wird nicht unterstützt. Bitte FEEL wählen.",
                f"the language {language} is not supported. Choose FEEL.",
            )

    def _children(self, node: etree._Element, tag: str) -> list[etree._Element]:
        return self.document.children(node, tag)

    def _cell(self, where: str, column: str, german: str, english: str) -> None:
        place = "/".join(part for part in (self.key, where, column) if part)
        self.document.refuse(place, "bad-cell", f"{place}: {german}", f"{place}: {english}")

    def _refuse(self, where: str, code: str, german: str, english: str) -> None:
        self.document.refuse(f"{self.key}/{where}" if where else self.key, code, german, english)


def _local(declared: str) -> str:
    return declared.rpartition(":")[2].rpartition(".")[2]


def _kind(declared: str) -> str:
    return _KINDS.get(_local(declared), "")
