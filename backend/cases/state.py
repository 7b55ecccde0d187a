"""What the engine and the citizen's progress page need to go on, sealed on the case."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.cases.models import Case
from backend.keys.vault import Key


@dataclass(frozen=True, slots=True)
class CaseState:
    """Where a case stands in its process. Sealed: what was decided on the way is nobody else's business.

    `waiting` maps the engine's open steps to their elements.
    """

    engine: bytes = b""
    passed: tuple[str, ...] = ()
    waiting: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, *, case: Case, key: Key) -> CaseState | None:
        """The stored state, or None while the process has not begun."""
        if case.sealed_state is None:
            return None
        stored = key.open_json(bytes(case.sealed_state), context=f"state:{case.id}")
        return cls(
            engine=base64.b64decode(stored["engine"]),
            passed=tuple(stored["passed"]),
            waiting=stored["waiting"],
        )

    def seal(self, *, case: Case, key: Key) -> bytes:
        stored = {
            "engine": base64.b64encode(self.engine).decode(),
            "passed": self.passed,
            "waiting": dict(self.waiting),
        }
        return key.seal_json(stored, context=f"state:{case.id}")
