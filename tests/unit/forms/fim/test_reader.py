"""XDatenfelder messages: what is read, and that every fault is named with its line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from forms.fim.model import FimField, FimGroup, FimProblems, Kind, Precision
from tests.unit.forms.fim.messages import SPACE, coded, field, group, message, read, refused, rule, use


def test_structure_limits_help_and_law_are_read():
    more = (
        "<x:bezug link='https://www.gesetze-im-internet.de/x'>§ 1 X</x:bezug><x:hilfetextEingabe>Hilfe</x:hilfetextEingabe>"
        "<x:praezisierung minLength='1' maxLength='55' pattern='a+'/>"
    )
    schema = read(message(use(group("G1", use(field("F1", more=more), "0:*"))), more=rule("R1", "Wenn …")))
    assert (schema.id, schema.version, schema.standard, schema.status) == ("S00000000001", "1.0.0", "3", "6")
    assert [each.text for each in schema.rules] == ["Wenn …"]
    top = schema.children[0].element
    assert isinstance(top, FimGroup)
    inner = top.children[0]
    assert (inner.minimum, inner.maximum) == (0, None)
    assert isinstance(inner.element, FimField)
    assert inner.element.precision == Precision(min_length=1, max_length=55, pattern="a+")
    assert inner.element.help == "Hilfe"
    assert inner.element.legal_basis[0].link == "https://www.gesetze-im-internet.de/x"


def test_the_prefix_does_not_matter_the_namespace_does():
    xml = message(use(field("F1")))
    assert read(xml.replace(b"x:", b"irgendwas:").replace(b"xmlns:x=", b"xmlns:irgendwas=")).children
    assert refused(message(space="urn:x"), FimProblems) == [("line 2", "namespace-unknown")]


def test_a_code_element_belongs_to_no_namespace():
    xml = message(use(field("F1"))).replace(b"<code>input</code>", b"<x:code>input</x:code>")
    assert ("line 2", "element-unknown") in refused(xml, FimProblems)


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (message(use(field("F1", kind="zahl"))), "code-unknown"),
        (message(use(field("F1", art="geheim"))), "code-unknown"),
        (message(use(field("F1")), more=coded("freigabestatus", "5")), "element-twice"),
        (message(use(field("F1")), more="<x:neu/>"), "element-unknown"),
        (message(use(field(""))), "text-missing"),
        (message(use(field("../F1"))), "id-invalid"),
        (message(use(field("F1"), "1")), "count-invalid"),
        (message(use(field("F1"), "2:1")), "count-invalid"),
        (message(use(field("F1"), "*:1")), "count-invalid"),
        (message(use("")), "element-missing"),
        (message(use(field("F1") + group("G1"))), "element-missing"),
        (message(use(field("F1", more="<x:inhalt>a</x:inhalt><x:inhalt>b</x:inhalt>"))), "element-twice"),
    ],
)
def test_a_broken_message_is_refused(broken, code):
    assert refused(broken, FimProblems) == [("line 2", code)]


def test_every_fault_is_named_with_its_own_line():
    xml = message(use(field("F1", kind="zahl")), use(field("F2", art="x")))
    xml = xml.replace(b"<code>zahl", b"\n<code>zahl").replace(b"<code>x", b"\n\n<code>x")
    assert refused(xml, FimProblems) == [("line 3", "code-unknown"), ("line 5", "code-unknown")]


def test_a_hopeless_file_is_not_listed_for_ever():
    found = refused(message(*["<x:neu/>"] * 1_000), FimProblems)
    assert len(found) == 201
    assert found[-1][1] == "too-many-problems"


def test_an_empty_content_beside_the_real_one_is_tolerated():
    schema = read(message(use(field("F1", more="<x:inhalt/><x:inhalt>Text</x:inhalt>"))))
    assert schema.children[0].element.content == "Text"


def test_relations_are_read_over_whatever_is_in_them():
    relation = f"<x:relation>{coded('praedikat', 'UNBEKANNT')}<x:nie-gesehen/></x:relation>"
    assert read(message(use(field("F1")), more=relation * 100)).children


def test_too_deep_and_too_many_are_refused():
    nested = field("F1")
    for number in range(11):
        nested = group(f"G{number}", use(nested))
    assert refused(message(use(nested)), FimProblems) == [("line 2", "too-many-elements")]
    many = message(*[use(field(f"F{number}")) for number in range(4_001)])
    assert refused(many, FimProblems) == [("line 2", "too-many-elements")]


VERSION_2 = """<a:xdatenfelder.stammdatenschema.0102 xmlns:a="urn:xoev-de:fim:standard:xdatenfelder_2">
<a:stammdatenschema><a:identifikation><a:id>S1</a:id></a:identifikation><a:name>N</a:name>
<a:status><code>aktiv</code></a:status><a:struktur><a:anzahl>1:1</a:anzahl><a:enthaelt><a:datenfeld>
<a:identifikation><a:id>F1</a:id></a:identifikation><a:name>N</a:name><a:status><code>aktiv</code></a:status>
<a:schemaelementart><code>HAR</code></a:schemaelementart><a:feldart><code>input</code></a:feldart>
<a:datentyp><code>num</code></a:datentyp><a:praezisierung>%s</a:praezisierung>
</a:datenfeld></a:enthaelt></a:struktur></a:stammdatenschema></a:xdatenfelder.stammdatenschema.0102>"""


def test_version_2_has_its_limits_as_json_with_numbers_as_text():
    schema = read((VERSION_2 % '{"minValue":"0,5","maxValue":"10","minLength":""}').encode())
    assert (schema.standard, schema.version) == ("2", "")
    assert schema.children[0].element.datatype is Kind.NUMBER
    assert schema.children[0].element.precision == Precision(minimum=Decimal("0.5"), maximum=Decimal(10))
    assert schema.warnings == ()


@pytest.mark.parametrize(
    "written",
    ["höchstens 10", '{"minValue":', "[1]", '{"minValue":"zehn"}', '{"minLength":"2.5"}', '{"minLength":-1}',
     '{"minLength":9,"maxLength":1}', '{"minValue":9,"maxValue":1}', '{"pattern":7}', '{"maxValue":"1e999"}',
     "[" * 5_000],
)  # fmt: skip
def test_broken_limits_are_a_warning_with_line_and_no_limit(written):
    schema = read((VERSION_2 % written).encode())
    assert [(each.where, each.code) for each in schema.warnings] == [("line 6", "precision-unreadable")]
    assert schema.children[0].element.precision == Precision()


def test_other_messages_of_the_standard_are_named():
    xml = f'<x:xdatenfelder.regel.0105 xmlns:x="{SPACE}"/>'.encode()
    assert refused(xml, FimProblems) == [("line 1", "root-unknown")]
    empty = f'<x:xdatenfelder.stammdatenschema.0102 xmlns:x="{SPACE}"/>'.encode()
    assert refused(empty, FimProblems) == [("line 1", "element-missing")]
