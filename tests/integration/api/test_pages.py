"""Long lists come in pages: what a cursor and a limit may be, and what a page costs."""

from __future__ import annotations

import base64
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import connection

from tests.integration.door import problem
from tests.integration.drafts.desk import begun

LISTS = ["/api/v1/drafts", "/api/v1/applications"]


def cursor(moment: str) -> str:
    return base64.urlsafe_b64encode(f"{moment}|{uuid4()}".encode()).decode()


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", ["0", "201", "000001999", "0" * 6 + "9" * 5_000, "٣", "1.0", "-1", ""])
def test_a_limit_outside_its_bounds_is_refused(citizen, path, limit):
    refused = problem(citizen().get(f"{path}?limit={quote(limit)}"), 400, "bad-request")
    assert [each["pointer"] for each in refused["errors"]] == ["limit"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01T00:00:00", "x"]
)
def test_a_cursor_that_names_no_moment_is_refused(citizen, path, moment):
    refused = problem(citizen().get(f"{path}?cursor={cursor(moment)}"), 400, "bad-request")
    assert [each["pointer"] for each in refused["errors"]] == ["cursor"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00", "2026-01-01T00:00:00+00:00:30"]
)
def test_a_cursor_may_name_any_moment(citizen, path, moment):
    assert citizen().get(f"{path}?cursor={cursor(moment)}").status_code == 200


def test_many_drafts_cost_no_more_statements_than_one(citizen):
    erika = citizen()

    def statements() -> int:
        done = []

        def note(execute, sql, params, many, context):
            done.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            assert erika.get("/api/v1/drafts").status_code == 200
        return len(done)

    begun(erika)
    one = statements()
    for _ in range(5):
        begun(erika)
    assert statements() == one
