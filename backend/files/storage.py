"""Puts bytes on disk so that they are all there or not at all, and survive a crash."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

from django.conf import settings


class MissingFile(Exception):
    """The database knows the document but the storage does not have it: restore it from the backup."""


def write(*, authority_id: UUID, name: UUID, content: bytes) -> None:
    """Store `content` durably (fsync) under a name; writing the same name again replaces it whole."""
    path = _path(authority_id, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read(*, authority_id: UUID, name: UUID) -> bytes:
    try:
        return _path(authority_id, name).read_bytes()
    except FileNotFoundError as error:
        raise MissingFile(str(name)) from error


def _path(authority_id: UUID, name: UUID) -> Path:
    # The end of a version 7 UUID is random: folders fill evenly.
    return settings.ENVIRONMENT.files_folder / str(authority_id) / name.hex[-2:] / name.hex


def remove(*, authority_id: UUID, name: UUID) -> None:
    """Delete a document's bytes; one that is already gone is fine."""
    _path(authority_id, name).unlink(missing_ok=True)
