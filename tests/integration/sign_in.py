"""Who can sign in during tests: a development issuer that really runs, and tokens that nobody should accept."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from backend.embedded.issuer import IssuerServer
from backend.embedded.issuer_keys import SigningKeys

CITIZENS = {"erika": "low", "paul": "substantial", "nina": "none"}
CLERKS = ("clara", "carl", "anna", "anna.second", "adam", "otto", "dismissed")
AUDIENCES = {"citizens": "laufzettel-citizens", "clerks": "laufzettel-clerks"}


@contextmanager
def development_issuers(*, folder: Path) -> Iterator[str]:
    """Start the issuer; yields the setting LAUFZETTEL_ISSUERS. Its last entry is an issuer that is away."""
    server = start_issuer(folder=folder)
    os.environ["TEST_ISSUER"] = server.address
    os.environ["TEST_ISSUER_KEYS"] = str(folder / "issuer-keys.json")
    trusted = [
        {"url": f"{server.address}/{realm}", "kind": realm, "audience": audience, "algorithms": ["ES256"]}
        for realm, audience in AUDIENCES.items()
    ]
    away = {"url": "http://127.0.0.1:1/away", "kind": "citizens", "audience": "laufzettel-citizens"}
    try:
        yield json.dumps([*trusted, away])
    finally:
        server.shutdown()
        server.server_close()


def start_issuer(*, folder: Path) -> IssuerServer:
    """An issuer with the tests' accounts on any free port, in a thread of its own."""
    clients = [{"client_id": "tests", "redirect_uris": []}]
    realms = {
        "citizens": {
            "audience": AUDIENCES["citizens"],
            "accounts": [{"sub": name, "trust_level": level} for name, level in CITIZENS.items()],
            "clients": clients,
        },
        "clerks": {
            "audience": AUDIENCES["clerks"],
            "accounts": [{"sub": name, "trust_level": "substantial"} for name in CLERKS],
            "clients": clients,
        },
    }
    accounts = folder / "issuer-accounts.json"
    accounts.write_text(json.dumps(realms))
    server = IssuerServer(port=0, keys=SigningKeys(file=folder / "issuer-keys.json"), accounts=accounts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def issuer_url(*, realm: str) -> str:
    return f"{os.environ['TEST_ISSUER']}/{realm}"


@cache
def sign_in(*, realm: str, account: str) -> str:
    """An access token from the running issuer, as an application gets it."""
    form = {"grant_type": "password", "client_id": "tests", "username": account, "password": "demo"}
    answer = httpx.post(f"{issuer_url(realm=realm)}/token", data=form, trust_env=False)
    return str(answer.raise_for_status().json()["access_token"])


def crafted_token(*, keys: Path | None = None, kind: str = "at+jwt", **changed: Any) -> str:
    """A token of Erika's that differs in what is named; `None` leaves a claim out. `keys`: somebody else's."""
    now = int(time.time())
    claims = {
        "iss": issuer_url(realm="citizens"),
        "sub": "erika",
        "aud": AUDIENCES["citizens"],
        "iat": now - 60,
        "exp": now + 600,
        "acr": "http://eidas.europa.eu/LoA/low",
        **changed,
    }
    present = {name: value for name, value in claims.items() if value is not None}
    return SigningKeys(file=keys or Path(os.environ["TEST_ISSUER_KEYS"])).sign(present, kind=kind)
