"""What of LAUFZETTEL_BUNDID stops the start, and that each problem is named."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from backend.identity.providers.bundid.configuration import UnsafeProvider, read_service_providers
from signing.saml.metadata import UnsafeMetadata, read_provider
from tests.peers.bundid import key_pair, write_pair

NOW = datetime(2026, 11, 23, tzinfo=UTC)
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"


def provider_xml(
    *, pair="idp", address="https://id.example/sso", binding=POST, more="", options=None
) -> bytes:
    import base64  # noqa: PLC0415

    certificate = key_pair(pair, **(options or {})).certificate.public_bytes(Encoding.DER)
    return f"""<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://id.example/idp"{more}>
<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor>
<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>{base64.b64encode(certificate).decode()}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
</md:KeyDescriptor><md:SingleSignOnService Binding="{binding}" Location="{address}"/></md:IDPSSODescriptor></md:EntityDescriptor>""".encode()


@pytest.fixture
def entry(tmp_path):
    (tmp_path / "provider.xml").write_bytes(provider_xml())
    return {
        "entity_id": "https://antrag.example/saml",
        "provider_metadata": str(tmp_path / "provider.xml"),
        "keys": [write_pair(tmp_path, "sp")],
        "service_id": "BMI-1",
        "display_name": "Stadt Teststadt",
    }


def read(*entries, production=True):
    return read_service_providers(configured=entries, production=production, now=NOW)


def reasons(entry, **changed) -> str:
    with pytest.raises(UnsafeProvider) as unsafe:
        read({name: value for name, value in {**entry, **changed}.items() if value is not None})
    assert "LAUFZETTEL_BUNDID" in str(unsafe.value)
    return " | ".join(unsafe.value.reasons)


def test_a_safe_entry(entry):
    service = read(entry)[""]
    assert service.consumer_url == "https://antrag.example/saml/bundid/acs"
    assert (service.signature, service.level_names) == ("rsa-pss-sha256", "stork")
    assert service.attributes["urn:oid:1.3.6.1.4.1.25484.494450.3"] is True
    root = etree.fromstring(service.metadata())
    assert [child.get("use") for child in root[0] if child.get("use")] == ["signing", "encryption"]


def test_one_for_each_authority(entry):
    both = read(entry, {**entry, "authority": "neustadt", "address": "https://neustadt.example"})
    assert both["neustadt"].consumer_url == "https://neustadt.example/saml/bundid/acs"
    assert "listed twice" in _twice(entry)


def _twice(entry):
    with pytest.raises(UnsafeProvider) as unsafe:
        read(entry, entry)
    return str(unsafe.value)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"entity_id": None}, "entity_id is missing"),
        ({"entity_id": "http://antrag.example"}, "entity_id must be an https:// address"),
        ({"entity_id": "https://antrag.example:8443"}, "entity_id must have no port"),
        ({"entity_id": "https://antrag.example:x"}, "entity_id must be an https:// address"),
        ({"address": "http://antrag.example"}, "address must be an https:// address"),
        ({"address": 7}, "address is missing"),
        ({"authority": 7}, "authority must be a text"),
        ({"service_id": " "}, "service_id is missing"),
        ({"display_name": None}, "display_name is missing"),
        ({"provider_metadata": None}, "provider_metadata is missing"),
        ({"provider_metadata": "/nowhere"}, "provider_metadata cannot be read"),
        ({"keys": []}, "keys must list one key pair"),
        ({"keys": [{}, {}, {}]}, "keys must list one key pair"),
        ({"keys": [{"key_file": "x"}]}, "keys[0] must have key_file and certificate_file"),
        ({"signature": "rsa-sha1"}, "signature must be one of rsa-pss-sha256, rsa-sha256"),
        ({"level_names": "gold"}, "level_names must be one of stork, eidas"),
        ({"methods": ["Facebook"]}, "methods must be a list of"),
        ({"attributes": {"bpk2": "yes"}}, "attributes must say true"),
        ({"attributes": {"email": True}}, "attributes needs bpk2"),
        ({"attributes": {"bpk2": True, "shoe_size": False}}, "attributes.shoe_size is not known"),
        ({"label": {"de": "BundID"}}, "label needs"),
        ({"entityid": "https://x.example"}, "entityid is not known"),
    ],
    ids=str,
)
def test_an_unsafe_entry(entry, changed, reason):
    assert reason in reasons(entry, **changed)


def test_all_problems_at_once(entry):
    found = reasons(entry, service_id=None, signature="none", keys=None)
    assert found.count(" | ") == 2


def test_keys_that_cannot_be_used(entry, tmp_path):
    small = write_pair(tmp_path, "small", bits=2048)
    assert "at least 3072 bits" in reasons(entry, keys=[small])
    mixed = {**write_pair(tmp_path, "sp"), "certificate_file": small["certificate_file"]}
    assert "do not belong together" in reasons(entry, keys=[mixed])
    assert "has expired" in reasons(entry, keys=[write_pair(tmp_path, "past", years=-1)])
    swapped = {"key_file": small["certificate_file"], "certificate_file": small["key_file"]}
    assert "cannot be read" in reasons(entry, keys=[swapped])


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (b"<a/>", "IDPSSODescriptor"),
        (b"<a", "not acceptable XML (not-xml)"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "not acceptable XML (doctype)"),
        (provider_xml(address="http://id.example/sso"), "https://"),
        (provider_xml(binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"), "HTTP-POST"),
        (provider_xml(more=' validUntil="2026-01-01T00:00:00Z"'), "out of date"),
        (provider_xml(more=' validUntil="soon"'), "out of date"),
        (provider_xml().replace(b"https://id.example/idp", b" "), "no entityID"),
        (provider_xml(pair="past", options={"years": -1}), "no valid certificate"),
        (provider_xml(pair="tiny", options={"bits": 1024}), "at least 2048 bits"),
        (provider_xml().replace(b"<ds:X509Certificate>M", b"<ds:X509Certificate>x"), "cannot be read"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_metadata_that_cannot_be_used(xml, reason):
    with pytest.raises(UnsafeMetadata) as unsafe:
        read_provider(xml=xml, now=NOW)
    assert reason in str(unsafe.value)


def test_plain_http_only_in_development():
    assert read_provider(xml=provider_xml(address="http://127.0.0.1/sso"), now=NOW, development=True)
