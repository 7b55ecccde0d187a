"""Looking after clerks over HTTP: hire, change, shut out; by configurators and by machines, and nobody else."""

from __future__ import annotations

import json

import pytest

from backend.identity.queries import clerk_issuers
from signing.issuers import UnsafeIssuer
from tests.integration.database import ops
from tests.integration.door import Caller, problem, same_answer
from tests.integration.sign_in import sign_in
from tests.integration.town import ISSUER, TestTown
from tests.integration.working_issuers import working_issuers

CLERKS = "/api/v1/clerks"
DORA = {
    "issuer": ISSUER,
    "subject": "dismissed",
    "name": "Dora",
    "memberships": [{"unit": "steueramt", "role": "clerk"}],
}


@pytest.fixture
def issuers(town, tmp_path):
    with working_issuers(
        folder=tmp_path, host=town.authority.host, authorities=[town.authority.slug]
    ) as running:
        yield running


def hire(caller, body=None, key="key-of-the-test", **changed):
    return caller.post(CLERKS, {**(body or DORA), **changed}, **{"Idempotency-Key": key})


def change(caller, path, revision, body=None, method="POST"):
    headers = {"If-Match": f'"{revision}"'} if revision is not None else {}
    return caller.call(
        method, path, data=json.dumps(body).encode(), content_type="application/json", headers=headers
    )


def dora_of(town):
    return Caller(host=town.authority.host, token=sign_in(realm="clerks", account="dismissed"))


def test_whoever_is_hired_works_at_once_and_is_hired_once(published, clerk):
    anna = clerk("anna")
    problem(dora_of(published).get("/api/v1/tasks"), 401, "token-refused")
    answer = hire(anna)
    assert (answer.status_code, answer["ETag"]) == (201, '"1"')
    dora = answer.json()
    assert (dora["person"], dora["active"]) == ("dismissed", True)
    assert dora["memberships"] == [{"unit": "steueramt", "role": "clerk"}]
    assert dora_of(published).get("/api/v1/tasks").status_code == 200
    again = hire(anna)
    assert (again.status_code, again.json()) == (200, dora)
    problem(hire(anna, name="Doris"), 422, "idempotency-key-reused")
    problem(hire(anna, key="another-key"), 409, "account-taken")
    problem(anna.post(CLERKS, DORA), 400, "missing-idempotency-key")


def test_everything_that_is_wrong_is_said_and_nothing_stored(published, clerk, rows):
    before = rows()
    wrong = [{"unit": "mars", "role": "clerk"}, {"unit": "steueramt", "role": "king"}]
    refused = problem(hire(clerk("anna"), memberships=wrong), 422, "clerk-refused")
    assert [one["pointer"] for one in refused["errors"]] == ["/memberships/0/unit", "/memberships/1/role"]
    refused = problem(hire(clerk("anna"), issuer="https://elsewhere.example"), 422, "clerk-refused")
    assert ISSUER in refused["errors"][0]["detail"]
    assert rows() == before


def test_only_configurators_and_machines_with_the_scope(published, clerk, citizen, nobody, issuers):
    for caller, status, code in (
        (clerk("clara"), 403, "forbidden"),
        (citizen(), 403, "forbidden"),
        (issuers.machine("cases:read"), 403, "forbidden"),
        (nobody, 401, "not-signed-in"),
    ):
        problem(caller.get(CLERKS), status, code)
        problem(hire(caller), status, code)
    machine = issuers.machine("clerks:provision")
    assert hire(machine).status_code == 201
    assert len(machine.get(CLERKS).json()["results"]) == 6
    problem(machine.get("/api/v1/tasks"), 403, "forbidden")
    problem(machine.get("/api/v1/attention"), 403, "forbidden")
    assert issuers.machine("attention:read").get("/api/v1/attention").json() == []


def test_a_machine_is_bound_to_its_authorities(town, issuers):
    other = TestTown.found(now=town.now)
    stranger = Caller(host=other.authority.host, token=issuers.machine("clerks:provision").token)
    problem(stranger.get(CLERKS), 401, "token-refused")


@pytest.mark.parametrize("kind", ["machines", "clerks"])
def test_an_issuer_that_would_speak_for_every_authority_stops_the_start(tmp_path, kind, town):
    with (
        working_issuers(folder=tmp_path, host="x", authorities=[]),
        pytest.raises(UnsafeIssuer, match="authorities is missing"),
    ):
        clerk_issuers(authority_id=town.id)


