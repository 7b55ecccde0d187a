from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.workflows.drawn_processes import Drawing, decide, example
from tests.unit.workflows.drawn_tables import dmn
from workflows.decisions import read_decisions
from workflows.process import Signal, begin, resume
from workflows.soundness import Surroundings, check

FEE = read_decisions(xml=dmn([["> 10", "1"]], inputs=("answers.flaeche",), outputs=("betrag",)))
AROUND = Surroundings(commands={"issue-notice"}, decisions=FEE)


def faults(drawing: Drawing, around: Surroundings = AROUND, **options: Any) -> dict[tuple[str, str], str]:
    problems = check(definition=drawing.definition, surroundings=around, **options)
    assert all(problem.text["de"] and problem.text["en"] for problem in problems)
    return {(problem.where, problem.code): problem.text["en"] for problem in problems}


def test_the_example_is_sound() -> None:
    full = Surroundings(
        commands=["issue-notice"],
        decisions=FEE,
        answers=["flaeche"],
        task_fields={},
        units={"amt"},
    )
    assert faults(example(), full) == {}


def line(*elements: str) -> Drawing:
    return Drawing().start().user("a").end().path("start", *(elements or ("a", "end")))


def test_elements_nobody_reaches_and_dead_ends() -> None:
    drawing = line().user("allein").user("insel").path("insel", "end")
    assert set(faults(drawing)) == {
        ("allein", "unreachable"), ("allein", "dead-end"), ("insel", "unreachable"),
    }  # fmt: skip


def _choice(*conditions: str, default: bool = False) -> Drawing:
    drawing = Drawing().start().choice("c", default="d" if default else None).path("start", "c")
    for number, condition in enumerate(conditions):
        drawing.end(f"e{number}").flow("c", f"e{number}", condition)
    return drawing.end("e").flow("c", "e", name="d") if default else drawing


@pytest.mark.parametrize(
    ("drawing", "complete"),
    [
        (_choice("answers.a == 1", "answers.a == 2"), False),
        (_choice("answers.a == true", "answers.a == false"), False),
        (_choice("answers.a == null", "answers.b != null"), False),
        (_choice("answers.a == 1"), False),
        (_choice("answers.a == null", "answers.a != null"), True),
        (_choice("answers.a == 1", "true"), True),
        (_choice("answers.a == 1", default=True), True),
    ],
)
def test_a_choice_needs_a_default_or_conditions_that_cover_all(drawing: Drawing, complete: bool) -> None:
    assert (("c", "choice-without-default") not in faults(drawing)) is complete


def test_a_join_after_a_choice_is_a_deadlock_with_its_path() -> None:
    drawing = Drawing().start().choice("c", default="d").user("a").user("b").parallel("zu").end()
    drawing.path("start", "c").flow("c", "a", name="d").flow("c", "b", "answers.x == 1")
    drawing.path("a", "zu", "end").path("b", "zu")
    found = faults(drawing)
    assert set(found) == {("zu", "deadlock")}
    assert "start → c → a" in found["zu", "deadlock"]


def test_parallel_branches_that_are_not_joined_are_found_with_their_path() -> None:
    drawing = Drawing().start().parallel("auf").user("a").user("b").choice("zu").service("s").end()
    drawing.path("start", "auf", "a", "zu", "s", "end").path("auf", "b", "zu")
    found = faults(drawing)
    assert ("zu", "not-synchronised") in found
    assert "start → auf → " in found["zu", "not-synchronised"]


def test_a_way_that_never_ends_is_found() -> None:
    drawing = line().choice("c", default="d").user("b").choice("rund")
    drawing.parts = [part for part in drawing.parts if 'id="flow2"' not in part]
    drawing.path("a", "c").flow("c", "end", name="d").flow("c", "rund", "answers.x == 1").path(
        "rund", "b", "rund"
    )
    found = faults(drawing)
    assert set(found) == {("rund", "no-way-to-end")}
    assert "start → a → c" in found["rund", "no-way-to-end"]


