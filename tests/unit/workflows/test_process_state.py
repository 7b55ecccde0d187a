from __future__ import annotations

import json
import zlib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.workflows.drawn_processes import decide, example
from workflows.process import Signal, begin, resume
from workflows.process_state import MAX_POSITIONS, Position, ProcessFault, Saved, load, save

ROOT = Position("Start", 64, None, None)
EXAMPLE = example().definition
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "$decimal", "$object", "$x", ""]), inner, max_size=3)
    ),
    max_leaves=8,
)


def stored(data: dict[str, Any], **changes: Any) -> bytes:
    return save(
        saved=Saved(data=data, positions=[ROOT], counts={"a": 1}, ends=["e"]), bpmn_hash="h", **changes
    )


def fault(state: bytes, bpmn_hash: str = "h") -> str:
    with pytest.raises(ProcessFault) as caught:
        load(state=state, bpmn_hash=bpmn_hash)
    return caught.value.problems[0].code


def unpacked(state: bytes) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(zlib.decompress(state))
    return content


def packed(content: Any) -> bytes:
    return zlib.compress(json.dumps(content).encode())


@given(st.dictionaries(st.text(max_size=3), JSON, max_size=4))
def test_data_comes_back_exactly(data: dict[str, Any]) -> None:
    back = load(state=stored(data), bpmn_hash="h")
    assert repr(back.data) == repr(data)
    assert (back.positions, back.counts, back.ends) == ([ROOT], {"a": 1}, ["e"])


def test_decimals_keep_their_digits_and_tuples_become_lists() -> None:
    back = load(state=stored({"b": Decimal("1.10"), "t": (Decimal("1E+3"),)}), bpmn_hash="h").data
    assert repr(back) == repr({"b": Decimal("1.10"), "t": [Decimal("1E+3")]})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1: 2}, {"a": {"b": b"x"}}])
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises(ProcessFault) as caught:
        stored({"x": value})
    assert caught.value.problems[0].code == "data-not-json"


def test_the_greatest_state_that_is_saved_can_be_loaded() -> None:
    room = 4_000_000 - len(zlib.decompress(stored({"x": ""})))
    assert len(load(state=stored({"x": "x" * room}), bpmn_hash="h").data["x"]) == room
    with pytest.raises(ProcessFault, match="exceed 4 MB"):
        stored({"x": "x" * (room + 1)})


def test_too_many_positions_are_refused() -> None:
    many = Saved(data={}, positions=[ROOT] * (MAX_POSITIONS + 1), counts={}, ends=[])
    with pytest.raises(ProcessFault, match="2000 open steps"):
        save(saved=many, bpmn_hash="h")


def test_the_state_of_another_process_is_refused() -> None:
    assert fault(stored({}), bpmn_hash="other") == "state-of-another-process"


def test_a_bomb_does_not_unpack() -> None:
    good = zlib.decompress(stored({}))
    assert fault(zlib.compress(good + b" " * 50_000_000)) == "state-damaged"


@pytest.mark.parametrize(
    "state", [b"", b"x", zlib.compress(b"no json"), packed([]), packed({"v": 2}), stored({})[:-3]]
)
def test_a_damaged_state_is_refused(state: bytes) -> None:
    assert fault(state) == "state-damaged"


@pytest.mark.parametrize(
    "change",
    [
        {"tasks": []},
        {"tasks": [["Start", 64, 0, None]]},
        {"tasks": [["Start", 64, None, None], [":pruefen", 16, 5, None]]},
        {"tasks": [["Start", 64, None, None], [":pruefen", 16, None, None]]},
        {"tasks": [["Start", "x", None, None]]},
        {"tasks": [["Start"]]},
        {"tasks": 3},
        {"data": []},
        {"data": {"x": {"$decimal": "viel"}}},
        {"counts": []},
        {"ends": 3},
    ],
)
def test_a_tampered_state_is_refused(change: dict[str, Any]) -> None:
    assert fault(packed(unpacked(stored({})) | change)) == "state-damaged"


@pytest.mark.parametrize(
    "tasks",
    [
        [[":pruefen", 16, None, "pruefen#1"]],
        [["Start", 64, None, None], [":weg", 16, 0, "weg#1"]],
        [["Start", 64, None, None], ["Start", 16, 0, None]],
        [["Start", 64, None, None], [":pruefen", 3, 0, "pruefen#1"]],
    ],
)
def test_positions_that_do_not_fit_the_process_are_refused(tasks: list[Any]) -> None:
    at = begin(definition=EXAMPLE, data={}, decide=decide)
    state = packed(unpacked(at.state) | {"tasks": tasks})
    with pytest.raises(ProcessFault, match="does not fit"):
        resume(definition=EXAMPLE, state=state, signals=[], decide=decide)


@pytest.mark.parametrize("ends", [["weg"], ["pruefen"]])
def test_ends_that_do_not_fit_the_process_are_refused(ends: list[str]) -> None:
    state = packed(unpacked(begin(definition=EXAMPLE, data={}, decide=decide).state) | {"ends": ends})
    with pytest.raises(ProcessFault, match="does not fit"):
        resume(definition=EXAMPLE, state=state, signals=[], decide=decide)


def test_a_state_without_steps_and_without_an_end_is_refused() -> None:
    state = packed(
        unpacked(begin(definition=EXAMPLE, data={}, decide=decide).state)
        | {"tasks": [["Start", 64, None, None]]}
    )
    with pytest.raises(ProcessFault, match="is no end"):
        resume(definition=EXAMPLE, state=state, signals=[], decide=decide)


def test_the_state_holds_no_specification_and_stays_small() -> None:
    at = begin(definition=EXAMPLE, data={"answers": {}}, decide=decide)
    at = resume(definition=EXAMPLE, state=at.state, signals=[Signal("pruefen#1", {})], decide=decide)
    content = unpacked(at.state)
    assert set(content) == {"v", "hash", "data", "tasks", "counts", "ends"}
    assert "entscheiden.ergebnis" not in json.dumps(content)
    assert len(at.state) < 500
