"""A town whose citizens sign in at the foreign provider, and a portal that this provider can call back."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@dataclass(slots=True)
class Portal:
    """The town, the provider and the host name under which browsers know the portal."""

    town: object
    peer: object
    host: str
    browsers: list = field(default_factory=list)

    def browser(self, **more):
        from tests.integration.portal.peer import Browser  # noqa: PLC0415 -- needs settings

        self.browsers.append(Browser(host=self.host, **more))
        return self.browsers[-1]

    def close(self):
        for browser in self.browsers:
            browser.elsewhere.close()


@contextmanager
def listening():
    """The real application behind a real port, for what the provider sends by itself; yields its address."""
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415 -- needs settings
    from django.db import connections  # noqa: PLC0415

    server = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=_Quiet)

    def serve():
        server.serve_forever()
        connections.close_all()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@contextmanager
def trusting(*entries):
    """The installation is configured with these issuers."""
    from django.conf import settings  # noqa: PLC0415 -- needs settings
    from django.test import override_settings  # noqa: PLC0415

    from backend.identity.queries import trusted_issuers  # noqa: PLC0415

    try:
        with override_settings(ENVIRONMENT=replace(settings.ENVIRONMENT, issuers=entries)):
            trusted_issuers.cache_clear()
            yield
    finally:
        trusted_issuers.cache_clear()


def issuer_entry(url, portal, **more):
    names = ("given_name", "family_name", "email")
    return {
        "url": url,
        "kind": "citizens",
        "audience": "urn:laufzettel:api",
        "algorithms": ["ES256"],
        "name": "test",
        "label": {"de": "Testkonto", "en": "Test account"},
        "claims": {"proved_by": "assertion_proved_by"},
        "attributes": {
            **{name: name for name in names},
            "given_name": {"claim": "given_name", "level": "given_name_level"},
        },
        "levels": {
            "STORK-QAA-Level-1": "low",
            "STORK-QAA-Level-3": "substantial",
            "STORK-QAA-Level-4": "high",
        },
        "portal": {"client_id": "portal", "scopes": ["openid", "profile", "email"], **portal},
        **more,
    }


@pytest.fixture(scope="session")
def town_of_the_portal():
    """One for all tests: it has the host name to which the provider sends people back."""
    from backend.authorities.models import Authority  # noqa: PLC0415 -- needs settings
    from backend.tenancy import acting_for  # noqa: PLC0415
    from tests.integration.town import TestTown  # noqa: PLC0415

    town = TestTown.found(now=datetime.now(UTC))
    town.publish()
    with acting_for(authority_id=town.id):
        Authority.objects.filter(id=town.id).update(host="portal.example")
    return town


@contextmanager
def portal_with(town, folder, *, client=None, portal=None, claims_parameter=True, **more):
    """The portal, the provider as a process, and each knowing the other."""
    from tests.integration.portal.peer import running_peer  # noqa: PLC0415 -- needs settings

    secret = folder / "client-secret"
    secret.write_text("a-secret-of-the-tests-and-nobody-else")
    with listening() as address:
        registered = {
            "client_id": "portal",
            "client_secret": secret.read_text(),
            "redirect_uris": ["http://portal.example/sign-in/callback"],
            "post_logout_redirect_uris": ["http://portal.example/sign-out"],
            "id_token_signed_response_alg": "ES256",
            "backchannel_logout_uri": f"{address}/sign-in/test/logged-out",
            "backchannel_logout_session_required": True,
            **(client or {}),
        }
        if registered.get("token_endpoint_auth_method", "").startswith(("none", "private_key")):
            del registered["client_secret"]
        app = {
            "client_id": "app",
            "token_endpoint_auth_method": "none",
            "redirect_uris": ["https://app.example/callback"],
            "id_token_signed_response_alg": "ES256",
        }
        with running_peer(clients=[registered, app], claims_parameter=claims_parameter) as peer:
            entry = issuer_entry(peer.url, {"secret_file": str(secret), **(portal or {})}, **more)
            with trusting(entry):
                running = Portal(town=town, peer=peer, host="portal.example")
                try:
                    yield running
                finally:
                    running.close()


@pytest.fixture
def portal(town_of_the_portal, tmp_path):
    with portal_with(town_of_the_portal, tmp_path) as running:
        yield running