def test_a_circle_without_anyone_waiting_is_found() -> None:
    drawing = Drawing().start().choice("c", default="d").decision("x").end().path("start", "c").path("x", "c")
    found = faults(drawing.flow("c", "end", name="d").flow("c", "x", "answers.y == 1"))
    assert set(found) == {("c", "endless-loop")}
    assert "c → x" in found["c", "endless-loop"]


def test_two_circles_are_two_problems() -> None:
    drawing = (
        Drawing().start().choice("c", default="d").decision("x").choice("k", default="e").decision("y").end()
    )
    drawing.path("start", "c").path("x", "c").path("y", "k").flow("c", "k", name="d").flow(
        "k", "end", name="e"
    )
    drawing.flow("c", "x", "answers.y == 1").flow("k", "y", "answers.y == 1")
    assert set(faults(drawing)) == {("c", "endless-loop"), ("k", "endless-loop")}


def test_a_terminating_end_finishes_whatever_runs() -> None:
    drawing = Drawing().start().parallel("auf").user("a").terminate("aus").user("b").end()
    assert faults(drawing.path("start", "auf", "a", "aus").path("auf", "b", "end")) == {}


def test_too_many_states_are_not_decided() -> None:
    drawing = Drawing().start().parallel("auf").parallel("zu").end().path("start", "auf").path("zu", "end")
    for number in range(8):
        drawing.user(f"a{number}").path("auf", f"a{number}", "zu")
    assert set(faults(drawing, max_markings=50)) == {("p", "not-decided")}
    assert faults(drawing) == {}


@pytest.mark.parametrize(
    ("drawing", "expected"),
    [
        (line().add("endEvent", "e2").parallel("x"), ("e2", "end-without-outcome")),
        (line().service("s", command="zaubern"), ("s", "unknown-command")),
        (line().decision("d", decision="weg"), ("d", "unknown-decision")),
        (line().add("userTask", "b"), ("b", "no-unit")),
        (line().user("b", unit="nirgends"), ("b", "unknown-unit")),
        (line().user("b", fourEyes="weg"), ("b", "four-eyes-unknown")),
        (line().user("b", fourEyes="start"), ("b", "four-eyes-unknown")),
        (line().user("b", fourEyes="a"), ("b", "four-eyes-later")),
    ],
)
def test_references_to_what_does_not_exist(drawing: Drawing, expected: tuple[str, str]) -> None:
    around = Surroundings(commands=["issue-notice"], decisions=FEE, units=["amt"])
    assert expected in faults(drawing, around)


def test_without_known_units_and_decisions_nothing_is_listed() -> None:
    around = Surroundings(commands=[], decisions={})
    assert "Known: none" in faults(line().decision("d"), around)["d", "unknown-decision"]


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("answers.person.name == 1", None),
        ("answers.person == null", None),
        ("answers.kinder.alter == 1", None),
        ("answers.persn == 1", "unknown-name"),
        ("context.land == 1", None),
        ("context == null", None),
        ("context.heute == 1", "unknown-name"),
        ("vorher.ja == 1", None),
        ("vorher == null", None),
        ("vorher.jaa == 1", "unknown-name"),
        ("gebuehr.betrag == 1", None),
        ("gebuehr.summe == 1", "unknown-name"),
        ("frei.irgendwas == 1", None),
        ("tippfehler.x == 1", "unknown-name"),
        ("nachher.ja == 1", "not-yet-known"),
    ],
)
def test_conditions_read_only_what_can_be_there(condition: str, code: str | None) -> None:
    drawing = Drawing().start().user("eins", result="vorher", form="f").decision("gebuehr").service("frei")
    drawing.choice("c", default="d").user("nachher", form="f").end().path(
        "start", "eins", "gebuehr", "frei", "c"
    )
    drawing.flow("c", "end", condition, name="probe").flow("c", "nachher", name="d").path("nachher", "end")
    around = Surroundings(
        commands=["issue-notice"],
        decisions=FEE,
        answers=["person.name", "kinder", "flaeche"],
        task_fields={"f": ["ja"]},
    )
    assert [found for _, found in faults(drawing, around)] == ([] if code is None else [code])


