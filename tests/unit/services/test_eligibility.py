"""Can I apply at all? The check before the form: read, cross-checked, rehearsed, answered."""

from __future__ import annotations

import json

import pytest

from backend.services.checker import check_here
from backend.services.compiled import compile_package
from backend.services.eligibility import Eligibility, EligibilityAnswersRefused, eligible
from backend.services.package import Package

QUESTIONS = json.dumps(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["wohnort"],
        "properties": {
            "wohnort": {
                "title": "Wo leben Sie?",
                "x-texts": {"en": {"title": "Where do you live?"}},
                "oneOf": [
                    {"const": "hier", "title": "hier", "x-texts": {"en": {"title": "here"}}},
                    {"const": "anderswo", "title": "anderswo", "x-texts": {"en": {"title": "elsewhere"}}},
                ],
            },
            "hunde": {
                "title": "Hunde",
                "x-texts": {"en": {"title": "Dogs"}},
                "type": "integer",
                "minimum": 0,
            },
        },
    }
)
ANYWHERE = ("-", "-")


def rule(name: str, tests, outputs) -> str:
    cells = "".join(f"<inputEntry id='{name}i{i}'><text>{t}</text></inputEntry>" for i, t in enumerate(tests))
    cells += "".join(
        f"<outputEntry id='{name}o{i}'><text>{t}</text></outputEntry>" for i, t in enumerate(outputs)
    )
    return f"<rule id='{name}'>{cells}</rule>"


def table(*rules, policy="FIRST", columns=("eligible", "reason_de", "reason_en"), default=None, reads="answers.wohnort") -> str:  # fmt: skip
    defaults = default or [""] * len(columns)
    entries = [f"<defaultOutputEntry><text>{d}</text></defaultOutputEntry>" if d else "" for d in defaults]
    outputs = "".join(
        f"<output id='o_{c}' name='{c}'>{e}</output>" for c, e in zip(columns, entries, strict=True)
    )
    inputs = "".join(
        f"<input id='i{i}'><inputExpression id='ie{i}'><text>{s}</text></inputExpression></input>"
        for i, s in enumerate((reads, "answers.hunde"))
    )
    return (
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='d' name='d' namespace='urn:d'>"
        f"<decision id='antrag' name='Antrag'><decisionTable id='t' hitPolicy='{policy}'>"
        f"{inputs}{outputs}{''.join(rules)}</decisionTable></decision></definitions>"
    )


YES = rule("r1", ('"hier"', "&lt;= 5"), ("true", '"Ja."', '"Yes."'))
NO = rule("r2", ANYWHERE, ("false", '"Nur wer hier lebt."', '"Only for people living here."'))
EXAMPLES = """

[[eligibility]]
name = "Hier"
answers = { wohnort = "hier", hunde = 1 }
eligible = true

[[eligibility]]
name = "Anderswo"
answers = { wohnort = "anderswo" }
eligible = false

[[eligibility]]
name = "Unsinn"
answers = { wohnort = "nirgends" }
problems = ["/wohnort"]
"""


@pytest.fixture
def files(texts):
    texts["service.toml"] += '\n[eligibility]\ndecision = "antrag"\n'
    texts["eligibility.json"] = QUESTIONS
    texts["antrag.dmn"] = table(YES, NO)
    texts["scenarios.toml"] += EXAMPLES
    return texts


def found(texts) -> list[tuple[str, str]]:
    problems = check_here(package=Package.of_texts(texts=texts))
    assert all(problem.text["de"].strip() and problem.text["en"].strip() for problem in problems)
    return [(problem.where, problem.code) for problem in problems]


def test_a_sound_package_answers(files):
    assert found(files) == []
    service = compile_package(package=Package.of_texts(texts=files))
    assert service.manifest.eligibility == "antrag"
    assert eligible(service=service, answers={"wohnort": "hier", "hunde": 2}, today=None) == Eligibility(
        True, {"de": "Ja.", "en": "Yes."}
    )
    no = eligible(service=service, answers={"wohnort": "hier", "hunde": 6}, today=None)
    assert (no.eligible, no.reason["en"]) == (False, "Only for people living here.")


