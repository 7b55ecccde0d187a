"""Required answers that are missing in very large applications, found without the validator.

The validator copies the whole object into every error it reports about it: a thousand missing members of an
object with ten thousand entries would take a quarter of a minute. So where that would happen, what is
missing is said first, and the rest is looked at when it is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from forms.pointers import Path
from forms.schema import Field

LARGE = 2_000  # values; below, nothing can become costly
MOST_COPIES = 1_000_000  # values copied into errors, about half a second


@dataclass(slots=True)
class _Survey:
    absent: list[Path] = field(default_factory=list)
    copies: int = 0

    def look(self, asked: Field | None, value: Any, path: Path) -> int:
        """How many values `value` consists of; notes what is missing in it."""
        inner: Iterator[tuple[str | int, Any, Field | None]] = iter(())
        missing: list[str] = []
        if isinstance(value, Mapping):
            members: Mapping[str, Field] = asked.members if asked is not None else {}
            missing = [name for name in members if asked and name in asked.required and name not in value]
            inner = ((name, member, members.get(name)) for name, member in value.items())
        elif isinstance(value, list):
            same = asked.items if asked is not None and "prefixItems" not in asked.keywords else None
            inner = ((position, entry, same) for position, entry in enumerate(value))
        values = 1 + sum(self.look(each, content, (*path, step)) for step, content, each in inner)
        self.absent += [(*path, name) for name in missing]
        self.copies += values * len(missing)
        return values


def costly_absence(*, root: Field, answers: Mapping[str, Any]) -> list[Path]:
    """The paths of all required answers that are missing, if the validator would list them too slowly."""
    survey = _Survey()
    survey.look(root, answers, ())
    return survey.absent if survey.copies > MOST_COPIES else []
