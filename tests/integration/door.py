"""The public door: calls the API over HTTP semantics as a citizen or a clerk would."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any
from uuid import uuid4

from django.db import connections
from django.http import HttpResponse
from django.test import Client

from backend.demo.applications import PLAIN
from tests.integration.sign_in import sign_in
from tests.integration.town import SLUG

SUBMIT = f"/api/v1/services/{SLUG}/applications"
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody's browser: `token` goes with every request, nothing else is remembered."""

    host: str
    token: str | None = None
    language: str = "de"

    @classmethod
    def signed_in(cls, *, host: str, realm: str, account: str) -> Caller:
        return cls(host=host, token=sign_in(realm=realm, account=account))

    def with_token(self, token: str) -> Caller:
        return Caller(host=self.host, token=token)

    def call(self, method: str, path: str, **extra: Any) -> HttpResponse:
        headers = {"Accept-Language": self.language, **extra.pop("headers", {})}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        client = Client(raise_request_exception=False, HTTP_HOST=self.host)
        return client.generic(method, path, headers=headers, **extra)

    def get(self, path: str) -> HttpResponse:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        return self.call("POST", path, data=raw, content_type="application/json", headers=headers)

    def submit(
        self, answers: Any = None, *, key: str | None = None, path: str = SUBMIT, **more: Any
    ) -> HttpResponse:
        body = {"answers": PLAIN if answers is None else answers, **more}
        return self.post(path, body, **{"Idempotency-Key": key or uuid4().hex})

    def task(self, element: str) -> dict[str, Any]:
        """The newest open task of an element in this clerk's inbox."""
        found = [task for task in self.get("/api/v1/tasks").json()["results"] if task["element"] == element]
        return dict(found[-1])

    def claim(self, task_id: Any) -> HttpResponse:
        return self.post(f"/api/v1/tasks/{task_id}/claim")

    def complete(self, task_id: Any, result: Any) -> HttpResponse:
        return self.post(f"/api/v1/tasks/{task_id}/complete", {"result": result})


def problem(response: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """The body of a refusal, after checking that it is the expected one and has the form of RFC 9457."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == PROBLEM
    body = json.loads(response.content)
    assert body["type"] == f"urn:laufzettel:problem:{code}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return dict(body)


def same_answer(one: HttpResponse, other: HttpResponse) -> bool:
    """Whether a stranger could not tell the two apart (each request has an id of its own)."""
    own = {"X-Request-ID"}
    headers = [{name: value for name, value in answer.items() if name not in own} for answer in (one, other)]
    return (one.status_code, one.content) == (other.status_code, other.content) and headers[0] == headers[1]


def at_once(*calls: Any) -> list[Any]:
    """Do all calls at the same moment, each in a thread with a database connection of its own."""
    together = Barrier(len(calls))

    def one(call: Any) -> Any:
        try:
            together.wait(timeout=10)
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))
