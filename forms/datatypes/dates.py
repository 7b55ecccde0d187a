"""Days and periods: dates that exist, and ranges whose end is not before their beginning."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def is_date(text: str) -> bool:
    """A day that exists, as RFC 3339 full-date (`2024-02-29`)."""
    if _DATE.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_date_range(period: Mapping[str, Any]) -> bool:
    """`to` is not before `from`. Members that are missing or no dates are the matter of their own checks."""
    first, last = period.get("from"), period.get("to")
    if not (isinstance(first, str) and isinstance(last, str) and is_date(first) and is_date(last)):
        return True
    return first <= last
