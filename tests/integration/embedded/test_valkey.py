"""Read this to see what the embedded Valkey survives and how its clients reach it."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
import redis
from celery import Celery
from kombu import Connection

from backend.embedded.ports import claim_ports
from backend.embedded.processes import ServiceFailed, wait_until, works_in
from backend.embedded.valkey import Valkey


def test_keeps_every_acknowledged_entry_when_killed_while_writing(tmp_path: Path) -> None:
    valkey = Valkey(base=tmp_path, settings={"appendfsync": "always"})
    valkey.start()
    acknowledged: list[int] = []

    def write() -> None:
        with redis.Redis.from_url(valkey.url()) as client, pytest.raises(redis.RedisError):  # noqa: PT012 - cut off in the loop
            for number in range(1_000_000):
                client.rpush("written", number)
                acknowledged.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    assert wait_until(lambda: len(acknowledged) > 200, seconds=20)
    os.killpg(valkey.pid, signal.SIGKILL)
    writer.join()

    valkey.start()
    with redis.Redis.from_url(valkey.url()) as client:
        kept = {int(value) for value in client.lrange("written", 0, -1)}
    valkey.stop()
    assert set(acknowledged) <= kept
    assert len(kept) - len(acknowledged) <= 1


def test_never_drops_keys_and_leaves_nothing_behind(tmp_path: Path) -> None:
    valkey = Valkey(base=tmp_path)
    valkey.start()
    with redis.Redis.from_url(valkey.url()) as client:
        found = client.config_get("appendonly", "appendfsync", "maxmemory-policy", "save")
    assert found == {
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "save": "",
    }
    valkey.stop()
    assert works_in(valkey.data) == []
    assert not valkey.socket.exists()


@pytest.mark.parametrize("with_port", [False, True])
def test_redis_py_and_celery_understand_the_addresses(tmp_path: Path, with_port: bool) -> None:
    port = claim_ports(file=tmp_path / "ports.json", wanted={"valkey": None})["valkey"] if with_port else None
    valkey = Valkey(base=tmp_path, port=port)
    valkey.start()
    try:
        with redis.Redis.from_url(valkey.url(2)) as client:
            client.set("where", "two")
        addresses = [valkey.celery_url(2), *([valkey.port_url(2)] if with_port else [])]
        for address in addresses:
            with Connection(address) as broker:
                assert broker.default_channel.client.get("where") == b"two"
            backend = Celery("test", backend=address).backend
            assert backend.client.get("where") == b"two"
            backend.client.connection_pool.disconnect()
    finally:
        valkey.stop()


def test_by_port_nobody_gets_in_without_the_password(tmp_path: Path) -> None:
    port = claim_ports(file=tmp_path / "ports.json", wanted={"valkey": None})["valkey"]
    valkey = Valkey(base=tmp_path, port=port)
    valkey.start()
    with redis.Redis(port=port) as client, pytest.raises(redis.AuthenticationError):
        client.get("x")
    command_line = Path(f"/proc/{valkey.pid}/cmdline").read_bytes().decode()
    assert (tmp_path / "valkey" / "password").read_text() not in command_line
    valkey.stop()


def test_a_folder_in_use_is_refused_and_its_user_is_left_alone(tmp_path: Path) -> None:
    first, second = Valkey(base=tmp_path), Valkey(base=tmp_path)
    first.start()
    with pytest.raises(ServiceFailed, match="already in use"):
        second.start()
    second.stop()
    assert first.is_ready()
    first.stop()


def test_a_start_that_fails_says_why(tmp_path: Path) -> None:
    valkey = Valkey(base=tmp_path, settings={"maxmemory-policy": "nonsense"})
    with pytest.raises(ServiceFailed, match="maxmemory-policy"):
        valkey.start()
