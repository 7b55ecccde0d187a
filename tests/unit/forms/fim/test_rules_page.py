"""RULES.md: laws with their links, scripts that are not taken over, warnings; and texts that stay texts."""

from __future__ import annotations

import json

from forms.codelists import CodeList, Entry
from forms.fim.conversion import convert
from tests.unit.forms.fim.messages import (
    SPACE,
    coded,
    element,
    field,
    group,
    message,
    read,
    rule,
    use,
    values,
)

LAW = "<x:bezug link='https://www.gesetze-im-internet.de/x'>§ 1 X</x:bezug>"


def page(xml: bytes) -> str:
    return convert(schema=read(xml), slug="probe").files["RULES.md"].decode()


def test_laws_stand_with_what_they_are_for():
    bad = "<x:bezug link='javascript:alert(1)'>§ 2 [X](y)</x:bezug>"
    text = page(message(use(field("F1", more=bad)), more=LAW + "<x:stichwort uri='x'>Wort</x:stichwort>"))
    assert "- § 1 X <https://www.gesetze-im-internet.de/x>" in text
    assert r"- `F1` „Frage“: § 2 \[X\](y)" in text
    assert "javascript" not in text


def test_a_form_without_laws_or_rules_says_so():
    text = page(message(use(field("F1"))))
    assert "FIM nennt keine." in text
    assert "Das Schema hat keine Regeln." in text


def test_scripts_are_mentioned_and_not_taken_over():
    scripted = rule("R1", "Wenn").replace(
        coded("typ", "K"), coded("typ", "K") + "<x:skript>function(){}</x:skript>"
    )
    made = convert(schema=read(message(use(field("F1")), more=scripted)), slug="probe")
    assert "nicht übernommen" in made.files["RULES.md"].decode()
    assert not any(b"function(){}" in content for content in made.files.values())


def test_warnings_of_the_reader_are_on_the_page():
    more = "<x:praezisierung maxLength='viele'/>"
    assert "maxLength=viele" in page(message(use(field("F1", more=more))))


def test_locked_fields_show_what_they_hold():
    made = convert(
        schema=read(message(use(field("F1", art="locked", more="<x:inhalt>fest</x:inhalt>", label="Land")))),
        slug="probe",
    )
    (first, _) = json.loads(made.files["form.ui.json"])["elements"]
    assert first["elements"] == [{"type": "Label", "text": "Land: fest"}]


def test_a_value_twice_and_a_list_beyond_a_package_are_noted():
    twice = field("F1", art="select", more=values(_1="Ja", __1="Nein"))
    reference = "<x:codelisteReferenz><x:canonicalIdentification>urn:x</x:canonicalIdentification></x:codelisteReferenz>"
    huge = CodeList("urn:x", "1", "", tuple(Entry(str(number), "n" * 500) for number in range(1_001)))
    schema = read(message(use(twice), use(field("F2", art="select", more=reference))))
    made = convert(schema=schema, slug="probe", code_lists=(huge,))
    assert [(note.where, note.code) for note in made.notes] == [
        ("/F1", "value-twice"),
        ("/F2", "codelist-unusable"),
    ]


def test_a_message_with_one_group_becomes_a_form_with_that_group():
    inside = element("G1", "Anschrift", coded("schemaelementart", "HAR") + use(field("F1")))
    xml = f'<x:xdatenfelder.datenfeldgruppe.0103 xmlns:x="{SPACE}"><x:datenfeldgruppe>{inside}</x:datenfeldgruppe></x:xdatenfelder.datenfeldgruppe.0103>'
    made = convert(schema=read(xml.encode()), slug="probe")
    schema = json.loads(made.files["form.json"])
    assert (schema["title"], list(schema["properties"])) == ("Anschrift", ["G1", "kontakt"])


def test_a_slug_without_letters_gets_a_mark_all_the_same():
    schema = read(message(use(group("G1", use(field("F1"))))))
    assert 'reference_prefix = "FIM"' in convert(schema=schema, slug="2026").files["service.toml"].decode()
