"""Who may sign in at the development issuer: its realms, demo accounts and clients, read from a JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Weakest first; what a person's strongest means of identification reaches (eIDAS, art. 8).
TRUST_LEVELS = ("none", "low", "substantial", "high")
LEVEL_ADDRESS = "http://eidas.europa.eu/LoA/"


class AccountProblems(ValueError):
    """The accounts file was refused; the message lists everything that is wrong with it."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may sign in: `claims` go into the tokens as they are (given_name, birthdate, roles …)."""

    subject: str
    label: str
    trust_level: str
    password: str = field(repr=False)
    claims: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Client:
    """An application; without a secret it is a public one and must use PKCE alone."""

    client_id: str
    secret: str | None = field(repr=False)
    redirect_uris: tuple[str, ...]
    claims: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Realm:
    """An issuer of its own: its tokens carry its address as `iss` and `audience` as `aud`."""

    name: str
    title: str
    audience: str
    accounts: Mapping[str, Account]
    clients: Mapping[str, Client]


def read_realms(file: Path) -> dict[str, Realm]:
    """Read and check the accounts file; its form is that of `DEMO_REALMS`.

    Raises `AccountProblems`.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AccountProblems(f"{file}: cannot be read as JSON ({error})") from error
    return realms_from(content, source=str(file))


def realms_from(content: Any, *, source: str) -> dict[str, Realm]:
    """The realms described by `content`. Raises `AccountProblems` naming `source` and every wrong place."""
    problems: list[str] = []
    if not isinstance(content, dict) or not content:
        raise AccountProblems(f"{source}: must be a JSON object of realms, for example {{'citizens': {{…}}}}")
    realms = {name: _realm(name, value, problems) for name, value in content.items()}
    if problems:
        raise AccountProblems("\n".join(f"{source}: {problem}" for problem in problems))
    return realms


def _realm(name: str, value: Any, problems: list[str]) -> Realm:
    if not isinstance(value, dict):
        problems.append(f"/{name} must be an object")
        value = {}
    if not (name.isascii() and name.replace("-", "").isalnum()):
        problems.append(f"/{name}: a realm's name is part of an address: letters, digits and - only")
    accounts = [_account(f"/{name}/accounts/{i}", one, problems) for i, one in _listed(value, "accounts")]
    clients = [_client(f"/{name}/clients/{i}", one, problems) for i, one in _listed(value, "clients")]
    return Realm(
        name=name,
        title=str(value.get("title", name)),
        audience=_text(f"/{name}", value, "audience", problems),
        accounts={account.subject: account for account in accounts},
        clients={client.client_id: client for client in clients},
    )


def _account(where: str, value: Mapping[str, Any], problems: list[str]) -> Account:
    level = value.get("trust_level", "low")
    if level not in TRUST_LEVELS:
        problems.append(f"{where}/trust_level must be one of {', '.join(TRUST_LEVELS)}")
    claims = value.get("claims", {})
    if not isinstance(claims, dict):
        problems.append(f"{where}/claims must be an object")
    subject = _text(where, value, "sub", problems)
    return Account(
        subject=subject,
        label=str(value.get("label", subject)),
        trust_level=str(level),
        password=str(value.get("password", "demo")),
        claims=claims,
    )


def _client(where: str, value: Mapping[str, Any], problems: list[str]) -> Client:
    secret = value.get("client_secret")
    return Client(
        client_id=_text(where, value, "client_id", problems),
        secret=None if secret is None else str(secret),
        redirect_uris=tuple(map(str, value.get("redirect_uris", ()))),
        claims=value.get("claims", {}),
    )


def _text(where: str, value: Mapping[str, Any], key: str, problems: list[str]) -> str:
    found = value.get(key)
    if not isinstance(found, str) or not found:
        problems.append(f"{where}/{key} is missing or not a text")
        return ""
    return found


def _listed(value: Mapping[str, Any], key: str) -> Sequence[tuple[int, Mapping[str, Any]]]:
    found = value.get(key, [])
    return (
        [(i, one) for i, one in enumerate(found) if isinstance(one, dict)] if isinstance(found, list) else []
    )


def _citizen(*, sub: str, name: tuple[str, str], level: str, birthdate: str, street: str) -> dict[str, Any]:
    given, family = name
    names = {"low": "niedrig", "substantial": "substanziell", "high": "hoch"}
    return {
        "sub": sub,
        "label": f"{given} {family} (Vertrauensniveau {names[level]})",
        "trust_level": level,
        "claims": {
            "given_name": given,
            "family_name": family,
            "email": f"{sub}@example.org",
            "birthdate": birthdate,
            "address": {
                "street_address": street,
                "postal_code": "31999",
                "locality": "Musterhausen",
                "country": "DE",
            },
        },
    }


def _clerk(sub: str, given: str, family: str, task: str, roles: Sequence[str]) -> dict[str, Any]:
    return {
        "sub": sub,
        "label": f"{given} {family} ({task})",
        "trust_level": "substantial",
        "claims": {
            "given_name": given,
            "family_name": family,
            "email": f"{sub}@musterhausen.example",
            "roles": list(roles),
        },
    }


# The demo's people when no file is given; all invented.
DEMO_REALMS: dict[str, Any] = {
    "citizens": {
        "title": "Bürgerkonto (Entwicklung)",
        "audience": "laufzettel-citizens",
        "accounts": [
            _citizen(
                sub="erika",
                name=("Erika", "Mustermann"),
                level="substantial",
                birthdate="1984-01-26",
                street="Heidestraße 17",
            ),
            _citizen(
                sub="ahmet",
                name=("Ahmet", "Beispiel"),
                level="high",
                birthdate="1971-09-03",
                street="Am Markt 4",
            ),
            _citizen(
                sub="lena", name=("Lena", "Probe"), level="low", birthdate="1999-05-30", street="Lindenweg 2a"
            ),
        ],
        "clients": [{"client_id": "portal", "redirect_uris": []}, {"client_id": "curl", "redirect_uris": []}],
    },
    "clerks": {
        "title": "Anmeldung für Beschäftigte (Entwicklung)",
        "audience": "laufzettel-clerks",
        "accounts": [
            _clerk("s.berger", "Sabine", "Berger", "Steueramt, Sachbearbeitung", ["clerk"]),
            _clerk("t.vogt", "Thomas", "Vogt", "Steueramt, Sachbearbeitung", ["clerk"]),
            _clerk("m.krause", "Maria", "Krause", "Steueramt, Leitung", ["clerk", "approver"]),
            _clerk("j.adler", "Jonas", "Adler", "Steueramt, Freigaben", ["approver"]),
        ],
        "clients": [{"client_id": "desk", "redirect_uris": []}, {"client_id": "curl", "redirect_uris": []}],
    },
    "machines": {
        "title": "Maschinen (Entwicklung)",
        "audience": "laufzettel-machines",
        "accounts": [],
        "clients": [{"client_id": "demo-machine", "client_secret": "demo-machine-secret", "claims": {}}],
    },
}
