"""Prove before publishing that a process can always finish and everything it refers to exists.

Every answer names the element in plain words (de, en); faults of the token game come with the path to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from forms.problems import Problem
from workflows.bpmn_words import Element, ElementKind, EventKind, ProcessDefinition
from workflows.four_eyes import Person, check_four_eyes
from workflows.process_graph import hosts
from workflows.process_names import KnownNames
from workflows.soundness_ways import (
    circles,
    complete_gateways,
    effects,
    problem,
    reachability,
    uncaught,
)
from workflows.tables import DecisionTable
from workflows.token_game import MAX_MARKINGS, decides_without_human, play

__all__ = ["Person", "Surroundings", "check"]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What exists around the process. None, or a missing key: not known here, so not checked.

    `commands`: what serviceTasks may order. `decisions`: tables by id. `answers`: dotted names of the form's
    questions. `task_fields`: task form → its fields. `units`: unit keys of the authority. `messages`: what
    the process may await. `staff`: who may do tasks. `automatic_basis`: the statutes that allow a decision
    without a human (§ 35a VwVfG, § 155 (4) AO …); empty: none does.
    """

    commands: Collection[str]
    decisions: Mapping[str, DecisionTable]
    answers: Collection[str] | None = None
    task_fields: Mapping[str, Collection[str]] = field(default_factory=dict)
    units: Collection[str] | None = None
    messages: Collection[str] | None = None
    staff: Mapping[str, Person] | None = None
    automatic_basis: Sequence[str] | None = None


def check(
    *, definition: ProcessDefinition, surroundings: Surroundings, max_markings: int = MAX_MARKINGS
) -> list[Problem]:
    """Everything that keeps the process from being published; an empty list means it is sound.

    The problem `not-decided` says that the process has too many states to be proved.
    """
    problems = [
        *reachability(definition=definition),
        *complete_gateways(definition=definition),
        *circles(definition=definition),
        *effects(definition=definition),
        *uncaught(definition=definition),
        *_references(definition, surroundings),
        *check_four_eyes(definition=definition, staff=surroundings.staff),
        *KnownNames(
            definition=definition,
            decisions=surroundings.decisions,
            answers=surroundings.answers,
            task_fields=surroundings.task_fields,
        ).check(),
    ]
    # The token game asks for a connected process; anything else is already reported in simpler words.
    if any(problem.code in {"unreachable", "dead-end"} for problem in problems):
        return problems
    problems += play(definition=definition, max_markings=max_markings)
    if surroundings.automatic_basis is not None and not surroundings.automatic_basis:
        problems += _automatic(definition, max_markings)
    return problems


def _automatic(definition: ProcessDefinition, max_markings: int) -> Iterator[Problem]:
    path = decides_without_human(definition=definition, max_markings=max_markings)
    if path is not None:
        end = definition.elements[path.rpartition(" → ")[2]]
        yield problem(
            end,
            "decided-without-human",
            f"Auf diesem Weg entscheidet kein Mensch: {path}. Das braucht eine Rechtsvorschrift, die es "
            "zulässt (automatic_decision_basis in service.toml, etwa § 35a VwVfG), oder eine Aufgabe für "
            "einen Menschen.",
            f"no human decides on this way: {path}. That takes a statute that allows it "
            "(automatic_decision_basis in service.toml, such as § 35a VwVfG), or a task for a person.",
        )


def _references(definition: ProcessDefinition, surroundings: Surroundings) -> Iterator[Problem]:
    for element in definition.ends:
        if "outcome" not in element.attributes:
            yield problem(
                element,
                "end-without-outcome",
                "Es fehlt, wie der Vorgang hier endet (lz:outcome).",
                "how the case ends here is missing (lz:outcome).",
            )
    for element in definition.service_tasks:
        if element.attributes["command"] not in surroundings.commands:
            yield _unknown(element, "unknown-command", "command", sorted(surroundings.commands))
    for element in definition.decisions:
        if element.attributes["decision"] not in surroundings.decisions:
            yield _unknown(element, "unknown-decision", "decision", sorted(surroundings.decisions))
    for element in definition.user_tasks:
        yield from _unit(definition, element, surroundings.units)
    if surroundings.messages is not None:
        yield from _messages(definition, surroundings.messages)


def _messages(definition: ProcessDefinition, known: Collection[str]) -> Iterator[Problem]:
    for element in definition.elements.values():
        awaits = element.kind is ElementKind.MESSAGE or (
            element.kind is ElementKind.BOUNDARY and element.event is EventKind.MESSAGE
        )
        if awaits and element.attributes["message"] not in known:
            yield _unknown(element, "unknown-message", "message", sorted(known))


def _unknown(element: Element, code: str, attribute: str, known: list[str]) -> Problem:
    value = element.attributes[attribute]
    return problem(
        element,
        code,
        f"lz:{attribute} „{value}“ gibt es nicht. Bekannt: {', '.join(known) or 'nichts'}.",
        f"there is no lz:{attribute} '{value}'. Known: {', '.join(known) or 'none'}.",
    )


def _unit(
    definition: ProcessDefinition, element: Element, units: Collection[str] | None
) -> Iterator[Problem]:
    named = element.several.units if element.several else ()
    unit = element.attributes.get("unit", element.lane)
    if unit is None and not _for_units(definition, element):
        yield problem(
            element,
            "no-unit",
            "Niemand ist zuständig. Bitte lz:unit angeben oder die Aufgabe in eine Bahn legen.",
            "nobody is in charge. Give lz:unit or put the task into a lane.",
        )
    for each in named or ([unit] if unit is not None else []):
        if units is not None and each not in units:
            yield problem(
                element,
                "unknown-unit",
                f"Die Organisationseinheit „{each}“ gibt es nicht. Bekannt: {', '.join(sorted(units))}.",
                f"there is no unit '{each}'. Known: {', '.join(sorted(units))}.",
            )


def _for_units(definition: ProcessDefinition, element: Element) -> bool:
    """Whether the unit comes from running for several units, here or around."""
    if element.several is not None and element.several.by_unit:
        return True
    around = hosts(definition=definition, scope=element.scope)
    return bool(around) and all(_for_units(definition, host) for host in around)
