"""Files only their owner may read: passwords, keys, and the lock of a folder."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any

from backend.embedded.processes import ServiceFailed


def write_private(path: Path, content: bytes) -> None:
    """Replace `path` in one step, durably, readable (0600) by its owner alone from the first byte on."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a file's new name survive a power cut (fsync of the folder, fsync(2))."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(path: Path, value: Any) -> None:
    write_private(path, json.dumps(value, indent=1, ensure_ascii=False).encode() + b"\n")


def kept_secret(path: Path) -> str:
    """The secret in `path`; made at first use (192 random bits, safe in an address)."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        secret = secrets.token_urlsafe(24)
        write_private(path, secret.encode())
        return secret


class FolderLock:
    """One process at a time works with a folder; the lock ends with its holder, however that ends."""

    def __init__(self, *, folder: Path, purpose: str) -> None:
        self._path = folder / "in-use.lock"
        self._purpose = purpose
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        return self._handle is not None

    def take(self) -> None:
        """Raise `ServiceFailed` naming the holder when another process works here; taking twice is fine."""
        if self._handle is not None:
            return
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 20, 0).decode(errors="replace").strip() or "unknown"
            os.close(handle)
            raise ServiceFailed(
                f"{self._purpose} in {self._path.parent} is already in use by process {holder}. "
                f"Stop that one first (Ctrl-C there, or: kill {holder}), or choose another folder."
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        self._handle = handle

    def release(self) -> None:
        if self._handle is not None:
            # Unlock first: a forked child may hold a copy of the handle, closing ours would not do.
            fcntl.flock(self._handle, fcntl.LOCK_UN)
            os.close(self._handle)
            self._handle = None
