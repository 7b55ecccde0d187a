"""Two towns offer the same package: one with letters and fees of its own."""

from __future__ import annotations

import pytest

from backend.__main__ import main
from backend.services.models import ServiceVersion
from backend.tenancy import acting_for
from tests.integration.town import FOLDER, PACKAGE, TestTown

LETTER = next(name for name in PACKAGE.files if name.startswith("letters/"))
TABLE = next(name for name in PACKAGE.files if name.endswith(".dmn"))


@pytest.fixture
def own(tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / ".hidden").write_text("left out")
    return tmp_path


def publish(town, *more):
    return main(
        ["publish-service", str(FOLDER), "--authority", town.authority.slug, "--language", "en", *more]
    )


def files_of(town):
    with acting_for(authority_id=town.id):
        return ServiceVersion.objects.get().files


def test_own_letters_and_tables_replace_those_of_the_package(own, town, now):
    other = TestTown.found(now=now)
    letter = PACKAGE.texts()[LETTER] + "\nUnser eigener Satz.\n"
    table = PACKAGE.texts()[TABLE] + "<!-- unsere Satzung -->\n"
    (own / LETTER).write_text(letter)
    (own / TABLE).write_text(table)
    assert publish(town, "--own", str(own)) == 0
    assert publish(other) == 0
    assert (files_of(town)[LETTER], files_of(town)[TABLE]) == (letter, table)
    assert files_of(other) == PACKAGE.texts()
    assert {name for name, text in files_of(town).items() if text != PACKAGE.texts()[name]} == {LETTER, TABLE}


@pytest.mark.parametrize(
    ("name", "said"),
    [("process.bpmn", "Only letters"), ("letters/unknown.de.md", "no file of this name"), (TABLE, "")],
)
def test_what_is_not_ones_own_is_refused_and_nothing_published(own, town, capsys, name, said):
    (own / name).write_text("<broken")
    assert publish(town, "--own", str(own)) == 1
    output = capsys.readouterr().out
    assert name in output
    assert said in output
    with acting_for(authority_id=town.id):
        assert not ServiceVersion.objects.exists()


def test_a_link_out_of_the_folder_is_not_followed(own, town, capsys):
    (own / TABLE).symlink_to(FOLDER / TABLE)
    assert publish(town, "--own", str(own)) == 1
    assert TABLE in capsys.readouterr().out


def test_no_folder(own, town, capsys):
    assert publish(town, "--own", str(own / "nowhere")) == 1
    assert "Not a folder" in capsys.readouterr().out
