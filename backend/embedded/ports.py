"""Free loopback ports, remembered, so that a second start has the same addresses if they are still free."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from pathlib import Path

from backend.embedded.private_files import write_json

LOOPBACK = "127.0.0.1"
HIGHEST_PORT = 65_535


def claim_ports(*, file: Path, wanted: Mapping[str, int | None]) -> dict[str, int]:
    """A free port for each name: the one remembered in `file`, else the wanted one, else any.

    Two names never get the same port. Nothing is reserved: the caller should listen soon.
    """
    remembered = _remembered(file)
    chosen: dict[str, int] = {}
    for name, preferred in wanted.items():
        candidates = [port for port in (remembered.get(name), preferred) if port]
        free = (port for port in candidates if port not in chosen.values() and is_free(port))
        chosen[name] = next(free, None) or _any_free(set(chosen.values()))
    if chosen != {name: remembered.get(name) for name in wanted}:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_json(file, {**remembered, **chosen})
    return chosen


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:`port` now."""
    with socket.socket() as probe:
        # Like servers do: connections of a server that has just stopped do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _any_free(taken: set[int]) -> int:
    while True:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]
        if port not in taken:
            return port


def _remembered(file: Path) -> dict[str, int]:
    try:
        content = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {
        name: port for name, port in content.items() if isinstance(port, int) and 0 < port <= HIGHEST_PORT
    }
