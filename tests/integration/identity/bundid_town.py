"""A town that offers BundID, and a browser that keeps to the rules for cookies."""

from __future__ import annotations

import base64
import dataclasses
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from backend.identity.providers.bundid.queries import service_providers
from tests.peers.bundid import Answered, Peer, hidden, write_pair

ACS = "/saml/bundid/acs"
START = "/sign-in/bundid/start"
METADATA = "/saml/bundid/metadata"
CONSUMER = "https://antrag.teststadt.example/saml/bundid/acs"
ENTITY = "https://antrag.teststadt.example"


def entry(*, folder: Path, **changed: Any) -> dict[str, Any]:
    """An entry of LAUFZETTEL_BUNDID; the files it names are written to `folder`."""
    return {
        "entity_id": ENTITY,
        "provider_metadata": str(folder / "provider.xml"),
        "keys": [write_pair(folder, "sp")],
        "service_id": "BMI-4711",
        "display_name": "Stadt Teststadt",
        **changed,
    }


@contextmanager
def offered(*entries: dict[str, Any]) -> Iterator[None]:
    """The installation as if it had been started with these entries."""
    before = settings.ENVIRONMENT
    settings.ENVIRONMENT = dataclasses.replace(before, bundid=entries)
    service_providers.cache_clear()
    try:
        yield
    finally:
        settings.ENVIRONMENT = before
        service_providers.cache_clear()


class Browser:
    """Sends a cookie only where browsers would (SameSite), and shows what the portal answers."""

    def __init__(self, *, host: str, language: str = "de") -> None:
        self.client = Client(
            raise_request_exception=True, HTTP_HOST=host, headers={"Accept-Language": language}
        )

    def get(self, path: str, **query: str) -> HttpResponse:
        return self.client.get(path, query)

    def leave(self, **query: str) -> dict[str, str]:
        """Start a sign-in; the fields of the form that goes to the identity provider."""
        response = self.get(START, **query)
        assert response.status_code == 200, response.content
        return hidden(response.content.decode())

    def arrive(self, answered: Answered | dict[str, str]) -> HttpResponse:
        """The form of another site: cookies that are Lax or Strict stay at home."""
        fields = answered if isinstance(answered, dict) else answered.fields
        jar = self.client.cookies
        kept = {name: jar.pop(name) for name in list(jar) if jar[name]["samesite"] != "None"}
        response = self.client.post(ACS, fields)
        for name, morsel in kept.items():
            if name not in response.cookies:
                jar[name] = morsel
        return response

    def sign_in(self, peer: Peer, *, user: str, level: str | None = None, **wanted: str) -> HttpResponse:
        return self.arrive(peer.sign_in(self.leave(**wanted), user=user, level=level))

    def who(self) -> str | None:
        """The page about oneself; None if nobody is signed in."""
        response = self.get("/signed-in")
        return response.content.decode() if response.status_code == 200 else None


def request_id(fields: dict[str, str]) -> str:

    found = re.search(rb'<samlp:AuthnRequest[^>]* ID="(\w+)"', base64.b64decode(fields["SAMLRequest"]))
    assert found is not None
    return found[1].decode()
