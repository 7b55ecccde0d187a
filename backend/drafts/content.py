"""What a draft holds, sealed and readable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from backend.drafts.models import Draft
from backend.keys.vault import Key


@dataclass(slots=True)
class Content:
    """The readable content of a draft.

    `prefilled`: pointer → value, source, level. `lost`: pointer, title, value, reason of each answer that
    found no place in a newer version of the form.
    """

    answers: dict[str, Any]
    prefilled: dict[str, dict[str, Any]] = field(default_factory=dict)
    lost: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, *, draft: Draft, key: Key) -> Content:
        """Raises `CannotOpen`."""
        return cls(
            answers=key.open_json(bytes(draft.sealed_answers), context=f"draft:{draft.id}:answers"),
            prefilled=key.open_json(bytes(draft.sealed_prefilled), context=f"draft:{draft.id}:prefilled"),
            lost=key.open_json(bytes(draft.sealed_lost), context=f"draft:{draft.id}:lost"),
        )

    def seal_into(self, draft: Draft, *, key: Key) -> None:
        """Put everything into the row; the caller saves it."""
        draft.sealed_answers = key.seal_json(self.answers, context=f"draft:{draft.id}:answers")
        draft.sealed_prefilled = key.seal_json(self.prefilled, context=f"draft:{draft.id}:prefilled")
        draft.sealed_lost = key.seal_json(self.lost, context=f"draft:{draft.id}:lost")
