"""`python -m backend.embedded.issuer`: an OpenID Connect issuer for development, never for production."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from backend.embedded import issuer_pages
from backend.embedded.issuer_accounts import DEMO_REALMS, AccountProblems, read_realms, realms_from
from backend.embedded.issuer_keys import SigningKeys
from backend.embedded.issuer_protocol import RealmIssuer
from backend.embedded.issuer_requests import Refused
from backend.embedded.ports import LOOPBACK

LARGEST_FORM = 64_000


class IssuerServer(ThreadingHTTPServer):
    """Listens on 127.0.0.1 only; one `RealmIssuer` for each first part of the path."""

    daemon_threads = True

    def __init__(self, *, port: int, keys: SigningKeys, accounts: Path | None) -> None:
        realms = read_realms(accounts) if accounts else realms_from(DEMO_REALMS, source="the demo accounts")
        super().__init__((LOOPBACK, port), IssuerRequest)
        self.keys = keys
        self.address = f"http://{LOOPBACK}:{self.server_port}"
        self.issuers = {
            name: RealmIssuer(realm=realm, issuer=f"{self.address}/{name}", keys=keys)
            for name, realm in realms.items()
        }


class IssuerRequest(BaseHTTPRequestHandler):
    """One HTTP request to the issuer."""

    server: IssuerServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30
    server_version, sys_version = "laufzettel-development-issuer", ""

    def do_GET(self) -> None:
        self._serve(_GET, dict(parse_qsl(urlsplit(self.path).query)))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > LARGEST_FORM:
            self.close_connection = True
            self.send_json({"error": "invalid_request"}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(int(length)).decode(errors="replace")
        self._serve(_POST, dict(parse_qsl(body, keep_blank_values=True)))

    def _serve(self, table: Mapping[str, Any], values: Mapping[str, str]) -> None:
        if self.headers.get("Host") not in (self.server.address[7:], f"localhost:{self.server.server_port}"):
            # A foreign name that points at this machine (DNS rebinding) is not us.
            self.send_json({"error": "invalid_request"}, status=HTTPStatus.MISDIRECTED_REQUEST)
            return
        path = urlsplit(self.path).path
        if path == "/health":
            self.send_json({"status": "ok", "issuers": [one.issuer for one in self.server.issuers.values()]})
            return
        if path == "/dev/rotate" and self.command == "POST":
            self.send_json({"kid": self.server.keys.rotate()})
            return
        name, _, rest = path.strip("/").partition("/")
        issuer, answer = self.server.issuers.get(name), table.get(rest)
        if issuer is None or answer is None:
            self.send_json({"error": "not_found"}, status=HTTPStatus.NOT_FOUND)
            return
        answer(self, issuer, values)

    def discovery(self, issuer: RealmIssuer, _values: Mapping[str, str]) -> None:
        self.send_json(issuer.discovery())

    def jwks(self, issuer: RealmIssuer, _values: Mapping[str, str]) -> None:
        self.send_json(issuer.keys.published())

    def show_accounts(self, issuer: RealmIssuer, values: Mapping[str, str]) -> None:
        try:
            accounts = issuer.check_authorization(values)
        except Refused as refused:
            self._refuse_in_browser(refused)
            return
        self.send_page(issuer_pages.choose_account(realm=issuer.realm, accounts=accounts, request=values))

    def sign_in(self, issuer: RealmIssuer, values: Mapping[str, str]) -> None:
        try:
            self.redirect(issuer.authorize(values, subject=values.get("account", "")))
        except Refused as refused:
            self._refuse_in_browser(refused)

    def token(self, issuer: RealmIssuer, values: Mapping[str, str]) -> None:
        try:
            self.send_json(issuer.token(values, authorization=self.headers.get("Authorization")))
        except Refused as refused:
            unknown = refused.error == "invalid_client"
            headers = {"WWW-Authenticate": "Basic"} if unknown else {}
            status = HTTPStatus.UNAUTHORIZED if unknown else HTTPStatus.BAD_REQUEST
            self.send_json(refused.body(), status=status, headers=headers)

    def userinfo(self, issuer: RealmIssuer, _values: Mapping[str, str]) -> None:
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        try:
            self.send_json(issuer.userinfo(token if kind.lower() == "bearer" else ""))
        except Refused as refused:
            headers = {"WWW-Authenticate": f'Bearer error="{refused.error}"'}
            self.send_json(refused.body(), status=HTTPStatus.UNAUTHORIZED, headers=headers)

    def sign_out(self, issuer: RealmIssuer, values: Mapping[str, str]) -> None:
        """OpenID Connect RP-Initiated Logout 1.0; there is no session here that would have to end."""
        target = values.get("post_logout_redirect_uri")
        if target and issuer.may_return_to(target):
            state = f"{'&' if '?' in target else '?'}state={values['state']}" if "state" in values else ""
            self.redirect(target + state)
        else:
            self.send_page(issuer_pages.signed_out())

    def _refuse_in_browser(self, refused: Refused) -> None:
        if refused.redirect:
            self.redirect(refused.redirect)
            return
        page = issuer_pages.problem(
            what=refused.description,
            advice="Prüfen Sie die Einstellungen der Anwendung (client_id, redirect_uri).",
        )
        self.send_page(page, status=HTTPStatus.BAD_REQUEST)

    def send_json(
        self, value: Any, *, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
    ) -> None:
        self._send(json.dumps(value, ensure_ascii=False).encode(), "application/json", status, headers or {})

    def send_page(self, page: str, *, status: int = HTTPStatus.OK) -> None:
        headers = {"Content-Security-Policy": issuer_pages.POLICY, "Referrer-Policy": "no-referrer"}
        self._send(page.encode(), "text/html; charset=utf-8", status, headers)

    def redirect(self, address: str) -> None:
        # Through a header, so no line break may get into it.
        safe = "".join(character for character in address if character.isprintable())
        self._send(b"", "text/plain", HTTPStatus.SEE_OTHER, {"Location": safe})

    def _send(self, body: bytes, kind: str, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        fixed = {"Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-store"}
        for name, value in {**fixed, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ARG002 - the names are given
        """The path only: queries carry codes and names."""
        sys.stderr.write(f"{self.command} {urlsplit(self.path).path} {args[1] if len(args) > 1 else ''}\n")


_GET: Mapping[str, Any] = {
    ".well-known/openid-configuration": IssuerRequest.discovery,
    "jwks": IssuerRequest.jwks,
    "authorize": IssuerRequest.show_accounts,
    "userinfo": IssuerRequest.userinfo,
    "logout": IssuerRequest.sign_out,
}
_POST: Mapping[str, Any] = {
    "authorize": IssuerRequest.sign_in,
    "token": IssuerRequest.token,
    "userinfo": IssuerRequest.userinfo,
    "logout": IssuerRequest.sign_out,
}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m backend.embedded.issuer", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="on 127.0.0.1; 0 for any free one")
    parser.add_argument(
        "--keys", type=Path, required=True, help="where the signing keys are kept (JSON, 0600)"
    )
    parser.add_argument(
        "--accounts", type=Path, help="demo accounts and clients (JSON); built-in ones if missing"
    )
    chosen = parser.parse_args(arguments)
    if os.environ.get("LAUFZETTEL_ENVIRONMENT") == "production":
        print(
            "The development issuer signs in anybody as anybody: it does not run in production.",
            file=sys.stderr,
        )
        return 2
    try:
        server = IssuerServer(port=chosen.port, keys=SigningKeys(file=chosen.keys), accounts=chosen.accounts)
    except (AccountProblems, OSError) as problem:
        print(f"The development issuer cannot start: {problem}", file=sys.stderr)
        return 1
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"Development issuer ready: {', '.join(one.issuer for one in server.issuers.values())}", flush=True)
    stop.wait()
    server.shutdown()
    server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
