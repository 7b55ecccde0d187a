"""Read this to see how somebody signs in at the development issuer, and what it refuses."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from jose import JWTError, jwt

from backend.embedded.issuer_accounts import LEVEL_ADDRESS
from backend.embedded.ports import claim_ports, is_free
from backend.embedded.processes import end_child, wait_until

ROOT = Path(__file__).resolve().parents[3]
CALLBACK = "http://127.0.0.1:9999/callback"
VERIFIER = secrets.token_urlsafe(40)
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def start(port: int, keys: Path) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-m", "backend.embedded.issuer", "--port", str(port), "--keys", str(keys)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert wait_until(lambda: not is_free(port), seconds=20)
    return process


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("issuer")
    port = claim_ports(file=folder / "ports.json", wanted={"issuer": None})["issuer"]
    process = start(port, folder / "keys.json")
    yield f"http://127.0.0.1:{port}"
    assert end_child(process, how=15, seconds=5)


@dataclass
class Visitor:
    """A browser and the application behind it."""

    issuer: str
    client: httpx.Client

    def __post_init__(self) -> None:
        self.metadata = self.client.get(f"{self.issuer}/.well-known/openid-configuration").json()

    def request(self, **changes: str | None) -> dict[str, str]:
        request: dict[str, str | None] = {
            "response_type": "code",
            "client_id": "portal",
            "redirect_uri": CALLBACK,
            "scope": "openid profile",
            "state": "s-1 ä&",
            "nonce": "n-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        return {key: value for key, value in request.items() if value is not None}

    def open(self, **changes: str | None) -> httpx.Response:
        return self.client.get(self.metadata["authorization_endpoint"], params=self.request(**changes))

    def choose(self, page: httpx.Response, account: str) -> dict[str, str]:
        """Press an account's button on the page as a browser would; what comes back to the application."""
        fields = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page.text))
        form = {unescape(key): unescape(value) for key, value in fields.items()}
        assert f'value="{account}"' in page.text
        answer = self.client.post(self.metadata["authorization_endpoint"], data={**form, "account": account})
        return returned(answer)

    def exchange(self, code: str, **changes: str) -> httpx.Response:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        form |= {"client_id": "portal", "code_verifier": VERIFIER, **changes}
        return self.client.post(self.metadata["token_endpoint"], data=form)

    def claims(self, token: str, audience: str) -> dict:
        keys = self.client.get(self.metadata["jwks_uri"]).json()
        return jwt.decode(
            token,
            keys,
            algorithms=["ES256"],
            audience=audience,
            issuer=self.issuer,
            options={"verify_at_hash": False},
        )


def returned(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 303
    location = answer.headers["Location"]
    assert location.startswith(CALLBACK)
    return {key: values[0] for key, values in parse_qs(urlsplit(location).query).items()}


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    # Each request on a connection of its own: keeping them open is not what is tested here.
    with httpx.Client(timeout=30, limits=httpx.Limits(max_keepalive_connections=0)) as running:
        yield running


@pytest.fixture
def visitor(address: str, client: httpx.Client) -> Visitor:
    return Visitor(f"{address}/citizens", client)


def test_a_citizen_signs_in(visitor: Visitor) -> None:
    page = visitor.open()
    assert '<html lang="de">' in page.text
    back = visitor.choose(page, "erika")
    assert (back["state"], back["iss"]) == ("s-1 ä&", visitor.issuer)
    answer = visitor.exchange(back["code"])
    assert answer.headers["Cache-Control"] == "no-store"
    tokens = answer.json()

    access = visitor.claims(tokens["access_token"], "laufzettel-citizens")
    assert access["sub"] == "erika"
    assert access["azp"] == "portal"
    assert access["acr"] == LEVEL_ADDRESS + "substantial"
    assert access["trust_level_authentication"] == "STORK-QAA-Level-3"
    assert access["address"]["locality"] == "Musterhausen"
    assert {
        "exp",
        "iat",
        "nbf",
        "jti",
        "auth_time",
        "given_name",
        "family_name",
        "email",
        "birthdate",
    } <= set(access)
    identity = visitor.claims(tokens["id_token"], "portal")
    assert (identity["nonce"], identity["sub"]) == ("n-1", "erika")
    assert jwt.get_unverified_header(tokens["access_token"])["typ"] == "at+jwt"

    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    userinfo = visitor.client.get(visitor.metadata["userinfo_endpoint"], headers=bearer).json()
    assert (userinfo["sub"], userinfo["family_name"]) == ("erika", "Mustermann")


def test_a_code_is_good_once_for_its_application_and_verifier(visitor: Visitor) -> None:
    for wrong in ({"code_verifier": "x" * 43}, {"redirect_uri": CALLBACK + "/other"}, {"client_id": "curl"}):
        code = visitor.choose(visitor.open(), "erika")["code"]
        refused = visitor.exchange(code, **wrong)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
        assert visitor.exchange(code).status_code == 400
    code = visitor.choose(visitor.open(), "erika")["code"]
    assert visitor.exchange(code).status_code == 200
    assert visitor.exchange(code).status_code == 400


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
        ({"acr_values": "unheard-of"}, "unmet_authentication_requirements"),
    ],
)
def test_a_wrong_request_goes_back_with_its_reason(visitor: Visitor, change: dict, error: str) -> None:
    back = returned(visitor.open(**change))
    assert (back["error"], back["state"]) == (error, "s-1 ä&")


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "unknown"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": "http://127.0.0.1@evil.example/"},
        {"redirect_uri": "http://evil.example\\@127.0.0.1/"},  # browsers read the backslash as a slash
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": None},
    ],
)
def test_nobody_is_sent_to_a_stranger(visitor: Visitor, change: dict) -> None:
    answer = visitor.open(**change)
    assert answer.status_code == 400
    assert "Anmeldung nicht möglich" in answer.text
    assert "Location" not in answer.headers


