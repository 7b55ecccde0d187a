"""What the development issuer answers: requests checked, codes and tokens issued; no HTTP here."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jose import JWTError

from backend.embedded.issuer_accounts import LEVEL_ADDRESS, TRUST_LEVELS, Account, Client, Realm
from backend.embedded.issuer_keys import ALGORITHM, SigningKeys
from backend.embedded.issuer_requests import (
    Refused,
    challenge,
    credentials,
    may_redirect,
    reaches,
    refuser,
    wanted_level,
    with_query,
)

CODE_SECONDS = 60
TOKEN_SECONDS = 3600
# How BundID names levels in its assertions; brokers hand it on as trust_level_authentication.
STORK = {"low": "STORK-QAA-Level-1", "substantial": "STORK-QAA-Level-3", "high": "STORK-QAA-Level-4"}
CHALLENGE_LENGTH = 43  # of a base64url SHA-256 (RFC 7636, section 4.2)


@dataclass(frozen=True, slots=True)
class Grant:
    """What an authorization code stands for until it is exchanged."""

    realm: str
    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str | None
    scope: str
    account: Account
    level: str
    signed_in: int


class RealmIssuer:
    """One realm's OpenID Connect provider at `issuer` (its address and `iss`)."""

    def __init__(self, *, realm: Realm, issuer: str, keys: SigningKeys) -> None:
        self.realm, self.issuer, self.keys = realm, issuer, keys
        self._grants: dict[str, Grant] = {}
        self._lock = threading.Lock()

    def discovery(self) -> dict[str, Any]:
        """OpenID Connect Discovery 1.0, section 3."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/logout",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "client_credentials", "password"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "profile", "email", "address"],
            "acr_values_supported": [LEVEL_ADDRESS + level for level in TRUST_LEVELS[1:]],
            "authorization_response_iss_parameter_supported": True,
            "ui_locales_supported": ["de"],
        }

    def check_authorization(self, request: Mapping[str, str]) -> list[Account]:
        """Check an authorization request; the accounts strong enough for it. Raises `Refused`."""
        client = self.realm.clients.get(request.get("client_id", ""))
        if client is None:
            raise Refused(
                "invalid_request", f"Die Anwendung {request.get('client_id')!r} ist hier nicht bekannt."
            )
        redirect = request.get("redirect_uri", "")
        if not may_redirect(client, redirect):
            raise Refused(
                "invalid_request",
                f"redirect_uri {redirect!r} ist weder eingetragen noch eine Loopback-Adresse.",
            )
        refuse = refuser(request)
        if request.get("response_type") != "code":
            raise refuse("unsupported_response_type", "response_type must be code")
        if (
            request.get("code_challenge_method") != "S256"
            or len(request.get("code_challenge", "")) != CHALLENGE_LENGTH
        ):
            raise refuse(
                "invalid_request",
                "PKCE is required: code_challenge (43 characters), code_challenge_method=S256",
            )
        if "openid" not in request.get("scope", "").split():
            raise refuse("invalid_scope", "scope must contain openid")
        if request.get("prompt") == "none":
            raise refuse("login_required", "this issuer keeps no session: everybody signs in anew")
        wanted = wanted_level(request, refuse)
        strong = [one for one in self.realm.accounts.values() if reaches(one.trust_level, wanted)]
        if not strong:
            raise refuse(
                "unmet_authentication_requirements", "no demo account reaches the trust level asked for"
            )
        return strong

    def authorize(self, request: Mapping[str, str], *, subject: str) -> str:
        """The address to send the browser to after the choice of an account. Raises `Refused`."""
        accounts = {account.subject: account for account in self.check_authorization(request)}
        refuse = refuser(request)
        if subject not in accounts:
            raise refuse("access_denied", "no such account, or its trust level is too low")
        account, now = accounts[subject], int(time.time())
        code = secrets.token_urlsafe(32)
        grant = Grant(
            realm=self.realm.name,
            client_id=request["client_id"],
            redirect_uri=request["redirect_uri"],
            challenge=request["code_challenge"],
            nonce=request.get("nonce"),
            scope=request["scope"],
            account=account,
            level=wanted_level(request, refuse) or account.trust_level,
            signed_in=now,
        )
        with self._lock:
            oldest = now - CODE_SECONDS
            self._grants = {key: one for key, one in self._grants.items() if one.signed_in >= oldest}
            self._grants[code] = grant
        state = {"state": request["state"]} if "state" in request else {}
        return with_query(grant.redirect_uri, {"code": code, **state, "iss": self.issuer})  # RFC 9207

    def token(self, form: Mapping[str, str], *, authorization: str | None) -> dict[str, Any]:
        """The token endpoint (RFC 6749, section 3.2). Raises `Refused`."""
        client = self._client(form, authorization)
        kind = form.get("grant_type")
        if kind == "authorization_code":
            return self._from_code(form, client)
        if kind == "client_credentials":
            if client.secret is None:
                raise Refused("unauthorized_client", "client_credentials needs a client with a secret")
            return self._answer(
                client, subject=client.client_id, claims=client.claims, scope=form.get("scope", "")
            )
        if kind == "password":  # development only: for curl; OAuth 2.1 has dropped it
            account = self.realm.accounts.get(form.get("username", ""))
            if account is None or not hmac.compare_digest(account.password, form.get("password", "")):
                raise Refused("invalid_grant", "unknown username or wrong password")
            return self._for_person(
                client, account, level=account.trust_level, scope=form.get("scope", "openid")
            )
        raise Refused("unsupported_grant_type", "use authorization_code, client_credentials or password")

    def userinfo(self, token: str) -> dict[str, Any]:
        """Who the access token speaks for. Raises `Refused`."""
        try:
            claims = self.keys.read(token, audience=self.realm.audience, issuer=self.issuer)
        except JWTError as error:
            raise Refused("invalid_token", str(error)) from error
        account = self.realm.accounts.get(str(claims["sub"]))
        return {**(account.claims if account else {}), "sub": claims["sub"]}

    def may_return_to(self, address: str) -> bool:
        """Whether to send somebody who signed out to `address`."""
        return any(may_redirect(client, address) for client in self.realm.clients.values())

    def _client(self, form: Mapping[str, str], authorization: str | None) -> Client:
        name, secret = credentials(form, authorization)
        client = self.realm.clients.get(name)
        if client is None:
            raise Refused("invalid_client", f"unknown client_id {name!r}")
        if client.secret is not None and not hmac.compare_digest(client.secret, secret):
            raise Refused("invalid_client", "wrong client_secret")
        return client

    def _from_code(self, form: Mapping[str, str], client: Client) -> dict[str, Any]:
        with self._lock:
            grant = self._grants.pop(form.get("code", ""), None)  # a code is good for one attempt
        if grant is None or time.time() > grant.signed_in + CODE_SECONDS:
            raise Refused("invalid_grant", "the code is unknown, used or older than a minute")
        if (grant.client_id, grant.redirect_uri) != (client.client_id, form.get("redirect_uri")):
            raise Refused("invalid_grant", "the code was issued to another client_id or redirect_uri")
        if not hmac.compare_digest(challenge(form.get("code_verifier", "")), grant.challenge):
            raise Refused("invalid_grant", "code_verifier does not fit code_challenge")
        return self._for_person(
            client,
            grant.account,
            level=grant.level,
            scope=grant.scope,
            nonce=grant.nonce,
            signed_in=grant.signed_in,
        )

    def _for_person(
        self,
        client: Client,
        account: Account,
        *,
        level: str,
        scope: str,
        nonce: str | None = None,
        signed_in: int | None = None,
    ) -> dict[str, Any]:
        claims = {**account.claims, "auth_time": signed_in or int(time.time())}
        if level in STORK:
            claims |= {"acr": LEVEL_ADDRESS + level, "trust_level_authentication": STORK[level]}
        answer = self._answer(client, subject=account.subject, claims=claims, scope=scope)
        if "openid" in scope.split():
            identity = self._claims(client, subject=account.subject, audience=client.client_id)
            identity |= claims | ({"nonce": nonce} if nonce is not None else {})
            answer["id_token"] = self.keys.sign(identity, kind="JWT")
        return answer

    def _answer(
        self, client: Client, *, subject: str, claims: Mapping[str, Any], scope: str
    ) -> dict[str, Any]:
        access = {
            **claims,
            **self._claims(client, subject=subject, audience=self.realm.audience),
            "scope": scope,
        }
        return {
            "access_token": self.keys.sign(access, kind="at+jwt"),
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "scope": scope,
        }

    def _claims(self, client: Client, *, subject: str, audience: str) -> dict[str, Any]:
        now = int(time.time())
        return {
            "iss": self.issuer,
            "sub": subject,
            "aud": audience,
            "azp": client.client_id,
            "client_id": client.client_id,
            "iat": now,
            "nbf": now,
            "exp": now + TOKEN_SECONDS,
            "jti": secrets.token_urlsafe(16),
        }
