"""Which question a file belongs to, wherever its answer stands; runs inside the caller's transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from backend.files.models import Attachment

_INDEX = re.compile(r"/([0-9]+)(?=/|$)")


def question_of(*, pointer: str) -> str:
    """`/proofs/0/scan` → `/proofs/*/scan`: entries of a list change places while somebody fills it in.

    Only they are numbers: a form names no question so (`name-is-number`).
    """
    return _INDEX.sub("/*", pointer)


def follow(*, holder_id: UUID, moved: Mapping[str, str]) -> None:
    """Files go along when answers move to other places (old pointer → new pointer)."""
    places = {question_of(pointer=old): question_of(pointer=new) for old, new in moved.items()}
    for attachment in Attachment.objects.filter(holder_id=holder_id).select_for_update().order_by("id"):
        place = places.get(question_of(pointer=attachment.field))
        positions = _INDEX.findall(attachment.field)
        if place is None or place.count("/*") != len(positions):
            continue
        for position in positions:
            place = place.replace("/*", f"/{position}", 1)
        if place != attachment.field:
            attachment.field = place
            attachment.save(update_fields=["field"])
