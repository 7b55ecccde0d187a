"""A real S3-compatible store in a process of its own: rclone serving a folder."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from backend.embedded.ports import claim_ports

BUCKET = "laufzettel"
ACCESS_KEY, SECRET_KEY = "town", "a-secret-for-tests-only"


@dataclass(slots=True)
class Store:
    """The server, its folder, and the settings with which it is reached."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LAUFZETTEL_FILES": f"s3://{BUCKET}/of/the/town",
            "LAUFZETTEL_S3_ENDPOINT": self.endpoint,
            "LAUFZETTEL_S3_REGION": "eu-central-1",
            "LAUFZETTEL_S3_ACCESS_KEY": ACCESS_KEY,
            "LAUFZETTEL_S3_SECRET_KEY": SECRET_KEY,
        }

    def start(self) -> None:
        (self.folder / "served" / BUCKET).mkdir(parents=True, exist_ok=True)
        program = shutil.which("rclone", path=str(Path(sys.executable).parent)) or shutil.which("rclone")
        assert program is not None, "rclone is not installed (it comes with the test dependencies)"
        arguments = ["serve", "s3", "--config", str(self.folder / "rclone.conf")]
        keys = ["--auth-key", f"{ACCESS_KEY},{SECRET_KEY}", "--addr", f"127.0.0.1:{self.port}"]
        with (self.folder / "rclone.log").open("ab") as log:
            self.process = subprocess.Popen(
                [program, *arguments, *keys, str(self.folder / "served")], stdout=log, stderr=log
            )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 20
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / "rclone.log").read_text()
            assert time.monotonic() < deadline, "rclone does not answer"
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=10)
            self.process = None

    def objects(self) -> list[Path]:
        """What lies in the bucket, past the application."""
        return sorted(path for path in (self.folder / "served" / BUCKET).rglob("*") if path.is_file())


@contextmanager
def running_store(*, folder: Path) -> Iterator[Store]:
    port = claim_ports(file=folder / "s3-port.json", wanted={"s3": None})["s3"]
    store = Store(folder=folder, port=port)
    store.start()
    try:
        yield store
    finally:
        store.stop()
