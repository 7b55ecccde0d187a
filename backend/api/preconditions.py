"""Conditional requests (RFC 9110 § 13): who saves says which state she has seen."""

from __future__ import annotations

import re
from typing import Any

from backend.api import problems
from backend.api.errors import Refused
from backend.api.problems import ApiProblem
from forms.problems import Problem

# RFC 9110 § 13.1.1 compares strongly, but a proxy that compresses weakens the tags it passes on. A revision
# names one state of the data, however its bytes were packed, so that the weak tag says no less here.
_REVISION = re.compile(r'(?:W/)?"(\d{1,9})"')
_UNQUOTED = re.compile(r"(?:W/)?(\d{1,9})")


def etag(revision: int) -> str:
    """The strong entity tag of a revision."""
    return f'"{revision}"'


def revision_of(request: Any) -> int:
    """The revision that `If-Match` names; 0, which no state has, for a tag that is none of ours.

    Refuses a request without the header, and `*`: that would overwrite what its sender has not seen.
    """
    found = optional_revision_of(request)
    if found is None:
        raise Refused(ApiProblem(problems.PRECONDITION_REQUIRED))
    return found


def optional_revision_of(request: Any) -> int | None:
    """Like `revision_of`; None if the request sets no condition."""
    text = request.headers.get("If-Match", "").strip()
    if text in {"", "*"}:
        return None
    unquoted = _UNQUOTED.fullmatch(text)
    if unquoted:
        raise Refused(ApiProblem(problems.BAD_REQUEST, errors=(_without_quotes(text, unquoted[1]),)))
    found = _REVISION.fullmatch(text)
    return int(found[1]) if found else 0


def _without_quotes(sent: str, revision: str) -> Problem:
    """The quotation marks are part of an entity tag (RFC 9110 § 8.8.3)."""
    right = etag(int(revision))
    return Problem(
        where="If-Match",
        code="etag-unquoted",
        text={
            "de": f"Hier steht {sent}. Senden Sie den ETag mit seinen Anführungszeichen: {right}",
            "en": f"This says {sent}. Send the ETag with its quotation marks: {right}",
        },
    )
