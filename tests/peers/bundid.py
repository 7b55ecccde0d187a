"""Starts the foreign identity provider (tests/peers/saml-idp) and signs in there as a person would."""

from __future__ import annotations

import datetime as dt
import html
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from signing.saml.signatures import KeyPair

FOLDER = Path(__file__).parent / "saml-idp"
OWN = {
    "template": FOLDER / "response.xml",
    "errorTemplate": FOLDER / "error.xml",
    "fields": FOLDER / "people.yml",
    "users": FOLDER / "people.yml",
}
PSS = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
PKCS1 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@cache
def key_pair(name: str, *, bits: int = 3072, years: int = 5) -> KeyPair:
    """The same pair for the same name, as long as the tests run; `years` below 0 are over."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    end = start if years < 0 else start.replace(year=2026 + years)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return KeyPair(key=key, certificate=certificate)


def write_pair(folder: Path, name: str, **options: Any) -> dict[str, str]:
    """The files of a key pair, as the configuration names them."""
    pair = key_pair(name, **options)
    files = {"key_file": folder / f"{name}.key.pem", "certificate_file": folder / f"{name}.pem"}
    files["key_file"].write_bytes(pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    files["certificate_file"].write_bytes(pair.certificate.public_bytes(Encoding.PEM))
    return {kind: str(path) for kind, path in files.items()}


@dataclass(frozen=True, slots=True)
class Answered:
    """The form with which the identity provider sends the browser back."""

    action: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Peer:
    """The running identity provider."""

    address: str
    entity_id: str
    pair: KeyPair

    def metadata(self) -> bytes:
        return httpx.get(f"{self.address}/metadata", trust_env=False).raise_for_status().content

    def register(self, metadata: bytes) -> None:
        """Tell it who we are, with our own metadata."""
        httpx.put(f"{self.address}/service-provider", content=metadata, trust_env=False).raise_for_status()

    def ask(self, form: Mapping[str, str]) -> httpx.Response:
        """What it says to a question; 400 with its reason if it does not accept it."""
        return httpx.post(f"{self.address}/sso", data=dict(form), trust_env=False)

    def sign_in(
        self, form: Mapping[str, str], *, user: str, level: str | None = None, **choice: Any
    ) -> Answered:
        """Choose a person on its page. `choice` changes what it answers (see `server.js`)."""
        asked = self.ask(form)
        assert asked.status_code == 200, asked.text
        fields = hidden(asked.text)
        login = {**fields, "user": user, "choice": json.dumps(choice)}
        if level is not None:
            login["level"] = level
        answer = httpx.post(f"{self.address}/login", data=login, trust_env=False)
        assert answer.status_code == 200, answer.text
        action = re.search(r'action="([^"]*)"', answer.text)
        assert action is not None
        return Answered(action=html.unescape(action[1]), fields=hidden(answer.text))


def hidden(page: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _FIELD.findall(page)}


@contextmanager
def running_peer(*, folder: Path, material: Mapping[str, Path] = OWN, signature: str = PSS) -> Iterator[Peer]:
    """A process of its own on 127.0.0.1 until the block is left. Skips without Node, but never in CI."""
    if not (shutil.which("node") and (FOLDER / "node_modules").is_dir()) and os.environ.get("CI") != "true":
        pytest.skip("no Node, or no node_modules in tests/peers/saml-idp: run npm ci there")
    entity_id = "https://idp.example/bundid"
    files = write_pair(folder, "idp")
    settings = {
        "entityId": entity_id,
        "key": files["key_file"],
        "certificate": files["certificate_file"],
        "signature": signature,
        **{name: str(path) for name, path in material.items()},
    }
    (folder / "idp.json").write_text(json.dumps(settings))
    process = subprocess.Popen(
        ["node", "server.js", str(folder / "idp.json")],
        cwd=FOLDER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = process.stdout.readline().strip()
        assert port.isdigit(), "the identity provider did not start"
        yield Peer(address=f"http://127.0.0.1:{port}", entity_id=entity_id, pair=key_pair("idp"))
    finally:
        process.stdin.close()
        process.wait(timeout=10)
        process.stdout.close()
