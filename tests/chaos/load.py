"""Load for the chaos run: citizens who insist until they have a receipt, and a clerk who does every task."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx

from backend.demo.applications import DECISION, EXEMPTION, OPINION, PLAIN, PREPARED
from backend.demo.layout import Layout
from tests.chaos.checker import Acknowledged
from tests.journeys.people import CITIZENS, People

RETRY_SECONDS = 0.3
INSIST_SECONDS = 90.0
MOST_APPLICATIONS = 2_000
PAUSES = (0.4, 1.2)  # seconds between two applications of one citizen
# Element → who does it, and what is entered.
WORK: dict[str, tuple[str, dict[str, Any]]] = {
    "pruefung": ("s.berger", DECISION),
    "stellungnahme": ("j.adler", OPINION),
    "vorbereitung": ("m.krause", PREPARED),
    "freigabe": ("j.adler", {"ergebnis": "freigeben"}),
}
SEES_ALL = "m.krause"


@dataclass(slots=True)
class Seen:
    """What the people experienced. Each list has one writer at a time (the interpreter lock is enough)."""

    receipts: list[Acknowledged] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)


class Citizen(threading.Thread):
    """Applies again and again until `stop`; every application with a key that is used until it is answered."""

    def __init__(self, *, number: int, seed: int, layout: Layout, seen: Seen, stop: threading.Event) -> None:
        super().__init__(name=f"citizen-{number}", daemon=True)
        self.random = random.Random(f"{seed}/{number}")
        self.account = CITIZENS[number % len(CITIZENS)]
        self.people, self.seen, self.stop = People(layout=layout), seen, stop
        self.people.citizen(self.account)

    def run(self) -> None:
        while (
            not self.stop.wait(self.random.uniform(*PAUSES)) and len(self.seen.receipts) < MOST_APPLICATIONS
        ):
            answers = EXEMPTION if self.random.random() < 0.2 else PLAIN
            self._insist(answers, f"{self.random.getrandbits(96):024x}")

    def _insist(self, answers: dict[str, Any], key: str) -> None:
        started = time.monotonic()
        while time.monotonic() < started + INSIST_SECONDS:
            answer = self._try(answers, key)
            if answer is not None:
                self.seen.seconds.append(time.monotonic() - started)
                body = answer.json()
                self.seen.receipts.append(Acknowledged(key=key, case=body["id"], reference=body["reference"]))
                return
            time.sleep(RETRY_SECONDS)
        self.seen.unanswered.append(key)

    def _try(self, answers: dict[str, Any], key: str) -> httpx.Response | None:
        try:
            answer = self.people.try_to_apply(self.account, answers, key=key)
        except httpx.HTTPError as error:
            self.seen.answers[f"apply: {type(error).__name__}"] += 1
            return None
        self.seen.answers[f"apply: {answer.status_code}"] += 1
        if answer.status_code in (HTTPStatus.OK, HTTPStatus.CREATED):
            return answer
        if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
            self.seen.refused.append(f"apply: {answer.status_code} {answer.text[:200]}")
        return None


class ClerkRobot(threading.Thread):
    """Does every task of the Steueramt, whoever of the clerks may, until `stop`."""

    def __init__(self, *, layout: Layout, seen: Seen, stop: threading.Event) -> None:
        super().__init__(name="clerk-robot", daemon=True)
        self.people, self.seen, self.stop = People(layout=layout), seen, stop
        for account in (SEES_ALL, *(account for account, _ in WORK.values())):
            self.people.clerk(account)

    def run(self) -> None:
        while not self.stop.wait(0.1):
            inbox = self._call(SEES_ALL, "GET", "/api/v1/tasks?limit=200")
            for task in inbox.json()["results"] if inbox is not None else []:
                self._do(task)

    def _do(self, task: dict[str, Any]) -> None:
        account, result = WORK[task["element"]]
        address = f"/api/v1/tasks/{task['id']}"
        if task["status"] == "open" and self._call(account, "POST", f"{address}/claim") is None:
            return
        self._call(account, "POST", f"{address}/complete", json={"result": result})

    def _call(self, account: str, method: str, path: str, **arguments: Any) -> httpx.Response | None:
        try:
            answer = self.people.clerk(account).try_call(method, path, **arguments)
        except httpx.HTTPError as error:
            self.seen.answers[f"clerk: {type(error).__name__}"] += 1
            return None
        self.seen.answers[f"clerk: {answer.status_code}"] += 1
        if answer.is_success:
            return answer
        # 409: the answer to an earlier, interrupted call was lost; the task is done.
        if answer.status_code not in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.CONFLICT):
            self.seen.refused.append(f"clerk: {method} {path}: {answer.status_code} {answer.text[:200]}")
        return None
