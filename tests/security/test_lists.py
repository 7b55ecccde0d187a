"""A list shows what one may open, and nothing else: nothing of others, nothing of another town."""

from __future__ import annotations

import pytest

from backend.api.access import MATRIX
from tests.security.asking import ask
from tests.security.calls import CALLS
from tests.security.visitors import visitors

IN_THE_UNIT = {"clerk", "approver", "deputy"}
# Route → the thing whose id is looked for, and who finds it there.
LISTS = {
    "v1/drafts": [("citizen", "draft", {"citizen"}), ("guest", "draft", {"guest"})],
    "v1/applications": [("citizen", "case", {"citizen"}), ("guest", "case", {"guest"})],
    "v1/tasks": [("citizen", "task", IN_THE_UNIT), ("citizen", "claimed", IN_THE_UNIT)],
    "v1/attention": [("citizen", "command", {"configurator", "machine"})],
    "v1/clerks": [("citizen", "clerk", {"configurator", "machine"})],
    "v1/me/absences": [("citizen", "absence", {"clerk"})],
}


def test_every_list_of_things_that_belong_to_somebody_is_looked_at():
    lists = {route for route, row in MATRIX.items() if "GET" in row and "<" not in route}
    public = {"v1/services", "schema", "docs/"}
    assert lists - public - {"v1/units"} == set(LISTS), "tests/security/test_lists.py: LISTS"


@pytest.mark.parametrize("route", LISTS)
def test_who_finds_what(world, route):
    cell, call = MATRIX[route]["GET"], CALLS[route]["GET"]({})
    answers = {
        one.name: ask(one.caller, route, "GET", call).content.decode() for one in visitors(world, cell)
    }
    for owner, thing, finders in LISTS[route]:
        wanted = world.here.things[owner][thing]
        assert {name for name, content in answers.items() if wanted in content} == finders, (owner, thing)


def test_a_file_is_reached_through_its_own_case_only(world):
    """Its id under another case of the same unit is as good as none."""
    route = "v1/cases/<uuid:case_id>/attachments/<uuid:file_id>/content"
    citizen, guest = world.here.things["citizen"], world.here.things["guest"]
    clerk = world.here.caller(world.here.staff["clerk"])
    right = CALLS[route]["GET"](citizen)
    assert ask(clerk, route, "GET", right).status_code == 200
    wrong = CALLS[route]["GET"]({"case": citizen["case"], "file": guest["file"]})
    assert ask(clerk, route, "GET", wrong).status_code == 404
