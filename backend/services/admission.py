"""Who may apply for a service at all, whatever she answers."""

from __future__ import annotations

from datetime import date

from backend.identity.principals import Citizen, Guest
from backend.identity.written_form import Answer, replaces_written_form
from backend.services.manifest import Manifest
from signing.levels import TrustLevel


class GuestsNotAdmitted(Exception):
    """The service cannot be applied for without an account; `needed` is the trust level it asks for."""

    def __init__(self, needed: TrustLevel) -> None:
        self.needed = needed
        super().__init__(needed.word)


def refuse_guest(*, citizen: Citizen, manifest: Manifest) -> None:
    """Raises `GuestsNotAdmitted` if a guest comes to a service that takes none."""
    if isinstance(citizen, Guest) and not manifest.guests:
        raise GuestsNotAdmitted(manifest.trust_level)


class WrittenFormNeeded(Exception):
    """A statute orders written form, and this sign-in does not replace it; `answer` says what would."""

    def __init__(self, answer: Answer, source: str) -> None:
        self.answer, self.source = answer, source
        super().__init__(answer.basis)


def refuse_unwritten(*, citizen: Citizen, manifest: Manifest, on: date) -> None:
    """Raises `WrittenFormNeeded` if the service needs written form and the sign-in does not replace it."""
    if manifest.written_form is None:
        return
    answer = replaces_written_form(
        proved_by=citizen.proved_by, level=citizen.level, law=manifest.written_form, on=on
    )
    if not answer.replaces:
        raise WrittenFormNeeded(answer, citizen.source)
