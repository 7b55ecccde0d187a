"""Reference models of the BPMN model interchange group: each loads, or all it cannot do is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from lxml import etree

from forms.problems import Problem
from workflows.process import ProcessProblems, read_process

ROOT = (
    Path(os.environ.get("CONFORMANCE_DIR", Path(__file__).parents[3] / "shared" / "conformance"))
    / "bpmn-miwg"
)
FILES = ["A.1.0", "A.2.0", "A.3.0", "A.4.0", "B.1.0", "C.1.0", "C.1.1"]
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
# Written down independently of the code: what the subset is, and what may stand inside of it.
SUBSET = {
    "startEvent": {"", "message", "timer"},
    "endEvent": {"", "message", "error", "escalation", "terminate"},
    "intermediateCatchEvent": {"timer", "message"},
    "intermediateThrowEvent": {"", "message", "escalation"},
    "boundaryEvent": {"timer", "message", "error", "escalation"},
    **dict.fromkeys([
        "userTask", "manualTask", "serviceTask", "businessRuleTask", "receiveTask", "sendTask", "subProcess",
        "callActivity", "exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway",
    ], frozenset({""})),
}  # fmt: skip
SILENT = {"sequenceFlow", "laneSet", "extensionElements", "documentation", "dataObject", "dataObjectReference",
          "dataStoreReference", "textAnnotation", "association", "property", "ioSpecification", "group",
          "incoming", "outgoing", "multiInstanceLoopCharacteristics"}  # fmt: skip


@pytest.fixture(autouse=True)
def _material() -> None:
    if not ROOT.is_dir():
        absent = f"no BPMN reference models at {ROOT}; set CONFORMANCE_DIR"
        if os.environ.get("CI") == "true":
            pytest.fail(absent)
        pytest.skip(absent)


def unsupported(xml: bytes) -> set[str]:
    """Ids of all elements outside of the subset, found by a second, simpler reading."""
    processes = list(etree.fromstring(xml).iter(f"{BPMN}process"))
    marked = [process for process in processes if process.get("isExecutable") == "true"]
    found = set()
    for process in marked or processes:
        for node in process.iter(f"{BPMN}*"):
            parent = etree.QName(node.getparent()).localname
            tag = etree.QName(node).localname
            if parent not in {"process", "subProcess"} or tag in SILENT:
                continue
            events = [etree.QName(part).localname for part in node if "EventDefinition" in str(part.tag)]
            event = "".join(events).removesuffix("EventDefinition")
            timer = node.find(f"{BPMN}timerEventDefinition")
            dated = timer is not None and any(str(part.tag) != f"{BPMN}timeDuration" for part in timer)
            if dated or tag not in SUBSET or event not in SUBSET[tag] or (event and _in_sub_process(node)):
                found.add(node.get("id"))
    return found


def _in_sub_process(node: etree._Element) -> bool:
    return etree.QName(node).localname == "startEvent" and node.getparent().tag == f"{BPMN}subProcess"


def test_the_list_of_files_is_complete() -> None:
    assert {path.stem for path in ROOT.glob("*.bpmn")} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_reference_model_loads_or_is_refused_element_by_element(name: str) -> None:
    xml = (ROOT / f"{name}.bpmn").read_bytes()
    problems = refusals(xml)
    refused = {problem.where for problem in problems if problem.code == "unsupported-element"}
    assert refused == unsupported(xml)
    assert all(problem.where and problem.text["de"] and problem.text["en"] for problem in problems)


def refusals(xml: bytes) -> tuple[Problem, ...]:
    try:
        read_process(xml=xml)
    except ProcessProblems as error:
        return error.problems
    return ()
