"""Every example of every service package, played by people over HTTP, ends as the example says."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pikepdf
import pytest
from defusedxml import ElementTree

from backend.services.scenarios import read_scenarios

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue"
TELLING = ("userTask", "serviceTask", "businessRuleTask", "endEvent")
SCENARIOS = [
    pytest.param(folder.name, scenario, id=f"{folder.name}: {scenario.name}")
    for folder in sorted(path.parent for path in CATALOGUE.glob("*/scenarios.toml"))
    for scenario in read_scenarios(content=(folder / "scenarios.toml").read_bytes())
]
ACCEPTED = [param for param in SCENARIOS if not param.values[1].expect.problems]
REFUSED = [param for param in SCENARIOS if param.values[1].expect.problems]


def telling_elements(service):
    """What a path is told by, read from the drawing itself."""
    root = ElementTree.fromstring((CATALOGUE / service / "process.bpmn").read_bytes())
    return {element.get("id") for element in root.iter() if element.tag.rpartition("}")[2] in TELLING}


def play(people, service, scenario):
    case = people.apply("erika", scenario.answers, service=service)["id"]
    for entry in scenario.tasks:
        people.do_by_whoever_may(case, entry.element, entry.result)
    return people.wait_closed("erika", case)


def attached_data(pdf):
    """What the notice was made of, from the file attached to it (PDF/A-3)."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return json.loads(document.attachments["vorgang.json"].get_file().read_bytes())


def check_decisions(people, case, expected):
    """Fees and the like, in the notice that the citizen got."""
    messages = people.citizen().get(f"/api/v1/applications/{case}/messages")
    pdfs = [
        people.citizen().call("GET", message["notice"]["document"]).content
        for message in messages
        if message["notice"]
    ]
    found = [attached_data(pdf) for pdf in pdfs]
    for decision, outputs in expected.items():
        for data in found:
            assert {name: data[decision][name] for name in outputs} == dict(outputs)


@pytest.mark.parametrize(("service", "scenario"), ACCEPTED)
def test_scenario_ends_as_it_says(people, service, scenario):
    closed = play(people, service, scenario)
    file = people.clerk("m.krause").get(f"/api/v1/cases/{closed['id']}")
    expect = scenario.expect
    if expect.outcome is not None:
        assert closed["outcome"] == expect.outcome
    if expect.letters is not None:
        assert tuple(notice["letter"] for notice in file["notices"]) == expect.letters
    if expect.path is not None:
        telling = telling_elements(service)
        passed = [
            element
            for event in file["events"]
            if event["kind"] == "routed"
            for element in event["payload"]["passed"]
        ]
        assert tuple(element for element in passed if element in telling) == expect.path
    check_decisions(people, closed["id"], expect.decisions)


@pytest.mark.parametrize(("service", "scenario"), REFUSED)
def test_answers_a_form_does_not_take_are_refused(people, service, scenario):
    answer = people.try_to_apply("erika", scenario.answers, service=service)
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == set(scenario.expect.problems)
