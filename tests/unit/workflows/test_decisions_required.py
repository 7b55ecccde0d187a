"""Decisions that use the results of others, and the files they come in."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.unit.workflows.drawn_tables import NAMESPACE, decision, dmn, requires
from workflows.decisions import DecisionProblems, DecisionTable, read_decisions
from workflows.hit_policies import HitPolicy


def file(*decisions: str) -> bytes:
    return f'<definitions xmlns="{NAMESPACE}">{"".join(decisions)}</definitions>'.encode()


def read(*decisions: str) -> dict[str, DecisionTable]:
    return dict(read_decisions(xml=file(*decisions)))


def refusals(*decisions: str) -> list[tuple[str, str]]:
    with pytest.raises(DecisionProblems) as caught:
        read(*decisions)
    assert all(problem.text["de"] != problem.text["en"] for problem in caught.value.problems)
    return [(problem.where, problem.code) for problem in caught.value.problems]


RISK = decision(
    [["> 100", '"hoch"'], ["<= 100", '"niedrig"']], ("betrag",), key="risk", name="Risiko der Sache"
)
FEE = decision(
    [['"hoch"', "betrag * 0.1"], ['"niedrig"', "5"]],
    ("Risiko der Sache",),
    extra=requires("#risk"),
    key="fee",
)


def test_a_decision_uses_the_result_of_another() -> None:
    tables = read(FEE, RISK)
    assert list(tables) == ["fee", "risk"]
    assert tables["fee"].decide(data={"betrag": 250}).value == 25
    assert tables["fee"].decide(data={"betrag": 50}).value == 5
    # Without a result of the inner decision its value is missing.
    assert tables["fee"].decide(data={}).outputs is None
    assert tables["fee"].names == {"betrag"}
    assert {each.id for each in tables["fee"].family} == {"fee", "risk"}


def test_several_outputs_and_lists_are_read_by_name() -> None:
    inner = decision(
        [["> 1", "2", '"a"']],
        ("x",),
        ("n", "t"),
        key="inner",
        name="Inneres",
        extra='<variable name="inner"/>',
    )
    outer = decision([['"a"', "inner.n * 3"]], ("inner.t",), extra=requires("#inner"))
    assert read(inner, outer)["fee"].decide(data={"x": 5}).value == 6
    listed = decision([["> 1", "2"], ["> 2", "3"]], ("x",), ("n",), "COLLECT", key="inner", name="inner")
    total = decision([["> 4", "sum(inner)"]], ("sum(inner)",), extra=requires("#inner"))
    assert read(listed, total)["fee"].decide(data={"x": 5}).value == 5


def test_each_required_decision_is_asked_once_however_many_build_on_it() -> None:
    first = decision([["-", "x + 1"]], ("x",), key="d0", name="d0")
    layers = [
        decision(
            [["-", "-", f"{'+'.join(f'd{n - 1}{side}' for side in sides)}"]],
            ("x", "x"),
            key=f"d{n}{own}",
            name=f"d{n}{own}",
            extra=requires(*(f"#d{n - 1}{side}" for side in sides)),
        )
        for n in range(1, 25)
        for own in ("a", "b")
        for sides in [("",) if n == 1 else ("a", "b")]
    ]
    tables = read(first, *layers)
    begun = time.monotonic()
    # Asked again each time, this would be eight million decisions.
    assert tables["d24a"].decide(data={"x": 0}).value == 2**23
    assert tables["d24a"].names == {"x"}
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ([decision([["-", "1"]], extra=requires("#x"))], [("fee", "required-decision-missing")]),
        ([decision([["-", "1"]], extra=requires("other.dmn#x"))], [("fee", "required-decision-missing")]),
        ([decision([["-", "1"]], extra=requires("#fee"))], [("fee", "decision-circle")]),
        (
            [
                decision([["-", "1"]], key="a", extra=requires("#b")),
                decision([["-", "1"]], key="b", extra=requires("#c")),
                decision([["-", "1"]], key="c", extra=requires("#b")),
            ],
            [("b", "decision-circle")],
        ),
        (
            [decision([["-", "1"]], key="a", name="answers"), decision([["-", "1"]], extra=requires("#a"))],
            [("fee", "required-names")],
        ),
        (
            [
                decision([["-", "1"]], key="a", name="eins"),
                decision([["-", "1"]], key="b", name="eins"),
                decision([["-", "1"]], extra=requires("#a", "#b")),
            ],
            [("fee", "required-names")],
        ),
        ([RISK, decision([["-", "1"]], ("risk.hoehe",), extra=requires("#risk"))], []),
        (
            [
                decision([["-", "1", "2"]], outputs=("n", "t"), key="a", name="a"),
                decision([["-", "1"]], ("a.m",), extra=requires("#a")),
            ],
            [("fee", "required-output")],
        ),
        (
            [decision([["-", "1"]], key="a", name="a"), decision([["-", "1"]], ("a.y",), extra=requires("#a"))],
            [("fee", "required-output")],
        ),
        ([decision([["-", "1"]], key=f"d{n}") for n in range(51)], [("line 1", "too-many-decisions")]),
    ],
)  # fmt: skip
def test_requirements_that_cannot_be_met_are_refused(
    decisions: list[str], expected: list[tuple[str, str]]
) -> None:
    if expected:
        assert refusals(*decisions) == expected
    else:
        read(*decisions)


def test_the_circle_is_told() -> None:
    one, two = (decision([["-", "1"]], key=key, extra=requires(f"#{other}")) for key, other in ("ab", "ba"))
    with pytest.raises(DecisionProblems, match="a → b → a"):
        read(one, two)


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
        "https://www.omg.org/spec/DMN/20240513/MODEL/",
    ],
)
@pytest.mark.parametrize("policy", list(HitPolicy))
def test_all_versions_and_policies_are_read(namespace: str, policy: str) -> None:
    options: dict[str, Any] = {"attributes": ' expressionLanguage="http://www.omg.org/spec/FEEL/20140401"'}
    xml = dmn([["-", "1"]], policy=policy, namespace=namespace, output_values=("1, 2",), **options)
    assert read_decisions(xml=xml)["fee"].hit_policy == policy
