"""Keeps files in a folder so that they are all there or not at all, and survive a crash."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import get_ident
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible


@deconstructible
class FolderStorage(Storage):
    """A Django storage whose writes are durable (fsync) and replace a file whole."""

    def __init__(self, *, location: str) -> None:
        self.folder = Path(location)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002
        return name

    def _save(self, name: str, content: File[Any]) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}-{get_ident()}.part")
        with temporary.open("wb") as file:
            file.write(content.read())
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return name

    def _open(self, name: str, mode: str = "rb") -> File[Any]:  # noqa: ARG002
        return ContentFile((self.folder / name).read_bytes(), name=name)

    def delete(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    def exists(self, name: str) -> bool:
        return (self.folder / name).exists()

    def listed(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """The names below `prefix`, half-written files among them, and when each was written."""
        for path in sorted((self.folder / prefix).rglob("*")):
            if path.is_file():
                written = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
                yield path.relative_to(self.folder).as_posix(), written
