"""Every route and method as everybody: the answer is what the access matrix says."""

from __future__ import annotations

import pytest

from backend.api.access import MATRIX, PUBLIC, Access
from tests.integration.door import PROBLEM, same_answer
from tests.integration.routes import api_routes
from tests.security.asking import ask
from tests.security.calls import CALLS, Call
from tests.security.visitors import Visitor, owner_of, visitors

ROUTES = api_routes()


def expected(visitor: Visitor, cell: Access, call: Call, owner: str) -> int:
    if not visitor.known:
        return 401
    if not visitor.admitted(cell):
        return 401 if visitor.name.startswith("nobody") else 403
    if cell is not PUBLIC and not visitor.meets(cell.condition, owner=owner, things=call.names_things):
        return 404
    if not visitor.at_home and call.there:
        return call.there
    return call.otherwise.get(visitor.name, call.status)


@pytest.mark.parametrize(("route", "method"), ROUTES, ids=str)
def test_the_answer_is_what_the_matrix_says(world, route, method):
    cell = MATRIX.get(route, {}).get(method)
    assert cell is not None, f'backend/api/access.py: add "{method}" to MATRIX["{route}"]'
    make = CALLS.get(route, {}).get(method)
    assert make is not None, (
        f'tests/security/calls.py: add "{method}" to CALLS["{route}"]: a request that succeeds for whoever '
        "may send it (things it needs: tests/security/world.py)"
    )
    wrong = []
    for owner in owner_of(cell):
        call = make(world.here.things[owner])
        for visitor in visitors(world, cell):
            faults = _faults(visitor, route, cell, call, method=method, owner=owner)
            wrong += [f"{visitor.name}, {owner}'s: {fault}" for fault in faults]
    assert wrong == []


def _faults(visitor: Visitor, route: str, cell: Access, call: Call, **asked: str) -> list[str]:
    method = asked["method"]
    answer = ask(visitor.caller, route, method, call)
    wanted = expected(visitor, cell, call, asked["owner"])
    # Whether a wrong token counts where none is needed is up to the view.
    allowed = {wanted, call.status, call.there} if cell is PUBLIC and wanted == 401 else {wanted}
    if answer.status_code not in allowed:
        return [f"{answer.status_code} instead of {wanted}: {answer.content[:300]!r}"]
    refused = answer.status_code in (401, 403, 404)
    if refused and answer["Content-Type"] != PROBLEM:
        return [f"{wanted} without a problem"]
    missing = call.with_nothing_there()
    if answer.status_code == 404 and not same_answer(answer, ask(visitor.caller, route, method, missing)):
        return ["can be told from something that does not exist"]
    return []


def test_no_call_is_left_over():
    tried = {(route, method) for route, methods in CALLS.items() for method in methods}
    assert sorted(tried - set(ROUTES)) == [], "tests/security/calls.py: nobody answers these"