def test_tables_read_only_what_can_be_there() -> None:
    drawing = (
        Drawing().start().decision("d").decision("weg", decision="weg").end().path("start", "d", "weg", "end")
    )
    around = Surroundings(commands=[], decisions=FEE, answers=["groesse"])
    assert set(faults(drawing, around)) == {("d", "unknown-name"), ("weg", "unknown-decision")}


def test_the_result_of_an_unknown_table_is_not_judged() -> None:
    drawing = _choice("t.x == 1", default=True)
    drawing.parts = [part for part in drawing.parts if 'sourceRef="start"' not in part]
    drawing.decision("t", decision="weg").path("start", "t", "c")
    assert set(faults(drawing)) == {("t", "unknown-decision")}


# ---- what is drawn in blocks is sound, and then the engine always reaches an end

_BLOCKS = st.recursive(
    st.sampled_from(["user", "service", "decision"]),
    lambda inner: st.one_of(
        st.tuples(st.just("sequence"), inner, inner),
        st.tuples(st.just("choice"), inner, inner),
        st.tuples(st.just("parallel"), inner, inner),
        st.tuples(st.just("again"), inner),
    ),
    max_leaves=6,
)


class _Blocks(Drawing):
    """Draws nested blocks; each returns its first and last element."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def _new(self, kind: str) -> str:
        self.count += 1
        name = f"{kind}{self.count}"
        getattr(self, kind)(name)
        return name

    def block(self, shape: Any) -> tuple[str, str]:
        if isinstance(shape, str):
            name = self._new(shape)
            return name, name
        kind, *parts = shape
        drawn = [self.block(part) for part in parts]
        if kind == "sequence":
            self.flow(drawn[0][1], drawn[1][0])
            return drawn[0][0], drawn[1][1]
        if kind == "again":
            return self._again(*drawn[0])
        self.count += 1
        opening, closing, default = f"auf{self.count}", f"zu{self.count}", f"default{self.count}"
        if kind == "parallel":
            self.parallel(opening).parallel(closing)
        else:
            self.choice(opening, default=default).choice(closing)
        for number, (first, last) in enumerate(drawn):
            condition = f"answers.w{self.count} == 1" if kind == "choice" and number else None
            self.flow(opening, first, condition, name=None if number else default).flow(last, closing)
        return opening, closing

    def _again(self, first: str, last: str) -> tuple[str, str]:
        task = self._new("user")
        merge, ask = f"merge{self.count}", f"ask{self.count}"
        self.choice(merge).choice(ask, default=f"weiter{self.count}").flow(merge, first).path(last, task, ask)
        after = self._new("user")
        self.flow(ask, after, name=f"weiter{self.count - 1}").flow(ask, merge, f"{task}.nochmal == true")
        return merge, after


@settings(max_examples=30, deadline=None)
@given(_BLOCKS, st.randoms(use_true_random=False))
def test_what_is_drawn_in_blocks_is_sound_and_ends(shape: Any, chance: Any) -> None:
    drawing = _Blocks()
    drawing.start().end()
    first, last = drawing.block(shape)
    drawing.flow("start", first).flow(last, "end")
    assert faults(drawing) == {}
    definition = drawing.definition
    answers = {f"w{n}": chance.randint(0, 1) for n in range(60)}
    at = begin(definition=definition, data={"answers": answers}, decide=decide)
    for turn in range(200):
        if at.ended is not None:
            break
        waiting = chance.choice(at.waiting)
        signals = [Signal(waiting.step, {"nochmal": turn < 20 and chance.random() < 0.3})]
        at = resume(definition=definition, state=at.state, signals=signals, decide=decide)
    assert at.ended is not None
    assert at.ended.element == "end"
