"""Who gave whom which rights stays on record, and the application cannot change it."""

from __future__ import annotations

import json

import psycopg
import pytest

from tests.integration.api.test_staff import CLERKS, change, hire, issuers  # noqa: F401 -- a fixture
from tests.integration.database import connect, ops

_RECORD = "select kind, actor, clerk_id, unit, fields, before, after from staff_change where authority_id = %s order by at, id"


def record(town):
    return ops(_RECORD, town.id)


def test_every_change_of_an_account_is_on_record_without_names(published, clerk):
    anna, actor = clerk("anna"), published.clerks["anna"].actor
    start = len(record(published))
    dora = hire(anna).json()
    hire(anna)
    path = f"{CLERKS}/{dora['id']}"
    change(anna, path, 1, {"name": "Doris", "memberships": [{"unit": "it", "role": "auditor"}]}, "PATCH")
    change(anna, f"{path}/deactivate", 2)
    change(anna, f"{path}/reactivate", 3)
    found = record(published)[start:]
    assert {(by, str(whose), unit) for _, by, whose, unit, *_ in found} == {(actor, dora["id"], "")}
    first = {"active": True, "memberships": [["steueramt", "clerk"]]}
    second = {"active": True, "memberships": [["it", "auditor"]]}
    out = {**second, "active": False}
    assert [(kind, *rest) for kind, _, _, _, *rest in found] == [
        ("clerk_hired", [], None, first),
        ("clerk_changed", ["memberships", "name"], first, second),
        ("clerk_deactivated", ["active"], second, out),
        ("clerk_reactivated", ["active"], out, second),
    ]
    assert "Dor" not in json.dumps(found, default=str)


def test_what_an_issuer_says_is_on_record_when_it_changes_something(published, issuers):  # noqa: F811
    start = len(record(published))
    for groups in (["ou-steueramt"], ["ou-steueramt"], []):
        issuers.crafted("staff", sub="gina", groups=groups).get("/api/v1/tasks")
    found = record(published)[start:]
    assert [(kind, fields) for kind, _, _, _, fields, *_ in found] == [
        ("clerk_provisioned", []),
        ("clerk_provisioned", ["memberships"]),
    ]
    assert all(by.startswith("issuer:") for _, by, *_ in found)


def test_units_are_on_record_and_what_is_refused_is_not(published, clerk):
    anna, path = clerk("anna"), "/api/v1/units/bauamt"
    start = len(record(published))
    for body in ({"name": "Bauamt"}, {"name": "Bauamt"}, {"name": "Bau", "also": ["hochbau"]}):
        change(anna, path, None, body, "PUT")
    change(anna, path, None, {"name": "Bau", "also": ["it"]}, "PUT")
    old, new = {"name": "Bauamt", "also": []}, {"name": "Bau", "also": ["hochbau"]}
    actor = published.clerks["anna"].actor
    assert record(published)[start:] == [
        ("unit_created", actor, None, "bauamt", [], None, old),
        ("unit_changed", actor, None, "bauamt", ["also", "name"], old, new),
    ]


@pytest.mark.parametrize("statement", ["update staff_change set actor = 'x'", "delete from staff_change"])
def test_the_application_cannot_change_the_record(published, clerk, statement):
    hire(clerk("anna"))
    with connect("APP") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)
