"""A town without IT staff sets itself up on the command line."""

from __future__ import annotations

from uuid import uuid4

import pytest

from backend.__main__ import main
from tests.integration.door import Caller, problem
from tests.integration.sign_in import sign_in


@pytest.fixture
def slug():
    return f"neustadt-{uuid4().hex[:8]}"


def run(capsys, *arguments):
    status = main(list(arguments))
    return status, capsys.readouterr().out


def test_from_nothing_to_a_clerk_who_can_work(capsys, slug):
    host = f"{slug}.example"
    clerk = Caller(host=host, token=sign_in(realm="clerks", account="clara"))
    problem(clerk.get("/api/v1/tasks"), 404, "not-found")
    town = ("add-authority", slug, "--name", "Stadt Neustadt", "--land", "NI", "--host", f"{host.upper()}.")
    assert run(capsys, *town)[0] == 0
    problem(clerk.get("/api/v1/tasks"), 401, "token-refused")
    assert run(capsys, "add-unit", "steueramt", "--name", "Steueramt", "--authority", slug)[0] == 0
    status, said = run(capsys, "add-unit", "steueramt", "--name", "Abgaben", "--authority", slug)
    assert (status, "was renamed" in said) == (0, True)
    person = ("add-clerk", "clara", "--name", "Clara Huber", "--authority", slug, "--role", "steueramt:clerk")
    status, said = run(capsys, *person)
    assert (status, "Clara Huber can sign in" in said) == (0, True)
    assert clerk.get("/api/v1/tasks").status_code == 200
    status, said = run(capsys, *town)
    assert (status, "already is an authority" in said) == (1, True)
    assert run(capsys, *person)[0] == 0, "the same again changes nothing"
    status, said = run(capsys, *person[:3], "Other Name", *person[4:])
    assert (status, "already has an account" in said) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add-authority", "Not A Slug", "--name", "x", "--land", "NI"), "no short name"),
        (("add-unit", "x", "--name", "x", "--authority", "nowhere"), "no authority 'nowhere'"),
        (("add-clerk", "x", "--name", "x", "--authority", "nowhere"), "no authority 'nowhere'"),
    ],
)
def test_what_is_refused_is_explained(capsys, arguments, said):
    status, output = run(capsys, *arguments)
    assert (status, said in output) == (1, True), output


def test_wrong_roles_units_and_issuers_are_named(capsys, slug):
    run(capsys, "add-authority", slug, "--name", "Stadt Neustadt", "--land", "NI")
    assert run(capsys, "add-unit", "No Key", "--name", "x", "--authority", slug)[0] == 1
    person = ("add-clerk", "clara", "--name", "Clara", "--authority", slug)
    status, said = run(capsys, *person, "--role", "mars:clerk", "--role", "steueramt:king")
    assert status == 1
    assert "no unit 'mars'" in said
    assert "no role 'king'" in said
    status, said = run(capsys, *person, "--issuer", "https://elsewhere.example")
    assert (status, "Nobody signs in here" in said) == (1, True)
