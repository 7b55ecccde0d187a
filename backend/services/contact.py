"""Where a citizen can be reached, read from her answers by the paths that the service declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.services.compiled import CompiledService


def e_mail_address(*, service: CompiledService, answers: Mapping[str, Any]) -> str:
    """The address the citizen gave, or an empty text."""
    return _joined(service.manifest.recipient.email, answers)


def postal_address(*, service: CompiledService, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The lines of the address field (DIN 5008): name, street, postcode and city."""
    recipient = service.manifest.recipient
    town = " ".join(filter(None, (_joined(recipient.postcode, answers), _joined(recipient.city, answers))))
    lines = (_joined(recipient.name, answers), _joined(recipient.street, answers), town)
    return tuple(line for line in lines if line)


def _joined(paths: tuple[str, ...], answers: Mapping[str, Any]) -> str:
    found = (_value(path, answers) for path in paths)
    return " ".join(str(value) for value in found if value not in (None, ""))


def _value(path: str, answers: Mapping[str, Any]) -> Any:
    value: Any = {"answers": answers}
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
