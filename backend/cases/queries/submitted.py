"""Tells an applicant that her draft has become an application; to everybody else it looks like none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from backend.cases.access import NotFound, case_of_citizen
from backend.drafts.access import NotFound as NoDraft
from backend.identity.principals import Citizen
from backend.tenancy import acting_for


class DraftSubmitted(Exception):
    """The draft was submitted; the application has its id."""

    def __init__(self, case_id: UUID) -> None:
        self.case_id = case_id
        super().__init__(str(case_id))


@contextmanager
def noticing_submission(*, authority_id: UUID, citizen: Citizen, draft_id: UUID) -> Iterator[None]:
    """Turns the `NotFound` of a draft into `DraftSubmitted` for the person whose application it is now."""
    try:
        yield
    except NoDraft as error:
        if _is_hers(authority_id, citizen, draft_id):
            raise DraftSubmitted(draft_id) from error
        raise


def _is_hers(authority_id: UUID, citizen: Citizen, case_id: UUID) -> bool:
    with acting_for(authority_id=authority_id):
        try:
            case_of_citizen(citizen=citizen, case_id=case_id)
        except NotFound:
            return False
        return True
