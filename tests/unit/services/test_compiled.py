"""Every fault that is sown into the real package is found, in the right file and place."""

from __future__ import annotations

import pytest

from backend.services.checker import check_here
from backend.services.compiled import compile_package
from backend.services.package import Package
from signing.issuers import TrustLevel

PROCESS, STEUER, GRUND = "process.bpmn", "steuer.dmn", "befreiungsgrund.dmn"
BESCHEID = "letters/hundesteuerbescheid.de.md"
HOSTILE = "__import__('os').system('touch /tmp/owned')"

# file, what stands there, what stands there instead, where it is found, code
FAULTS = [
    ("service.toml", 'trust_level = "low"', 'trust_level = "medium"', "service.toml:line ", "manifest-value"),
    ("service.toml", "reference_prefix", "reference_prefx", "service.toml:line ", "manifest-unknown-key"),
    ("service.toml", "[title]", "[title", "service.toml:line ", "toml-broken"),
    ("service.toml", "person.postleitzahl", "person.plz", "service.toml:line 32", "unknown-recipient-path"),
    ("form.json", '"german-postcode"', '"german-postcod"', "form.json:/properties/person/properties/postleitzahl", "format-unknown"),
    ("form.json", '"additionalProperties": false', '"additionalProperties": true', "form.json", "object-open"),
    ("form.json", '"title": "First name"', '"titel": "First name"', "form.json:/properties/person/properties/vorname", "text-missing"),
    ("form.json", '"type": "object",', '"type": "object"', "form.json:line ", "not-json"),
    ("form.json", '"person": {', '"hund": {', "form.json:line ", "duplicate-key"),
    ("form.json", '"type": "integer"', '"type": "intger"', "form.json", "schema-invalid"),
    ("form.ui.json", "properties/vorname", "properties/vornamen", "form.ui.json:/elements/0", "scope-unknown"),
    ("form.ui.json", '"SHOW"', '"APPEAR"', "form.ui.json:/elements/1", "rule-invalid"),
    ("form.ui.json", '"Categorization"', '"Categories"', "form.ui.json", "element-unknown"),
    (PROCESS, "<bpmn:laneSet ", '<bpmn:scriptTask id="skript" /><bpmn:laneSet ', "process.bpmn:skript", "unsupported-element"),
    (PROCESS, 'answers.befreiung.art != "keine"', HOSTILE, "process.bpmn:ja", None),
    (PROCESS, 'answers.befreiung.art != "keine"', "now() == 1", "process.bpmn:ja", "clock-function"),
    (PROCESS, "answers.befreiung.art !=", "answers.befreiung.ard !=", "process.bpmn:ja", "unknown-name"),
    (PROCESS, '!= "keine"', '!= "kein"', "process.bpmn:ja", "value-not-offered"),
    (PROCESS, "answers.befreiung.art !=", "entscheidung.ergebnis !=", "process.bpmn:ja", "not-yet-known"),
    (PROCESS, '"freigeben"', '"frei geben"', "process.bpmn:freigegeben", "value-not-offered"),
    (PROCESS, 'default="nein"', "", "process.bpmn:nein", "flow-without-condition"),
    (PROCESS, 'lz:form="pruefung"', 'lz:form="prüfung"', "process.bpmn:pruefung", "unknown-form"),
    (PROCESS, 'lz:form="pruefung"', "", "tasks/pruefung.json", "unused-file"),
    (PROCESS, 'lz:letter="befreiungsbescheid"', 'lz:letter="befreiung"', "process.bpmn:befreiungsbescheid", "unknown-letter"),
    (PROCESS, 'lz:letter="befreiungsbescheid"', 'lz:letter="befreiung"', "letters/befreiungsbescheid.de.md", "unused-file"),
    (PROCESS, 'lz:letter="befreiungsbescheid"', "", "process.bpmn:befreiungsbescheid", "missing-letter"),
    (PROCESS, 'lz:command="issue-notice"', 'lz:command="rm"', "process.bpmn:befreiungsbescheid", "unknown-command"),
    (PROCESS, 'lz:decision="steuer"', 'lz:decision="steuern"', "process.bpmn:steuer", "unknown-decision"),
    (PROCESS, 'lz:decision="steuer"', 'lz:decision="steuern"', "steuer.dmn:steuer", "unused-decision"),
    (PROCESS, 'lz:role="approver"', 'lz:role="boss"', "process.bpmn:stellungnahme", "unknown-role"),
    (PROCESS, 'lz:unit="steueramt"', 'lz:unit="bauamt"', "process.bpmn:stellungnahme", "unknown-unit"),
    (PROCESS, 'lz:fourEyes="vorbereitung"', 'lz:fourEyes="vorbereiten"', "process.bpmn:freigabe", "four-eyes-unknown"),
    (PROCESS, 'lz:fourEyes="vorbereitung"', 'lz:fourEyes="freigabe"', "process.bpmn:freigabe", "four-eyes-itself"),
    (PROCESS, 'lz:outcome="closed"', "", "process.bpmn:nicht_steuerpflichtig", "end-without-outcome"),
    (PROCESS, 'lz:labelEn="Decision is being prepared"', "", "process.bpmn:vorbereitung", "label-in-one-language"),
    (PROCESS, 'lz:due="P7D"', 'lz:due="1 Woche"', "process.bpmn:freigabe", "bad-duration"),
    (STEUER, "answers.hund.rasse", "answers.hund.rase", "process.bpmn:steuer", "unknown-name"),
    (STEUER, '"Bullterrier"', '"Bulterrier"', "steuer.dmn:steuer/rule 2", "overlapping-rules"),
    (STEUER, 'hitPolicy="UNIQUE"', 'hitPolicy="BEST"', "steuer.dmn:steuer", "unsupported-hit-policy"),
    (STEUER, "8 * (13", "8 * ((13", "steuer.dmn:steuer/rule 2", None),
    (GRUND, "<definitions ", "<definition ", "befreiungsgrund.dmn:line ", None),
    (GRUND, '"rettungshund"', '"assistenzhund"', "befreiungsgrund.dmn:befreiungsgrund", "overlapping-rules"),
    (GRUND, 'id="befreiungsgrund" name', 'id="steuer" name', "steuer.dmn:steuer", "decision-twice"),
    (BESCHEID, "{{ answers.hund.rasse }}", "{{ answers.hund.rase }}", f"{BESCHEID}:answers.hund.rase", "unknown-data"),
    (BESCHEID, "{{ steuer.monate }}", "{{ freigabe.hinweis.x }}", f"{BESCHEID}:freigabe.hinweis.x", "unknown-data"),
    (BESCHEID, "{{ case.reference }}", "{{ case.number }}", f"{BESCHEID}:case.number", "unknown-data"),
    (BESCHEID, "| money", "| geld", f"{BESCHEID}:line ", "unknown-format"),
    (BESCHEID, "subject:", "betreff:", f"{BESCHEID}:line ", "no-subject"),
    ("letters/keine-steuerpflicht.en.md", "{{ entscheidung.begruendung }}", "{{ steuer.jahresbetrag | money }}",
     "letters/keine-steuerpflicht.en.md:steuer.jahresbetrag", "data-too-late"),
    ("tasks/freigabe.json", '"type": "string"', '"type": "text"', "tasks/freigabe.json:", "schema-invalid"),
    ("tasks/freigabe.json", '"title": "approve"', '"titel": "approve"', "tasks/freigabe.json:/properties/ergebnis/oneOf/0", "text-missing"),
    ("scenarios.toml", "jahresanteil = 80", "jahresanteil = 81", "scenarios.toml:Erster Hund", "differs"),
    ("scenarios.toml", '"steuer", "hundesteuerbescheid"', '"hundesteuerbescheid"', "scenarios.toml:Erster Hund", "differs"),
    ("scenarios.toml", 'letters = ["hundesteuerbescheid"]', "letters = []", "scenarios.toml:Erster Hund", "differs"),
    ("scenarios.toml", 'outcome = "closed"', 'outcome = "granted"', "scenarios.toml:Hund wird in einer", "differs"),
    ("scenarios.toml", '"/befreiung/begruendung"', '"/befreiung/art"', "scenarios.toml:Befreiung ohne", "refusal-missing"),
    ("scenarios.toml", 'ort = "Musterhausen"', 'stadt = "Musterhausen"', "scenarios.toml:Erster Hund", "answers-invalid"),
    ("scenarios.toml", "erster_monat = 3, ", "erster_monat = 13, ", "scenarios.toml:Erster Hund", "entry-invalid"),
    ("scenarios.toml", 'element = "pruefung"', 'element = "freigabe"', "scenarios.toml:Erster Hund", "task-not-open"),
    ("scenarios.toml", "received_on = 2026-03-02", "received = 2026-03-02", "scenarios.toml:line ", "scenario-invalid"),
    ("scenarios.toml", 'name = "Dritter Hund"', 'name = "Erster Hund"', "scenarios.toml:line ", "scenario-invalid"),
    (STEUER, 'hitPolicy="UNIQUE"', 'hitPolicy="PRIORITY"', "steuer.dmn:steuer", "priority-list-missing"),
    (GRUND, '"rettungshund"', '"rettungshunt"', "befreiungsgrund.dmn:befreiungsgrund", "value-not-offered"),
    (PROCESS, '<bpmn:startEvent id="eingang" name="Antrag eingegangen">',
     '<bpmn:startEvent id="eingang" name="Antrag eingegangen" lz:due="P1D"><bpmn:timerEventDefinition />',
     "process.bpmn:eingang", "not-carried-out-yet"),
]  # fmt: skip


