"""`access-matrix`: prints who may do what, as the page docs/reference/access.md."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

import backend.django_setup  # noqa: F401 -- before anything that needs settings
from backend.api.access import CONDITIONS, MATRIX, PUBLIC, Access, Role
from backend.portal.access import PAGES

# The first word of an address (after the version, and after a service's name) → the heading it stands under.
AREAS: Mapping[str, str] = {
    "services": "Services",
    "co-signatures": "Co-signatures",
    "guests": "Guests",
    "drafts": "Drafts",
    "attachments": "Attachments",
    "applications": "Applications",
    "notices": "Applications",
    "tasks": "Tasks",
    "cases": "Cases",
    "attention": "Operation",
    "units": "Staff",
    "clerks": "Staff",
    "me": "Staff",
    "absences": "Staff",
    "schema": "Documentation",
    "docs": "Documentation",
}
YES, NO = "●", ""
INTRODUCTION = """# Who may do what

The access matrix of the API and the pages of the portal. Written by `python -m backend access-matrix` from \
the tables that the code enforces (`backend/api/access.py`, `backend/portal/access.py`); do not edit this \
page. What is not listed is closed.

- Nobody signed in where somebody must be: 401. Wrong role, or a machine without the scope: 403. \
Condition not met: 404, the same answer as for something that does not exist.
- Every row means the authority whose host name or path was called: clerks and machines of another one are \
nobody there (401), and ids of another one do not exist (404).
- `HEAD` is allowed where `GET` is.
- The columns are roles: a clerk with the role `approver` is a clerk too. A deputy may do tasks in place of \
somebody absent, nothing else of hers.
"""
PORTAL = """## Pages of the portal

The browser's session cookie counts here, never a token. Without a session a page that needs one leads to \
the sign-in.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: the page depends on the code alone."""


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001
    """Print the page."""
    print(written_page(), end="")
    return 0


def written_page() -> str:
    """The whole page, in Markdown."""
    parts = [INTRODUCTION, *_areas(), PORTAL + "\n" + _portal()]
    return "\n".join(parts)


def _areas() -> Iterator[str]:
    headings = list(dict.fromkeys(AREAS.values()))

    def place(route: str) -> int:
        heading = _heading(route)
        return headings.index(heading) if heading in headings else len(headings)

    routes = sorted(MATRIX, key=lambda route: (place(route), _heading(route)))
    for heading, found in groupby(routes, key=_heading):
        yield f"## {heading}\n\n{_table(found)}"


def _heading(route: str) -> str:
    word = re.split(r"[/?]", route.removeprefix("v1/"))[0]
    return AREAS.get(word, word.capitalize())


def _table(routes: Iterable[str]) -> str:
    names = ["method", "address", *(role.value for role in Role), "condition", "scope of a machine"]
    rows = [_row(route, method, cell) for route in routes for method, cell in MATRIX[route].items()]
    return _markdown(names, rows)


def _row(route: str, method: str, cell: Access) -> list[str]:
    marks = [YES if _let_in(role, cell) else NO for role in Role]
    scope = f"`{cell.scope}`" if cell.scope else ""
    return [method, f"`/api/{_readable(route)}`", *marks, CONDITIONS[cell.condition], scope]


def _let_in(role: Role, cell: Access) -> bool:
    if role is Role.MACHINE:
        return role in cell.roles and (bool(cell.scope) or cell is PUBLIC)
    # Whoever has another role of the staff has an account of a clerk.
    staff = {Role.APPROVER, Role.CASHIER, Role.CONFIGURATOR, Role.AUDITOR}
    return role in cell.roles or (role in staff and Role.CLERK in cell.roles)


def _portal() -> str:
    rows = [
        [", ".join(sorted(page.methods)), f"`/{_readable(route)}`", YES if page.session else NO, page.who]
        for route, page in PAGES.items()
    ]
    return _markdown(["method", "address", "session", "who"], rows)


def _readable(route: str) -> str:
    return re.sub(r"<\w+:(\w+)>", r"{\1}", route)


def _markdown(names: list[str], rows: Iterable[list[str]]) -> str:
    lines = [names, ["---"] * len(names), *rows]
    return "".join(
        f"| {' | '.join(line)} |\n".replace("|  |", "| |").replace("|  |", "| |") for line in lines
    )
