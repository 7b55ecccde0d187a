"""E-mail over SMTP: one instruction, one Message-ID, however often it has to be tried."""

from __future__ import annotations

import smtplib
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from backend.notifications.mail import Mail, NotDelivered, Undeliverable

# Well below the lease of the outbound queue (60 s).
SECONDS = 30


def send(*, mail: Mail, server: str, sender: str) -> None:
    """Hand the mail to the server (`smtp://[user:password@]host:port`, `smtp+starttls://`, `smtps://`).

    The Message-ID is made of the instruction's id: a mail that is sent again after a crash is
    recognised as the same one (RFC 5322 § 3.6.4). Raises `Undeliverable` or `NotDelivered`.
    """
    message = EmailMessage()
    message["Message-ID"] = f"<{mail.command_id}@{sender.rpartition('@')[2]}>"
    try:
        # As an address, not as text: no encoded word can turn one recipient into two (RFC 2047).
        message["To"] = Address(addr_spec=mail.recipient)
    except (HeaderParseError, ValueError) as error:
        raise Undeliverable from error
    message["From"], message["Subject"] = sender, mail.subject
    message["Date"] = format_datetime(mail.at)
    message["Content-Language"] = mail.language
    # RFC 3834: out-of-office replies to a machine help nobody.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    accepted = False
    try:
        with _connected(server) as connection:
            connection.send_message(message)
            accepted = True
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        if _is_final(error):
            raise Undeliverable from error
        raise NotDelivered from error
    except (smtplib.SMTPException, OSError) as error:
        # Only the goodbye failed: the mail is in the server's hands.
        if not accepted:
            raise NotDelivered from error


def check(*, server: str) -> None:
    """Say hello to the server. Raises `NotDelivered` when it does not answer."""
    try:
        with _connected(server) as connection:
            connection.noop()
    except (smtplib.SMTPException, OSError) as error:
        raise NotDelivered from error


class _Limited:
    """One limit for the whole conversation: a server that is slow at each line must not outlast the lease."""

    sock: socket.socket | None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._until = time.monotonic() + SECONDS
        super().__init__(*arguments, **options)

    def getreply(self) -> tuple[int, bytes]:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the mail server took too long")
        if self.sock is not None:
            self.sock.settimeout(left)
        return super().getreply()  # type: ignore[misc]


class _Conversation(_Limited, smtplib.SMTP):
    pass


class _SecureConversation(_Limited, smtplib.SMTP_SSL):
    pass


@contextmanager
def _connected(server: str) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(server)
    kind = _SecureConversation if parts.scheme == "smtps" else _Conversation
    with kind(parts.hostname or "127.0.0.1", parts.port or 25, timeout=SECONDS) as connection:
        if parts.scheme == "smtp+starttls":
            connection.starttls()
        if parts.username:
            connection.login(unquote(parts.username), unquote(parts.password or ""))
        yield connection


def _is_final(error: smtplib.SMTPException) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    elif isinstance(error, smtplib.SMTPResponseException):
        codes = [error.smtp_code]
    else:
        codes = []
    return bool(codes) and all(500 <= code < 600 for code in codes)  # noqa: PLR2004 -- RFC 5321 § 4.2.1