def test_a_change_names_what_it_has_seen(published, clerk):
    anna, clara = clerk("anna"), published.clerks["clara"]
    path = f"{CLERKS}/{clara.id}"
    seen = anna.get(path)
    assert seen["ETag"] == '"1"'
    wanted = {"memberships": [{"unit": "ordnungsamt", "role": "clerk"}]}
    problem(change(anna, path, None, wanted, "PATCH"), 428, "precondition-required")
    changed = change(anna, path, 1, wanted, "PATCH")
    assert (changed.status_code, changed["ETag"]) == (200, '"2"')
    assert (changed.json()["name"], changed.json()["memberships"]) == ("clara", wanted["memberships"])
    refused = problem(change(anna, path, 1, {"name": "x"}, "PATCH"), 412, "changed-meanwhile")
    assert refused["revision"] == 2
    problem(clerk("clara").get("/api/v1/tasks?unit=steueramt"), 400, "bad-request")


def test_whoever_is_shut_out_is_nobody_at_once_and_her_tasks_are_free(published, clerk):
    published.submit()
    published.work(kinds={"advance"})
    clara, anna = clerk("clara"), clerk("anna")
    task = clara.claim(clara.task("pruefung")["id"]).json()
    path = f"{CLERKS}/{published.clerks['clara'].id}"
    problem(change(anna, f"{path}/deactivate", 7), 412, "changed-meanwhile")
    done = change(anna, f"{path}/deactivate", 1)
    assert done.json()["released_tasks"] == [task["id"]]
    assert done.json()["clerk"]["active"] is False
    problem(clara.get("/api/v1/tasks"), 401, "token-refused")
    assert clerk("carl").task("pruefung")["status"] == "open"
    events = anna.get(f"/api/v1/cases/{task['case']}").json()["events"]
    assert (events[-1]["kind"], events[-1]["actor"]) == ("task_released", published.clerks["anna"].actor)
    assert events[-1]["payload"]["from"] == str(published.clerks["clara"].id)
    assert change(anna, f"{path}/reactivate", 2).json()["active"] is True
    assert clara.get("/api/v1/tasks").status_code == 200


def test_the_task_of_somebody_who_lost_her_unit_can_be_taken_over(published, clerk):
    published.submit()
    published.work(kinds={"advance"})
    clara, carl = clerk("clara"), clerk("carl")
    task = clara.claim(clara.task("pruefung")["id"]).json()
    problem(carl.claim(task["id"]), 409, "already-claimed")
    path = f"{CLERKS}/{published.clerks['clara'].id}"
    change(clerk("anna"), path, 1, {"memberships": []}, "PATCH")
    taken = carl.claim(task["id"]).json()
    assert (taken["assignee"], taken["assigned_for"]) == (str(published.clerks["carl"].id), None)


def test_strangers_clerks_look_like_none(published, clerk):
    other = TestTown.found(now=published.now)
    anna = clerk("anna")
    foreign, missing = f"{CLERKS}/{other.clerks['clara'].id}", f"{CLERKS}/{other.id}"
    assert same_answer(anna.get(foreign), anna.get(missing))
    for verb in ("deactivate", "reactivate"):
        assert same_answer(change(anna, f"{foreign}/{verb}", 1), change(anna, f"{missing}/{verb}", 1))
    problem(change(anna, foreign, 1, {"name": "x"}, "PATCH"), 404, "not-found")
    other_names = {one["id"] for one in anna.get(CLERKS).json()["results"]}
    assert str(other.clerks["clara"].id) not in other_names


def test_the_list_comes_in_pages(published, clerk):
    anna, found, cursor = clerk("anna"), [], ""
    while cursor is not None:
        answer = anna.get(f"{CLERKS}?limit=2" + (f"&cursor={cursor}" if cursor else "")).json()
        found += [one["subject"] for one in answer["results"]]
        cursor = answer["next"]
    assert sorted(found) == ["adam", "anna", "carl", "clara", "otto"]


