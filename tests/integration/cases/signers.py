"""Services with several signers and representation: the dog tax with more in its manifest, and who signs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.http import HttpResponse

from backend.cases.models import CoSignature
from backend.embedded.mails import read_index
from backend.jobs import Queue
from backend.outbox.operations import enqueue
from backend.services.models import ServiceVersion
from backend.services.package import Package
from backend.tenancy import acting_for
from tests.integration.door import SUBMIT, Caller
from tests.integration.guests import mails_to
from tests.integration.sign_in import crafted_token
from tests.integration.town import PACKAGE, SLUG, TestTown

SIGNERS = '\n[co_signers]\nmin = {least}\nmax = 4\ndays = 14\nwhen_missing = "{when_missing}"\n'
ACTING = '\n[representation]\nallowed = ["child", "company", "mandate"]\n'
SECRET = re.compile(r"^ {4}(\S+)$", re.MULTILINE)


def package(
    *, least: int = 0, when_missing: str | None = None, acting: bool = False, **changes: str
) -> Package:
    """The dog tax with `[co_signers]` and `[representation]`; `changes`: text of service.toml, old → new."""
    texts = PACKAGE.texts()
    manifest = texts["service.toml"]
    for old, new in changes.items():
        assert old in manifest
        manifest = manifest.replace(old, new)
    if when_missing is not None:
        manifest += SIGNERS.format(least=least, when_missing=when_missing)
    if acting:
        manifest += ACTING
    return Package.of_texts(texts={**texts, "service.toml": manifest})


def offer(town: TestTown, offered: Package) -> ServiceVersion:
    """Past the check before publishing, which a test of its own runs once."""
    with acting_for(authority_id=town.id):
        number = ServiceVersion.objects.count() + 1
        return ServiceVersion.objects.create(
            authority_id=town.id,
            slug=SLUG,
            number=number,
            content_hash=offered.content_hash,
            files=offered.texts(),
            published_at=town.now,
        )


def somebody(host: str, name: str, *, level: str = "low") -> Caller:
    """Signed in with an account of her own."""
    acr = f"http://eidas.europa.eu/LoA/{level}"
    return Caller(host=host, token=crafted_token(sub=name, acr=acr))


def person(name: str = "Max Mustermann", **more: Any) -> dict[str, Any]:
    return {"name": name, "email": f"m.{uuid4().hex}@example.org", **more}


def apply(who: Caller, *signers: dict[str, Any], **more: Any) -> HttpResponse:
    return who.submit(path=SUBMIT, co_signers=list(signers), **more)


def applied(who: Caller, *signers: dict[str, Any], **more: Any) -> Any:
    answer = apply(who, *signers, **more)
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def secrets_from(folder: Path, signer: dict[str, Any]) -> list[tuple[str, str]]:
    """Number and key from each mail to a signer."""
    mails = mails_to(folder, signer["email"])
    found = [SECRET.findall(mail.get_content().replace("\r\n", "\n")) for mail in mails]
    return [(one[0], one[1]) for one in found]


def mail_count(folder: Path, signer: dict[str, Any]) -> int:
    return sum(signer["email"] in mail.to for mail in read_index(folder))


def act(who: Caller, secret: tuple[str, str], verb: str) -> HttpResponse:
    number, key = secret
    return who.post(f"/api/v1/co-signatures/{number}/{verb}", **{"Co-Signature-Token": key})


def read(who: Caller, secret: tuple[str, str]) -> HttpResponse:
    number, key = secret
    return who.call("GET", f"/api/v1/co-signatures/{number}", headers={"Co-Signature-Token": key})


def signatures(town: TestTown, case_id: Any) -> list[CoSignature]:
    with acting_for(authority_id=town.id):
        return list(CoSignature.objects.filter(case_id=case_id).order_by("id"))


def waiting(town: TestTown, case_id: Any, kind: str) -> list[Any]:
    """Ids of instructions of a kind that are still to be carried out."""
    return [each.id for each in town.commands(case_id=case_id, kind=kind, status="waiting")]


def order(town: TestTown, case_id: Any, kind: str) -> None:
    """An instruction that nobody should have given."""
    with acting_for(authority_id=town.id):
        enqueue(authority_id=town.id, case_id=case_id, kind=kind, queue=Queue.ROUTING)
