"""`python -m backend.embedded.mailsink`: takes every mail and delivers none; for development, tests."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import threading
from dataclasses import asdict
from datetime import UTC, datetime
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from aiosmtpd.smtp import SMTP, Envelope, Session

from backend.embedded.mails import Mail, MailFolder
from backend.embedded.ports import LOOPBACK

LARGEST_MAIL = 35_000_000


class StoreHandler:
    """Answers DATA (RFC 5321, section 4.1.1.4): 250 only when the mail is on the disk."""

    def __init__(self, *, folder: MailFolder, delay: float) -> None:
        self._folder, self._delay = folder, delay

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self._delay:
            await asyncio.sleep(self._delay)
        planned = await asyncio.to_thread(self._folder.planned_failure)
        if planned == "fail-next":
            return "451 4.3.0 Planned temporary failure, try again"
        if planned == "refuse-next":
            return "550 5.1.1 Planned refusal, do not try again"
        content = envelope.original_content or b""
        mail = await asyncio.to_thread(
            self._folder.store,
            content=content,
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            at=datetime.now(UTC),
        )
        if planned == "lose-reply-next" and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return f"250 2.0.0 Stored as {mail.file}"


class MailPages(ThreadingHTTPServer):
    """A page, a JSON list (/mails) and the files (/mails/<file>), to look at only; 127.0.0.1."""

    daemon_threads = True

    def __init__(self, *, port: int, folder: MailFolder) -> None:
        super().__init__((LOOPBACK, port), _MailRequest)
        self.folder = folder


class _MailRequest(BaseHTTPRequestHandler):
    server: MailPages
    timeout = 30

    def do_GET(self) -> None:
        mails = self.server.folder.mails()
        if self.path == "/":
            self._send(_page(mails).encode(), "text/html; charset=utf-8")
        elif self.path == "/mails":
            self._send(
                json.dumps([asdict(mail) for mail in mails], ensure_ascii=False).encode(), "application/json"
            )
        elif (file := unquote(self.path.removeprefix("/mails/"))) in {mail.file for mail in mails}:
            self._send((self.server.folder.folder / file).read_bytes(), "text/plain; charset=utf-8")
        else:
            self._send(b"There is no such mail.\n", "text/plain", HTTPStatus.NOT_FOUND)

    def _send(self, body: bytes, kind: str, status: int = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        # Mails are other people's text: nothing in them may run.
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is given
        """Nothing: whoever looks at mails leaves no trace in the log."""


def _page(mails: list[Mail]) -> str:
    rows = "".join(
        f"<tr><td>{escape(mail.time[:19].replace('T', ' '))}</td><td>{escape(', '.join(mail.to))}</td>"
        f'<td><a href="/mails/{quote(mail.file)}">{escape(mail.subject or "(ohne Betreff)")}</a></td></tr>'
        for mail in reversed(mails)
    )
    return (
        '<!doctype html><html lang="de"><head><meta charset="utf-8"><title>E-Mails der Demo</title><style>'
        "body{font:1rem/1.5 system-ui,sans-serif;margin:2rem}"
        "td,th{padding:.25rem 1rem .25rem 0;text-align:left}"
        "</style></head><body><main><h1>E-Mails der Demo</h1>"
        "<p>Keine dieser E-Mails wurde wirklich versendet.</p>"
        "<table><thead><tr><th scope='col'>Zeit (UTC)</th><th scope='col'>An</th>"
        "<th scope='col'>Betreff</th></tr>"
        f"</thead><tbody>{rows}</tbody></table></main></body></html>"
    )


async def serve(*, port: int, folder: MailFolder, delay: float, stop: asyncio.Event) -> None:
    """Take mail on 127.0.0.1:`port` until `stop` is set."""
    loop = asyncio.get_running_loop()
    handler = StoreHandler(folder=folder, delay=delay)
    server = await loop.create_server(
        lambda: SMTP(
            handler,
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="sink",
            loop=loop,
        ),
        host=LOOPBACK,
        port=port,
    )
    print(f"Mail sink ready on {LOOPBACK}:{server.sockets[0].getsockname()[1]}", flush=True)
    async with server:
        await stop.wait()


async def _run(chosen: argparse.Namespace, folder: MailFolder) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(port=chosen.port, folder=folder, delay=chosen.delay, stop=stop)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m backend.embedded.mailsink", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="SMTP on 127.0.0.1; 0 for any free one")
    parser.add_argument("--folder", type=Path, required=True, help="where the mails are kept")
    parser.add_argument("--http-port", type=int, help="a page to look at the mails, on 127.0.0.1")
    parser.add_argument(
        "--delay", type=float, default=0.0, help="seconds before each answer, for chaos tests"
    )
    chosen = parser.parse_args(arguments)
    folder = MailFolder(folder=chosen.folder)
    try:
        if chosen.http_port is not None:
            pages = MailPages(port=chosen.http_port, folder=folder)
            threading.Thread(target=pages.serve_forever, daemon=True).start()
        asyncio.run(_run(chosen, folder))
    except OSError as problem:
        print(f"The mail sink cannot start: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
