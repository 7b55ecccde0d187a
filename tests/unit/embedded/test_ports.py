"""Read this to see how loopback ports are chosen and remembered."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from backend.embedded.ports import claim_ports, is_free


def occupied() -> tuple[socket.socket, int]:
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    return taken, taken.getsockname()[1]


def test_remembers_what_it_gave(tmp_path: Path) -> None:
    file = tmp_path / "state" / "ports.json"
    first = claim_ports(file=file, wanted={"web": None, "issuer": None})
    assert len(set(first.values())) == 2
    assert claim_ports(file=file, wanted={"web": 1, "issuer": None}) == first


def test_takes_another_when_the_remembered_and_the_wanted_one_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first, remembered = occupied()
    second, wanted = occupied()
    file.write_text(json.dumps({"web": remembered}))
    chosen = claim_ports(file=file, wanted={"web": wanted})["web"]
    assert chosen not in (remembered, wanted)
    assert is_free(chosen)
    assert json.loads(file.read_text()) == {"web": chosen}
    first.close()
    second.close()


def test_never_gives_one_port_twice(tmp_path: Path) -> None:
    free = claim_ports(file=tmp_path / "a.json", wanted={"x": None})["x"]
    chosen = claim_ports(file=tmp_path / "b.json", wanted={"web": free, "issuer": free})
    assert chosen["web"] == free
    assert chosen["issuer"] != free


def test_a_broken_memory_is_no_obstacle(tmp_path: Path) -> None:
    for content in ("", "{", "[]", '{"web": "x", "issuer": 70000}'):
        (tmp_path / "ports.json").write_text(content)
        assert set(claim_ports(file=tmp_path / "ports.json", wanted={"web": None, "issuer": None})) == {
            "web",
            "issuer",
        }