def broken(texts: dict[str, str], file: str, old: str, new: str) -> Package:
    assert old in texts[file], "the fault must change something"
    return Package.of_texts(texts={**texts, file: texts[file].replace(old, new, 1)})


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault[0]}-{fault[4]}")
def test_a_sown_fault_is_found(texts, fault):
    file, old, new, where, code = fault
    problems = check_here(package=broken(texts, file, old, new))
    found = [(problem.where, problem.code) for problem in problems]
    assert any(place.startswith(where) and code in {None, each} for place, each in found), found
    assert all(problem.text["de"].strip() and problem.text["en"].strip() for problem in problems)
    assert all(place.split(":")[0] in texts for place, _ in found)


def test_the_catalogue_package_is_in_order(sound):
    assert check_here(package=sound) == ()
    service = compile_package(package=sound)
    assert service.content_hash == sound.content_hash
    assert service.manifest.trust_level is TrustLevel.LOW
    assert set(service.decisions) == {"steuer", "befreiungsgrund"}
    assert set(service.task_forms) == {"pruefung", "befreiung", "stellungnahme", "freigabe"}
    for name in ("hundesteuerbescheid", "befreiungsbescheid", "ablehnung-befreiung", "keine-steuerpflicht"):
        assert set(service.letters[name]) == {"de", "en"}


