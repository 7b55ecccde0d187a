"""Rules in prose: proposals for common wordings, none for anything else, and never applied."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forms.definition import read_form
from forms.fim.conversion import convert
from forms.validation import check_answers
from tests.unit.forms.fim.messages import field, group, message, read, rule, use, values

FIELDS = (
    use(field("F00000001", kind="bool", label="Abweichend")),
    use(field("F00000002", art="select", more=values(_001="Inland", _002="Ausland"), label="Wo")),
    use(group("G00000003", use(field("F00000004")), label="Sitz der Stelle"), "0:1"),
    use(field("F00000005", label="Datum"), "0:1"),
)


def layout(text: str, *fields: str) -> tuple[dict[str, Any], dict[str, Any]]:
    made = convert(schema=read(message(*(fields or FIELDS), more=rule("R1", text))), slug="probe")
    assert text in " ".join(made.files["RULES.md"].decode().split())
    return json.loads(made.files["form.json"]), json.loads(made.files["form.ui.json"])


def elements(node: dict[str, Any]) -> list[dict[str, Any]]:
    detail = node.get("options", {}).get("detail")
    below = [*node.get("elements", ()), *([detail] if detail else [])]
    return [node, *(found for each in below for found in elements(each))]


def proposals(text: str, *fields: str) -> list[tuple[str, str, Any]]:
    _, ui = layout(text, *fields)
    assert [each["text"] for each in ui["x-rules"]] == [text]
    assert all("rule" not in element for element in elements(ui))
    return [
        (
            proposal["rule"]["condition"]["scope"],
            proposal["rule"]["effect"],
            proposal["rule"]["condition"]["schema"],
        )
        for element in elements(ui)
        for proposal in element.get("x-proposals", ())
    ]


SHOWN = [("#/properties/F00000001", "SHOW", {"const": True})]
WHERE = "#/properties/F00000002"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('WENN Datenfeld F00000001 "Abweichend" = JA, DANN aktiviere Datenfeldgruppe G00000003 "Sitz der Stelle".', SHOWN),
        ("WENN F00000001 = JA, DANN aktiviere G00000003. WENN F00000001 = NEIN, DANN deaktiviere G00000003.", SHOWN),
        ('Wenn F00000001 Abweichend === "Ja", dann zeige G00000003 Sitz an, wenn F00000001 <> "Ja", dann zeige G00000003 Sitz nicht an.', SHOWN),
        ('Wenn Feld F00000001 == "Ja", dann zeige G00000003 Sitz, ansonsten nicht.', SHOWN),
        ("WENN F00000001 = WAHR, DANN zeige als Pflicht G00000003 Sitz an, SONST zeige G00000003 Sitz nicht an.", SHOWN),
        ("Wenn F00000001 = Nein, dann blende die Datenfeldgruppe G00000003 Sitz aus.", [("#/properties/F00000001", "HIDE", {"const": False})]),
        ('Wenn das Feld F00000002 "Wo" = 002 "Ausland", dann muss die Feldgruppe G00000003 befüllt sein. Wenn das Feld F00000002 "Wo" <> 002 "Ausland", dann darf die Feldgruppe G00000003 nicht befüllt sein.', [(WHERE, "SHOW", {"const": "002"})]),
        ("Wenn F00000002 = Inland, dann zeige F00000005. Wenn F00000002 = Ausland, dann zeige G00000003.", [(WHERE, "SHOW", {"const": "002"}), (WHERE, "SHOW", {"const": "001"})]),
        ("Wenn F00000002 = 001, dann zeige F00000005. Wenn F00000002 = 002, dann zeige F00000005.", [(WHERE, "SHOW", {"enum": ["001", "002"]})]),
    ],
)  # fmt: skip
def test_common_wordings_get_a_proposal(text, expected):
    assert proposals(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Es muss entweder F00000001 oder F00000005 befüllt sein.",
        "Wenn F00000001 nicht leer, dann darf F00000005 nicht leer sein.",
        "WENN F00000001 = < 18 Jahre, DANN zeige G00000003.",
        "WENN F00000001 = VIELLEICHT, DANN aktiviere G00000003.",
        "WENN F00000002 = 003, DANN aktiviere G00000003.",
        'WENN F00000002 = 001 "Ausland", DANN aktiviere G00000003.',
        "WENN F00000001 = JA, DANN aktiviere G99999999.",
        "WENN F00000001 = JA, DANN aktiviere G00000003 und F00000005.",
        "WENN F00000001 = JA, DANN aktiviere G00000003 nur an Werktagen.",
        "WENN F00000001 = JA, DANN aktiviere G00000003. WENN F00000001 = JA, DANN deaktiviere G00000003.",
        "WENN F00000001 = JA, DANN aktiviere G00000003. WENN F00000002 = 001, DANN aktiviere G00000003.",
        "WENN F00000001 = JA, DANN aktiviere G00000003. Das gilt nur für Vereine.",
        "WENN F00000001 = JA UND F00000002 = 001, DANN aktiviere G00000003.",
        "WENN F00000001 = JA, DANN aktiviere F00000001.",
        "",
    ],
)
def test_anything_else_gets_none(text):
    assert proposals(text) == []


def test_two_rules_for_one_element_are_left_to_people():
    both = rule("R1", "WENN F00000001 = JA, DANN aktiviere G00000003.") + rule(
        "R2", "WENN F00000002 = 001, DANN aktiviere G00000003."
    )
    made = convert(schema=read(message(*FIELDS, more=both)), slug="probe")
    assert (made.rules, made.proposals) == (2, 0)


def test_scopes_within_a_list_are_relative_to_its_entries():
    text = "WENN F00000001 = JA, DANN aktiviere G00000003."
    inside = group("G00000009", *FIELDS)
    assert proposals(text, use(inside, "0:*")) == SHOWN
    assert proposals(text, FIELDS[0], use(group("G00000009", FIELDS[2]), "0:*")) == []
    nested = [("#/properties/G00000009/properties/F00000001", "SHOW", {"const": True})]
    assert proposals(text, use(inside)) == nested


def test_the_same_element_twice_is_nobodys_target():
    text = "WENN F00000001 = JA, DANN aktiviere G00000003."
    assert proposals(text, FIELDS[0], use(group("G1", FIELDS[2])), use(group("G2", FIELDS[2]))) == []


def test_rules_of_what_is_left_out_stay_visible():
    xml = message(use(group("G1", more=rule("R7", "Wichtig."))))
    assert "R7" in convert(schema=read(xml), slug="probe").files["RULES.md"].decode()


def test_an_applied_proposal_does_what_the_rule_says():
    schema, ui = layout("WENN F00000001 = JA, DANN aktiviere G00000003.")
    for element in elements(ui):
        for proposal in element.pop("x-proposals", ()):
            element["rule"] = proposal["rule"]
    form = read_form(schema=schema, ui=ui, languages=["de"])
    given = {"F00000001": False, "F00000002": "001", "G00000003": {"F00000004": "x"}}
    assert "G00000003" not in check_answers(form=form, answers=given, today=None).answers
    assert "G00000003" in check_answers(form=form, answers={**given, "F00000001": True}, today=None).answers
