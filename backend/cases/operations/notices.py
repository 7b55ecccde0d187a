"""Issues a notice: composed and sealed outside of any transaction, then stored exactly once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.utils.timezone import localdate

from backend.authorities.models import Authority
from backend.authorities.queries import by_id, unit_name
from backend.cases import chain
from backend.cases.models import Case, Message, Notice
from backend.cases.operations.mail import enqueue_mail
from backend.files import operations as files
from backend.jobs import Queue
from backend.keys.queries import data_key
from backend.keys.vault import Key
from backend.outbox.operations import Taken, enqueue, finish
from backend.services import queries as services
from backend.services.compiled import CompiledService
from backend.services.contact import postal_address
from backend.tenancy import acting_for

PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class NoticeOrder:
    """Everything that the composition of one notice needs, read in one transaction."""

    case: Case
    authority: Authority
    key: Key
    service: CompiledService
    details: dict[str, Any]
    unit_name: str
    document_id: UUID
    issued_on: date

    @property
    def letter(self) -> str:
        return str(self.details["letter"])

    @property
    def language(self) -> str:
        """The official language (§ 23 VwVfG, § 87 AO)."""
        return "de"

    @property
    def address(self) -> tuple[str, ...]:
        return postal_address(service=self.service, answers=self.details["data"]["answers"])

    def values(self) -> dict[str, Any]:
        """What the letter's placeholders can name."""
        return {
            **self.details["data"],
            "case": {
                "reference": self.case.reference,
                "received_on": localdate(self.case.opened_at).isoformat(),
                "issued_on": self.issued_on.isoformat(),
            },
            "authority": {"name": self.authority.name, **self.authority.letterhead},
        }


def read_order(*, taken: Taken, now: datetime) -> NoticeOrder:
    """What is to be composed."""
    with acting_for(authority_id=taken.authority_id):
        case = Case.objects.get(id=taken.case_id)
        key = data_key(owner_id=case.id)
        service = services.compiled(authority_id=case.authority_id, version_id=case.service_version_id)
        return NoticeOrder(
            case=case,
            authority=by_id(authority_id=taken.authority_id),
            key=key,
            service=service,
            details=taken.read(key),
            unit_name=unit_name(key=service.manifest.unit),
            document_id=taken.id,
            issued_on=localdate(now),
        )


def store_notice(*, taken: Taken, order: NoticeOrder, pdf: bytes, now: datetime) -> None:
    """Put the sealed notice into the citizen's mailbox, tell her, and let the case go on.

    Raises `LeaseLost` if somebody else has the command by now; nothing is kept then.
    """
    # Each attempt writes under a name of its own: a worker that lost its lease cannot replace what the
    # winner stored, and the winner knows which names to clear away.
    file_id = _attempt_file(taken.id, taken.fence)
    files.write_content(authority_id=taken.authority_id, file_id=file_id, content=pdf, key=order.key)
    with files.counting(authority_id=taken.authority_id, name=file_id):
        finish(taken=taken)
        _record(taken, order, file_id, pdf, now)
    for fence in range(1, taken.fence):
        files.remove_quietly(authority_id=taken.authority_id, name=_attempt_file(taken.id, fence))


def _record(taken: Taken, order: NoticeOrder, file_id: UUID, pdf: bytes, now: datetime) -> None:
    case = Case.objects.select_for_update().get(id=taken.case_id)
    authority_id = case.authority_id
    files.record(
        authority_id=authority_id,
        case_id=case.id,
        file_id=file_id,
        content=pdf,
        content_type=PDF,
        purpose="notice",
        now=now,
    )
    notice = Notice.objects.create(
        authority_id=authority_id,
        case=case,
        command_id=taken.id,
        letter=order.letter,
        file_id=file_id,
        sha256=hashlib.sha256(pdf).hexdigest(),
        issued_at=now,
    )
    message = Message(authority_id=authority_id, case=case, from_authority=True, notice=notice, sent_at=now)
    content = {"subject": order.service.manifest.title, "notice": str(notice.id)}
    message.sealed_content = order.key.seal_json(content, context=f"message:{message.id}")
    message.save(force_insert=True)
    payload = {"step": order.details["step"], "result": {}, "notice": str(notice.id), "letter": order.letter}
    chain.append(case=case, key=order.key, kind="command_done", actor="system", at=now, payload=payload)
    case.save(update_fields=["last_seq", "head"])
    enqueue_mail(case=case, key=order.key, service=order.service, kind="notice")
    enqueue(authority_id=authority_id, case_id=case.id, kind="advance", queue=Queue.ROUTING)


def _attempt_file(command_id: UUID, fence: int) -> UUID:
    return uuid5(command_id, str(fence))
