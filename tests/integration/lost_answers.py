"""The database commits, but its answer does not come back: the connection broke in between."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper


def answer_lost_after(patch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """The commit of the transaction that next calls `module.name` happens and is reported as failed."""
    call, commit = getattr(module, name), BaseDatabaseWrapper._commit
    armed: list[bool] = []

    def calling(**arguments: Any) -> Any:
        answer = call(**arguments)
        armed.append(True)
        return answer

    def committing(wrapper: BaseDatabaseWrapper) -> None:
        commit(wrapper)
        if armed:
            patch.undo()
            raise OperationalError("the server closed the connection unexpectedly")

    patch.setattr(module, name, calling)
    patch.setattr(BaseDatabaseWrapper, "_commit", committing)
