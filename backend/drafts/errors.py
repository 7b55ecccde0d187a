"""What can be wrong with a request about a draft."""

from __future__ import annotations

from forms.problems import Problems


class ChangedMeanwhile(Exception):
    """Somebody, perhaps she herself on another device, saved in between; `revision` is the current one."""

    def __init__(self, revision: int) -> None:
        self.revision = revision
        super().__init__(str(revision))


class TooManyDrafts(Exception):
    """The person has as many open drafts for this service as there may be (`limit`)."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(str(limit))


class KeyReused(Exception):
    """The Idempotency-Key began a different draft."""


class OutdatedDraft(Exception):
    """The draft's version of the form takes no applications any more, but a newer one does."""


class UnfitAnswers(Problems):
    """Answers that cannot even be kept: larger or deeper than any form, or no object. Nothing was stored."""
