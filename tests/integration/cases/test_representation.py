"""Acting for a child, a company or by mandate: stated, checked, kept sealed, and there for clerk, letter and record."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from backend.cases.operations.submission import submit
from backend.cases.parties import Parties
from backend.cases.representation import of_age_on
from backend.demo.applications import DECISION, PLAIN
from backend.identity.principals import Citizen
from backend.keys.queries import data_key
from backend.services.checker import check_package
from backend.services.package import Package
from backend.tenancy import acting_for
from signing.levels import TrustLevel
from tests.integration.cases.signers import offer, package
from tests.integration.database import ops
from tests.integration.door import problem
from tests.integration.drafts.desk import begun, seen
from tests.integration.town import PACKAGE, SLUG

CHILD: dict[str, Any] = {
    "kind": "child",
    "given_name": "Mia",
    "family_name": "Mustermann",
    "birth_date": "2018-04-01",
    "custody": "joint-agreed",
}
COMPANY: dict[str, Any] = {
    "kind": "company",
    "name": "Hundepension Muster GmbH",
    "register_number": "HRB 1234",
}
MANDATE: dict[str, Any] = {"kind": "mandate", "name": "Otto Älter"}
LETTER = "letters/hundesteuerbescheid.de.md"


@pytest.fixture
def acting(published):
    offer(published, package(acting=True))
    return published


def of_case(clerk, town, case_id):
    town.work(kinds={"advance"})
    return clerk("clara").get(f"/api/v1/cases/{case_id}").json()


@pytest.mark.parametrize(
    ("stated", "name"),
    [(CHILD, "Mia Mustermann"), (COMPANY, COMPANY["name"]), (MANDATE, MANDATE["name"])],
    ids=lambda value: value.get("kind") if isinstance(value, dict) else None,
)
def test_the_clerk_sees_for_whom(acting, citizen, clerk, stated, name):
    receipt = citizen().submit(acting_for=stated).json()
    found = of_case(clerk, acting, receipt["id"])
    shown = found["representation"]
    assert {member: shown[member] for member in stated if member != "name"} == {
        member: value for member, value in stated.items() if member != "name"
    }
    assert (shown["name"], shown["basis"]) == (name, "declared")
    (submitted,) = [event for event in found["events"] if event["kind"] == "submitted"]
    assert submitted["payload"]["acting_for"] == stated["kind"]
    assert name not in json.dumps(submitted)


def test_for_oneself_is_said_too(acting, citizen, clerk):
    receipt = citizen().submit().json()
    found = of_case(clerk, acting, receipt["id"])
    assert (found["representation"]["kind"], found["representation"]["basis"]) == ("self", "own")
    assert "acting_for" not in found["events"][0]["payload"]
    mine = citizen().get(f"/api/v1/applications/{receipt['id']}").json()
    assert mine["representation"]["kind"] == "self"


def test_nothing_of_it_is_readable_without_the_key(acting, citizen):
    receipt = citizen().submit(acting_for=CHILD).json()
    ((sealed,),) = ops("select sealed_representation from application where case_id = %s", receipt["id"])
    assert b"Mia" not in bytes(sealed)
    with acting_for(authority_id=acting.id):
        key = data_key(owner_id=receipt["id"])
        opened = key.open_json(bytes(sealed), context=f"representation:{receipt['id']}")
    assert opened["given_name"] == "Mia"


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ("child", {("/acting_for/kind", "representation-invalid")}),
        ({"kind": ["child"]}, {("/acting_for/kind", "representation-invalid")}),
        ({"kind": "friend"}, {("/acting_for/kind", "representation-invalid")}),
        ({**CHILD, "shoe_size": 30}, {("/acting_for/shoe_size", "unknown-member")}),
        ({**CHILD, "birth_date": "2000-01-01"}, {("/acting_for/birth_date", "not-a-child")}),
        ({**CHILD, "birth_date": "2999-01-01"}, {("/acting_for/birth_date", "not-a-child")}),
        ({**CHILD, "birth_date": "1.4.2018"}, {("/acting_for/birth_date", "birth-date")}),
        ({**CHILD, "custody": None}, {("/acting_for/custody", "custody")}),
        (
            {"kind": "child"},
            {
                ("/acting_for/given_name", "name"),
                ("/acting_for/family_name", "name"),
                ("/acting_for/birth_date", "birth-date"),
                ("/acting_for/custody", "custody"),
            },
        ),
        ({**COMPANY, "name": " "}, {("/acting_for/name", "company-name")}),
        ({**COMPANY, "register_number": 1}, {("/acting_for/register_number", "register-number")}),
        ({**MANDATE, "name": None}, {("/acting_for/name", "name")}),
        ({**MANDATE, "document": str(uuid4())}, {("/acting_for/document", "document-unknown")}),
    ],
)
def test_what_cannot_be(acting, citizen, rows, stated, found):
    before = rows()
    refused = problem(citizen().submit(acting_for=stated), 422, "parties-refused")
    assert {(each["pointer"], each["code"]) for each in refused["errors"]} == found
    assert all(each["texts"]["de"] and each["texts"]["en"] for each in refused["errors"])
    assert rows() == before


def test_where_the_service_does_not_allow_it(published, citizen, rows):
    before = rows()
    refused = problem(citizen().submit(acting_for=CHILD), 422, "parties-refused")
    assert [each["code"] for each in refused["errors"]] == ["representation-not-allowed"]
    assert rows() == before
    assert citizen().get(f"/api/v1/services/{SLUG}").json()["representation"] == []


def test_the_list_of_services_says_what_is_possible(acting, nobody):
    found = nobody.get(f"/api/v1/services/{SLUG}").json()
    assert found["representation"] == ["child", "company", "mandate"]
    assert found["co_signers"] is None


def test_the_same_key_for_somebody_else_is_another_application(acting, citizen):
    assert citizen().submit(key="same-key-1", acting_for=CHILD).status_code == 201
    assert citizen().submit(key="same-key-1", acting_for=CHILD).json()["repeated"] is True
    problem(citizen().submit(key="same-key-1"), 422, "idempotency-key-reused")


def test_a_draft_is_submitted_for_somebody(acting, citizen, clerk):
    draft = begun(citizen(), PLAIN)
    path = f"/api/v1/drafts/{draft['id']}/submit"
    refused = problem(
        citizen().post(path, {"acting_for": {"kind": "child"}}, **seen(draft)), 422, "parties-refused"
    )
    assert len(refused["errors"]) == 4
    assert citizen().post(path, {"acting_for": CHILD}, **seen(draft)).status_code == 201
    assert of_case(clerk, acting, draft["id"])["representation"]["kind"] == "child"


@pytest.mark.parametrize(
    ("attributes", "level", "basis"),
    [
        ({"company_name": "HUNDEPENSION  Muster GmbH", "register_number": "hrb 1234"}, "LOW", "verified"),
        ({"company_name": "Hundepension Muster GmbH"}, "LOW", "declared"),
        ({"company_name": "Andere GmbH", "register_number": "HRB 1234"}, "LOW", "declared"),
        ({"company_name": "Hundepension Muster GmbH", "register_number": "HRB 1234"}, "NONE", "declared"),
        ({}, "LOW", "declared"),
    ],
)
def test_an_organisations_account_proves_its_company(acting, clerk, attributes, level, basis):
    """Attributes that only an issuer whose configuration names them gives."""
    receipt = submit(
        authority_id=acting.id,
        citizen=Citizen(
            applicant=b"muk",
            level=TrustLevel.SUBSTANTIAL,
            attributes=attributes,
            attribute_levels=dict.fromkeys(attributes, TrustLevel[level]),
        ),
        service=SLUG,
        version_id=None,
        answers=PLAIN,
        idempotency_key=uuid4().hex,
        language="de",
        now=acting.now,
        parties=Parties(acting_for=COMPANY),
    )
    assert of_case(clerk, acting, receipt.case_id)["representation"]["basis"] == basis


@pytest.mark.parametrize(
    ("born", "of_age"),
    [
        (date(2008, 11, 23), date(2026, 11, 23)),
        (date(2008, 2, 29), date(2026, 3, 1)),
        (date(2004, 2, 29), date(2022, 3, 1)),
    ],
)
def test_the_day_of_coming_of_age(born, of_age):
    assert of_age_on(born=born) == of_age


def with_letter(line: str) -> Package:
    texts = package(acting=True).texts()
    return Package.of_texts(texts={**texts, LETTER: texts[LETTER] + "\n" + line + "\n"})


def test_a_letter_can_say_it(published, citizen):
    offer(published, with_letter("{% if representation.name %}Für {{ representation.name }}{% endif %}"))
    receipt = citizen().submit(acting_for=CHILD).json()
    published.work(kinds={"advance"})
    published.do("clara", "pruefung", DECISION)
    published.work(kinds={"advance", "issue-notice"})
    assert published.case(receipt["id"]).status == "closed"


def test_the_check_knows_what_there_is():
    assert check_package(package=with_letter("{{ representation.kind }}")) == ()
    (found,) = check_package(package=with_letter("{{ representation.shoe_size }}"))
    assert found.code == "unknown-data"
    assert "representation.shoe_size" in found.where


@pytest.mark.parametrize(
    ("added", "key"),
    [
        ('[representation]\nallowed = ["friend"]\n', "representation.allowed"),
        ('[co_signers]\nmax = 11\ndays = 14\nwhen_missing = "close"\n', "co_signers.max"),
        ('[co_signers]\nmin = 3\nmax = 2\ndays = 14\nwhen_missing = "close"\n', "co_signers.min"),
        ('[co_signers]\nmax = 2\ndays = 0\nwhen_missing = "close"\n', "co_signers.days"),
        ('[co_signers]\nmax = 2\ndays = 14\nwhen_missing = "later"\n', "co_signers.when_missing"),
        ("[co_signers]\nmax = 2\ndays = 14\n", "co_signers.when_missing"),
    ],
)
def test_a_manifest_that_is_wrong_is_refused(added, key):
    texts = PACKAGE.texts()
    wrong = Package.of_texts(texts={**texts, "service.toml": texts["service.toml"] + "\n" + added})
    (found,) = check_package(package=wrong)
    assert key in found.text["en"]
    assert found.where.startswith("service.toml:line ")


def test_a_scenario_can_be_made_for_somebody():
    """A company has no date of birth: the letter fails if, and only if, the scenario is played for one."""
    line = "{% if representation.name %}{{ representation.birth_date | date }}{% endif %}"
    texts = with_letter(line).texts()
    assert check_package(package=Package.of_texts(texts=texts)) == ()
    first = "[[scenario]]\n"
    stated = 'representation = { kind = "company", name = "Muster GmbH" }\n'
    scenarios = texts["scenarios.toml"].replace(first, first + stated, 1)
    for_company = Package.of_texts(texts={**texts, "scenarios.toml": scenarios})
    (found,) = check_package(package=for_company)
    assert found.where.startswith("scenarios.toml:")
    wrong = {**texts, "scenarios.toml": scenarios.replace('"company"', '"friend"')}
    (found,) = check_package(package=Package.of_texts(texts=wrong))
    assert found.code == "scenario-invalid"