def test_units_are_created_and_renamed(published, clerk):
    anna = clerk("anna")
    made = change(anna, "/api/v1/units/bauamt", None, {"name": "Bauamt"}, "PUT")
    assert (made.status_code, made.json()) == (201, {"key": "bauamt", "name": "Bauamt", "also": []})
    assert change(anna, "/api/v1/units/bauamt", None, {"name": "Bau"}, "PUT").status_code == 200
    names = {one["key"]: one["name"] for one in anna.get("/api/v1/units").json()}
    assert (names["bauamt"], names["steueramt"]) == ("Bau", "Steueramt")
    problem(clerk("clara").get("/api/v1/units"), 403, "forbidden")


def test_a_package_of_others_finds_the_unit_that_does_it_here(town, clerk):
    """The package sends to the tax office; here the citizens' office does it."""
    ops("update unit set key = 'buergerbuero' where authority_id = %s and key = 'steueramt'", town.id)
    anna = clerk("anna")
    path = "/api/v1/units/buergerbuero"
    named = change(anna, path, None, {"name": "Bürgerbüro", "also": ["steueramt"]}, "PUT")
    assert (named.status_code, named.json()["also"]) == (200, ["steueramt"])
    assert change(anna, path, None, {"name": "Büro"}, "PUT").json()["also"] == ["steueramt"]
    for other, body in (("it", {"name": "IT", "also": ["steueramt"]}), ("steueramt", {"name": "x"})):
        refused = problem(change(anna, f"/api/v1/units/{other}", None, body, "PUT"), 400, "bad-request")
        assert [one["code"] for one in refused["errors"]] == ["key-taken"]
    town.publish()
    town.submit()
    town.work(kinds={"advance"})
    assert clerk("clara").task("pruefung")["unit"] == "buergerbuero"


def test_groups_make_a_clerk_change_her_and_take_roles_away(published, issuers, clerk):
    def gina(*groups, **claims):
        return issuers.crafted("staff", sub="gina", groups=list(groups), given_name="Gina", **claims)

    def account():
        found = clerk("anna").get(CLERKS).json()["results"]
        return next((one for one in found if one["subject"] == "gina"), None)

    problem(gina("ou-mars", "unknown").get("/api/v1/tasks"), 401, "token-refused")
    assert account() is None
    assert gina("ou-steueramt", "unknown", "ou-mars").get("/api/v1/tasks").status_code == 200
    first = account()
    assert (first["name"], first["memberships"]) == ("Gina", [{"unit": "steueramt", "role": "clerk"}])
    gina("ou-steueramt").get("/api/v1/tasks")
    assert account()["revision"] == first["revision"], "nothing new, nothing written"
    gina("ou-steueramt-approver", family_name="Groß").get("/api/v1/tasks")
    changed = account()
    assert changed["memberships"] == [{"unit": "steueramt", "role": "approver"}]
    assert changed["name"] == "Gina Groß"
    assert gina().get("/api/v1/tasks").json()["results"] == []
    assert account()["memberships"] == []
    done = change(clerk("anna"), f"{CLERKS}/{first['id']}/deactivate", account()["revision"])
    assert done.status_code == 200
    problem(gina("ou-steueramt").get("/api/v1/tasks"), 401, "token-refused")
    shut_out = account()
    assert (shut_out["active"], shut_out["memberships"]) == (False, []), "not even her groups are followed"


def test_groups_of_one_town_mean_nothing_in_another(published, issuers):
    other = TestTown.found(now=published.now)
    gina = issuers.crafted("staff", sub="gina", groups=["ou-steueramt"])
    problem(Caller(host=other.authority.host, token=gina.token).get("/api/v1/tasks"), 401, "token-refused")


def test_an_issuer_that_names_persons_must_name_them(published, tmp_path, clerk):
    with working_issuers(
        folder=tmp_path,
        host=published.authority.host,
        authorities=[published.authority.slug],
        attributes={"person": "employee"},
    ) as issuers:
        unnamed = issuers.crafted("staff", sub="gina", groups=["ou-steueramt"])
        problem(unnamed.get("/api/v1/tasks"), 401, "token-refused")
        named = issuers.crafted("staff", sub="gina", groups=["ou-steueramt"], employee="4711")
        assert named.get("/api/v1/tasks").status_code == 200
    assert "4711" in {one["person"] for one in clerk("anna").get(CLERKS).json()["results"]}
