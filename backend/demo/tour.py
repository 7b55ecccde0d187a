"""The tour: a real application walks through the running system over HTTP, each step shown as it happens."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from rich.console import Console

from backend.demo.applications import DECISION, EXEMPTION, OPINION, PLAIN, PREPARED
from backend.demo.client import Person, Unexpected
from backend.demo.layout import Layout
from signing.verify import verify

SERVICE = "hundesteuer-anmeldung"
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class TourResult:
    """What came of the tour: the main application, and the sealed notice as a file."""

    reference: str
    status: str
    notice_pdf: Path
    events: list[str]


class Tour:
    """Walks two applications through: a plain one in detail, and one with an exemption."""

    def __init__(self, *, layout: Layout, console: Console) -> None:
        self.layout, self.console = layout, console
        self.number = 0

    def walk(self) -> TourResult:
        """Raises `Unexpected` when the running system does not do what it should."""
        self._say(
            "Erika Mustermann signs in at the development issuer (OpenID Connect with PKCE, ES256 token)"
        )
        erika = self._citizen("erika")
        case = self._read_form_and_apply(erika)
        self._clerk_decides(case)
        finished = self._wait_closed(erika, case)
        self._show_timeline(finished)
        self._show_mail(finished["reference"])
        notice = self._fetch_notice(erika, case)
        self._walk_exemption()
        return TourResult(
            reference=finished["reference"],
            status=finished["status"],
            notice_pdf=notice,
            events=[entry["kind"] for entry in finished["timeline"]],
        )

    def _read_form_and_apply(self, citizen: Person) -> str:
        form = citizen.get(f"/api/v1/services/{SERVICE}/form")
        pages = len(form["ui"].get("elements", []))
        self._say(
            f"she reads the form of Hundesteuer-Anmeldung ({pages} pages) and submits it with her answers"
        )
        body = {"answers": PLAIN, "version": form["version"], "language": "de"}
        key = secrets.token_urlsafe(16)
        receipt = self._submit(citizen, body, key)
        self._say(
            f"received, reference [bold]{receipt['reference']}[/]; a double click gets the same receipt again"
        )
        again = self._submit(citizen, body, key)
        if again["reference"] != receipt["reference"] or not again["repeated"]:
            raise Unexpected("a repeated submission did not get the first answer again")
        return str(receipt["id"])

    def _clerk_decides(self, case: str) -> None:
        clerk = self._clerk("s.berger")
        task = self._task(clerk, case, "pruefung")
        self._say(f"a worker routes the case to the Steueramt: task „{task['name']}“")
        clerk.post(f"/api/v1/tasks/{task['id']}/claim")
        answers = clerk.get(f"/api/v1/cases/{case}")["answers"]
        self._say(f"Sabine Berger claims it, reads about {answers['hund']['rufname']} and decides")
        clerk.post(f"/api/v1/tasks/{task['id']}/complete", {"result": DECISION})

    def _walk_exemption(self) -> None:
        self._say("Ahmet Beispiel claims an exemption for his assistance dog: an opinion comes first")
        ahmet = self._citizen("ahmet")
        receipt = self._submit(ahmet, {"answers": EXEMPTION, "language": "de"}, secrets.token_urlsafe(16))
        case = str(receipt["id"])
        krause, adler = self._clerk("m.krause"), self._clerk("j.adler")
        self._do(adler, case, "stellungnahme", OPINION)
        self._do(krause, case, "vorbereitung", PREPARED)
        task = self._task(krause, case, "freigabe")
        refused = krause.try_call("POST", f"/api/v1/tasks/{task['id']}/claim")
        if refused.status_code != HTTPStatus.FORBIDDEN:
            raise Unexpected(f"four eyes were not enforced: {refused.status_code}")
        self._say("Maria Krause prepared the decision; approving it herself is refused (four eyes)")
        self._do(adler, case, "freigabe", {"ergebnis": "freigeben"})
        self._wait_closed(ahmet, case)
        self._say("Jonas Adler approves it, and the notice of exemption is in the mailbox")

    def _submit(self, citizen: Person, body: dict[str, Any], key: str) -> Any:
        return citizen.post(f"/api/v1/services/{SERVICE}/applications", body, **{"Idempotency-Key": key})

    def _do(self, clerk: Person, case: str, element: str, result: dict[str, Any]) -> None:
        task = self._task(clerk, case, element)
        clerk.post(f"/api/v1/tasks/{task['id']}/claim")
        clerk.post(f"/api/v1/tasks/{task['id']}/complete", {"result": result})

    def _show_timeline(self, case: dict[str, Any]) -> None:
        self._say(f"Erika sees: {case['status']}, outcome {case['outcome']}")
        for entry in case["timeline"]:
            self.console.print(f"       [dim]{entry['at'][11:19]}  {entry['text']['de']}[/]")

    def _show_mail(self, reference: str) -> None:
        sent = self.layout.mail_folder / "index.jsonl"

        def look() -> dict[str, Any] | None:
            lines = sent.read_text().splitlines() if sent.exists() else []
            mails = [json.loads(line) for line in lines]
            return next(
                (
                    mail
                    for mail in reversed(mails)
                    if "Postfach" in mail["subject"] and reference in mail["subject"]
                ),
                None,
            )

        mail = self._until(look, "the e-mail did not arrive")
        self._say(f"and gets an e-mail: „{mail['subject']}“, Message-ID {mail['message_id']}")

    def _fetch_notice(self, citizen: Person, case: str) -> Path:
        messages = citizen.get(f"/api/v1/applications/{case}/messages")
        notice = next(message["notice"] for message in messages if message["notice"])
        content = citizen.call("GET", notice["document"]).content
        file = self.layout.base / "notice.pdf"
        file.write_bytes(content)
        trusted = [self.layout.seal_certificate.read_bytes()]
        verdict = verify(pdf=content, trusted_pem=trusted, at=datetime.now(UTC))
        if not (verdict.intact and verdict.trusted):
            raise Unexpected("the seal of the notice is not valid")
        self._say(f"she fetches the notice ({len(content) // 1000} kB); its seal is valid: {file}")
        return file

    def _citizen(self, account: str) -> Person:
        return self._person("citizens", account, "portal")

    def _clerk(self, account: str) -> Person:
        return self._person("clerks", account, "desk")

    def _person(self, realm: str, account: str, client_id: str) -> Person:
        return Person.sign_in(
            web_url=self.layout.web_url,
            issuer_url=self.layout.issuer_url,
            realm=realm,
            account=account,
            client_id=client_id,
        )

    def _task(self, clerk: Person, case: str, element: str) -> dict[str, Any]:
        """A case's open task, as soon as the worker has made it."""

        def look() -> dict[str, Any] | None:
            tasks = clerk.get("/api/v1/tasks?status=open&limit=200")["results"]
            return next((task for task in tasks if task["case"] == case and task["element"] == element), None)

        return self._until(look, f"the task {element} did not appear")

    def _wait_closed(self, citizen: Person, case: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            found = citizen.get(f"/api/v1/applications/{case}")
            return found if found["status"] == "closed" else None

        return self._until(look, f"case {case} was not closed")

    def _until(self, look: Callable[[], dict[str, Any] | None], failure: str) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := look()) is None:
            if time.monotonic() > deadline:
                raise Unexpected(f"{failure} within {PATIENCE_SECONDS:.0f} s; see {self.layout.base}/logs")
            time.sleep(0.05)
        return found

    def _say(self, text: str) -> None:
        self.number += 1
        self.console.print(f"  [bold cyan]{self.number:2}[/] {text}", soft_wrap=True)