def test_faults_in_several_files_are_reported_together(texts):
    for file, old, new, _, _ in (
        FAULTS[0],
        FAULTS[4],
        FAULTS[10],
        FAULTS[14],
        FAULTS[38],
        FAULTS[46],
        FAULTS[49],
    ):
        texts[file] = texts[file].replace(old, new, 1)
    files = {problem.where.split(":")[0] for problem in check_here(package=Package.of_texts(texts=texts))}
    assert files >= {"service.toml", "form.json", PROCESS, STEUER, BESCHEID, "tasks/freigabe.json"}


def test_a_letter_must_exist_in_every_language(texts):
    del texts["letters/hundesteuerbescheid.en.md"]
    problems = check_here(package=Package.of_texts(texts=texts))
    assert [(p.where, p.code) for p in problems] == [("process.bpmn:hundesteuerbescheid", "unknown-letter")]
    assert "letters/hundesteuerbescheid.en.md" in problems[0].text["en"]


def test_an_unreadable_table_is_reported_once_and_not_as_unknown(texts):
    texts[STEUER] = "<broken"
    problems = check_here(package=Package.of_texts(texts=texts))
    assert {p.where.split(":")[0] for p in problems} == {STEUER}


def test_known_commands_are_an_argument(sound):
    assert compile_package(package=sound, commands={"issue-notice", "deliver"}).process.service_tasks


def test_a_hostile_condition_is_refused_and_never_runs(texts, tmp_path):
    mark = tmp_path / "owned"
    hostile = f"__import__('pathlib').Path('{mark}').touch()"
    problems = check_here(package=broken(texts, PROCESS, 'answers.befreiung.art != "keine"', hostile))
    assert "process.bpmn:ja" in {p.where for p in problems}
    assert not mark.exists()
