"""What people do in a running town, over HTTP only: sign in, apply, find a task, do it, wait for the end."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

import httpx

from backend.demo.client import Person
from backend.demo.layout import Layout

CITIZENS = ("erika", "ahmet", "lena")
CLERKS = ("s.berger", "t.vogt", "m.krause", "j.adler")
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.05
DOG_TAX = "hundesteuer-anmeldung"

Found = TypeVar("Found")


def until(look: Callable[[], Found | None], what: str, *, seconds: float = PATIENCE_SECONDS) -> Found:
    """Wait for a condition, not for a time. Fails naming `what` did not come."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds:.0f} s")
        time.sleep(LOOK_SECONDS)
    return found


@dataclass(slots=True)
class People:
    """The demo's citizens and clerks, each signed in once. `watch` looks at every answer they get."""

    layout: Layout
    watch: Callable[[httpx.Response], None] | None = None
    _signed_in: dict[str, Person] = field(default_factory=dict)

    def citizen(self, account: str = "erika") -> Person:
        return self._person("citizens", account, "portal")

    def clerk(self, account: str) -> Person:
        return self._person("clerks", account, "desk")

    def _person(self, realm: str, account: str, client_id: str) -> Person:
        if account not in self._signed_in:
            person = Person.sign_in(
                web_url=self.layout.web_url,
                issuer_url=self.layout.issuer_url,
                realm=realm,
                account=account,
                client_id=client_id,
            )
            if self.watch is not None:
                person.http.event_hooks = {"response": [self.watch]}
            self._signed_in[account] = person
        return self._signed_in[account]

    def close(self) -> None:
        for person in self._signed_in.values():
            person.http.close()

    def try_to_apply(
        self, account: str, answers: Any, *, service: str = DOG_TAX, key: str | None = None
    ) -> httpx.Response:
        return self.citizen(account).try_call(
            "POST",
            f"/api/v1/services/{service}/applications",
            headers={"Idempotency-Key": key or secrets.token_urlsafe(16)},
            json={"answers": answers, "language": "de"},
        )

    def apply(self, account: str, answers: Any, *, service: str = DOG_TAX) -> dict[str, Any]:
        answer = self.try_to_apply(account, answers, service=service)
        assert answer.status_code == HTTPStatus.CREATED, answer.text
        receipt: dict[str, Any] = answer.json()
        return receipt

    def find_task(self, account: str, case: str, element: str) -> dict[str, Any]:
        """A case's open task in a clerk's inbox, as soon as a worker has made it."""
        return until(lambda: self.open_task(account, case, element), f"task {element} of {case}")

    def open_task(self, account: str, case: str, element: str) -> dict[str, Any] | None:
        tasks = self.clerk(account).get("/api/v1/tasks?status=open&limit=200")["results"]
        return next((task for task in tasks if (task["case"], task["element"]) == (case, element)), None)

    def do(self, account: str, case: str, element: str, result: Any) -> None:
        task = self.find_task(account, case, element)
        clerk = self.clerk(account)
        clerk.post(f"/api/v1/tasks/{task['id']}/claim")
        clerk.post(f"/api/v1/tasks/{task['id']}/complete", {"result": result})

    def do_by_whoever_may(self, case: str, element: str, result: Any) -> str:
        """Done by the first clerk who sees the task and may claim it; returns who that was."""

        def look() -> tuple[str, dict[str, Any]] | None:
            for account in CLERKS:
                task = self.open_task(account, case, element)
                if task is not None and self._claims(account, task["id"]):
                    return account, task
            return None

        account, task = until(look, f"somebody who may do {element} of {case}")
        self.clerk(account).post(f"/api/v1/tasks/{task['id']}/complete", {"result": result})
        return account

    def _claims(self, account: str, task: str) -> bool:
        answer = self.clerk(account).try_call("POST", f"/api/v1/tasks/{task}/claim")
        assert answer.status_code in (HTTPStatus.OK, HTTPStatus.FORBIDDEN), answer.text
        return answer.status_code == HTTPStatus.OK

    def wait_closed(self, account: str, case: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            found: dict[str, Any] = self.citizen(account).get(f"/api/v1/applications/{case}")
            return found if found["status"] == "closed" else None

        return until(look, f"the end of case {case}")
