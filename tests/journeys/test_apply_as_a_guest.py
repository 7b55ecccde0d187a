"""Somebody without an account: a code by mail, an application, the notice; and the code she loses on the way."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from email import message_from_bytes
from email.policy import default
from hashlib import sha256

import httpx
import pytest

from backend.demo.applications import DECISION, PLAIN
from backend.demo.client import Person
from backend.demo.processes import ROOT
from backend.embedded.mails import read_index
from backend.embedded.roles import Role
from tests.journeys.people import until

SERVICE = "hund-als-gast"
ADDRESS = "gesine.gast@example.org"
CODE = re.compile(r"^ {4}(\S{4}-\S{4})\s*$", re.MULTILINE)


@pytest.fixture(scope="module")
def offered(town, tmp_path_factory):
    """The town publishes the dog tax a second time, for guests."""
    folder = tmp_path_factory.mktemp("catalogue") / SERVICE
    shutil.copytree(ROOT / "catalogue" / "hundesteuer-anmeldung", folder)
    manifest = (folder / "service.toml").read_text()
    manifest = manifest.replace('slug = "hundesteuer-anmeldung"', f'slug = "{SERVICE}"\nguests = true')
    (folder / "service.toml").write_text(manifest.replace('trust_level = "low"', 'trust_level = "none"'))
    environment = town.layout.environment(
        databases=town.databases, role=Role.APP, broker=town.broker, process="publish-service"
    )
    command = [sys.executable, "-m", "backend", "publish-service", str(folder), "--authority", "musterhausen"]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def browser(town, contract):
    """Without any sign-in."""
    hooks = {"response": [contract.check]}
    with httpx.Client(base_url=town.layout.web_url, event_hooks=hooks, timeout=20, trust_env=False) as http:
        yield http


def status_code(town, browser, path, **body):
    """Ask, wait for the mail, confirm."""
    folder = town.layout.mail_folder
    before = len([mail for mail in read_index(folder) if ADDRESS in mail.to])
    asked = browser.post(path, json={"email": ADDRESS, **body})
    assert asked.status_code == 202, asked.text
    mail = until(
        lambda: next(iter([mail for mail in read_index(folder) if ADDRESS in mail.to][before:]), None),
        "the mail with the code",
    )
    text = message_from_bytes((folder / mail.file).read_bytes(), policy=default).get_content()
    confirmed = browser.post(
        "/api/v1/guests/confirm", json={"id": asked.json()["id"], "code": CODE.search(text)[1]}
    )
    assert confirmed.status_code == 200, confirmed.text
    return confirmed.json()["status_code"]


def test_a_guest_applies_loses_her_code_and_fetches_her_notice(offered, town, people, browser):
    code = status_code(town, browser, "/api/v1/guests")
    guest = Person(web_url=town.layout.web_url, token=f"guest.{code}", http=browser)
    receipt = guest.post(
        f"/api/v1/services/{SERVICE}/applications",
        {"answers": PLAIN, "language": "de"},
        **{"Idempotency-Key": "gesine-0001"},
    )
    renewed = status_code(town, browser, "/api/v1/guests/codes", reference=receipt["reference"])
    assert guest.try_call("GET", "/api/v1/applications").status_code == 401
    guest.token = f"guest.{renewed.lower().replace('-', '')}"
    people.do("s.berger", receipt["id"], "pruefung", DECISION)

    def closed():
        found = guest.get(f"/api/v1/applications/{receipt['id']}")
        return found if found["status"] == "closed" else None

    case = until(closed, "the end of the case")
    assert case["outcome"] == "granted"
    assert "status_code_renewed" in [entry["kind"] for entry in case["timeline"]]
    messages = guest.get(f"/api/v1/applications/{receipt['id']}/messages")
    (notice,) = [message["notice"] for message in messages if message["notice"]]
    pdf = guest.call("GET", notice["document"]).content
    assert sha256(pdf).hexdigest() == notice["sha256"]
    assert people.citizen("lena").try_call("GET", notice["document"]).status_code == 404
