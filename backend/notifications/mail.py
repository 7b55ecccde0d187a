"""What a person is told, and how telling her can fail; shared by all channels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


class Undeliverable(Exception):
    """The server refused it for good (SMTP 5xx): the address does not exist or is not allowed."""


class NotDelivered(Exception):
    """The mail server could not be reached or asked to try later."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What a person is told, and the instruction that ordered it."""

    command_id: UUID
    recipient: str
    subject: str
    text: str
    language: str
    at: datetime
