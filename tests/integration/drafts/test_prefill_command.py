"""`prefill-link` on the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.drafts.desk import begun
from tests.integration.town import SLUG

ROOT = Path(__file__).resolve().parents[3]
DOG = {"hund": {"rufname": "Bella"}}


@pytest.fixture
def command(published, tmp_path):
    def run(content, *more, service=SLUG, authority=published.authority.slug, **settings):
        file = tmp_path / "answers.json"
        file.write_text(content)
        arguments = ["prefill-link", service, str(file), "--authority", authority, "--language", "en", *more]
        return subprocess.run(
            [sys.executable, "-m", "backend", *arguments],
            cwd=ROOT,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_it_prints_a_link_that_begins_a_draft(command, citizen):
    done = command(json.dumps(DOG), LAUFZETTEL_PORTAL_URL="https://portal.example")
    assert done.returncode == 0, done.stderr
    address, _, token = done.stdout.strip().partition("#prefill=")
    assert address == f"https://portal.example/services/{SLUG}"
    assert begun(citizen(), {}, prefill=token)["answers"] == DOG


def test_it_says_what_is_wrong(command):
    wrong = command(json.dumps({"hund": {"chipnummer": "x"}}))
    assert (wrong.returncode, "/hund/chipnummer" in wrong.stdout) == (1, True)
    assert command("{").returncode == 1
    assert command("{}", service="gibt-es-nicht").returncode == 1
    assert command("{}", authority="gibt-es-nicht").returncode == 1
    assert command("{}", "--days", "0").returncode == 2
