"""An issuer of machines and one whose groups make clerks, both running, trusted for one town."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.test import override_settings

from backend.embedded.issuer import IssuerServer
from backend.embedded.issuer_keys import SigningKeys
from backend.identity.queries import trusted_issuers
from tests.integration.door import Caller

GROUPS = {
    "ou-steueramt": ["steueramt", "clerk"],
    "ou-steueramt-approver": ["steueramt", "approver"],
    "ou-mars": ["mars", "clerk"],
}


@dataclass(slots=True)
class Issuers:
    """Both issuers; `people` may change between two sign-ins."""

    address: str
    accounts: Path
    host: str

    def machine(self, *scopes: str) -> Caller:
        form = {"grant_type": "client_credentials", "scope": " ".join(scopes)}
        return self._caller("machines", form, auth=("robot", "secret"))

    def clerk(self, account: str) -> Caller:
        form = {"grant_type": "password", "client_id": "tests", "username": account, "password": "demo"}
        return self._caller("staff", form)

    def _caller(self, realm: str, form: dict[str, str], **more: Any) -> Caller:
        answer = httpx.post(f"{self.address}/{realm}/token", data=form, trust_env=False, **more)
        return Caller(host=self.host, token=str(answer.raise_for_status().json()["access_token"]))

    def crafted(self, realm: str, **claims: Any) -> Caller:
        """A clerk with any claims, signed by the issuer."""
        keys = SigningKeys(file=self.accounts.parent / "keys.json")
        now = int(time.time())
        said = {"iss": f"{self.address}/{realm}", "aud": realm, "iat": now - 5, "exp": now + 600, **claims}
        return Caller(host=self.host, token=keys.sign(said, kind="at+jwt"))


@contextmanager
def working_issuers(*, folder: Path, host: str, authorities: list[str], **staff: Any) -> Iterator[Issuers]:
    """`staff`: more members of the entry of the clerks' issuer."""
    clients = [{"client_id": "tests", "redirect_uris": []}]
    robot = [{"client_id": "robot", "client_secret": "secret", "claims": {}}]
    realms = {
        "machines": {"audience": "machines", "accounts": [], "clients": robot},
        "staff": {"audience": "staff", "accounts": [], "clients": clients},
    }
    accounts = folder / "accounts.json"
    accounts.write_text(json.dumps(realms))
    server = IssuerServer(port=0, keys=SigningKeys(file=folder / "keys.json"), accounts=accounts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    common = {"algorithms": ["ES256"], "authorities": authorities}
    entries = (
        {"url": f"{server.address}/machines", "kind": "machines", "audience": "machines", **common},
        {
            "url": f"{server.address}/staff",
            "kind": "clerks",
            "audience": "staff",
            "memberships": {"claim": "groups", "map": GROUPS},
            **common,
            **staff,
        },
    )
    environment = replace(settings.ENVIRONMENT, issuers=(*settings.ENVIRONMENT.issuers, *entries))
    try:
        with override_settings(ENVIRONMENT=environment):
            trusted_issuers.cache_clear()
            yield Issuers(address=server.address, accounts=accounts, host=host)
    finally:
        trusted_issuers.cache_clear()
        server.shutdown()
        server.server_close()
