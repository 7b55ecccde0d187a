"""From FIM to a form: what each kind of field becomes, and that nothing is dropped in silence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forms.codelists import CodeList, Entry
from forms.definition import FormDefinition, read_form
from forms.fim.conversion import Conversion, convert
from forms.fim.export import NotFromFimError, fim_data
from forms.validation import check_answers
from tests.unit.forms.fim.messages import field, group, message, read, use, values

CONTACT = {
    "name": "Erika Mustermann",
    "strasse": "Weg 1",
    "postleitzahl": "31999",
    "ort": "Musterhausen",
    "email": "erika@example.org",
}


def converted(*uses: str, lists: tuple[CodeList, ...] = ()) -> Conversion:
    return convert(schema=read(message(*uses)), slug="probe", code_lists=lists)


def part(made: Conversion, name: str) -> Any:
    return json.loads(made.files[name])


def form_of(made: Conversion, lists: dict[str, CodeList] | None = None) -> FormDefinition:
    return read_form(
        schema=part(made, "form.json"), ui=part(made, "form.ui.json"), languages=["de"], code_lists=lists
    )


def question(*uses: str, **more: Any) -> Any:
    return part(converted(*uses, **more), "form.json")["properties"]["F1"]


def faults(form: FormDefinition, **answers: Any) -> list[tuple[str, str]]:
    found = check_answers(form=form, answers={"kontakt": CONTACT, **answers}, today=None)
    return [(each.where, each.code) for each in found.problems]


def notes(made: Conversion) -> list[tuple[str, str]]:
    return [(each.where, each.code) for each in made.notes]


@pytest.mark.parametrize(
    ("kind", "more", "good", "bad"),
    [
        ("text", "<x:praezisierung minLength='2' maxLength='3'/>", "abc", "abcd"),
        ("text", "<x:praezisierung pattern='[a-c]+'/>", "abc", "abcd"),
        ("text", "", "x", ""),
        ("text_latin", "", "Şahin", 1),
        ("obj", "", "x", {}),
        ("date", "", "2024-02-29", "2023-02-29"),
        ("time", "", "14:30", "24:30"),
        ("datetime", "", "2026-03-02T10:30:00Z", "2026-03-02"),
        ("bool", "", False, "nein"),
        ("num", "<x:praezisierung minValue='0.5' maxValue='2'/>", 0.5, 2.1),
        ("num_int", "<x:praezisierung minValue='0.5'/>", 1, 0),
        ("num_currency", "", 19.99, 19.999),
        ("file", "<x:mediaType>image/png</x:mediaType>", "00000000-0000-4000-8000-000000000001", "bild.png"),
    ],
)
def test_a_data_type_takes_what_fits_and_nothing_else(kind, more, good, bad):
    form = form_of(converted(use(field("F1", kind=kind, more=more))))
    assert faults(form, F1=good) == []
    assert {where for where, _ in faults(form, F1=bad)} == {"/F1"}
    assert faults(form) == [("/F1", "required")]


def test_a_file_says_what_may_be_attached_and_notes_what_cannot_be_kept():
    more = "<x:mediaType>image/png</x:mediaType><x:mediaType>text/html</x:mediaType><x:maxSize>10</x:maxSize>"
    made = converted(use(field("F1", kind="file", more=more)))
    assert form_of(made).schema["properties"]["F1"]["x-file"] == {"types": ["image/png"]}
    noted = [(note.where, note.code) for note in made.notes if note.code.startswith("file-")]
    assert noted == [("/F1", "file-type-left-out"), ("/F1", "file-size-left-out")]


def test_an_element_that_stands_once_brings_its_id_and_others_do_not():
    made = converted(
        use(group("G1", use(field("F1")), use(field("F2")))),
        use(group("G2", use(field("F1")))),
        use(field("F3"), "0:2"),
    )
    top = form_of(made).schema["properties"]
    assert [top[name].get("x-id") for name in ("G1", "G2", "F3")] == ["G1", "G2", "F3"]
    assert "x-id" not in top["F3"]["items"]
    inner = top["G1"]["properties"]
    assert "x-id" not in inner["F1"]
    assert inner["F2"]["x-id"] == "F2"


def test_cardinality_becomes_required_and_lists():
    form = form_of(
        converted(
            use(field("F1"), "0:1"), use(field("F2"), "1:*"), use(field("F3"), "0:2"), use(field("F4"), "2:5")
        )
    )
    assert faults(form) == [("/F2", "required"), ("/F4", "required")]
    assert faults(form, F2=["a"], F3=["a", "b"], F4=["a", "b"]) == []
    assert faults(form, F2=[], F3=["a"] * 3, F4=["a"]) == [
        ("/F2", "min-items"),
        ("/F3", "max-items"),
        ("/F4", "min-items"),
    ]


def test_the_same_element_at_two_places_is_two_questions():
    address = group("G1", use(field("F1")), use(field("F2"), "0:1"))
    form = form_of(converted(use(group("G2", use(address))), use(group("G3", use(address, "0:1")))))
    assert faults(form, G2={"G1": {"F1": "a"}}) == []
    assert faults(form, G2={"G1": {"F1": "a"}}, G3={"G1": {}}) == [("/G3/G1/F1", "required")]
    assert faults(form, G3={"G1": {"F1": "a"}}) == [("/G2", "required")]


def test_an_element_twice_in_one_parent_is_a_list():
    made = converted(use(field("F1")), use(field("F1"), "0:1"), use(field("F1")))
    assert notes(made) == [("/F1", "same-place")]
    assert faults(form_of(made), F1=["a", "b", "c"]) == []
    assert faults(form_of(made), F1=["a"]) == [("/F1", "min-items")]
    assert faults(form_of(made), F1=["a"] * 4) == [("/F1", "max-items")]
    assert question(use(field("F1")), use(field("F1"), "0:*")).keys() >= {"minItems"}
    assert "maxItems" not in question(use(field("F1")), use(field("F1"), "0:*"))


def test_of_a_choice_group_exactly_one_is_answered():
    art = "<x:art><code>X</code></x:art>"
    form = form_of(converted(use(group("G1", use(field("F1")), use(field("F2")), more=art))))
    assert faults(form, G1={"F1": "a"}) == []
    assert [where for where, _ in faults(form, G1={})] == ["/G1"]
    assert [where for where, _ in faults(form, G1={"F1": "a", "F2": "b"})] == ["/G1"]
    assert faults(form) == [("/G1", "required")]


def test_lists_of_groups_have_their_own_page_part():
    made = converted(
        use(group("G1", use(group("G2", use(field("F1")), use(field("F2")))), label="Hunde"), "0:*")
    )
    (page, _) = part(made, "form.ui.json")["elements"]
    assert page["elements"][0]["scope"] == "#/properties/G1"
    assert faults(form_of(made), G1=[{"G2": {"F1": "a", "F2": "b"}}, {"G2": {"F1": "a"}}]) == [
        ("/G1/1/G2/F2", "required")
    ]


def test_texts_to_read_are_no_questions():
    made = converted(
        use(field("F1", art="label", more="<x:inhalt>Lesen Sie das.</x:inhalt>")), use(field("F2"))
    )
    (page, _) = part(made, "form.ui.json")["elements"]
    assert page["elements"][0] == {"type": "Label", "text": "Lesen Sie das."}
    assert list(part(made, "form.json")["properties"]) == ["F2", "kontakt"]


def test_what_is_left_out_or_changed_is_noted():
    made = converted(
        use(field("F1", art="hidden")),
        use(field("F2", art="locked")),
        use(field("F3", art="locked", more="<x:inhalt>fest</x:inhalt>")),
        use(group("G1")),
        use(field("F4"), "0:0"),
        use(field("F5", more="<x:praezisierung pattern='(?=a)b'/>")),
        use(field("F6", more="<x:praezisierung pattern='abc' maxLength='2'/>")),
        use(field("F7", kind="date", more="<x:praezisierung minLength='2'/>")),
        use(field("F8", more="<x:vorbefuellung><code>optional</code></x:vorbefuellung>")),
        use(field("F9", art="select")),
    )
    assert notes(made) == [
        ("/F1", "hidden-left-out"),
        ("/F2", "locked-left-out"),
        ("/F3", "locked-shown"),
        ("/G1", "empty-left-out"),
        ("/F4", "never-left-out"),
        ("/F8", "prefill"),
        ("/F5", "pattern-left-out"),
        ("/F6", "pattern-unproved"),
        ("/F7", "limit-left-out"),
        ("/F9", "choice-without-values"),
    ]
    page = made.files["RULES.md"].decode()
    assert all(note.text["de"].split("„")[0].split("*")[0][:30] in page for note in made.notes)
    assert "pattern" not in part(made, "form.json")["properties"]["F5"]


def test_a_choice_stores_the_code_and_shows_the_name():
    asked = use(field("F1", art="select", more=values(_01="Ja", _02="Nein")))
    assert question(asked)["oneOf"] == [{"const": "01", "title": "Ja"}, {"const": "02", "title": "Nein"}]
    form = form_of(converted(asked))
    assert faults(form, F1="01") == []
    assert faults(form, F1="Ja") == [("/F1", "enum")]


REFERENCE = (
    "<x:codelisteReferenz><x:canonicalIdentification>urn:x:staat</x:canonicalIdentification>"
    "<x:version>2</x:version><x:canonicalVersionUri>urn:x:staat_2</x:canonicalVersionUri></x:codelisteReferenz>"
)
SELECT = use(field("F1", art="select", more=REFERENCE))


def listed(count: int, version: str = "2") -> CodeList:
    entries = tuple(Entry(f"{number:05}", f"Staat {number}") for number in range(count))
    return CodeList(uri="urn:x:staat", version=version, title="Staaten", entries=entries)


def test_a_code_list_that_is_missing_leaves_a_free_text_and_a_note():
    made = converted(SELECT)
    assert notes(made) == [("/F1", "codelist-missing")]
    assert faults(form_of(made), F1="Irgendwo") == []


def test_a_short_code_list_stands_in_the_form_once():
    made = converted(SELECT, use(field("F2", art="select", more=REFERENCE)), lists=(listed(1_000),))
    schema = part(made, "form.json")
    assert schema["properties"]["F1"]["$ref"] == schema["properties"]["F2"]["$ref"] == "#/$defs/staat-2"
    assert faults(form_of(made), F1="00999", F2="01000") == [("/F2", "enum")]
    assert notes(made) == []


def test_a_long_code_list_stands_beside_the_form_and_is_checked():
    made = converted(SELECT, lists=(listed(1_001),))
    assert question(SELECT, lists=(listed(1_001),))["x-codelist"] == "staat-2"
    assert len(part(made, "codelists/staat-2.json")["entries"]) == 1_001
    form = form_of(made, {"staat-2": listed(1_001)})
    assert faults(form, F1="01000") == []
    assert faults(form, F1="01001") == [("/F1", "enum")]
    assert faults(form, F1=7) == [("/F1", "type")]


def test_another_version_of_a_list_is_used_and_said():
    made = converted(SELECT, lists=(listed(5, "1"), listed(6, "10"), listed(7, "9")))
    assert notes(made) == [("/F1", "codelist-version")]
    assert len(next(iter(part(made, "form.json")["$defs"].values()))["oneOf"]) == 6


def test_answers_go_out_in_the_shape_of_fim():
    made = converted(use(group("G1", use(field("F1")), use(group("G2", use(field("F2"))), "0:*"))))
    schema = part(made, "form.json")
    schema["properties"]["G1"]["properties"]["eigenes"] = {"type": "string", "title": "Eigenes"}
    inner = {"F1": "John", "G2": [{"F2": "a"}, {"F2": "b"}]}
    data = fim_data(schema=schema, answers={"G1": {**inner, "eigenes": "x"}, "kontakt": CONTACT})
    assert data == {"$schema": "https://schema.fitko.de/fim/s00000000001_1.0.0.schema.json", "G1": inner}
    with pytest.raises(NotFromFimError):
        fim_data(schema={"type": "object"}, answers={})


def test_a_title_cannot_break_out_of_the_files_it_is_written_to():
    label = "Antrag &amp; &lt;b&gt; {{ answers.x }} | \"Zitat\" \\ | [x](y) ' # 'nein'"
    xml = message(use(field("F1"))).replace(b"<x:name>Antrag</x:name>", f"<x:name>{label}</x:name>".encode())
    made = convert(schema=read(xml), slug="probe")
    assert "{{ answers.x" not in made.files["letters/bewilligung.de.md"].decode()
    assert part(made, "form.json")["title"].startswith("Antrag & <b>")
