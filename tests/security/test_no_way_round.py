"""Ways round the matrix: naming another town, other methods, the path prefix, the portal's pages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.test.utils import override_script_prefix

from backend.api.access import MATRIX
from backend.portal.access import PAGES
from tests.integration.door import PROBLEM, Caller, same_answer
from tests.integration.files.desk import TUS
from tests.integration.routes import api_routes, other_views, page_routes
from tests.security.asking import ask
from tests.security.calls import CALLS, Call
from tests.security.test_access_matrix import expected
from tests.security.visitors import owner_of, visitors

SHARED = "rathaus.example"
DETAIL, LIST = "v1/applications/<uuid:case_id>", "v1/applications"
READ = [(route, "GET") for route, method in api_routes() if method == "GET" and route != "schema"]


@pytest.mark.parametrize(
    "name",
    [
        "X-Forwarded-Host",
        "X-Original-Host",
        "X-Host",
        "Forwarded",
        "X-Authority",
        "X-Tenant",
        "X-Script-Name",
    ],
)
def test_no_header_chooses_the_town(world, name):
    """At the other town, with a header that names the town whose things are asked for."""
    here, there = world.here, world.there
    town = here.town.authority
    call = CALLS[DETAIL]["GET"](here.things["citizen"])
    caller = there.caller(here.citizen)
    for value in (town.host, f"host={town.host}", str(town.id), town.slug, f"/a/{town.slug}"):
        answer = ask(caller, DETAIL, "GET", call, **{name: value})
        assert answer.status_code == 404, value
        assert same_answer(answer, ask(caller, DETAIL, "GET", call)), value


@pytest.mark.parametrize("name", ["authority", "authority_id", "tenant", "host"])
def test_neither_the_body_nor_the_query_chooses_the_town(world, name):
    here, there = world.here, world.there
    caller = there.caller(there.staff["configurator"])
    for value in (str(here.town.id), here.town.authority.slug):
        body = {**CALLS["v1/clerks"]["POST"]({}).body, name: value, "memberships": []}
        call = replace(CALLS["v1/clerks"]["POST"]({}), body=body)
        made = ask(caller, "v1/clerks", "POST", call)
        assert made.status_code in (201, 400), made.content
        in_its_town = caller.get(f"/api/v1/clerks?{name}={value}")
        assert here.things["citizen"]["clerk"] not in in_its_town.content.decode()
    listed = here.caller(here.staff["configurator"]).get("/api/v1/clerks").content.decode()
    assert "newcomer" not in listed


@pytest.mark.parametrize(("route", "method"), READ, ids=str)
def test_head_is_let_in_where_get_is_and_says_no_more(world, route, method):
    cell = MATRIX[route]["GET"]
    own = "HEAD" in MATRIX[route]
    for owner in owner_of(cell):
        call = CALLS[route]["HEAD" if own else "GET"](world.here.things[owner])
        for visitor in visitors(world, cell):
            answer = ask(visitor.caller, route, "HEAD", call, **TUS)
            assert answer.content == b"", visitor.name
            full = 200 if own else ask(visitor.caller, route, "GET", call).status_code
            wanted = expected(visitor, cell, call, owner) if own else full
            assert answer.status_code == wanted, visitor.name


@pytest.mark.parametrize("route", MATRIX)
def test_a_method_that_is_not_there_tells_nothing(world, route):
    """The answer depends neither on who asks nor on whether the thing exists."""
    things = world.here.things["clerk" if "absence" in route else "citizen"]
    method = next(iter(CALLS[route]))
    named = replace(CALLS[route][method](things), body=None, headers={})
    unknown = {"PUT", "PATCH", "DELETE", "POST", "OPTIONS", "TRACE", "PROPFIND"} - MATRIX[route].keys()
    for verb in sorted(unknown):
        answers = [
            ask(caller, route, verb, call)
            for caller in (world.here.caller(), world.here.caller(world.here.citizen))
            for call in (named, named.with_nothing_there())
        ]
        assert {answer.status_code for answer in answers} == {405}, verb
        assert answers[0]["Content-Type"] == PROBLEM
        assert all(same_answer(answers[0], other) for other in answers[1:]), verb


def test_a_method_is_not_changed_by_a_header(world):
    """Only uploads know X-HTTP-Method-Override, and there the method it names is judged."""
    draft, caller = "v1/drafts/<uuid:draft_id>", world.here.caller(world.here.citizen)
    call = CALLS[draft]["GET"](world.here.things["citizen"])
    answer = ask(caller, draft, "POST", call, **{"X-HTTP-Method-Override": "DELETE"})
    assert answer.status_code == 405
    upload = "v1/attachments/<uuid:attachment_id>"
    removing = CALLS[upload]["DELETE"](world.here.things["citizen"])
    override = {"X-HTTP-Method-Override": "DELETE"}
    assert ask(caller, upload, "POST", removing, **override).status_code == 204
    assert ask(world.here.caller(), upload, "POST", removing, **override).status_code == 401
    stranger = world.here.caller(world.here.other_citizen)
    assert ask(stranger, upload, "POST", removing, **override).status_code == 404
    clerk = world.here.caller(world.here.staff["clerk"])
    assert ask(clerk, upload, "POST", removing, **override).status_code == 403


@pytest.mark.parametrize(("route", "method"), READ, ids=str)
def test_the_path_prefix_obeys_the_same_matrix(world, route, method):
    """On a host of several towns `/a/<slug>/` says which; everybody gets what she gets at the town's own host."""
    cell = MATRIX[route][method]
    for owner in owner_of(cell):
        call = CALLS[route][method](world.here.things[owner])
        for visitor in visitors(world, cell):
            town = (world.here if visitor.at_home else world.there).town.authority
            shared = Caller(host=SHARED, token=visitor.caller.token)
            answer = ask(shared, route, method, call, prefix=f"/a/{town.slug}")
            assert answer.status_code in _allowed(visitor, cell, call, owner), visitor.name


def _allowed(visitor, cell, call: Call, owner: str) -> set[int]:
    wanted = expected(visitor, cell, call, owner)
    return {wanted, call.status} if len(cell.roles) > 8 and wanted == 401 else {wanted}


def test_the_prefix_of_another_town_is_not_there_on_a_towns_own_host(world):
    call = CALLS[DETAIL]["GET"](world.here.things["citizen"])
    caller = world.there.caller(world.here.citizen)
    prefixes = [f"/a/{world.here.town.authority.slug}", "/a/nowhere"]
    real, none = (ask(caller, DETAIL, "GET", call, prefix=prefix) for prefix in prefixes)
    assert real.status_code == 404
    assert same_answer(real, none)


def test_every_page_of_the_portal_is_listed():
    assert sorted(page_routes()) == sorted(PAGES), "backend/portal/access.py: PAGES"
    assert sorted(other_views()) == ["", "api/docs"], "redirections to the documentation"


@pytest.mark.parametrize("route", PAGES)
@override_script_prefix("/")
def test_a_page_takes_its_methods_and_needs_its_session(world, route):
    page, browser = PAGES[route], Client(HTTP_HOST=world.here.town.authority.host)
    path = "/" + route.replace("<slug:way>", "nowhere")
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"):
        taken = browser.generic(method, path).status_code != 405
        assert taken == (method in page.methods), method
    # A token of the API is no session.
    answer = browser.get(path, headers={"Authorization": f"Bearer {world.here.citizen}"})
    if page.session:
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/sign-in")
