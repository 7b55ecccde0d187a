"""An activity that runs for several at once, or holds a process of its own: who is due, who is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn

from forms.problems import Problem
from workflows.bpmn_words import Element
from workflows.process_state import ProcessFault

MAX_INSTANCES = 100


@dataclass(slots=True)
class Instance:
    """One run: `item` is for whom, `level` the process in it."""

    step: str
    item: Any
    level: Any = None


@dataclass(slots=True)
class Activity:
    """What is open of it. `left`: items whose turn comes later (sequential)."""

    left: list[Any]
    total: int
    done: int = 0
    instances: list[Instance] = field(default_factory=list)

    def over(self, *, element: Element, data: Mapping[str, Any]) -> bool:
        """Whether the activity has ended: nobody is left, or its completion condition holds."""
        if not self.instances and not self.left:
            return True
        condition = element.several.complete if element.several else None
        if condition is None or not self.done:
            return False
        counted = {"instances": self.total, "completed": self.done}
        return condition.holds(data={**data, **counted})


def items_of(*, element: Element, data: Mapping[str, Any]) -> list[Any]:
    """For whom an activity runs. Raises `ProcessFault` where that is no list of at most 100."""
    if element.several is None:
        return [None]
    if element.several.items is None:
        return list(element.several.units)
    items = element.several.items.evaluate(data=data)
    if isinstance(items, (int, Decimal)) and not isinstance(items, bool):
        items = list(range(1, int(min(items, MAX_INSTANCES + 1)) + 1))
    if not isinstance(items, (list, tuple)):
        _fault(
            element,
            "not-a-list",
            f"„{element.several.items.source}“ ergibt keine Liste und keine Anzahl.",
            f"'{element.several.items.source}' yields neither a list nor a number.",
        )
    if len(items) > MAX_INSTANCES:
        _fault(
            element,
            "too-many-instances",
            f"Es sind mehr als {MAX_INSTANCES} Durchläufe.",
            f"There are more than {MAX_INSTANCES} instances.",
        )
    keys = [item for item in items if isinstance(item, str) and item]
    if element.several.by_unit and (len(keys) < len(items) or len(set(keys)) < len(keys)):
        _fault(
            element,
            "not-units",
            f"„{element.several.items.source}“ ergibt keine Liste verschiedener Organisationseinheiten.",
            f"'{element.several.items.source}' yields no list of different units.",
        )
    return list(items)


def called(*, item: Any, step: str) -> str:
    """How people tell the instances apart: by the item if it is a text or number, else by the step."""
    return str(item) if isinstance(item, (str, int, Decimal)) else step


def _fault(element: Element, code: str, de: str, en: str) -> NoReturn:
    name = element.name or element.id
    text = {"de": f"„{name}“ ({element.id}): {de}", "en": f"'{name}' ({element.id}): {en}"}
    raise ProcessFault([Problem(element.id, code, text)])
