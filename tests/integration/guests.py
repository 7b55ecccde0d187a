"""Guests at the public door: a service that takes them, and the codes from their mails."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from backend.embedded.mails import read_index
from backend.keys.queries import data_key
from backend.services.models import ServiceVersion
from backend.services.operations import publish
from backend.services.package import Package
from backend.tenancy import acting_for
from tests.integration.door import Caller
from tests.integration.town import PACKAGE, TestTown

GUEST_SLUG = "hund-als-gast"
GUEST_SUBMIT = f"/api/v1/services/{GUEST_SLUG}/applications"
GUEST_DRAFTS = f"/api/v1/services/{GUEST_SLUG}/drafts"
ASK, CONFIRM, LOST = "/api/v1/guests", "/api/v1/guests/confirm", "/api/v1/guests/codes"
CODE = re.compile(r"^ {4}(\S{4}-\S{4})$", re.MULTILINE)
_checked = False


def guest_package(**changes: str) -> Package:
    """The dog tax as a service for guests; `changes`: lines of service.toml, old → new."""
    texts = PACKAGE.texts()
    manifest = texts["service.toml"]
    for old, new in {
        'slug = "hundesteuer-anmeldung"': f'slug = "{GUEST_SLUG}"',
        'trust_level = "low"': 'guests = true\ntrust_level = "none"',
        **changes,
    }.items():
        assert old in manifest
        manifest = manifest.replace(old, new)
    return Package.of_texts(texts={**texts, "service.toml": manifest})


def offer_to_guests(town: TestTown) -> None:
    """Publish it; the check before publishing is worth its time once."""
    global _checked  # noqa: PLW0603
    package = guest_package()
    with acting_for(authority_id=town.id):
        if not _checked:
            publish(authority_id=town.id, package=package, now=town.now)
            _checked = True
            return
        ServiceVersion.objects.create(
            authority_id=town.id,
            slug=GUEST_SLUG,
            number=1,
            content_hash=package.content_hash,
            files=package.texts(),
            published_at=town.now,
        )


def new_address() -> str:
    return f"gast.{uuid4().hex}@example.org"


def mails_to(folder: Path, address: str) -> list[Any]:
    """The messages themselves, in the order of their arrival."""
    found = [mail for mail in read_index(folder) if address in mail.to]
    return [message_from_bytes((folder / mail.file).read_bytes(), policy=default) for mail in found]


def code_in(mail: Any) -> str:
    found = CODE.search(mail.get_content().replace("\r\n", "\n"))
    assert found, mail.get_content()
    return found[1]


def code_of(town: TestTown, guest_id: str) -> str:
    """The code of a mail that has not left yet."""
    (command,) = town.commands(case_id=guest_id)
    with acting_for(authority_id=town.id):
        key = data_key(owner_id=UUID(guest_id))
        return str(key.open_json(bytes(command.payload), context=f"command:{command.id}")["code"])


def asked(town: TestTown, folder: Path, caller: Caller, address: str) -> tuple[str, str]:
    """The id of a request and the code from its mail."""
    answer = caller.post(ASK, {"email": address})
    assert answer.status_code == 202, answer.content
    town.work(kinds={"confirm-guest"})
    return answer.json()["id"], code_in(mails_to(folder, address)[-1])


def become_guest(town: TestTown, folder: Path, caller: Caller, address: str) -> Caller:
    """Through mail and confirmation to a caller with a status code."""
    guest_id, code = asked(town, folder, caller, address)
    confirmed = caller.post(CONFIRM, {"id": guest_id, "code": code})
    assert confirmed.status_code == 200, confirmed.content
    return caller.with_token("guest." + confirmed.json()["status_code"])
