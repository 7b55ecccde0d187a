"""Machines of two towns: an issuer that really runs, with a realm that only one of the towns trusts for each."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from backend.embedded.issuer import IssuerServer
from backend.embedded.issuer_keys import SigningKeys

ROBOT = {"client_id": "robot", "client_secret": "secret", "claims": {}}


@dataclass(slots=True)
class MachineIssuers:
    """`entries`: what the settings say of the realms, once `trust` has told which town trusts which."""

    address: str
    entries: list[dict[str, Any]] = field(default_factory=list)
    _tokens: dict[tuple[str, str], str] = field(default_factory=dict)

    def trust(self, *, realm: str, authority: str) -> None:
        url = f"{self.address}/{realm}"
        entry = {"url": url, "kind": "machines", "audience": realm, "algorithms": ["ES256"]}
        self.entries.append({**entry, "authorities": [authority]})

    def token(self, *, realm: str, scopes: frozenset[str]) -> str:
        """An access token by client credentials with exactly these scopes."""
        wanted = (realm, " ".join(sorted(scopes)))
        if wanted not in self._tokens:
            form = {"grant_type": "client_credentials", "scope": wanted[1]}
            answer = httpx.post(
                f"{self.address}/{realm}/token", data=form, auth=("robot", "secret"), trust_env=False
            )
            self._tokens[wanted] = str(answer.raise_for_status().json()["access_token"])
        return self._tokens[wanted]


@contextmanager
def machine_issuers(*, folder: Path) -> Iterator[MachineIssuers]:
    """One server with the realms `here` and `there`."""
    realms = {realm: {"audience": realm, "accounts": [], "clients": [ROBOT]} for realm in ("here", "there")}
    accounts = folder / "accounts.json"
    accounts.write_text(json.dumps(realms))
    server = IssuerServer(port=0, keys=SigningKeys(file=folder / "keys.json"), accounts=accounts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield MachineIssuers(address=server.address)
    finally:
        server.shutdown()
        server.server_close()
