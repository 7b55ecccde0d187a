"""The foreign OpenID provider (tests/peers/oidc-provider) as a process of its own, and a browser that visits it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from django.http import HttpResponse
from django.test import Client

FOLDER = Path(__file__).resolve().parents[2] / "peers" / "oidc-provider"
LEVELS = ("STORK-QAA-Level-1", "STORK-QAA-Level-3", "STORK-QAA-Level-4")
LOW, SUBSTANTIAL, HIGH = LEVELS
HOPS = 10


@dataclass(slots=True)
class Peer:
    """A running provider. `stop` takes it away, as an outage would."""

    url: str
    process: subprocess.Popen[str]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)

    def rotate(self) -> None:
        httpx.post(f"{self.url}/test/rotate", trust_env=False).raise_for_status()


def needs_node() -> None:
    """Skips where the peer is not installed; in CI it must be."""
    if os.environ.get("CI") == "true" or (shutil.which("node") and (FOLDER / "node_modules").is_dir()):
        return
    pytest.skip("needs node, and `npm ci` in tests/peers/oidc-provider", allow_module_level=True)


@contextmanager
def running_peer(*, clients: Sequence[dict[str, Any]], claims_parameter: bool = True) -> Iterator[Peer]:
    configuration = json.dumps(
        {"clients": list(clients), "acrs": LEVELS, "claimsParameter": claims_parameter}
    )
    with subprocess.Popen(
        ["node", "server.mjs", configuration],
        cwd=FOLDER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, "the provider did not start"
            yield Peer(url=json.loads(line)["url"], process=process)
        finally:
            process.terminate()


@dataclass(slots=True)
class Browser:
    """One person's browser: its cookies at the portal and at the provider."""

    host: str
    language: str = "de"
    portal: Client = field(init=False)
    elsewhere: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.portal = Client(
            HTTP_HOST=self.host, raise_request_exception=False, enforce_csrf_checks=True,
            headers={"Accept-Language": self.language},
        )  # fmt: skip
        self.elsewhere = httpx.Client(trust_env=False, follow_redirects=False)

    def get(self, path: str) -> HttpResponse:
        return self.portal.get(path)

    def sign_in(
        self, start: str, *, account: str = "erika", acr: str = LOW, error: str | None = None
    ) -> HttpResponse:
        """Go all the way: to the provider, say who it is there, and back; the portal's answer to the callback."""
        return self.arrive(self.answer_for(start, account=account, acr=acr, error=error))

    def answer_for(
        self, start: str, *, account: str = "erika", acr: str = LOW, error: str | None = None
    ) -> str:
        """The address with which the provider sends the browser back."""
        left = self.get(start)
        assert left.status_code == 302, left.content
        address = left["Location"]
        for _ in range(HOPS):
            if urlsplit(address).hostname == self.host:
                return address
            answer = self.elsewhere.get(address)
            if answer.status_code == httpx.codes.OK:
                form = {"error": error} if error else {"account": account, "acr": acr}
                answer = self.elsewhere.post(address, data=form)
            assert answer.is_redirect, answer.text
            address = urljoin(address, answer.headers["location"])
        raise AssertionError("the provider never sent the browser back")

    def arrive(self, address: str) -> HttpResponse:
        parts = urlsplit(address)
        return self.get(f"{parts.path}?{parts.query}")

    def submit_form(self, page: str, *, path: str) -> HttpResponse:
        """Send the form of a portal page with its hidden fields."""
        return self.portal.post(path, hidden_fields(page))

    def sign_out_elsewhere(self, address: str) -> httpx.Response:
        """The provider asks whether to sign out, and the person says yes; what it answers."""
        asked = self.elsewhere.get(address)
        assert asked.status_code == httpx.codes.OK, asked.text
        confirm = re.findall(r'action="([^"]+)"', asked.text)[0]
        return self.elsewhere.post(confirm, data={**hidden_fields(asked.text), "logout": "yes"})


def hidden_fields(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}
