"""Whether a sign-in replaces written form: a dated table of means and laws (`written_form.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from signing.levels import TrustLevel

FILE = Path(__file__).with_name("written_form.toml")


class UnknownLaw(ValueError):
    """The table says nothing of this law."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`basis`: the rule it rests on. `means`: with what it would be replaced (as issuers name them)."""

    replaces: bool
    basis: str
    means: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    law: str
    means: tuple[str, ...]
    since: date
    level: TrustLevel
    basis: str


@dataclass(frozen=True, slots=True)
class Table:
    """The laws by key, and the rows, newest first."""

    laws: Mapping[str, str]
    rows: tuple[Row, ...]


@cache
def written_form_table() -> Table:
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    rows = [
        Row(
            law=row["law"],
            means=tuple(row["means"]),
            since=row["from"],
            level=TrustLevel[row["level"].upper()],
            basis=row["basis"],
        )
        for row in content["row"]
    ]
    return Table(laws=content["laws"], rows=tuple(sorted(rows, key=lambda row: row.since, reverse=True)))


def replaces_written_form(*, proved_by: str, level: TrustLevel, law: str, on: date) -> Answer:
    """Whether who signed in with these means has satisfied the written form of `law` on a day.

    The level alone never does: the statutes name the means. Raises `UnknownLaw`.
    """
    table = written_form_table()
    if law not in table.laws:
        raise UnknownLaw(law)
    valid = _valid(table, law, on)
    means = proved_by.strip().lower()
    row = valid.get(means)
    if row is not None and level >= row.level:
        return Answer(replaces=True, basis=row.basis, means=tuple(sorted(valid)))
    newest = max(valid.values(), key=lambda one: one.since, default=None)
    basis = newest.basis if newest else table.laws[law]
    return Answer(replaces=False, basis=basis, means=tuple(sorted(valid)))


def _valid(table: Table, law: str, on: date) -> Mapping[str, Row]:
    """The row of each means that holds on a day: the newest that has begun."""
    valid: dict[str, Row] = {}
    for row in table.rows:
        if row.law == law and row.since <= on:
            for means in row.means:
                valid.setdefault(means, row)
    return valid
