"""LAUFZETTEL_ISSUERS: everything can be said, and whatever is unsafe or misspelt stops the start by name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from backend.identity.configuration import read_issuers
from backend.identity.issuers import Kind
from signing.issuers import UnsafeIssuer
from signing.levels import TrustLevel

URL = "https://login.example/realm"
LEAST = {"url": URL, "kind": "citizens", "audience": "laufzettel"}


def read(production=True, **changes):
    (found,) = read_issuers(configured=({**LEAST, **changes},), production=production).values()
    return found


def reasons(production=True, **changes):
    with pytest.raises(UnsafeIssuer, match="login") as caught:
        read(production=production, **changes)
    return caught.value.reasons


@pytest.fixture
def secret(tmp_path):
    (tmp_path / "secret").write_text("0123456789abcdef\n")
    return str(tmp_path / "secret")


@pytest.fixture
def portal(secret):
    return {"client_id": "portal", "secret_file": secret}


SHOWN = {"name": "bundid", "label": {"de": "BundID", "en": "BundID"}}


def test_the_least_that_is_needed():
    found = read()
    assert (found.kind, found.issuer.algorithms) == (Kind.CITIZENS, {"RS256", "ES256"})
    assert found.portal is None
    assert found.serves(authority="anybody")
    assert found.issuer.claims.attributes["email"] == ("email",)


def test_everything_can_be_said(portal):
    found = read(
        algorithms=["ES384", "RS512"],
        azp=["app"],
        types=["at+jwt"],
        type_may_be_missing=True,
        leeway_seconds=60,
        max_age_seconds=3600,
        longest_token=20_000,
        claims={
            "subject": "bPK2",
            "level": "trust_level_authentication",
            "authenticated_at": "when",
            "roles": ["realm_access", "roles"],
            "scopes": "scp",
            "proved_by": "assertion_proved_by",
            "session": "session_state",
        },
        attributes={"given_name": "vorname", "email": {"claim": ["mail", "value"], "level": "mail_level"}},
        levels={"1": "low", "3": "substantial", "4": "high"},
        authorities=["neustadt"],
        portal={**portal, "authentication": "client_secret_post", "scopes": ["openid", "level3"]},
        **SHOWN,
    )
    issuer, claims = found.issuer, found.issuer.claims
    assert (issuer.leeway, issuer.max_age) == (timedelta(seconds=60), timedelta(hours=1))
    assert (issuer.azp, issuer.types, issuer.type_may_be_missing) == ({"app"}, {"at+jwt"}, True)
    assert issuer.max_token_bytes == 20_000
    assert (claims.subject, claims.roles) == (("bPK2",), ("realm_access", "roles"))
    assert (claims.proved_by, claims.session) == (("assertion_proved_by",), ("session_state",))
    assert claims.attributes == {"given_name": ("vorname",), "email": ("mail", "value")}
    assert claims.attribute_levels == {"email": ("mail_level",)}
    assert found.level_names(level=TrustLevel.SUBSTANTIAL) == ("3", "4")
    assert found.serves(authority="neustadt")
    assert not found.serves(authority="altstadt")
    assert (found.portal.secret, found.portal.scopes) == ("0123456789abcdef", ("openid", "level3"))


def test_an_id_token_must_not_be_meant_for_the_api(portal):
    (reason,) = reasons(portal={**portal, "client_id": LEAST["audience"]}, **SHOWN)
    assert reason.startswith("audience is portal.client_id")


def test_only_names_that_the_issuer_understands_are_asked_for():
    found = read()
    assert "STORK-QAA-Level-4" in found.level_names(level=TrustLevel.HIGH)
    found.keys.metadata = {"acr_values_supported": ["http://eidas.europa.eu/LoA/high", "0"]}
    assert found.level_names(level=TrustLevel.HIGH) == ("http://eidas.europa.eu/LoA/high",)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"algorithm": ["ES256"]}, "algorithm is not known"),
        ({"algorithms": ["none"]}, "none accepts unsigned tokens"),
        ({"algorithms": ["HS256"]}, "shared secret"),
        ({"algorithms": "RS256"}, "algorithms must be a list"),
        ({"url": "http://login.example/realm"}, "https://"),
        ({"kind": "citizen"}, "kind must be one of"),
        ({"audience": ""}, "audience is missing"),
        ({"leeway_seconds": 3600}, "leeway"),
        ({"leeway_seconds": "30"}, "leeway_seconds must be a whole number"),
        ({"longest_token": 10**7}, "max_token_bytes"),
        ({"claims": {"sub": "x"}}, "claims.sub is not known"),
        ({"claims": {"subject": []}}, "claims.subject must be the name"),
        ({"claims": []}, "claims must be an object"),
        ({"attributes": {"email": {"level": "x"}}}, "attributes.email.claim must be"),
        ({"attributes": {"email": {"claim": "x", "lvl": "x"}}}, "attributes.email.lvl is not known"),
        ({"levels": {"4": "highest"}}, "levels.4 must be one of"),
        ({"levels": {}}, "levels is empty"),
        ({"levels": {'a" b': "low"}}, "visible ASCII"),
        ({"levels": {"4": 4}}, "levels must have texts only"),
        ({"authorities": "neustadt"}, "authorities must be a list"),
        ({"portal": "portal"}, "portal must be an object"),
        ({"certificate_bound": "yes"}, "certificate_bound must be true or false"),
        ({"certificate_bound": True}, "needs LAUFZETTEL_CLIENT_CERTIFICATE_HEADER"),
    ],
)
def test_what_is_unsafe_or_misspelt_is_named(changes, named):
    assert any(named in reason for reason in reasons(**changes)), reasons(**changes)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"client_id": ""}, "portal.client_id is missing"),
        ({"client": "x"}, "portal.client is not known"),
        ({"authentication": "tls"}, "portal.authentication must be one of"),
        ({"authentication": "none"}, "lets anybody pass for the portal"),
        ({"secret_file": "/nowhere/secret"}, "portal.secret_file cannot be read"),
        ({"authentication": "private_key_jwt"}, "portal.key_file is missing"),
        ({"key_id": 5}, "portal.key_id must be a text"),
        ({"scopes": ["profile"]}, '"openid" among them'),
    ],
)
def test_a_portal_that_cannot_sign_in_safely_is_named(portal, changes, named):
    found = reasons(portal={**portal, **changes}, **SHOWN)
    assert any(named in reason for reason in found), found


def test_a_short_secret_a_wrong_key_and_missing_texts(tmp_path, portal):
    (tmp_path / "short").write_text("short")
    (tmp_path / "key").write_text("nonsense")
    found = reasons(portal={**portal, "secret_file": str(tmp_path / "short")})
    assert [reason.split(" ")[0] for reason in found] == ["portal.secret_file", "name", "label"]
    key = {"client_id": "p", "authentication": "private_key_jwt", "key_file": str(tmp_path / "key")}
    assert any("portal.key_file is no private key" in one for one in reasons(portal=key, **SHOWN))


def test_all_reasons_at_once():
    found = reasons(url="http://login.example", algorithms=["none"], kind="x", audience="", colour="red")
    assert len(found) == 5, found


def test_a_name_or_address_is_used_once(portal):
    one = {**LEAST, **SHOWN, "portal": portal}
    for other, reason in [
        ({**one, "url": "https://other.example"}, "used twice"),
        ({**one, "name": "x"}, "listed twice"),
    ]:
        with pytest.raises(UnsafeIssuer, match=reason):
            read_issuers(configured=(one, other), production=True)


def test_no_secret_shows_in_a_log(portal, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "key").write_bytes(key)
    with_key = {"client_id": "p", "authentication": "private_key_jwt", "key_file": str(tmp_path / "key")}
    for entry in (portal, with_key):
        shown = repr(read(portal=entry, **SHOWN).portal)
        assert "0123456789abcdef" not in shown
        assert "PRIVATE KEY" not in shown
