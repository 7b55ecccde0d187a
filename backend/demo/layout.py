"""Where the demo keeps things, which ports it uses, and what each of its processes is told."""

from __future__ import annotations

import json
import os
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend.embedded.ports import claim_ports
from backend.embedded.private_files import kept_secret, write_private
from backend.embedded.roles import Role

TOWN = "musterhausen"
# How people sign in at the portal, by the kind of their issuer.
PORTAL: Mapping[str, Mapping[str, Any]] = {
    "citizens": {
        "name": "buergerkonto",
        "label": {"de": "Bürgerkonto (Entwicklung)", "en": "Citizen account (development)"},
        "portal": {"client_id": "portal", "authentication": "none"},
    },
    "clerks": {
        "name": "rathaus",
        "label": {"de": "Anmeldung des Rathauses (Entwicklung)", "en": "Town hall login (development)"},
        "portal": {"client_id": "desk", "authentication": "none"},
    },
}
WANTED_PORTS = {"web": 8000, "issuer": 8010, "mail": 8025, "mail-page": 8026}


@dataclass(frozen=True, slots=True)
class Layout:
    """The folder of a demo, its ports, and settings all its processes get on top (tests: short leases)."""

    base: Path
    ports: Mapping[str, int]
    settings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        base: Path,
        *,
        wanted_ports: Mapping[str, int | None] = WANTED_PORTS,
        settings: Mapping[str, str] | None = None,
    ) -> Layout:
        for folder in (base / "logs", base / "heartbeats", base / "seal"):
            folder.mkdir(parents=True, exist_ok=True)
        (base / "secrets").mkdir(exist_ok=True, mode=0o700)
        return cls(
            base=base,
            ports=claim_ports(file=base / "ports.json", wanted=wanted_ports),
            settings=settings or {},
        )

    @property
    def web_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['web']}"

    @property
    def issuer_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['issuer']}"

    @property
    def mail_page_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['mail-page']}"

    @property
    def mail_folder(self) -> Path:
        return self.base / "mail"

    @property
    def seal_key(self) -> Path:
        return self.base / "seal" / "key.pem"

    @property
    def seal_certificate(self) -> Path:
        return self.base / "seal" / "certificate.pem"

    def environment(
        self, *, databases: Mapping[Role, str], role: Role, broker: str, process: str
    ) -> dict[str, str]:
        """The environment of one process; each connects with the database role it needs and no other."""
        issuers = [
            {
                "url": f"{self.issuer_url}/{kind}",
                "kind": kind,
                "audience": f"laufzettel-{kind}",
                "algorithms": ["ES256"],
                "authorities": [TOWN],
                **PORTAL.get(kind, {}),
            }
            for kind in ("citizens", "clerks", "machines")
        ]
        return {
            **os.environ,
            "LAUFZETTEL_ENVIRONMENT": "development",
            "LAUFZETTEL_PROCESS": process,
            "LAUFZETTEL_VAR": str(self.base),
            "LAUFZETTEL_DEFAULT_AUTHORITY": TOWN,
            "LAUFZETTEL_SECRET_KEY": kept_secret(self.base / "secrets" / "django"),
            "LAUFZETTEL_MASTER_KEYS": f"demo:{self._key('master')}",
            "LAUFZETTEL_INDEX_KEY": self._key("index"),
            "LAUFZETTEL_ISSUERS": json.dumps(issuers),
            "LAUFZETTEL_MAIL_URL": f"smtp://127.0.0.1:{self.ports['mail']}",
            "LAUFZETTEL_MAIL_FROM": "buergerservice@musterhausen.example",
            "DATABASE_URL": databases[role],
            "REDIS_URL": broker,
            "LAUFZETTEL_HEARTBEAT_FILE": str(self.heartbeat(process)),
            **self.settings,
        }

    def heartbeat(self, process: str) -> Path:
        return self.base / "heartbeats" / process

    def _key(self, name: str) -> str:
        file = self.base / "secrets" / name
        if not file.exists():
            write_private(file, b64encode(secrets.token_bytes(32)))
        return file.read_text()
