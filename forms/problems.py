"""What is wrong, where, and what to do: the one value with which every check reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing a person has to mend.

    `where` is a JSON pointer (RFC 6901), an element id, a cell or `line N`; `code` is stable and
    kebab-case; `text` holds a plain sentence for every language, at least `de` and `en`.
    """

    where: str
    code: str
    text: Mapping[str, str]


class Problems(ValueError):
    """The input was refused as a whole; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("; ".join(f"{p.where}: {p.text['en']}" for p in self.problems))
