"""service.toml: values, and every problem with its line."""

from __future__ import annotations

import pytest

from backend.services.manifest import read_manifest
from backend.services.package import PackageProblems
from backend.services.toml_text import read_toml
from signing.issuers import TrustLevel


def problems(text: str) -> dict[str, str]:
    with pytest.raises(PackageProblems) as refused:
        read_manifest(content=text.encode())
    return {problem.where: problem.text["en"] for problem in refused.value.problems}


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def test_the_catalogue_manifest(texts):
    manifest = read_manifest(content=texts["service.toml"].encode())
    assert manifest.slug == "hundesteuer-anmeldung"
    assert manifest.trust_level is TrustLevel.LOW
    assert manifest.units == ("steueramt",)
    assert manifest.retention_years == 10
    assert manifest.recipient.name == ("answers.person.vorname", "answers.person.nachname")
    assert manifest.recipient.city == ("answers.person.ort",)


def test_everything_missing_is_said_at_once():
    found = read_problems("")
    assert len(found) >= 10
    assert all(problem.where == "service.toml:line 1" for problem in found)
    assert any("slug" in problem.text["de"] for problem in found)


def read_problems(text: str):
    with pytest.raises(PackageProblems) as refused:
        read_manifest(content=text.encode())
    return refused.value.problems


@pytest.mark.parametrize(
    ("start", "line"),
    [
        ("slug =", 'slug = "Hund & Co"'),
        ("unit =", "unit = 7"),
        ("trust_level =", 'trust_level = "medium"'),
        ("languages =", 'languages = ["en"]'),
        ("languages =", 'languages = ["de", "fr"]'),
        ("reference_prefix =", 'reference_prefix = "hund"'),
        ("years =", "years = 300"),
        ("years =", "years = true"),
        ("years =", 'years = "10"'),
        ("name =", 'name = "person.vorname"'),
        ("name =", "name = []"),
        ("email =", 'email = "context.land"'),
    ],
)
def test_a_wrong_value_is_named_with_its_line(texts, start, line):
    text = texts["service.toml"]
    number = line_of(text, start)
    lines = text.splitlines()
    lines[number - 1] = line
    assert set(problems("\n".join(lines))) == {f"service.toml:line {number}"}


def test_a_misspelt_key_is_not_silently_ignored(texts):
    text = texts["service.toml"].replace("[retention]", "other_unit = []\n[retention]")
    assert any("other_unit" in english for english in problems(text).values())


def test_broken_toml_is_named_with_its_line():
    assert "service.toml:line 2" in problems('slug = "a"\nunit = \n')


def test_places_of_keys_in_lists_of_tables():
    text = read_toml(
        name="t.toml",
        content=b"[a]\nx = 1\n[[s]]\nn = 1\n[[s.t]]\ny = 1\n[[s.t]]\ny = 2\n[[s]]\n[s.e]\nz.z = 1\n",
    )
    assert text.lines["a.x"] == 2
    assert text.lines["s.0.n"] == 4
    assert text.lines["s.0.t.1.y"] == 8
    assert text.lines["s.1.e.z.z"] == 11
    assert text.place("s.1.nothing") == "t.toml:line 9"