def test_answers_that_do_not_fit_are_refused_by_pointer(files):
    service = compile_package(package=Package.of_texts(texts=files))
    with pytest.raises(EligibilityAnswersRefused) as refused:
        eligible(service=service, answers={"wohnort": "x", "name": "y"}, today=None)
    assert [p.where for p in refused.value.problems] == ["/wohnort", "/name"]


def test_a_service_without_the_check_is_open_to_everybody(sound):
    service = compile_package(package=sound)
    assert service.eligibility is None
    assert eligible(service=service, answers="anything", today=None) == Eligibility(True)


def test_a_reason_that_is_empty_is_left_out(files):
    files["antrag.dmn"] = table(rule("r1", ('"hier"', "-"), ("true", "", '""')), NO)
    service = compile_package(package=Package.of_texts(texts=files))
    assert dict(eligible(service=service, answers={"wohnort": "hier"}, today=None).reason) == {}


@pytest.mark.parametrize(
    ("dmn", "where", "code"),
    [
        (table(YES), "antrag.dmn:antrag", "eligibility-not-total"),
        (table(YES, rule("r2", ("-", "&gt; 5"), ("false", '"a"', '"b"'))), "antrag.dmn:antrag", "eligibility-not-total"),
        (table(YES, policy="UNIQUE"), "antrag.dmn:antrag", "eligibility-not-total"),
        (table(YES, policy="UNIQUE", default=["false", '"a"', ""]), "antrag.dmn:antrag", "eligibility-not-total"),
        (table(YES, policy="UNIQUE", default=["false", '""', '"b"']), "antrag.dmn:antrag/default", "eligibility-reason-missing"),
        (table(YES, rule("r2", ANYWHERE, ("false", '"a"', ""))), "antrag.dmn:antrag/rule 2", "eligibility-reason-missing"),
        (table(YES, rule("r2", ANYWHERE, ('"nein"', '"a"', '"b"'))), "antrag.dmn:antrag/rule 2", "eligibility-outcome"),
        (table(YES, rule("r2", ANYWHERE, ("answers.hunde", '"a"', '"b"'))), "antrag.dmn:antrag/rule 2", "eligibility-outcome"),
        (table(rule("r1", ANYWHERE, ("true", '"a"')), columns=("eligible", "reason_de")), "antrag.dmn:antrag", "eligibility-outputs"),
        (table(YES, NO, reads="answers.ort"), "antrag.dmn:antrag", "unknown-name"),
        (table(YES, NO, reads="context.land"), "antrag.dmn:antrag", "unknown-name"),
        (table(rule("r1", ('"heir"', "-"), ("true", '""', '""')), NO), "antrag.dmn:antrag/rule 1", "value-not-offered"),
        (table(YES, NO).replace("'antrag'", "'andere'"), "service.toml:line ", "unknown-decision"),
    ],
)  # fmt: skip
def test_a_table_that_does_not_fit_is_refused(files, dmn, where, code):
    files["antrag.dmn"] = dmn
    assert any(place.startswith(where) and each == code for place, each in found(files)), found(files)


def test_a_unique_table_with_defaults_decides_everything(files):
    files["antrag.dmn"] = table(YES, policy="UNIQUE", default=["false", '"Nein."', '"No."'])
    assert found(files) == []


def test_a_broken_table_is_reported_once(files):
    files["antrag.dmn"] = "<broken"
    assert {place.split(":")[0] for place, _ in found(files)} == {"antrag.dmn"}


