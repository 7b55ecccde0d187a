"""Scenarios are played for real: what they say must come of them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from backend.services.compiled import CompiledService, compile_package
from backend.services.package import Package, PackageProblems
from backend.services.rehearsal import play
from backend.services.scenarios import Scenario, read_scenarios


@pytest.fixture(scope="module")
def service(sound) -> CompiledService:
    return compile_package(package=sound)


def named(service: CompiledService, name: str) -> Scenario:
    return next(scenario for scenario in service.scenarios if scenario.name == name)


def codes(service: CompiledService, scenario: Scenario) -> list[str]:
    problems = play(service=service, scenario=scenario)
    assert all(problem.where == f"scenarios.toml:{scenario.name}" for problem in problems)
    return [problem.code for problem in problems]


def test_all_examples_of_the_catalogue_come_out_as_written(service):
    assert len(service.scenarios) >= 8
    assert [
        problem for scenario in service.scenarios for problem in play(service=service, scenario=scenario)
    ] == []


def test_four_eyes_and_the_return_are_among_the_examples(service):
    returned = named(service, "Die zweite Person gibt einmal zurück")
    assert returned.expect.path is not None
    assert returned.expect.path.count("freigabe") == 2
    assert service.process.elements["freigabe"].attributes["fourEyes"] == "vorbereitung"


def test_the_tax_is_exact_to_the_cent(service):
    reduced = named(service, "Ermäßigung für den zweiten Hund")
    assert reduced.expect.decisions["steuer"]["jahresanteil"] == Decimal("60.50")
    wrong = replace(reduced.expect, decisions={"steuer": {"jahresanteil": Decimal("60.51")}})
    assert codes(service, replace(reduced, expect=wrong)) == ["differs"]


def test_a_scenario_that_stops_too_early_says_what_is_waited_for(service):
    plain = named(service, "Erster Hund")
    problems = play(service=service, scenario=replace(plain, tasks=()))
    assert [problem.code for problem in problems] == ["task-missing"]
    assert "pruefung" in problems[0].text["de"]


def test_a_task_after_the_end_is_reported(service):
    plain = named(service, "Erster Hund")
    assert codes(service, replace(plain, tasks=plain.tasks * 2)) == ["task-left"]


def test_an_entry_that_breaks_the_task_form_ends_the_scenario(service):
    plain = named(service, "Erster Hund")
    entry = replace(plain.tasks[0], result={**plain.tasks[0].result, "erster_monat": 13})
    assert codes(service, replace(plain, tasks=(entry,))) == ["entry-invalid"]


def test_a_table_without_a_matching_rule_is_reported(texts):
    changed = texts["steuer.dmn"].replace("&gt;= 2", "&gt;= 3")
    assert changed != texts["steuer.dmn"]
    texts["steuer.dmn"] = changed
    service = compile_package(package=Package.of_texts(texts=texts))
    assert codes(service, named(service, "Dritter Hund")) == ["no-rule-matches"]


def test_a_value_missing_in_a_letter_is_reported_with_file_and_field(texts):
    name = "letters/hundesteuerbescheid.en.md"
    texts[name] += "\n{{ answers.person.telefon }}\n"
    service = compile_package(package=Package.of_texts(texts=texts))
    problems = play(service=service, scenario=named(service, "Erster Hund"))
    assert [problem.code for problem in problems] == ["missing-value"]
    assert name in problems[0].text["de"]
    assert "answers.person.telefon" in problems[0].text["de"]


def test_answers_that_should_have_been_refused(service):
    plain = named(service, "Erster Hund")
    expect = replace(plain.expect, problems=("/hund/chipnummer",))
    assert codes(service, replace(plain, expect=expect)) == ["refusal-missing"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "scenario = 1",
        '[[scenario]]\nname = ""\nreceived_on = 2026-01-01\nexpect.outcome = "granted"',
        '[[scenario]]\nname = "a"\nreceived_on = 2026-01-01T10:00:00\nexpect.outcome = "granted"',
        '[[scenario]]\nname = "a"\nreceived_on = 2026-01-01',
        '[[scenario]]\nname = "a"\nreceived_on = 2026-01-01\nexpect.outcome = "won"',
        '[[scenario]]\nname = "a"\nreceived_on = 2026-01-01\nexpect.path = "a"',
        '[[scenario]]\nname = "a"\nreceived_on = 2026-01-01\nexpect.decisions.steuer = 1',
        '[[scenario]]\nname = "a"\nreceived_on = 2026-01-01\nexpect.fee = 1',
        '[[scenario]]\nname = "a"\nreceived_on = 2026-01-01\nexpect.outcome = "granted"\n[[scenario.task]]\nelement = "x"',
        '[[scenario]]\nname = "a"\nreceived_on = 2026-01-01\nexpect.outcome = "granted"\n[other]\nx = 1',
    ],
)
def test_a_scenario_file_that_says_nothing_useful_is_refused(text):
    with pytest.raises(PackageProblems) as refused:
        read_scenarios(content=text.encode())
    assert all(problem.where.startswith("scenarios.toml:line ") for problem in refused.value.problems)


def test_own_answers_go_over_the_common_ones():
    text = """
[answers]
a = { b = 1, c = 2026-01-02 }
[[scenario]]
name = "x"
received_on = 2026-01-01
answers.a.b = 1.10
expect.outcome = "closed"
"""
    (scenario,) = read_scenarios(content=text.encode())
    assert scenario.answers == {"a": {"b": Decimal("1.10"), "c": "2026-01-02"}}
