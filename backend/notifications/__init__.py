"""Notifications: tells people that something has come; never what it says."""

from __future__ import annotations

from backend.notifications.channels import email
from backend.notifications.mail import Mail, NotDelivered, Undeliverable

__all__ = ["CHANNELS", "Mail", "NotDelivered", "Undeliverable"]

# Name → module with `send` and `check`. Adding a channel: one file and one line.
CHANNELS = {"email": email}
