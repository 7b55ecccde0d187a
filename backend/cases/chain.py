"""The audit trail: each event carries the hash of the one before, so that none can be altered unnoticed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from backend.cases.models import Case, Event
from backend.keys.vault import Key


def append(*, case: Case, key: Key, kind: str, actor: str, at: datetime, payload: dict[str, Any]) -> Event:
    """Add a fact to a case whose row the caller has locked or just created; the caller saves the case.

    `actor` is `citizen`, `co-signer:<id>`, `system`, `clerk:<id>`, `machine:<issuer> <client>` or `operator`.
    """
    seq = case.last_seq + 1
    sealed = key.seal_json(payload, context=f"event:{case.id}:{seq}")
    digest = event_hash(
        previous=bytes(case.head),
        case_id=case.id,
        seq=seq,
        kind=kind,
        actor=actor,
        at=at,
        sealed_payload=sealed,
    )
    event = Event.objects.create(
        authority_id=case.authority_id,
        case_id=case.id,
        seq=seq,
        kind=kind,
        actor=actor,
        at=at,
        sealed_payload=sealed,
        hash=digest,
    )
    case.last_seq, case.head = seq, digest
    return event


def event_hash(
    *, previous: bytes, case_id: UUID, seq: int, kind: str, actor: str, at: datetime, sealed_payload: bytes
) -> bytes:
    """SHA-256 over the hash before and everything the event says.

    The payload counts as ciphertext, so the chain still proves itself after the key was destroyed.
    """
    # Each part is hashed for itself first: no two different events share one concatenation.
    parts = (str(case_id), str(seq), kind, actor, at.astimezone(UTC).isoformat(timespec="microseconds"))
    digest = hashlib.sha256(previous)
    for part in parts:
        digest.update(hashlib.sha256(part.encode()).digest())
    digest.update(hashlib.sha256(sealed_payload).digest())
    return digest.digest()


def first_break(*, case: Case, events: Iterable[Event]) -> int | None:
    """The number of the first event that is altered, missing or added; None if the trail is whole."""
    head, expected = b"", 0
    for event in events:
        expected += 1
        head = event_hash(
            previous=head,
            case_id=case.id,
            seq=expected,
            kind=event.kind,
            actor=event.actor,
            at=event.at,
            sealed_payload=bytes(event.sealed_payload),
        )
        if event.seq != expected or bytes(event.hash) != head or event.authority_id != case.authority_id:
            return expected
    if expected != case.last_seq or head != bytes(case.head):
        return expected + 1
    return None
