"""A table of sown faults: each is found at its element; the processes of the catalogue have none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.workflows.drawn_processes import Drawing, example, many
from tests.unit.workflows.drawn_tables import dmn
from workflows.decisions import read_decisions
from workflows.process import read_process
from workflows.soundness import Person, Surroundings, check

CATALOGUE = Path(__file__).parents[3] / "catalogue"
STAFF = {
    "anna": Person({"amt"}, {"clerk"}),
    "ben": Person({"amt"}, {"clerk", "approver"}),
    "carla": Person({"amt"}, {"approver"}),
    "dora": Person({"bau"}, {"clerk"}),
}
AROUND = Surroundings(
    commands={"issue-notice", "send-message"},
    decisions=read_decisions(xml=dmn([["> 10", "1"]], inputs=("answers.flaeche",), outputs=("betrag",))),
    answers=["flaeche", "orte"],
    task_fields={"f": ["ja"]},
    units={"amt", "bau", "polizei"},
    messages={"antwort"},
    staff=STAFF,
    automatic_basis=(),
)


def inside(prefix: str = "i", **attributes: str) -> Drawing:
    drawing = (
        Drawing(prefix)
        .start(f"{prefix}start")
        .user(f"{prefix}a", **attributes)
        .end(f"{prefix}end", outcome="closed")
    )
    return drawing.path(f"{prefix}start", f"{prefix}a", f"{prefix}end")


def throwing(event: str, code: str = "E") -> Drawing:
    drawing = (
        Drawing("i")
        .start("istart")
        .user("ia")
        .choice("ic", default="id")
        .end("iend")
        .ends_with("iaus", event, code=code)
    )
    return drawing.path("istart", "ia", "ic").flow("ic", "iend", name="id").flow("ic", "iaus", "ia.x == 1")


def whole() -> Drawing:
    """Everything the subset has, and sound; faults are sown by adding to it or taking away."""
    drawing = Drawing().start().user("pruefen", form="f").end().end("spaet", outcome="withdrawn")
    drawing.boundary("mahnung", "pruefen", ends=False).service("mahnen").end("gemahnt", outcome="closed")
    drawing.path("mahnung", "mahnen", "gemahnt")
    drawing.add("userTask", "anhoeren", inner=many(), units="bau polizei").boundary("frist", "anhoeren")
    drawing.sub("teil", throwing("error")).boundary("fang", "teil", "error", code="E")
    drawing.inclusive("wen", default="kein").user("eins").user("zwei").inclusive("alle")
    drawing.events("warten").message("antwort").timer("ruhe").choice("weiter")
    drawing.user("freigabe", fourEyes="pruefen", role="approver")
    drawing.path("start", "pruefen", "anhoeren", "teil", "wen").path("frist", "teil").path("fang", "wen")
    drawing.flow("wen", "eins", name="kein").flow("wen", "zwei", "pruefen.ja == true").path(
        "eins", "alle"
    ).path("zwei", "alle")
    drawing.path("alle", "warten", "antwort", "weiter").path("warten", "ruhe", "spaet")
    return drawing.path("weiter", "freigabe", "end")


def without(text: str) -> Drawing:
    drawing = whole()
    before = len(drawing.parts)
    drawing.parts = [part for part in drawing.parts if text not in part]
    assert len(drawing.parts) < before
    return drawing


def instead(old: str, new: str) -> Drawing:
    drawing = whole()
    assert any(old in part for part in drawing.parts)
    drawing.parts = [part.replace(old, new) for part in drawing.parts]
    return drawing


def short(**attributes: str) -> Drawing:
    return Drawing().start().user("a", **attributes).end().path("start", "a")


def joined(splits: str, joins: str) -> Drawing:
    drawing = short()
    getattr(drawing, splits)("auf", **({} if splits == "parallel" else {"default": "d"}))
    getattr(drawing, joins)("zu").user("b").user("c").user("danach").path("a", "auf").path(
        "zu", "danach", "end"
    )
    drawing.flow("auf", "b", name="d").flow("auf", "c", None if splits == "parallel" else "a.x == 1")
    return drawing.path("b", "zu").path("c", "zu")


def looped(*elements: str) -> Drawing:
    """a → m → … → c → m: a circle through `elements`."""
    drawing = short().choice("m").choice("c", default="d")
    return drawing.path("a", "m", *elements, "c").flow("c", "end", name="d").flow("c", "m", "a.x == 1")


def after(name: str, add: Callable[[Drawing], Drawing], **attributes: str) -> Drawing:
    """a → `name` → end."""
    return add(short(**attributes)).path("a", name, "end")


def asking(condition: str, scope: Drawing | None = None) -> Drawing:
    """a → choice by `condition` → end or b."""
    drawing = (scope or short()).choice("c", default="d").user("b", form="f").path("a", "c").path("b", "end")
    return drawing.flow("c", "end", name="d").flow("c", "b", condition, name="probe")


def stuck_inside() -> Drawing:
    drawing = (
        Drawing("u").start("us").choice("uc", default="ud").user("ux").user("uy").parallel("uz").end("ue")
    )
    drawing.path("us", "uc").flow("uc", "ux", name="ud").flow("uc", "uy", "a.x == 1")
    return drawing.path("ux", "uz", "ue").path("uy", "uz")


def escalating() -> Drawing:
    return (
        Drawing("i")
        .start("istart")
        .user("ia")
        .throw("iruf", "X")
        .end("iend")
        .path("istart", "ia", "iruf", "iend")
    )


def circle(name: str, add: Callable[[Drawing], Drawing]) -> Drawing:
    return add(looped(name))


FAULTS: list[tuple[str, Drawing, str, str]] = [
    # ways
    ("nobody comes here", whole().user("insel").path("insel", "end"), "insel", "unreachable"),
    ("it does not go on", without('targetRef="spaet"'), "ruhe", "dead-end"),
    ("a deadline leads nowhere", without('sourceRef="frist"'), "frist", "dead-end"),
    ("a reminder does nothing", short().path("a", "end").boundary("r", "a", ends=False).end("e").path("r", "e"), "r", "without-effect"),
    ("a choice may choose nothing", short().choice("c").end("e").path("a", "c").flow("c", "end", "a.x == 1").flow("c", "e", "a.x == 2"), "c", "choice-without-default"),
    ("an inclusive gateway may choose nothing", short().inclusive("c").end("e").path("a", "c").flow("c", "end", "a.x == 1").flow("c", "e", "a.x == 2"), "c", "choice-without-default"),
    # tokens
    ("a join after a choice", joined("choice", "parallel"), "zu", "deadlock"),
    ("a join after an inclusive gateway", joined("inclusive", "parallel"), "zu", "deadlock"),
    ("parallel ways that merge", joined("parallel", "choice"), "zu", "not-synchronised"),
    ("inclusive ways that merge", joined("inclusive", "choice").user("e").flow("auf", "e", "a.x == 2").path("e", "zu"), "zu", "not-synchronised"),
    ("a join in place of an inclusive one", instead('<inclusiveGateway id="alle" ></inclusiveGateway>', '<parallelGateway id="alle"/>'), "alle", "deadlock"),
    ("a join waits for a reminder", short().boundary("r", "a", ends=False).user("b").parallel("zu").path("a", "zu", "end").path("r", "b", "zu"), "zu", "deadlock"),
    ("a reminder meets the main way", short().boundary("r", "a", ends=False).user("b").choice("zu").user("c").path("a", "zu", "c", "end").path("r", "b", "zu"), "zu", "not-synchronised"),
    ("a circle that never ends", short().choice("c", default="d").choice("m").user("b").path("a", "c").flow("c", "end", name="d").flow("c", "m", "a.x == 1").path("m", "b", "m"), "m", "no-way-to-end"),
    ("a deadlock inside a sub-process", after("u", lambda it: it.sub("u", stuck_inside())), "uz", "deadlock"),
    ("a deadlock inside a called process", after("u", lambda it: it.call("u", "q").process("q", stuck_inside())), "uz", "deadlock"),
    # circles without a wait
    ("a circle without a wait", looped(), "m", "endless-loop"),
    ("a circle over a decision", circle("t", lambda it: it.decision("t")), "m", "endless-loop"),
    ("a circle over a sub-process that does not wait", circle("u", lambda it: it.sub("u", Drawing("u").start("us").end("ue").path("us", "ue"))), "m", "endless-loop"),
    ("a circle over a list that may be empty", circle("u", lambda it: it.add("userTask", "u", inner=many(), collection="answers.orte", unit="amt")), "m", "endless-loop"),
    # errors and escalations
    ("an error nobody throws", after("u", lambda it: it.sub("u", inside()).boundary("f", "u", "error").end("e").path("f", "e")), "f", "never-happens"),
    ("an escalation nobody throws", after("u", lambda it: it.sub("u", escalating()).boundary("f", "u", "escalation", code="Y").end("e").path("f", "e")), "f", "never-happens"),
    ("an error nobody catches", after("u", lambda it: it.sub("u", throwing("error"))), "iaus", "error-not-caught"),
    ("an error caught by another code", after("u", lambda it: it.sub("u", throwing("error")).boundary("f", "u", "error", code="X").end("e").path("f", "e")), "iaus", "error-not-caught"),
    ("an escalation nobody catches", after("u", lambda it: it.sub("u", escalating())), "iruf", "escalation-not-caught"),
    # data
    ("a condition with a typo", asking("answers.flache == 1"), "probe", "unknown-name"),
    ("a condition over a later result", asking("b.ja == true"), "probe", "not-yet-known"),
    ("a condition over an unknown field", asking("a.nein == true", short(form="f")), "probe", "unknown-name"),
    ("a list read as one", asking("v.ja == true", Drawing().start().add("userTask", "v", inner=many(), units="bau").user("a").end().path("start", "v", "a")), "probe", "list-read-as-one"),
    ("data of one run read outside", asking("ia.x == 1", Drawing().start().sub("v", inside(), inner=many(), units="bau").user("a").end().path("start", "v", "a")), "probe", "unknown-name"),
    ("for whom nobody knows", after("v", lambda it: it.add("userTask", "v", inner=many(), unitsFrom="spaeter.x")), "v", "unknown-name"),
    ("until what nobody knows", after("v", lambda it: it.add("userTask", "v", inner=many(until="fertig == true"), units="bau")), "v", "unknown-name"),
    # people
    ("nobody is in charge", after("b", lambda it: it.add("userTask", "b")), "b", "no-unit"),
    ("an unknown unit", after("b", lambda it: it.user("b", unit="mond")), "b", "unknown-unit"),
    ("an unknown unit among several", after("b", lambda it: it.add("userTask", "b", inner=many(), units="bau mond")), "b", "unknown-unit"),
    ("nobody has the role", after("b", lambda it: it.user("b", role="cashier")), "b", "nobody-able"),
    ("four eyes with one person", after("b", lambda it: it.user("b", unit="bau", fourEyes="a"), unit="bau"), "b", "nobody-left"),
    ("six eyes with two people", short().user("b", fourEyes="a").user("c", fourEyes="a b").path("a", "b", "c", "end"), "c", "nobody-left"),
    ("four eyes with what is no task", after("b", lambda it: it.user("b", fourEyes="start")), "b", "four-eyes-unknown"),
    ("four eyes with what comes later", after("b", lambda it: it.user("b"), fourEyes="b"), "a", "four-eyes-later"),
    # what it refers to
    ("an unknown order", after("b", lambda it: it.service("b", command="zaubern")), "b", "unknown-command"),
    ("an unknown table", after("b", lambda it: it.decision("b", decision="weg")), "b", "unknown-decision"),
    ("a message nobody sends", after("b", lambda it: it.message("b", message="rauchzeichen")), "b", "unknown-message"),
    ("a message nobody sends, beside a task", after("b", lambda it: it.user("b").boundary("f", "b", "message", message="x").end("e").path("f", "e")), "f", "unknown-message"),
    ("an end that does not say how", after("b", lambda it: it.user("b").add("endEvent", "e").boundary("f", "b").path("f", "e")), "e", "end-without-outcome"),
    # who decides
    ("granted without a human", Drawing().start().decision("t").end().path("start", "t", "end"), "end", "decided-without-human"),
    ("granted because a deadline passed", short().path("a", "end").boundary("f", "a").end("fiktion").path("f", "fiktion"), "fiktion", "decided-without-human"),
    ("granted though the list of people is empty", Drawing().start().add("userTask", "v", inner=many(), collection="answers.orte", unit="amt").end().path("start", "v", "end"), "end", "decided-without-human"),
    ("granted though a sub-process has no human", Drawing().start().sub("u", Drawing("u").start("us").decision("ut").end("ue").path("us", "ut", "ue")).end().path("start", "u", "end"), "end", "decided-without-human"),
]  # fmt: skip


def faults(drawing: Drawing, around: Surroundings = AROUND) -> dict[tuple[str, str], str]:
    problems = check(definition=drawing.definition, surroundings=around)
    assert all(problem.text["de"] and problem.text["en"] for problem in problems)
    return {(problem.where, problem.code): problem.text["en"] for problem in problems}


def test_there_are_enough_of_them() -> None:
    assert len(FAULTS) >= 30


@pytest.mark.parametrize("drawing", [whole(), example()])
def test_what_is_whole_has_none(drawing: Drawing) -> None:
    around = Surroundings(AROUND.commands, AROUND.decisions, staff=STAFF, automatic_basis=())
    assert faults(drawing, around) == {}


@pytest.mark.parametrize(
    ("drawing", "where", "code"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS]
)
def test_a_sown_fault_is_found_at_its_element(drawing: Drawing, where: str, code: str) -> None:
    found = faults(drawing)
    assert (where, code) in found
    # The paths are in the answer, and nothing but consequences beside it.
    if code in {"deadlock", "not-synchronised", "no-way-to-end", "decided-without-human"}:
        assert " → " in found[where, code]
    assert len(found) <= 3


def test_with_a_statute_an_automatic_decision_is_allowed() -> None:
    drawing = Drawing().start().decision("t").end().path("start", "t", "end")
    around = Surroundings(set(), AROUND.decisions, automatic_basis=["§ 35a VwVfG"])
    assert faults(drawing, around) == {}
    refusing = Drawing().start().end(outcome="withdrawn").path("start", "end")
    assert faults(refusing) == {}


@pytest.mark.parametrize(
    "process", sorted(CATALOGUE.glob("*/process.bpmn")), ids=lambda path: path.parent.name
)
def test_the_catalogue_is_sound(process: Path) -> None:
    tables = {
        key: table
        for file in process.parent.glob("*.dmn")
        for key, table in read_decisions(xml=file.read_bytes()).items()
    }
    definition = read_process(xml=process.read_bytes())
    around = Surroundings({element.attributes["command"] for element in definition.service_tasks}, tables)
    assert check(definition=definition, surroundings=around) == []


def test_ten_thousand_elements_are_refused_at_once() -> None:
    drawing = Drawing().start().end()
    for number in range(10_000):
        drawing.user(f"u{number}")
    from_start = drawing.path("start", *(f"u{number}" for number in range(10_000)), "end")
    with pytest.raises(Exception, match="more than 1000 elements"):
        read_process(xml=from_start.xml)


def test_a_long_process_is_proved_quickly() -> None:
    drawing = Drawing().start().end()
    for number in range(900):
        drawing.user(f"u{number}")
    assert faults(drawing.path("start", *(f"u{number}" for number in reversed(range(900))), "end")) == {}


def test_what_is_allowed_is_not_reported() -> None:
    inner = Drawing("u").start("us").user("ua").choice("uc", default="ud").end("ue").user("ub").end("uf")
    inner.path("us", "ua", "uc").flow("uc", "ue", name="ud").flow("uc", "ub", 'item == "bau"').path(
        "ub", "uf"
    )
    drawing = after("u", lambda it: it.sub("u", inner, inner=many(), units="bau polizei"))
    # A reminder may go round a circle before it does something.
    drawing.boundary("r", "a", ends=False).choice("m").timer("t").choice("c", default="cd").throw("x").end(
        "re"
    )
    drawing.path("r", "m", "t", "c").flow("c", "m", name="cd").flow("c", "x", "a.x == 1").path("x", "re")
    drawing.boundary("s", "a", ends=False).ends_with("se", "message", outcome="closed").path("s", "se")
    assert set(faults(drawing)) == {("r", "without-effect")}


def test_who_is_left_is_counted_as_the_worst_case() -> None:
    people = {"anna": Person({"amt", "bau"}, {"clerk"}), "ben": Person({"amt"}, {"clerk"})}
    around = Surroundings(AROUND.commands, {}, staff=people)
    # Ben does a, so that Anna, the only one who can, does b: nobody is left for c.
    drawing = short(unit="amt").user("b", unit="bau").user("c", fourEyes="a b").path("a", "b", "c", "end")
    assert set(faults(drawing, around)) == {("c", "nobody-left")}
    # Anna does both a and b: Ben is left.
    drawing = short(unit="bau").user("b", unit="bau").user("c", fourEyes="a b").path("a", "b", "c", "end")
    assert faults(drawing, around) == {}


@pytest.mark.parametrize(("ways", "codes"), [(9, set()), (10, {("p", "not-decided")})])
def test_too_many_combinations_are_not_decided(ways: int, codes: set[tuple[str, str]]) -> None:
    drawing = short().inclusive("auf", default="d").end("e").path("a", "auf").flow("auf", "end", name="d")
    for number in range(ways):
        drawing.end(f"e{number}").flow("auf", f"e{number}", f"a.x == {number}")
    drawing.parts = [part for part in drawing.parts if 'id="e"' not in part]
    assert set(faults(drawing)) == codes
