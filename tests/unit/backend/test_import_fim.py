"""`import-fim`: a package whole or nothing, no overwriting, every reason with its file."""

from __future__ import annotations

import pytest

from backend.__main__ import main
from backend.commands.import_fim import import_form
from backend.services.checker import check_folder
from forms.problems import Problems
from tests.unit.forms.fim.messages import field, group, message, rule, use

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<gc:CodeList xmlns:gc="http://docs.oasis-open.org/codelist/ns/genericode/1.0/">
<Identification><ShortName>l</ShortName><Version>1</Version><CanonicalUri>urn:x:liste</CanonicalUri></Identification>
<ColumnSet><Column Id="c"/><Column Id="name"/><Key><ColumnRef Ref="c"/></Key></ColumnSet>
<SimpleCodeList>{rows}</SimpleCodeList></gc:CodeList>"""
ROW = (
    '<Row><Value ColumnRef="c"><SimpleValue>{0}</SimpleValue></Value>'
    '<Value ColumnRef="name"><SimpleValue>Wert {0}</SimpleValue></Value></Row>'
)
REFERENCE = "<x:codelisteReferenz><x:canonicalIdentification>urn:x:liste</x:canonicalIdentification></x:codelisteReferenz>"


def reasons(**arguments):
    with pytest.raises(Problems) as caught:
        import_form(**arguments)
    return [(each.where, each.code) for each in caught.value.problems]


@pytest.fixture
def source(tmp_path):
    file = tmp_path / "antrag.xdf.xml"
    file.write_bytes(message(use(group("G1", use(field("F1"), "1:*"))), more=rule("R1", "Nur werktags.")))
    return file


def test_the_package_can_be_published_as_it_is(source, tmp_path, capsys):
    out = tmp_path / "catalogue" / "mein-antrag"
    assert main(["import-fim", str(source), "--out", str(out), "--language", "de"]) == 0
    assert "1 Regeln, davon 0 mit Vorschlag" in capsys.readouterr().out
    assert check_folder(folder=out) == ()
    assert sorted(path.name for path in out.iterdir()) == [
        "RULES.md", "form.json", "form.ui.json", "letters", "process.bpmn", "scenarios.toml", "service.toml", "tasks",
    ]  # fmt: skip
    assert [path.name for path in out.parent.iterdir()] == ["mein-antrag"]
    assert out.stat().st_mode & 0o777 == 0o755


def test_nothing_is_overwritten(source, tmp_path):
    out = tmp_path / "da"
    out.mkdir()
    assert reasons(file=source, out=out) == [(str(out), "folder-exists")]
    assert list(out.iterdir()) == []
    link = tmp_path / "verweis"
    link.symlink_to(tmp_path / "nirgends")
    assert reasons(file=source, out=link) == [(str(link), "folder-exists")]


def test_a_broken_file_leaves_nothing_behind(source, tmp_path, capsys):
    source.write_bytes(message(use(field("F1", kind="zahl"))))
    out = tmp_path / "neu"
    assert main(["import-fim", str(source), "--out", str(out), "--language", "en"]) == 1
    assert f"{source}:line 2: There is no code “zahl”" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == [source]


def test_what_would_not_pass_the_check_is_not_written(source, tmp_path, monkeypatch):
    # A form beyond what a package may hold: 3,000 questions with long help texts.
    more = f"<x:hilfetextEingabe>{'Hilfe ' * 100}</x:hilfetextEingabe>"
    source.write_bytes(message(*[use(field(f"F{number}", more=more)) for number in range(3_000)]))
    found = reasons(file=source, out=tmp_path / "neu")
    assert {code for _, code in found} == {"file-too-large"}
    assert list(tmp_path.iterdir()) == [source]


def test_names_and_missing_files_are_refused(source, tmp_path):
    assert reasons(file=source, out=tmp_path / "Mein Antrag")[0][1] == "slug-invalid"
    gone = tmp_path / "gone.xml"
    assert reasons(file=gone, out=tmp_path / "neu") == [(str(gone), "file-unreadable")]


@pytest.mark.parametrize(("count", "file"), [(3, None), (1_200, "liste-1.json")])
def test_code_lists_are_taken_from_a_folder(source, tmp_path, count, file):
    source.write_bytes(message(use(field("F1", art="select", more=REFERENCE))))
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "liste.xml").write_text(LIST.format(rows="".join(map(ROW.format, range(count)))))
    out = tmp_path / "neu"
    assert import_form(file=source, out=out, code_lists=folder).notes == ()
    kept = out / "codelists"
    assert ([path.name for path in kept.iterdir()] if kept.exists() else []) == ([file] if file else [])
    assert check_folder(folder=out) == ()


def test_a_list_that_the_form_names_must_be_in_the_package(source, tmp_path):
    source.write_bytes(message(use(field("F1", art="select", more=REFERENCE))))
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "liste.xml").write_text(LIST.format(rows="".join(map(ROW.format, range(1_200)))))
    out = tmp_path / "neu"
    import_form(file=source, out=out, code_lists=folder)
    kept = out / "codelists" / "liste-1.json"
    kept.write_text(kept.read_text().replace('["7", "Wert 7"]', '["6", "Wert 7"]'))
    assert {each.code for each in check_folder(folder=out)} == {"codelist-twice", "codelist-unknown"}
    kept.unlink()
    assert [each.code for each in check_folder(folder=out)] == ["codelist-unknown"]


def test_a_broken_code_list_is_named(source, tmp_path):
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "kaputt.xml").write_text(LIST.format(rows="<Row/>"))
    found = reasons(file=source, out=tmp_path / "neu", code_lists=folder)
    assert found == [(f"{folder / 'kaputt.xml'}:line 5", "codelist-no-code")]
