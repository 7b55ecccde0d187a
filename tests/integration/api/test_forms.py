"""Forms over HTTP: the form of any version, long lists of choices page by page, the questions before it."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from backend.services.operations import withdraw
from backend.services.package import Package
from backend.tenancy import acting_for
from tests.integration.door import problem
from tests.integration.town import PACKAGE, SLUG

FORM = f"/api/v1/services/{SLUG}/form"
LISTS = f"/api/v1/services/{SLUG}/code-lists"
BREEDS = f"{LISTS}/rassen"
ELIGIBILITY = f"/api/v1/services/{SLUG}/eligibility"
COUNT = 1_500

QUESTIONS = {
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
        }
    },
}
EXAMPLES = """

[[eligibility]]
name = "Hier"
answers = { wohnort = "hier" }
eligible = true

[[eligibility]]
name = "Anderswo"
answers = { wohnort = "anderswo" }
eligible = false
"""


def dmn_rule(number, test, *outputs):
    cells = "".join(
        f"<outputEntry id='o{number}{i}'><text>{text}</text></outputEntry>" for i, text in enumerate(outputs)
    )
    return f"<rule id='r{number}'><inputEntry id='i{number}'><text>{test}</text></inputEntry>{cells}</rule>"


TABLE = (
    "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='d' name='d' namespace='urn:d'>"
    "<decision id='moeglich' name='Antrag'><decisionTable id='t' hitPolicy='FIRST'><input id='i'>"
    "<inputExpression id='ie'><text>answers.wohnort</text></inputExpression></input>"
    "<output id='e' name='eligible'/><output id='de' name='reason_de'/><output id='en' name='reason_en'/>"
    + dmn_rule(1, '"hier"', "true", '""', '""')
    + dmn_rule(2, "-", "false", '"Nur wer hier lebt."', '"Only for people living here."')
    + "</decisionTable></decision></definitions>"
)


def code_list(count, *, title):
    entries = [[f"{number:04}", f"Rasse Nr. {number}", "seltene Rasse"] for number in range(count - 1)]
    rows = [*entries, ["9999", "Löwchen"]]
    return json.dumps({"uri": f"urn:x:{title}", "version": "2", "title": title, "entries": rows})


@pytest.fixture(scope="session")
def large():
    """The dog tax with a long list of breeds, a list nobody refers to, and questions before the form."""
    texts = PACKAGE.texts()
    schema, ui = json.loads(texts["form.json"]), json.loads(texts["form.ui.json"])
    schema["properties"]["hund"]["properties"]["herkunft"] = {
        "title": "Herkunft",
        "x-texts": {"en": {"title": "Origin"}},
        "type": "string",
        "x-codelist": "rassen",
    }
    ui["elements"][0]["elements"].append(
        {"type": "Control", "scope": "#/properties/hund/properties/herkunft"}
    )
    texts["form.json"], texts["form.ui.json"] = json.dumps(schema), json.dumps(ui)
    texts["codelists/rassen.json"] = code_list(COUNT, title="Rassen")
    texts["codelists/intern.json"] = code_list(2, title="Intern")
    texts["eligibility.json"] = json.dumps(QUESTIONS)
    texts["moeglich.dmn"] = TABLE
    texts["service.toml"] += '\n[eligibility]\ndecision = "moeglich"\n'
    texts["scenarios.toml"] += EXAMPLES
    return Package.of_texts(texts=texts)


@pytest.fixture
def extended(published, large):
    """A town whose dog tax got a second version, the large one."""
    return published.publish(large)


def test_a_form_says_its_languages_and_lists(nobody, extended):
    form = nobody.get(FORM).json()
    assert form["languages"] == ["de", "en"]
    assert form["code_lists"] == [
        {"name": "rassen", "title": "Rassen", "uri": "urn:x:Rassen", "edition": "2", "entries": COUNT}
    ]


def test_an_older_version_keeps_its_form(nobody, published, extended):
    current = nobody.get(FORM).json()
    older = next(each.id for each in versions(published) if str(each.id) != current["version"])
    answer = nobody.get(f"{FORM}?version={older}")
    assert answer.json()["version"] == str(older)
    assert answer.json()["code_lists"] == []
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    with acting_for(authority_id=published.id):
        withdraw(authority_id=published.id, version_id=older, now=published.now)
    assert nobody.get(f"{FORM}?version={older}").json() == answer.json()


def versions(town):
    from backend.services.models import ServiceVersion  # noqa: PLC0415 -- needs settings

    with acting_for(authority_id=town.id):
        return list(ServiceVersion.objects.order_by("number").defer("files"))


def test_whoever_has_the_form_already_is_told_so(nobody, published, large):
    first = nobody.get(FORM)
    assert first["Cache-Control"] == "no-cache"
    again = nobody.call("GET", FORM, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    published.publish(large)
    changed = nobody.call("GET", FORM, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


@pytest.mark.parametrize("version", [uuid4(), "00000000-0000-0000-0000-000000000000"])
def test_a_version_that_is_not_there(nobody, version):
    problem(nobody.get(f"{FORM}?version={version}"), 404, "unknown-service")


def test_a_version_of_another_service_or_town_is_not_there(nobody, published, extended):
    problem(nobody.get(f"/api/v1/services/andere/form?version={extended.id}"), 404, "unknown-service")


@pytest.mark.parametrize(
    "path",
    [
        f"{FORM}?version=1",
        f"{FORM}?fassung=1",
        f"{BREEDS}?page=2",
        f"{BREEDS}?limit=0",
        f"{BREEDS}?limit=101",
        f"{BREEDS}?start=-1",
        f"{BREEDS}?start=x",
        f"{BREEDS}?start=1000000",
        f"{BREEDS}?query={'x' * 201}",
        f"{BREEDS}?version=x",
        f"{ELIGIBILITY}?language=de",
    ],
)
def test_a_parameter_that_is_not_there_or_not_right(nobody, path):
    name = path.partition("?")[2].partition("=")[0]
    body = problem(nobody.get(path), 400, "bad-request")
    assert [error["pointer"] for error in body["errors"]] == [name]


def test_a_long_list_comes_page_by_page(nobody, extended):
    codes, start = [], 0
    while start is not None:
        page = nobody.get(f"{BREEDS}?start={start}&limit=100").json()
        codes += [entry["code"] for entry in page["results"]]
        start = page["next"]
    assert len(codes) == len(set(codes)) == page["total"] == page["entries"] == COUNT
    assert len(nobody.get(BREEDS).json()["results"]) == 20


def test_a_search_finds_every_word_however_it_is_written(nobody, extended):
    found = nobody.get(f"{BREEDS}?query=LOWCHEN").json()
    assert found["results"] == [{"code": "9999", "name": "Löwchen", "help": ""}]
    assert (found["total"], found["entries"], found["next"]) == (1, COUNT, None)
    assert nobody.get(f"{BREEDS}?query=rasse%2017").json()["results"][0]["help"] == "seltene Rasse"
    assert nobody.get(f"{BREEDS}?query=dackel").json()["results"] == []
    assert nobody.get(f"{BREEDS}?start=999999").json()["results"] == []


def test_a_page_of_a_named_version_can_be_kept_for_ever(nobody, published, extended):
    assert nobody.get(BREEDS)["Cache-Control"] == "no-cache"
    named = nobody.get(f"{BREEDS}?version={extended.id}")
    assert named["Cache-Control"] == "public, max-age=31536000, immutable"
    again = nobody.call("GET", BREEDS, headers={"If-None-Match": named["ETag"]})
    assert again.status_code == 304
    older = versions(published)[0]
    problem(nobody.get(f"{BREEDS}?version={older.id}"), 404, "not-found")


@pytest.mark.parametrize("name", ["hunde", "intern", "..%2Fservice"])
def test_only_lists_that_a_form_refers_to_can_be_read(nobody, extended, name):
    problem(nobody.get(f"{LISTS}/{name}"), 404, "not-found")


def test_a_service_without_questions_before_it_is_open_to_everybody(nobody):
    assert nobody.get(ELIGIBILITY).json() == {"open_to_everybody": True}
    assert nobody.post(ELIGIBILITY, {"answers": {}}).json() == {"eligible": True, "reason": {}}


def test_the_questions_before_the_form(nobody, extended):
    asked = nobody.get(ELIGIBILITY).json()
    assert asked["open_to_everybody"] is False
    assert asked["schema"] == QUESTIONS
    assert (asked["version"], asked["languages"], asked["code_lists"]) == (str(extended.id), ["de", "en"], [])


def test_their_answer_says_whether_one_can_apply_and_stores_nothing(nobody, extended, rows):
    before = rows()
    assert nobody.post(ELIGIBILITY, {"answers": {"wohnort": "hier"}}).json() == {
        "eligible": True,
        "reason": {},
    }
    assert nobody.post(ELIGIBILITY, {"answers": {"wohnort": "anderswo"}}).json() == {
        "eligible": False,
        "reason": {"de": "Nur wer hier lebt.", "en": "Only for people living here."},
    }
    refused = problem(
        nobody.post(ELIGIBILITY, {"answers": {"wohnort": "x", "name": "y"}}), 422, "invalid-answers"
    )
    assert [error["pointer"] for error in refused["errors"]] == ["/wohnort", "/name"]
    problem(nobody.post(ELIGIBILITY, {"answers": "no object"}), 422, "invalid-answers")
    problem(nobody.post(ELIGIBILITY, {}), 400, "bad-request")
    problem(nobody.post(ELIGIBILITY, b"{"), 400, "broken-json")
    assert rows() == before


@pytest.mark.parametrize("path", ["form", "eligibility", "code-lists/rassen"])
def test_a_service_that_is_not_there(nobody, path):
    problem(nobody.get(f"/api/v1/services/unknown/{path}"), 404, "unknown-service")
