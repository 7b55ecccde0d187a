"""Judges an uploaded file: what it is, whether it may be taken, whether it carries a virus."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid5

import structlog
from django.conf import settings

from backend.cases import chain
from backend.cases.models import Case
from backend.files import checks
from backend.files import operations as files
from backend.files.checks import ToCheck
from backend.files.inspection import Refused, inspect, refused
from backend.files.models import Attachment
from backend.files.scanner import Infected, ScannerAway, ping, scan
from backend.files.uploads import SCANNER_AWAY
from backend.keys.queries import data_key, was_erased
from backend.keys.vault import Key
from backend.outbox.operations import Taken, TryLater, finish, renew
from backend.tenancy import acting_for

log = structlog.get_logger()

# Longer than reading, inspecting and scanning the largest file may take.
LEASE = timedelta(seconds=150)


def inspect_file(*, taken: Taken, now: datetime) -> None:
    """Judge one file. Repeating it, or doing it twice at once, keeps exactly one stored file.

    Raises `LeaseLost`, `TryLater` while the virus scanner is away, and what reading the bytes raises.
    """
    work = _begin(taken)
    if work is None:
        return
    content = work.content()
    if work.file is None:
        verdict = inspect(content=content, name=work.name, types=work.types)
        if isinstance(verdict, Refused):
            _refuse(taken, work, verdict, now)
            return
        _take_in(taken, work, content, verdict.content_type, now)
    finding = scan(content=content, address=settings.ENVIRONMENT.clamd)
    if isinstance(finding, ScannerAway):
        raise _later(finding)
    if isinstance(finding, Infected):
        log.warning("attachment_infected", file=str(work.id), signature=finding.signature)
        _refuse(taken, work, refused(code="infected", signature=(finding.signature,) * 2), now)
        return
    with acting_for(authority_id=taken.authority_id):
        finish(taken=taken)
        attachment = checks.locked(attachment_id=work.id)
        if attachment is not None:
            checks.release(attachment=attachment)


def _later(finding: ScannerAway) -> TryLater:
    # One that answers but cannot judge this file will not do so sooner because somebody asks at once.
    if ping(address=settings.ENVIRONMENT.clamd) is None:
        return TryLater(f"the virus scanner cannot judge the file: {finding.reason}")
    return TryLater(SCANNER_AWAY)


def _begin(taken: Taken) -> ToCheck | None:
    with acting_for(authority_id=taken.authority_id):
        work = _work(taken)
        if work is None:
            # Taken out of the draft, erased with it, or judged by an attempt that was thought lost.
            finish(taken=taken)
        else:
            renew(taken=taken, lease=LEASE)
        return work


def _work(taken: Taken) -> ToCheck | None:
    if was_erased(owner_id=taken.case_id):
        return None
    key = data_key(owner_id=taken.case_id)
    return checks.to_check(attachment_id=UUID(taken.read(key)["file"]), key=key)


def _take_in(taken: Taken, work: ToCheck, content: bytes, content_type: str, now: datetime) -> None:
    # Each attempt writes under a name of its own (docs/decisions/0004): a worker that lost its lease cannot
    # replace what the winner stored, and the winner knows which names to clear away.
    file_id = _attempt_file(taken.id, taken.fence)
    files.write_content(authority_id=taken.authority_id, file_id=file_id, content=content, key=work.key)
    with files.counting(authority_id=taken.authority_id, name=file_id):
        renew(taken=taken, lease=LEASE)
        attachment = checks.locked(attachment_id=work.id)
        if attachment is not None:
            checks.take_in(
                attachment=attachment, file_id=file_id, content=content, content_type=content_type, now=now
            )
    kept = {file_id} if attachment is not None else set()
    for fence in range(1, taken.fence + 1):
        name = _attempt_file(taken.id, fence)
        if name not in kept:
            files.remove_quietly(authority_id=taken.authority_id, name=name)


def _refuse(taken: Taken, work: ToCheck, verdict: Refused, now: datetime) -> None:
    with acting_for(authority_id=taken.authority_id):
        finish(taken=taken)
        # The attachment first: whoever submits holds it until the case exists, so it is found here.
        attachment = checks.locked(attachment_id=work.id)
        if attachment is None:
            return
        checks.refuse(attachment=attachment, code=verdict.code, texts=verdict.text)
        _tell_case(attachment, verdict.code, work.key, now)


def _tell_case(attachment: Attachment, code: str, key: Key, now: datetime) -> None:
    case = Case.objects.select_for_update().filter(id=attachment.holder_id).first()
    if case is None:
        return
    payload = {"file": str(attachment.id), "field": attachment.field, "code": code}
    chain.append(case=case, key=key, kind="attachment_refused", actor="system", at=now, payload=payload)
    case.save(update_fields=["last_seq", "head"])


def _attempt_file(command_id: UUID, fence: int) -> UUID:
    return uuid5(command_id, str(fence))
