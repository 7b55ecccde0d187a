"""Play every way a process can go with tokens: finds deadlocks, lost synchronisation and ways without end.

A marking says which sequence flows hold how many tokens (and which reminders have gone off). Conditions are
taken as free: each may hold; so are timers, messages and answers. Each sub-process is played on its own and
then counts as one activity. Bounded; where the bound is met the answer is "not decided", never "sound".
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from forms.problems import Problem
from workflows.bpmn_words import Element, ElementKind, EventKind, Outcome, ProcessDefinition
from workflows.game_answers import crowded, deadlock, never_happens, not_decided, without_end
from workflows.joins import may_fire, place

MAX_MARKINGS = 20_000
MAX_BRANCHES = 10

Marking = tuple[tuple[str, int], ...]
Thrown = frozenset[tuple[EventKind, str | None]]
_DECIDED = {Outcome.GRANTED, Outcome.REFUSED}


@dataclass(slots=True)
class Explored:
    """Markings with the one and the element they were first reached by, who leads where, what happened."""

    head: str
    reached_by: dict[Marking, tuple[Marking, str] | None] = field(default_factory=dict)
    before: dict[Marking, set[Marking]] = field(default_factory=dict)
    moves: dict[tuple[Marking, str, Marking], None] = field(default_factory=dict)
    problems: dict[tuple[str, str], Problem] = field(default_factory=dict)
    complete: bool = True

    def path(self, marking: Marking, *further: str) -> str:
        """Element ids from the start to `marking`: the counter-example."""
        steps: list[str] = []
        came = self.reached_by[marking]
        while came is not None:
            marking, element = came
            steps.append(element)
            came = self.reached_by[marking]
        return " → ".join((self.head, *reversed(steps), *further))

    def add(self, problem: Problem) -> None:
        self.problems.setdefault((problem.where, problem.code), problem)

    @property
    def fired(self) -> set[str]:
        return {element for _before, element, _after in self.moves}

    def finishing(self) -> set[Marking]:
        """The markings from which the empty one can be reached."""
        found: set[Marking] = set()
        waiting: list[Marking] = [()] if () in self.reached_by else []
        while waiting:
            marking = waiting.pop()
            if marking not in found:
                found.add(marking)
                waiting += self.before.get(marking, ())
        return found


def play(*, definition: ProcessDefinition, max_markings: int = MAX_MARKINGS) -> list[Problem]:
    """Faults of the token game in the process and its sub-processes, each with the shortest path to it."""
    problems: list[Problem] = []
    for scope in definition.scopes:
        explored = _Game(definition, scope, max_markings).explore()
        if explored.complete and not explored.problems:
            _judge(definition, scope, explored)
        problems += explored.problems.values()
    return problems


def decides_without_human(*, definition: ProcessDefinition, max_markings: int = MAX_MARKINGS) -> str | None:
    """A path on which the application is granted or refused though no person does a task; else None."""
    game = _Game(definition, None, max_markings, human=False)
    explored = game.explore()
    finishing = explored.finishing()
    for before, element, after in explored.moves:
        outcome = definition.elements[element].attributes.get("outcome")
        if definition.elements[element].kind in _ENDING and outcome in _DECIDED and after in finishing:
            return explored.path(before, element)
    return None


def thrown(
    *, definition: ProcessDefinition, scope: str | None, fired: Collection[str] | None = None
) -> Thrown:
    """Errors and escalations that leave a scope (of what is in `fired`)."""
    found: set[tuple[EventKind, str | None]] = set()
    for element in definition.inside(scope):
        if fired is not None and element.id not in fired:
            continue
        code = element.attributes.get("code")
        if element.kind is ElementKind.ERROR:
            found.add((EventKind.ERROR, code))
        elif element.event is EventKind.ESCALATION and element.kind is not ElementKind.BOUNDARY:
            found.add((EventKind.ESCALATION, code))
        elif element.inner is not None:
            inner = thrown(definition=definition, scope=element.inner)
            found |= {each for each in inner if not _catchers(definition, element, each)}
    return frozenset(found)


def _catchers(
    definition: ProcessDefinition, host: Element, event: tuple[EventKind, str | None]
) -> list[Element]:
    kind, code = event
    return [
        each
        for each in definition.boundaries(host.id)
        if each.event is kind and each.attributes.get("code") in {code, None}
    ]


_ENDING = frozenset({ElementKind.END, ElementKind.TERMINATE, ElementKind.ERROR})
_JOINING = frozenset({ElementKind.PARALLEL, ElementKind.INCLUSIVE})


class _Game:
    """One scope. Without `human` nobody does user tasks."""

    def __init__(
        self, definition: ProcessDefinition, scope: str | None, limit: int, *, human: bool = True
    ) -> None:
        self.definition, self.scope, self.limit, self.human = definition, scope, limit, human
        self._inner: dict[str, Explored] = {}

    def explore(self) -> Explored:
        start = self.definition.start_of(self.scope)
        first: Marking = tuple((flow, 1) for flow in start.outgoing)
        explored = Explored(head=start.id)
        explored.reached_by[first] = None
        waiting = deque([first])
        while waiting:
            marking = waiting.popleft()
            if self._too_wide() or not self._follow(explored, marking, waiting):
                explored.complete = False
                explored.add(not_decided(self.scope or self.definition.id, self.limit))
                break
        return explored

    def _too_wide(self) -> bool:
        """Whether an inclusive gateway has more combinations of ways than can be played."""
        gateways = (each for each in self.definition.inside(self.scope) if each.kind is ElementKind.INCLUSIVE)
        return any(len(each.outgoing) > MAX_BRANCHES for each in gateways)

    def _follow(self, explored: Explored, marking: Marking, waiting: deque[Marking]) -> bool:
        moves = list(self._moves(dict(marking)))
        if marking and not moves and self.human:
            # Without a move every token waits at a join, or at a choice without a way out.
            target = self._target(next(flow for flow, _ in marking if flow in self.definition.flows))
            explored.add(deadlock(target, explored.path(marking)))
        for element, following in moves:
            flow = next((flow for flow, count in following if count > 1), None)
            if flow is not None:
                source = self.definition.elements[self.definition.flows[flow].source]
                explored.add(crowded(source, explored.path(marking, element)))
                continue
            explored.moves[marking, element, following] = None
            explored.before.setdefault(following, set()).add(marking)
            if following not in explored.reached_by:
                explored.reached_by[following] = (marking, element)
                waiting.append(following)
        return len(explored.reached_by) <= self.limit

    def _target(self, flow: str) -> Element:
        return self.definition.elements[self.definition.flows[flow].target]

    def _moves(self, marking: dict[str, int]) -> Iterator[tuple[str, Marking]]:
        seen: set[str] = set()
        for flow in [each for each in marking if each in self.definition.flows]:
            element = self._target(flow)
            if element.kind in _JOINING:
                if element.id not in seen:
                    seen.add(element.id)
                    yield from self._join(element, marking)
            elif element.kind in {ElementKind.TERMINATE, ElementKind.ERROR}:
                yield element.id, ()
            else:
                yield from self._plain(element, flow, marking)

    def _plain(self, element: Element, flow: str, marking: dict[str, int]) -> Iterator[tuple[str, Marking]]:
        match element.kind:
            case ElementKind.CHOICE:
                for way in element.outgoing:
                    yield element.id, _fired(marking, [flow], (way,))
            case ElementKind.EVENTS:
                for way in element.outgoing:
                    event = self._target(way)
                    yield event.id, _fired(marking, [flow], event.outgoing)
            case _:
                yield from self._activity(element, flow, marking)

    def _activity(
        self, element: Element, flow: str, marking: dict[str, int]
    ) -> Iterator[tuple[str, Marking]]:
        attached = self.definition.boundaries(element.id)
        reminders = [each.id for each in attached if marking.get(each.id)]
        if self._can_end(element):
            yield element.id, _fired(marking, [flow, *reminders], element.outgoing)
        events = self._thrown(element)
        for event in attached:
            inner = element.inner and event.event in {EventKind.ERROR, EventKind.ESCALATION}
            if inner and not any(event in _catchers(self.definition, element, each) for each in events):
                continue
            if event.interrupting:
                yield event.id, _fired(marking, [flow, *reminders], event.outgoing)
            elif event.id not in reminders:
                yield event.id, _fired(marking, [], (*event.outgoing, event.id))
        if any(
            each[0] is EventKind.ERROR and not _catchers(self.definition, element, each) for each in events
        ):
            yield element.id, ()

    def _can_end(self, element: Element) -> bool:
        several = element.several
        if several is not None and several.items is not None:
            # The list may be empty; then nobody has to do anything.
            return True
        if element.inner is not None:
            inner = self._explored(element.inner)
            ends = (self.definition.elements[each].kind for each in inner.fired)
            return not inner.complete or any(
                kind in {ElementKind.END, ElementKind.TERMINATE} for kind in ends
            )
        return self.human or element.kind is not ElementKind.USER

    def _thrown(self, element: Element) -> Thrown:
        if element.inner is None:
            return frozenset()
        fired = self._explored(element.inner).fired
        return thrown(definition=self.definition, scope=element.inner, fired=fired)

    def _explored(self, scope: str) -> Explored:
        if scope not in self._inner:
            self._inner[scope] = _Game(self.definition, scope, self.limit, human=self.human).explore()
        return self._inner[scope]

    def _join(self, element: Element, marking: dict[str, int]) -> Iterator[tuple[str, Marking]]:
        held = [flow for flow in element.incoming if marking.get(flow)]
        filled = [self.definition.flows[flow].source for flow in held]
        targets = [self._target(flow).id for flow in marking if flow in self.definition.flows]
        elsewhere = [each for each in targets if each != element.id]
        if not may_fire(definition=self.definition, join=element, filled=filled, elsewhere=elsewhere):
            return
        for ways in self._ways_out(element):
            yield element.id, _fired(marking, held, ways)

    def _ways_out(self, element: Element) -> Iterator[tuple[str, ...]]:
        if element.kind is ElementKind.PARALLEL:
            yield element.outgoing
            return
        flows = [self.definition.flows[flow] for flow in element.outgoing]
        yield from ((flow.id,) for flow in flows if flow.condition is None)
        conditional = [flow.id for flow in flows if flow.condition is not None]
        for count in range(1, len(conditional) + 1):
            yield from combinations(conditional, count)


def _fired(marking: Mapping[str, int], consumed: list[str], produced: tuple[str, ...]) -> Marking:
    tokens = Counter(marking)
    tokens.subtract(consumed)
    tokens.update(produced)
    return tuple(sorted((flow, count) for flow, count in tokens.items() if count > 0))


def _judge(definition: ProcessDefinition, scope: str | None, explored: Explored) -> None:
    """What only the whole picture shows: ways without end, elements that never happen."""
    finishing = explored.finishing()
    for marking in explored.reached_by:
        if marking not in finishing:
            flow = next(flow for flow, _ in marking if flow in definition.flows)
            target = definition.elements[definition.flows[flow].target]
            explored.add(without_end(target, explored.path(marking)))
            return
    # A gateway with events happens with its first event.
    happened = explored.fired | {
        place(definition=definition, element=definition.elements[each]) for each in explored.fired
    }
    for element in definition.inside(scope):
        if element.id not in happened and element.kind is not ElementKind.START:
            explored.add(never_happens(element))
