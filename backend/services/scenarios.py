"""Reads scenarios.toml: example applications and what must come of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from backend.services.package import PackageProblems
from backend.services.parties import KINDS, ONESELF
from backend.services.toml_text import TomlText, read_toml
from forms.problems import Problem

FILE = "scenarios.toml"
MAX_SCENARIOS = 200
MAX_TASKS = 50
OUTCOMES = ("granted", "refused", "withdrawn", "closed")
_SCENARIO_KEYS = frozenset({"name", "received_on", "answers", "representation", "task", "expect"})
_EXPECT_KEYS = frozenset({"path", "letters", "outcome", "decisions", "problems"})


@dataclass(frozen=True, slots=True)
class Entry:
    """What a clerk enters at one task."""

    element: str
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must come of a scenario; None: not looked at.

    `path` names tasks, decisions, letters' steps and the end in order, without start and gateways;
    `decisions` compares only the outputs it names; `problems` are JSON pointers into the answers.
    """

    path: tuple[str, ...] | None
    letters: tuple[str, ...] | None
    outcome: str | None
    decisions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One example application, the clerks' entries in order, and what must come of it.

    `representation`: on whose behalf it is made.
    """

    name: str
    received_on: date
    answers: Mapping[str, Any]
    tasks: tuple[Entry, ...]
    expect: Expectation
    representation: Mapping[str, Any] = field(default_factory=lambda: dict(ONESELF))


def read_scenarios(*, content: bytes) -> tuple[Scenario, ...]:
    """Read scenarios.toml; `answers` at the top are common to all, a scenario's own answers go over them.

    Raises `PackageProblems` with everything that is wrong, each with its line.
    """
    text = read_toml(name=FILE, content=content)
    problems: list[Problem] = []
    listed = text.data.get("scenario")
    if not isinstance(listed, list) or not listed or not all(isinstance(item, Mapping) for item in listed):
        problems.append(
            _problem(
                text,
                "scenario",
                "Es gibt kein Beispiel. Beschreiben Sie mindestens eines mit [[scenario]].",
                "There is no example. Describe at least one with [[scenario]].",
            )
        )
        raise PackageProblems(problems)
    if len(listed) > MAX_SCENARIOS:
        problems.append(
            _problem(text, "scenario", f"Höchstens {MAX_SCENARIOS}.", f"At most {MAX_SCENARIOS}.")
        )
    common = text.data.get("answers", {})
    scenarios = [_scenario(text, f"scenario.{i}", item, common, problems) for i, item in enumerate(listed)]
    names = [scenario.name for scenario in scenarios]
    problems += [
        _problem(
            text,
            f"scenario.{i}.name",
            f"Den Namen „{name}“ gibt es zweimal.",
            f"The name “{name}” is used twice.",
        )
        for i, name in enumerate(names)
        if name in names[:i]
    ]
    for key in text.data.keys() - {"answers", "scenario", "eligibility"}:
        problems.append(_unknown(text, key))
    if problems:
        raise PackageProblems(problems)
    return tuple(scenarios)


def _scenario(
    text: TomlText, key: str, data: Mapping[str, Any], common: Any, problems: list[Problem]
) -> Scenario:
    name, received_on, tasks, expect = (data.get(part) for part in ("name", "received_on", "task", "expect"))
    if not isinstance(name, str) or not name.strip():
        problems.append(_problem(text, key, "Dem Beispiel fehlt ein Name.", "The example has no name."))
        name = key
    if not isinstance(received_on, date) or isinstance(received_on, datetime):
        problems.append(
            _problem(
                text,
                f"{key}.received_on",
                f"„{name}“: received_on muss ein Datum sein, zum Beispiel 2026-03-02.",
                f"“{name}”: received_on must be a date, for example 2026-03-02.",
            )
        )
        received_on = date(2000, 1, 1)
    problems += [_unknown(text, f"{key}.{part}") for part in data.keys() - _SCENARIO_KEYS]
    return Scenario(
        name=name,
        received_on=received_on,
        answers=plain(_merged(common, data.get("answers", {}))),
        tasks=_entries(text, key, tasks, problems),
        expect=_expectation(text, f"{key}.expect", expect, problems),
        representation=_representation(text, key, data.get("representation", {}), problems),
    )


def _representation(text: TomlText, key: str, data: Any, problems: list[Problem]) -> Mapping[str, Any]:
    fits = isinstance(data, Mapping) and data.keys() <= ONESELF.keys()
    if data and not (fits and data.get("kind") in KINDS):
        members, kinds = ", ".join(ONESELF), ", ".join(KINDS)
        problems.append(
            _problem(
                text,
                f"{key}.representation",
                f"representation kennt {members}; „kind“ muss eines sein von: {kinds}.",
                f"representation has {members}; “kind” must be one of: {kinds}.",
            )
        )
        return ONESELF
    return {**ONESELF, **plain(data)}


def _entries(text: TomlText, key: str, tasks: Any, problems: list[Problem]) -> tuple[Entry, ...]:
    listed = [] if tasks is None else tasks
    fits = isinstance(listed, list) and all(
        isinstance(task, Mapping)
        and task.keys() == {"element", "enters"}
        and isinstance(task["element"], str)
        and isinstance(task["enters"], Mapping)
        for task in listed
    )
    if not fits or len(listed) > MAX_TASKS:
        problems.append(
            _problem(
                text,
                f"{key}.task",
                f"Jede Aufgabe braucht genau „element“ und „enters“; höchstens {MAX_TASKS} Aufgaben.",
                f"Each task needs exactly “element” and “enters”; at most {MAX_TASKS} tasks.",
            )
        )
        return ()
    return tuple(Entry(element=task["element"], result=plain(task["enters"])) for task in listed)


def _expectation(text: TomlText, key: str, data: Any, problems: list[Problem]) -> Expectation:
    if not isinstance(data, Mapping) or not data:
        problems.append(
            _problem(
                text,
                key,
                "Das Beispiel sagt nicht, was herauskommen muss. Ergänzen Sie [scenario.expect].",
                "The example does not say what must come of it. Add [scenario.expect].",
            )
        )
        return Expectation(path=None, letters=None, outcome=None)
    problems += [_unknown(text, f"{key}.{part}") for part in data.keys() - _EXPECT_KEYS]
    outcome = data.get("outcome")
    if outcome is not None and outcome not in OUTCOMES:
        options = ", ".join(OUTCOMES)
        where = f"{key}.outcome"
        problems.append(
            _problem(text, where, f"outcome muss eines sein von: {options}.", f"One of: {options}.")
        )
    decisions = data.get("decisions", {})
    if not isinstance(decisions, Mapping) or not all(
        isinstance(item, Mapping) for item in decisions.values()
    ):
        where = f"{key}.decisions"
        problems.append(
            _problem(text, where, "decisions muss Tabellen enthalten.", "decisions must hold tables.")
        )
        decisions = {}
    return Expectation(
        path=_names(text, key, "path", data, problems),
        letters=_names(text, key, "letters", data, problems),
        outcome=outcome,
        decisions=plain(decisions),
        problems=_names(text, key, "problems", data, problems) or (),
    )


def _names(
    text: TomlText, key: str, part: str, data: Mapping[str, Any], problems: list[Problem]
) -> tuple[str, ...] | None:
    value = data.get(part)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        where = f"{key}.{part}"
        problems.append(
            _problem(
                text, where, f"{part} muss eine Liste von Namen sein.", f"{part} must be a list of names."
            )
        )
        return None
    return tuple(value)


def _merged(below: Any, above: Any) -> Any:
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return {**below, **{key: _merged(below.get(key), value) for key, value in above.items()}}
    return above


def plain(value: Any) -> Any:
    """TOML dates and times as JSON writes them: ISO 8601 texts."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime | time) else value


def _unknown(text: TomlText, key: str) -> Problem:
    name = key.rpartition(".")[2]
    return _problem(
        text,
        key,
        f"„{name}“ ist hier kein bekannter Schlüssel (siehe docs/reference/service-package.md).",
        f"“{name}” is not a known key here (see docs/reference/service-package.md).",
    )


def _problem(text: TomlText, key: str, de: str, en: str) -> Problem:
    return Problem(where=text.place(key), code="scenario-invalid", text={"de": de, "en": en})
