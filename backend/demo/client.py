"""A person at the demo: signs in at the development issuer and calls the API over HTTP."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

SECONDS = 20
REDIRECT = "http://127.0.0.1/callback"


class Unexpected(Exception):
    """The running system answered something else than the tour expects."""


@dataclass(slots=True)
class Person:
    """Somebody with an account of one realm."""

    web_url: str
    token: str
    http: httpx.Client

    @classmethod
    def sign_in(cls, *, web_url: str, issuer_url: str, realm: str, account: str, client_id: str) -> Person:
        """The whole sign-in of a browser: authorization code with PKCE (RFC 7636)."""
        http = httpx.Client(timeout=SECONDS, trust_env=False)
        metadata = (
            http.get(f"{issuer_url}/{realm}/.well-known/openid-configuration").raise_for_status().json()
        )
        verifier = secrets.token_urlsafe(48)
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        request = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": REDIRECT,
            "scope": "openid",
            "state": secrets.token_urlsafe(16),
            "nonce": secrets.token_urlsafe(16),
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        answer = http.post(metadata["authorization_endpoint"], data={**request, "account": account})
        returned = parse_qs(urlsplit(answer.headers.get("Location", "")).query)
        if returned.get("state") != [request["state"]] or "code" not in returned:
            raise Unexpected(f"the issuer did not sign {account} in ({answer.status_code})")
        exchange = {
            "grant_type": "authorization_code",
            "code": returned["code"][0],
            "redirect_uri": REDIRECT,
            "client_id": client_id,
            "code_verifier": verifier,
        }
        tokens = http.post(metadata["token_endpoint"], data=exchange).raise_for_status().json()
        return cls(web_url=web_url, token=tokens["access_token"], http=http)

    def get(self, path: str) -> Any:
        return self.call("GET", path).json()

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        answer = self.call("POST", path, json=body, headers=headers)
        return answer.json() if answer.content else None

    def call(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **arguments: Any
    ) -> httpx.Response:
        """Raises `Unexpected` with the problem's text for an answer that is not a success."""
        answer = self.try_call(method, path, headers=headers, **arguments)
        if answer.is_error:
            raise Unexpected(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer

    def try_call(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **arguments: Any
    ) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {self.token}", "Accept-Language": "de"}
        return self.http.request(
            method, self.web_url + path, headers={**bearer, **(headers or {})}, **arguments
        )
