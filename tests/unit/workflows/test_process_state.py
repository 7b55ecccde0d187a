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
from workflows.process_state import (
    MAX_POSITIONS,
    Position,
    ProcessFault,
    Saved,
    SavedActivity,
    SavedInstance,
    SavedLevel,
    load,
    save,
)

ROOT = Position("a", "a#1", None, {}, None)
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
    return save(saved=Saved(data, {"a": 1}, SavedLevel([ROOT], ["e"], None)), bpmn_hash="h", **changes)


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
    assert (back.level, back.counts) == (SavedLevel([ROOT], ["e"], None), {"a": 1})


@given(st.lists(JSON, max_size=3))
def test_what_is_inside_comes_back_exactly(items: list[Any]) -> None:
    inner = SavedLevel([Position("zu", None, "g", {"b": 2}, None)], [], {"item": items})
    held = SavedActivity(items, 7, 1, [SavedInstance("a#1.1", items, inner), SavedInstance("x", None, None)])
    saved = Saved({}, {}, SavedLevel([Position("a", "a#1", None, {}, held)], [], None))
    assert repr(load(state=save(saved=saved, bpmn_hash="h"), bpmn_hash="h")) == repr(saved)


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
    inner = SavedLevel([ROOT] * (MAX_POSITIONS - 1), [], None)
    held = SavedActivity([], 2, 0, [SavedInstance("x", None, inner), SavedInstance("y", None, None)])
    many = Saved({}, {}, SavedLevel([Position("a", "a#1", None, {}, held)], [], None))
    with pytest.raises(ProcessFault, match="2000 open steps at once"):
        save(saved=many, bpmn_hash="h")


def test_the_state_of_another_process_is_refused() -> None:
    assert fault(stored({}), bpmn_hash="other") == "state-of-another-process"


def test_a_bomb_does_not_unpack() -> None:
    good = zlib.decompress(stored({}))
    assert fault(zlib.compress(good + b" " * 50_000_000)) == "state-damaged"


@pytest.mark.parametrize(
    "state", [b"", b"x", zlib.compress(b"no json"), packed([]), packed({"v": 3}), stored({})[:-3]]
)
def test_a_damaged_state_is_refused(state: bytes) -> None:
    assert fault(state) == "state-damaged"


@pytest.mark.parametrize(
    "change",
    [
        {"level": []},
        {"level": [[["a"]], [], None]},
        {"level": [[["a", "a#1", None, [], None]], [], None]},
        {"level": [[["a", "a#1", None, {"b": "x"}, None]], [], None]},
        {"level": [[["a", "a#1", None, {}, 3]], [], None]},
        {"level": [[["a", "a#1", None, {}, [[], 1, 0, [["x"]]]]], [], None]},
        {"level": [[], 3, None]},
        {"level": [[], [], []]},
        {"level": 3},
        {"data": []},
        {"data": {"x": {"$decimal": "viel"}}},
        {"counts": []},
    ],
)
def test_a_tampered_state_is_refused(change: dict[str, Any]) -> None:
    assert fault(packed(unpacked(stored({})) | change)) == "state-damaged"


HELD: list[Any] = [[], 1, 0, [["pruefen#1.1", None, None]]]


@pytest.mark.parametrize(
    "level",
    [
        [[["weg", "weg#1", None, {}, None]], [], None],
        [[["auf", "auf#1", None, {}, None]], [], None],
        [[["pruefen", None, None, {"start": 1}, None]], [], None],
        [[["zu", None, None, {}, None]], [], None],
        [[["zu", None, None, {"pruefen": 1}, None]], [], None],
        [[["zu", None, None, {"bauamt": 1}, None]] * 2, [], None],
        [[["pruefen", "pruefen#1", None, {}, None]] * 2, [], None],
        [[["pruefen", "pruefen#1", None, {}, HELD]], [], None],
        [[["pruefen", "pruefen#1", None, {}, None]], ["weg"], None],
        [[["pruefen", "pruefen#1", None, {}, None]], ["pruefen"], None],
    ],
)
def test_positions_that_do_not_fit_the_process_are_refused(level: list[Any]) -> None:
    at = begin(definition=EXAMPLE, data={}, decide=decide)
    state = packed(unpacked(at.state) | {"level": level})
    with pytest.raises(ProcessFault, match="does not fit"):
        resume(definition=EXAMPLE, state=state, signals=[], decide=decide)


def test_a_state_without_steps_and_without_an_end_is_refused() -> None:
    state = packed(
        unpacked(begin(definition=EXAMPLE, data={}, decide=decide).state) | {"level": [[], [], None]}
    )
    with pytest.raises(ProcessFault, match="is no end"):
        resume(definition=EXAMPLE, state=state, signals=[], decide=decide)


def test_the_state_holds_no_specification_and_stays_small() -> None:
    at = begin(definition=EXAMPLE, data={"answers": {}}, decide=decide)
    at = resume(definition=EXAMPLE, state=at.state, signals=[Signal("pruefen#1", {})], decide=decide)
    content = unpacked(at.state)
    assert set(content) == {"v", "hash", "data", "counts", "level"}
    assert "entscheiden.ergebnis" not in json.dumps(content)
    assert len(at.state) < 400
