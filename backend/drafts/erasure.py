"""Ends a draft for good: its files, its row, and the key without which nothing of it can be read again."""

from __future__ import annotations

from backend.drafts.models import Draft
from backend.files.operations import discard_all
from backend.keys.operations import destroy_data_key


def erase(*, draft: Draft) -> None:
    """Runs inside the caller's transaction, which holds the draft's row."""
    discard_all(authority_id=draft.authority_id, holder_id=draft.id)
    holder = draft.id
    draft.delete()
    destroy_data_key(owner_id=holder)
