"""Everybody of the BundID simulator signs in at the portal (users, fields and template: conformance set)."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path

import pytest
import yaml

from tests.integration.identity.bundid_town import METADATA, Browser, entry, offered
from tests.peers.bundid import running_peer

MATERIAL = (
    Path(os.environ.get("CONFORMANCE_DIR", Path(__file__).parents[3] / ".." / "shared" / "conformance"))
    / "bundid"
)
if not MATERIAL.is_dir() and os.environ.get("CI") != "true":
    pytest.skip(f"no conformance material in {MATERIAL}: set CONFORMANCE_DIR", allow_module_level=True)

USERS = yaml.safe_load((MATERIAL / "users.yml").read_text())["users"]
SHOWN = ("surname", "givenname", "mail", "postalAddress", "postalCode", "localityName", "country")


@pytest.fixture(scope="module")
def peer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulator")
    files = {
        "template": MATERIAL / "saml_response_template.xml",
        "errorTemplate": MATERIAL / "saml_response_error_template.xml",
        "fields": MATERIAL / "field_definitions.yml",
        "users": MATERIAL / "users.yml",
    }
    with running_peer(folder=folder, material=files) as running:
        (folder / "provider.xml").write_bytes(running.metadata())
        with offered(entry(folder=folder)):
            yield running


@pytest.mark.parametrize("user", USERS, ids=lambda user: user["id"])
def test_signing_in(town, peer, user):
    browser = Browser(host=town.authority.host)
    peer.register(browser.get(METADATA).content)
    assert browser.sign_in(peer, user=user["id"], level="STORK-QAA-Level-3").status_code == 303
    page = browser.who()
    assert "Elster" in page
    for name in SHOWN:
        assert escape(str(user.get(name, ""))) in page
