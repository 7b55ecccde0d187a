"""A process while it runs: levels within levels, the tokens that wait, and how one ends another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from forms.problems import Problem
from workflows.activities import Activity, Instance, called, items_of
from workflows.bpmn_words import NESTING, Element, ElementKind, EventKind, Flow, ProcessDefinition
from workflows.engine import Level
from workflows.expressions import ExpressionProblem
from workflows.process_state import ProcessFault
from workflows.steps import Decide, Waiting, waiting_at

MAX_STEPS = 1_000


@dataclass(slots=True, eq=False)
class Token:
    """Something that waits. Tokens of one `group` end each other; `held`: what is open inside of it."""

    element: Element
    step: str
    group: str | None
    task: Any
    held: Activity | None = None


@dataclass(slots=True, eq=False)
class Run:
    """One call: what all levels share."""

    definition: ProcessDefinition
    data: dict[str, Any]
    decide: Decide
    counts: dict[str, int] = field(default_factory=dict)
    passed: list[str] = field(default_factory=list)

    def name(self, element: Element) -> str:
        self.counts[element.id] = self.counts.get(element.id, 0) + 1
        return f"{element.id}#{self.counts[element.id]}"

    def pass_element(self, element: Element) -> None:
        if len(self.passed) >= MAX_STEPS:
            name = called_element(element)
            fault(
                element,
                "endless-loop",
                f"Der Ablauf dreht sich bei „{name}“ im Kreis, ohne auf jemanden zu warten.",
                f"The process runs in circles at '{name}' without waiting for anyone.",
            )
        self.passed.append(element.id)


class Scope:
    """One level that runs: the process, or one run of a sub-process.

    `own` data belongs to one of several runs and is seen only there. `owner`: the level and token around it.
    """

    def __init__(
        self,
        run: Run,
        scope: str | None,
        *,
        owner: tuple[Scope, Token] | None = None,
        own: dict[str, Any] | None = None,
        instance: tuple[str | None, str | None] = (None, None),
    ) -> None:
        self.run, self.scope, self.owner, self.own = run, scope, owner, own
        self.instance, self.unit = instance
        self.ends: list[str] = []
        self.open: dict[str, Token] = {}
        self.dead = False
        self.level = Level(definition=run.definition, scope=scope, holds=self._holds)

    # ---- data

    @property
    def data(self) -> Mapping[str, Any]:
        """What expressions and tables see here."""
        outer = self.owner[0].data if self.owner else self.run.data
        return outer if self.own is None else {**outer, **self.own}

    def write(self, name: str, value: Any) -> None:
        scope: Scope | None = self
        while scope is not None and scope.own is None:
            scope = scope.owner[0] if scope.owner else None
        target = self.run.data if scope is None or scope.own is None else scope.own
        target[name] = value

    def _holds(self, flow: Flow) -> bool:
        return flow.condition is not None and flow.condition.holds(data=self.data)

    # ---- moving

    def settle(self) -> None:
        """Run everything that need not wait."""
        while not self.dead:
            task = self.level.next_ready()
            if task is not None:
                if task.task_spec.manual:
                    self._open(task)
                else:
                    self._pass(task)
            elif not self._settle_inner() and not self.level.release(
                [token.element for token in self.open.values()]
            ):
                break
        if not self.dead and not self.open:
            self._check_finished()

    def _pass(self, task: Any) -> None:
        element = task.task_spec.element
        if element is None:
            self.level.run(task)
            return
        self.run.pass_element(element)
        with_problems_of(element, lambda: self._carry_out(element, task))
        self._after(element)

    def _carry_out(self, element: Element, task: Any) -> None:
        if element.kind is ElementKind.DECISION:
            outputs = self.run.decide(element.attributes["decision"], self.data)
            self.write(element.result, dict(outputs))
        self.level.run(task)

    def _after(self, element: Element) -> None:
        """What an end or a thrown event does beyond its own token."""
        if element.kind in {ElementKind.END, ElementKind.TERMINATE, ElementKind.ERROR}:
            self.ends.append(element.id)
        if element.kind in {ElementKind.TERMINATE, ElementKind.ERROR}:
            self.clear()
        if element.kind is ElementKind.ERROR and self.owner is not None:
            self._throw(element)
        elif element.event is EventKind.ESCALATION and element.kind is not ElementKind.BOUNDARY:
            self._escalate(element)

    def clear(self) -> None:
        """End everything that is open here and inside of it."""
        for token in list(self.open.values()):
            self._drop(token)
        self.level.clear()

    def _drop(self, token: Token) -> None:
        del self.open[token.step]
        self.level.cancel(token.task)
        for instance in token.held.instances if token.held else ():
            if instance.level is not None:
                instance.level.dead = True
                instance.level.clear()

    def complete(self, token: Token) -> None:
        """A waiting point is over: end the others of its group, go on behind it."""
        self.run.pass_element(token.element)
        if token.element.kind is not ElementKind.BOUNDARY or token.element.interrupting:
            mates = [each for each in self.open.values() if each.group and each.group == token.group]
            for mate in mates:
                if mate is not token:
                    self._drop(mate)
        del self.open[token.step]
        with_problems_of(token.element, lambda: self.level.run(token.task))
        if token.element.kind is ElementKind.END:
            self.ends.append(token.element.id)

    # ---- waiting points and what they hold

    def _open(self, task: Any) -> None:
        element: Element = task.task_spec.element
        step, together = self.run.name(element), task.internal_data.get("together")
        group = None
        if together is not None:
            mates = (
                each for each in self.open.values() if each.task.internal_data.get("together") == together
            )
            group = next((each.group for each in mates), step)
        token = self.open[step] = Token(element, step, group, task)
        if element.several is not None or element.kind in NESTING:
            with_problems_of(element, lambda: self._hold(token))

    def _hold(self, token: Token) -> None:
        element = token.element
        items = items_of(element=element, data=self.data)
        token.held = Activity(left=items, total=len(items))
        if element.several is not None:
            self.write(element.result, [])
        self._fill(token)

    def _fill(self, token: Token) -> None:
        """Start those whose turn has come."""
        held, several = token.held, token.element.several
        while held and held.left and not (several and several.sequential and held.instances):
            number = held.total - len(held.left) + 1
            step = f"{token.step}.{number}" if several else token.step
            instance = Instance(step, held.left.pop(0))
            held.instances.append(instance)
            if token.element.kind in NESTING:
                instance.level = self.inner(token, instance)
                instance.level.level.begin()

    def inner(self, token: Token, instance: Instance) -> Scope:
        """The level of a sub-process, without tokens yet."""
        element, several = token.element, token.element.several
        own, who = None, (self.instance, self.unit)
        if several is not None:
            own = {"item": instance.item}
            name = called(item=instance.item, step=instance.step)
            who = (name, name if several.by_unit else self.unit)
        return Scope(self.run, element.inner, owner=(self, token), own=own, instance=who)

    def _settle_inner(self) -> bool:
        """Run the levels inside; whether anything changed here."""
        for token in list(self.open.values()):
            held = token.held
            if held is None:
                continue
            for instance in list(held.instances):
                inner = instance.level
                if inner is not None and self.open.get(token.step) is token:
                    inner.settle()
                    if not self.dead and not inner.dead and not inner.open:
                        result = {key: value for key, value in (inner.own or {}).items() if key != "item"}
                        self.finish(token, held, instance, result)
            if self.dead or self.level.ready:
                return True
            if self.open.get(token.step) is token and self._over(token):
                self.complete(token)
                return True
        return False

    def _over(self, token: Token) -> bool:
        return token.held is not None and token.held.over(element=token.element, data=self.data)

    def finish(self, token: Token, held: Activity, instance: Instance, result: Mapping[str, Any]) -> None:
        """One of several runs is over: keep what came of it, see who is next."""
        held.instances.remove(instance)
        held.done += 1
        if token.element.several is not None:
            results = [*self.data.get(token.element.result, ()), {**result, "instance": instance.item}]
            self.write(token.element.result, results)
            if with_problems_of(token.element, lambda: self._over(token)):
                held.left.clear()
            else:
                self._fill(token)

    # ---- errors and escalations

    def _throw(self, element: Element) -> None:
        scope: Scope = self
        while scope.owner is not None:
            parent, token = scope.owner
            handler = parent.handler(token, EventKind.ERROR, element)
            if handler is not None:
                parent.complete(handler)
                return
            scope = parent
        name = called_element(element)
        fault(
            element,
            "error-not-caught",
            f"Den Fehler „{name}“ fängt niemand auf.",
            f"Nobody catches the error '{name}'.",
        )

    def _escalate(self, element: Element) -> None:
        scope: Scope = self
        while scope.owner is not None:
            parent, token = scope.owner
            handler = parent.handler(token, EventKind.ESCALATION, element)
            if handler is not None:
                parent.complete(handler)
                return
            scope = parent

    def handler(self, token: Token, event: EventKind, thrown: Element) -> Token | None:
        """The event on the boundary of `token` that catches it: by code first, then one without a code."""
        waiting = [
            each
            for each in self.open.values()
            if each.group and each.group == token.group and each is not token and each.element.event is event
        ]
        codes = [thrown.attributes.get("code"), None]
        return next(
            (each for code in codes for each in waiting if each.element.attributes.get("code") == code), None
        )

    def _check_finished(self) -> None:
        for element in (self.run.definition.elements[join] for join in self.level.joins):
            fault(
                element,
                "stuck",
                f"„{called_element(element)}“ wartet auf einen Zweig, der nie ankommt.",
                f"'{called_element(element)}' waits for a branch that never arrives.",
            )
        if not self.ends:
            passed = [self.run.definition.elements[each] for each in self.run.passed]
            last = next(
                (each for each in reversed(passed) if each.scope == self.scope),
                self.run.definition.start_of(self.scope),
            )
            fault(
                last,
                "dead-end",
                f"Nach „{called_element(last)}“ geht es nicht weiter, und es ist kein Ende.",
                f"Nothing follows '{called_element(last)}', and it is no end.",
            )

    # ---- what waits

    def waiting(self) -> Iterator[tuple[Waiting, Scope, Token, Instance | None]]:
        """All waiting points from here inwards, with what to complete when their signal comes."""
        for token in self.open.values():
            element = token.element
            if token.held is None:
                if not self._internal(token):
                    attached = token.group if element.kind is ElementKind.BOUNDARY else None
                    unit = self.unit if not (element.lane or "unit" in element.attributes) else None
                    yield self._waiting(token.step, element, self.instance, unit, attached), self, token, None
                continue
            for instance in token.held.instances:
                if instance.level is not None:
                    yield from instance.level.waiting()
                else:
                    name = called(item=instance.item, step=instance.step)
                    unit = name if element.several and element.several.by_unit else self.unit
                    yield self._waiting(instance.step, element, name, unit, None), self, token, instance

    def _waiting(
        self, step: str, element: Element, instance: str | None, unit: str | None, attached: str | None
    ) -> Waiting:
        return waiting_at(step=step, element=element, instance=instance, unit=unit, attached=attached)

    def _internal(self, token: Token) -> bool:
        """Errors and escalations of a sub-process come from inside, never as a signal."""
        host = self.run.definition.elements.get(token.element.attached or "")
        return (
            host is not None
            and host.kind in NESTING
            and token.element.event in {EventKind.ERROR, EventKind.ESCALATION}
        )


def called_element(element: Element) -> str:
    return element.name or element.id


def with_problems_of(element: Element, action: Any) -> Any:
    """Let what goes wrong in an expression name the element."""
    try:
        return action()
    except ExpressionProblem as error:
        problem = error.problems[0]
        raise ProcessFault([Problem(element.id, problem.code, problem.text)]) from error


def fault(element: Element, code: str, de: str, en: str) -> NoReturn:
    """Raise a `ProcessFault` that names the element."""
    raise ProcessFault([Problem(element.id, code, {"de": de, "en": en})])
