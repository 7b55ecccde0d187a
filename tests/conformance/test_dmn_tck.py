"""The DMN technology compatibility kit: our tables must decide as its test cases say."""

from __future__ import annotations

import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from workflows.decisions import read_decisions

ROOT = (
    Path(os.environ.get("CONFORMANCE_DIR", Path(__file__).parents[3] / "shared" / "conformance")) / "dmn-tck"
)
CASE = "{http://www.omg.org/spec/DMN/20160719/testcase}"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
POLICIES = {
    "0004-simpletable-U": "UNIQUE",
    "0005-simpletable-A": "ANY",
    "0006-simpletable-P1": "PRIORITY",
    "0010-multi-output-U": "UNIQUE",
    "0108-first-hitpolicy": "FIRST",
    "0109-ruleOrder-hitpolicy": "RULE ORDER",
    "0111-first-hitpolicy-singleoutputcol": "FIRST",
    "0114-min-collect-hitpolicy": "COLLECT",
}


@pytest.fixture(autouse=True)
def _material() -> None:
    if not ROOT.is_dir():
        absent = f"no DMN test material at {ROOT}; set CONFORMANCE_DIR"
        if os.environ.get("CI") == "true":
            pytest.fail(absent)
        pytest.skip(absent)


def value(node: etree._Element) -> Any:
    """A tested value: components become a mapping, lists a list, typed texts their value."""
    listed = node.find(f"{CASE}list")
    if listed is not None:
        return [value(item) for item in listed.findall(f"{CASE}item")]
    components = node.findall(f"{CASE}component")
    if components:
        return {component.get("name"): value(component) for component in components}
    found = node.find(f"{CASE}value")
    if found is None or found.text is None:
        return None
    kind = str(found.get(TYPE, "string")).rpartition(":")[2]
    match kind:
        case "boolean":
            return found.text == "true"
        case "decimal" | "double" | "integer":
            return Decimal(found.text)
        case _:
            return found.text


def cases(name: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for path in sorted((ROOT / name).glob("*test*.xml")):
        for case in etree.parse(path).iter(f"{CASE}testCase"):
            inputs = {node.get("name"): value(node) for node in case.findall(f"{CASE}inputNode")}
            results = {
                node.get("name"): value(node.find(f"{CASE}expected"))
                for node in case.findall(f"{CASE}resultNode")
            }
            yield case.get("id"), inputs, results


def test_the_list_of_sets_is_complete() -> None:
    assert {path.name for path in ROOT.iterdir() if path.is_dir()} == set(POLICIES)


@pytest.mark.parametrize("name", POLICIES)
def test_every_set_decides_as_the_kit_expects(name: str) -> None:
    read = read_decisions(xml=(ROOT / name / f"{name}.dmn").read_bytes())
    tables = {table.name: table for table in read.values()}
    assert {table.hit_policy for table in read.values()} == {POLICIES[name]}
    count = 0
    for case, inputs, results in cases(name):
        for decision, expected in results.items():
            assert tables[decision].decide(data=inputs).value == expected, case
            count += 1
    assert count >= 3
