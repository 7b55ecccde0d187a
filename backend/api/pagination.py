"""Cursors: the place of the last row one has, so that a page never skips or repeats when rows are added."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from backend.api import problems
from backend.api.errors import Refused
from backend.api.problems import ApiProblem
from forms.problems import Problem

DEFAULT_LIMIT, HIGHEST_LIMIT = 50, 200
Place = tuple[datetime, UUID]
_LIMIT = re.compile(r"[0-9]{1,3}", re.ASCII)


def place_of(request: Any) -> Place | None:
    """The place that the query parameter `cursor` names."""
    text = request.query_params.get("cursor", "")
    if not text:
        return None
    try:
        at, _, row = base64.urlsafe_b64decode(text.encode()).decode().partition("|")
        moment, row_id = datetime.fromisoformat(at), UUID(row)
        # In its own zone a moment may lie before the first year or after the last one.
        place = moment.astimezone(UTC), row_id
    except (binascii.Error, ValueError, OverflowError) as error:
        raise _wrong_cursor() from error
    if moment.tzinfo is None:
        raise _wrong_cursor()
    return place


def limit_of(request: Any) -> int:
    text = request.query_params.get("limit", str(DEFAULT_LIMIT))
    if _LIMIT.fullmatch(text) is None or not 1 <= int(text) <= HIGHEST_LIMIT:
        raise wrong_parameter(
            "limit", f"muss zwischen 1 und {HIGHEST_LIMIT} liegen", f"must be between 1 and {HIGHEST_LIMIT}"
        )
    return int(text)


def page(*, rows: list[Any], places: list[Place], limit: int) -> dict[str, Any]:
    """One page; `next` is the cursor of the following one, or null when there is none."""
    following = None
    if len(rows) == limit and places:
        at, row = places[-1]
        following = base64.urlsafe_b64encode(f"{at.isoformat()}|{row}".encode()).decode()
    return {"results": rows, "next": following}


def refuse_unknown(request: Any, *, known: Collection[str]) -> None:
    """A misspelt filter must not silently give everything."""
    for name in request.query_params:
        if name not in known:
            options = ", ".join(sorted(known))
            raise wrong_parameter(
                name, f"gibt es hier nicht; es gibt: {options}", f"is unknown here; there are: {options}"
            )
        if not request.query_params[name].isprintable():
            raise wrong_parameter(name, "enthält unsichtbare Zeichen", "contains invisible characters")


def choice_of(request: Any, *, name: str, allowed: Collection[str]) -> str | None:
    """A query parameter that takes one of a few values, or None."""
    value = request.query_params.get(name)
    if value is not None and value not in allowed:
        options = ", ".join(allowed)
        raise wrong_parameter(name, f"muss eines davon sein: {options}", f"must be one of: {options}")
    return value


def _wrong_cursor() -> Refused:
    return wrong_parameter(
        "cursor", "gilt nicht; bitte beginnen Sie von vorn", "is not valid; please start again"
    )


def wrong_parameter(name: str, de: str, en: str) -> Refused:
    """The refusal of a query parameter; `de` and `en` follow its name in the sentence."""
    text = {"de": f"„{name}“ {de}.", "en": f"“{name}” {en}."}
    return Refused(
        ApiProblem(problems.BAD_REQUEST, errors=(Problem(where=name, code="query-parameter", text=text),))
    )