def test_the_parts_need_each_other(files):
    without = {name: text for name, text in files.items() if name != "eligibility.json"}
    assert [code for _, code in found(without)] == ["missing-file"]
    undeclared = {
        **files,
        "service.toml": files["service.toml"].replace('\n[eligibility]\ndecision = "antrag"\n', ""),
    }
    assert sorted(found(undeclared)) == [
        ("antrag.dmn:antrag", "unused-decision"),
        ("eligibility.json", "eligibility-not-declared"),
        ("scenarios.toml", "eligibility-not-declared"),
    ]
    empty = {**files, "service.toml": files["service.toml"].replace('decision = "antrag"', "")}
    assert [code for _, code in found(empty)] == ["manifest-missing"]
    broken = {**files, "eligibility.json": QUESTIONS.replace('"title": "Hunde"', '"titel": "Hunde"')}
    assert {place.split(":")[0] for place, _ in found(broken)} == {"eligibility.json"}


def test_both_outcomes_have_an_example(files):
    files["scenarios.toml"] = files["scenarios.toml"].replace("eligible = true", "eligible = false")
    assert found(files) == [("scenarios.toml", "eligibility-example-missing")]


@pytest.mark.parametrize(
    ("old", "new", "where", "code"),
    [
        ('answers = { wohnort = "anderswo" }', 'answers = { wohnort = "hier", hunde = 0 }', "scenarios.toml:Anderswo", "differs"),
        ('wohnort = "anderswo"', 'wohnort = "x"', "scenarios.toml:Anderswo", "answers-invalid"),
        ('wohnort = "nirgends"', 'wohnort = "hier"', "scenarios.toml:Unsinn", "differs"),
        ('problems = ["/wohnort"]', 'problems = ["/hunde"]', "scenarios.toml:Unsinn", "answers-invalid"),
        ('problems = ["/wohnort"]', 'problems = "/wohnort"', "scenarios.toml:", "scenario-invalid"),
        ('problems = ["/wohnort"]', "", "scenarios.toml:", "scenario-invalid"),
        ('name = "Hier"', 'name = ""', "scenarios.toml:", "scenario-invalid"),
        ('name = "Hier"', 'name = "Hier"\nreceived_on = 2026-01-01', "scenarios.toml:", "scenario-invalid"),
    ],
)  # fmt: skip
def test_examples_are_played(files, old, new, where, code):
    assert old in files["scenarios.toml"]
    files["scenarios.toml"] = files["scenarios.toml"].replace(old, new)
    assert any(place.startswith(where) and each == code for place, each in found(files)), found(files)


def test_examples_are_a_list(texts):
    for wrong in ("eligibility = 1", "eligibility = [1]"):
        changed = {**texts, "scenarios.toml": f"{wrong}\n" + texts["scenarios.toml"]}
        assert [code for _, code in found(changed)] == ["scenario-invalid"]


def test_a_scenario_file_that_is_broken_is_reported_once(files):
    files["scenarios.toml"] += "\n[broken"
    assert [code for _, code in found(files)] == ["toml-broken"]


def test_calculated_fields_of_a_package_are_calculated(texts):
    form = json.loads(texts["form.json"])
    form["properties"]["haushalt"]["properties"]["hunde_gesamt"] = {
        "title": "Hunde insgesamt",
        "x-texts": {"en": {"title": "Dogs in total"}},
        "type": "integer",
        "readOnly": True,
        "x-calculate": "answers.haushalt.weitere_hunde + 1",
    }
    ui = json.loads(texts["form.ui.json"])
    ui["elements"][0]["elements"].append(
        {"type": "Control", "scope": "#/properties/haushalt/properties/hunde_gesamt"}
    )
    texts |= {"form.json": json.dumps(form), "form.ui.json": json.dumps(ui)}
    assert found(texts) == []
    form["properties"]["haushalt"]["properties"]["hunde_gesamt"]["x-calculate"] = "answers.haushalt.hunde + 1"
    texts["form.json"] = json.dumps(form)
    assert found(texts) == [
        ("form.json:/properties/haushalt/properties/hunde_gesamt", "calculation-unknown-name")
    ]
