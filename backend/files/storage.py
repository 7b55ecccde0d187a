"""The bytes of files: written, read, removed and listed in the store that `LAUFZETTEL_FILES` names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from backend.files.errors import MissingFile, StoreAway

ALIAS = "files"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """Something in the store. `id` is None for what is no finished file of ours."""

    path: str
    id: UUID | None
    written_at: datetime


def write(*, authority_id: UUID, name: UUID, content: bytes) -> None:
    """Store `content` durably under a name; writing the same name again replaces it whole.

    Raises `StoreAway`.
    """
    with _store() as store:
        store.save(_path(authority_id, name), ContentFile(content))


def read(*, authority_id: UUID, name: UUID) -> bytes:
    """Raises `MissingFile` or `StoreAway`."""
    with _store() as store:
        try:
            return bytes(store.open(_path(authority_id, name)).read())
        except FileNotFoundError as error:
            raise MissingFile(str(name)) from error


def remove(*, authority_id: UUID, name: UUID) -> None:
    """Delete a document's bytes; one that is already gone is fine. Raises `StoreAway`."""
    remove_path(path=_path(authority_id, name))


def remove_path(*, path: str) -> None:
    """Delete what `listed` named. Raises `StoreAway`."""
    with _store() as store:
        store.delete(path)


def listed(*, authority_id: UUID) -> Iterator[StoredObject]:
    """Everything that the store has of an authority. Raises `StoreAway`."""
    with _store() as store:
        for path, written_at in store.listed(str(authority_id)):
            yield StoredObject(path=path, id=_id(path), written_at=written_at)


@contextmanager
def _store() -> Iterator[Any]:
    try:
        yield storages[ALIAS]
    except StoreAway:
        raise
    except OSError as error:
        raise StoreAway(f"the file store: {type(error).__name__} {error.errno or ''}".strip()) from error


def _path(authority_id: UUID, name: UUID) -> str:
    # The end of a UUID is random: folders fill evenly.
    return f"{authority_id}/{name.hex[-2:]}/{name.hex}"


def _id(path: str) -> UUID | None:
    try:
        return UUID(hex=path.rpartition("/")[2])
    except ValueError:
        return None
