"""Why an answer to an invitation to sign is not taken."""

from __future__ import annotations


class SigningOver(Exception):
    """It is too late: the last day has passed, she has answered otherwise, or the case has gone on."""


class SamePerson(Exception):
    """Whoever applied, or has answered already, cannot answer once more: each person signs once."""