def test_the_page_shows_what_it_was_given_as_text_only(visitor: Visitor) -> None:
    page = visitor.open(state='"><script>alert(1)</script>')
    assert "<script>" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_a_higher_trust_level_can_be_asked_for(visitor: Visitor) -> None:
    page = visitor.open(acr_values=LEVEL_ADDRESS + "high")
    assert "erika" not in page.text
    tokens = visitor.exchange(visitor.choose(page, "ahmet")["code"]).json()
    assert visitor.claims(tokens["access_token"], "laufzettel-citizens")["acr"] == LEVEL_ADDRESS + "high"
    form = {**visitor.request(acr_values=LEVEL_ADDRESS + "high"), "account": "erika"}
    refused = visitor.client.post(visitor.metadata["authorization_endpoint"], data=form)
    assert returned(refused)["error"] == "access_denied"


def test_realms_do_not_accept_each_others_tokens(visitor: Visitor, address: str) -> None:
    clerks = Visitor(f"{address}/clerks", visitor.client)
    form = {"grant_type": "password", "client_id": "curl", "username": "m.krause", "password": "demo"}
    token = visitor.client.post(clerks.metadata["token_endpoint"], data=form).json()["access_token"]
    assert clerks.claims(token, "laufzettel-clerks")["roles"] == ["clerk", "approver"]
    with pytest.raises(JWTError):
        visitor.claims(token, "laufzettel-citizens")
    bearer = {"Authorization": f"Bearer {token}"}
    assert visitor.client.get(visitor.metadata["userinfo_endpoint"], headers=bearer).status_code == 401
    assert visitor.client.get(clerks.metadata["userinfo_endpoint"], headers=bearer).status_code == 200
    assert visitor.client.get(clerks.metadata["userinfo_endpoint"]).status_code == 401


def test_a_wrong_password_is_refused(visitor: Visitor) -> None:
    for name, password in (("erika", "wrong"), ("nobody", "demo")):
        form = {"grant_type": "password", "client_id": "curl", "username": name, "password": password}
        assert (
            visitor.client.post(visitor.metadata["token_endpoint"], data=form).json()["error"]
            == "invalid_grant"
        )


def test_machines_use_their_secret(client: httpx.Client, address: str) -> None:
    machine = Visitor(f"{address}/machines", client)
    token = machine.metadata["token_endpoint"]
    form = {"grant_type": "client_credentials", "scope": "cases:read"}
    answer = client.post(token, data=form, auth=("demo-machine", "demo-machine-secret")).json()
    claims = machine.claims(answer["access_token"], "laufzettel-machines")
    assert (claims["sub"], claims["scope"]) == ("demo-machine", "cases:read")
    refused = client.post(token, data=form, auth=("demo-machine", "wrong"))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


def test_signing_out_returns_to_the_application_only(visitor: Visitor) -> None:
    end = visitor.metadata["end_session_endpoint"]
    back = visitor.client.get(end, params={"post_logout_redirect_uri": CALLBACK, "state": "x"})
    assert back.headers["Location"] == f"{CALLBACK}?state=x"
    stranger = visitor.client.get(end, params={"post_logout_redirect_uri": "https://evil.example/"})
    assert stranger.status_code == 200
    assert "Abgemeldet" in stranger.text


def test_foreign_names_for_this_machine_are_not_served(address: str, client: httpx.Client) -> None:
    assert client.get(f"{address}/health").status_code == 200
    assert client.get(f"{address}/health", headers={"Host": "evil.example"}).status_code == 421


def test_keys_are_private_survive_a_restart_and_can_be_rotated(tmp_path: Path, client: httpx.Client) -> None:
    port = claim_ports(file=tmp_path / "ports.json", wanted={"issuer": None})["issuer"]
    keys, jwks = tmp_path / "keys.json", f"http://127.0.0.1:{port}/citizens/jwks"
    process = start(port, keys)
    first = client.get(jwks).json()
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert all(set(key) == {"crv", "kty", "x", "y", "kid", "use", "alg"} for key in first["keys"])
    end_child(process, how=15, seconds=5)
    process = start(port, keys)
    client.close()
    with httpx.Client() as again:
        assert again.get(jwks).json() == first
        kid = again.post(f"http://127.0.0.1:{port}/dev/rotate").json()["kid"]
        rotated = again.get(jwks).json()["keys"]
    end_child(process, how=15, seconds=5)
    assert [key["kid"] for key in rotated] == [kid, first["keys"][0]["kid"]]


def test_refuses_production(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "backend.embedded.issuer", "--port", "0", "--keys", str(tmp_path / "k")]
    environment = {**os.environ, "LAUFZETTEL_ENVIRONMENT": "production"}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "does not run in production" in ran.stderr
    assert not (tmp_path / "k").exists()
