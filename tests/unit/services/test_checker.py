"""The check runs in a child process, and ends when its limits end."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from backend.commands import check_service
from backend.services.checker import check_folder, check_package
from backend.services.package import Package
from backend.services.readiness import open_places
from tests.unit.services.conftest import FOLDER

RETURN = """
[[scenario.task]]
element = "vorbereitung"
enters = { ergebnis = "befreien", befreit_ab = 2026-04-01, markennummer = "1", begruendung = "Zehn Zeichen." }
[[scenario.task]]
element = "freigabe"
enters = { ergebnis = "zurueckgeben", hinweis = "Noch einmal." }
"""


def endless(texts: dict[str, str]) -> Package:
    """A package that fits every size limit and would be played for a long time."""
    common = texts["scenarios.toml"].partition("[[scenario]]")[0]
    start = """
[[scenario]]
name = "{number}"
received_on = 2026-03-02
answers.befreiung = {{ art = "diensthund", begruendung = "Zehn Zeichen.", nachweis = "einer" }}
expect.outcome = "granted"
[[scenario.task]]
element = "stellungnahme"
enters = {{ empfehlung = "befreien", stellungnahme = "Zehn Zeichen." }}
"""
    examples = "".join(start.format(number=number) + RETURN * 24 for number in range(60))
    return Package.of_texts(texts={**texts, "scenarios.toml": common + examples})


def children() -> set[str]:
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True)
    return {line for line in listed.stdout.splitlines() if "-m backend.services.checker 2 " in line}


def test_a_package_that_takes_too_long_is_ended_and_refused(texts):
    started = time.monotonic()
    problems = check_package(package=endless(texts), seconds=1)
    assert [problem.code for problem in problems] == ["check-out-of-limits"]
    assert "(1 s)" in problems[0].text["en"]
    assert time.monotonic() - started < 5
    assert children() == set()


def test_a_package_that_needs_too_much_memory_is_refused(texts):
    problems = check_package(package=endless(texts), seconds=30, megabytes=40)
    assert [problem.code for problem in problems] == ["check-out-of-limits"]


def test_the_child_finds_what_the_check_finds(texts):
    assert check_folder(folder=FOLDER) == ()
    texts["process.bpmn"] = texts["process.bpmn"].replace('lz:role="approver"', 'lz:role="boss"', 1)
    problems = check_package(package=Package.of_texts(texts=texts))
    assert [(p.where, p.code) for p in problems] == [("process.bpmn:stellungnahme", "unknown-role")]
    assert set(problems[0].text) == {"de", "en"}


def test_the_child_gets_no_secret(monkeypatch):
    monkeypatch.setenv("LAUFZETTEL_SECRET_KEY", "secret")
    monkeypatch.setenv("PYTHONPATH", "/nonexistent")
    seen = []
    real = subprocess.run

    def spy(command, **options):
        seen.append(options["env"])
        return real(command, **options)

    monkeypatch.setattr(subprocess, "run", spy)
    assert check_folder(folder=FOLDER) == ()
    assert "secret" not in str(seen)


@pytest.mark.parametrize(("language", "word"), [("de", "gibt es nicht"), ("en", "there is no")])
def test_the_command_prints_file_place_and_text(texts, tmp_path, capsys, language, word):
    texts["process.bpmn"] = texts["process.bpmn"].replace('"issue-notice"', '"rm"', 1)
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert run_command(tmp_path, language) == 1
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("process.bpmn:befreiungsbescheid: ")
    assert word in first


def test_the_command_says_when_all_is_well(capsys):
    assert run_command(FOLDER, "de") == 0
    assert capsys.readouterr().out == "Das Leistungspaket ist in Ordnung.\n"


def test_the_command_warns_of_what_an_import_left_open(texts, tmp_path, capsys):
    texts["service.toml"] = texts["service.toml"].replace(
        'trust_level = "low"',
        '# Zeilen mit AUSFÜLLEN sind zu prüfen.\ntrust_level = "low"  # AUSFÜLLEN: Niveau',
    )
    letter = next(name for name in texts if name.startswith("letters/"))
    texts[letter] += "\nAUSFÜLLEN: Gründe.\n\nBitte ausfüllen.\n"
    texts["RULES.md"] = "- [ ] jede Zeile mit AUSFÜLLEN\n"
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    lines = {
        name: next(n for n, line in enumerate(texts[name].splitlines(), start=1) if "AUSFÜLLEN:" in line)
        for name in ("service.toml", letter)
    }
    for language, first, last in (("de", "Das Leistungspaket ist in Ordnung.", "Warnung: 2 Stellen"), ("en", "The service package", "Warning: 2 places")):  # fmt: skip
        assert run_command(tmp_path, language) == 0
        said = capsys.readouterr().out.splitlines()
        assert said[0].startswith(first)
        assert sorted(line.split(": ")[0] for line in said[1:3]) == sorted(
            f"{name}:line {line}" for name, line in lines.items()
        )
        assert said[3].startswith(last)
        assert len(said) == 4


@pytest.mark.parametrize(
    "text", [r'{"title": "AUSF\u00dcLLEN"}', "<a b='AUSF&#220;LLEN'/>", "AUSFU\u0308LLEN:"]
)
def test_the_mark_is_found_however_it_is_written(texts, text):
    (found,) = open_places(package=Package.of_texts(texts={**texts, "tasks/x.json": f"\n{text}"}))
    assert (found.where, found.code) == ("tasks/x.json:line 2", "placeholder-left")


def run_command(folder, language: str) -> int:
    parser = check_service.argparse.ArgumentParser()
    check_service.add_arguments(parser)
    return check_service.run(parser.parse_args([str(folder), "--language", language]))


def test_checking_needs_neither_django_nor_a_database():
    code = (
        "import sys, backend.commands.check_service;"
        "print([name for name in ('django', 'celery', 'psycopg') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={}, check=True)
    assert done.stdout.strip() == "[]"
