"""What we send and publish keeps to the schemas of SAML 2.0."""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
import signxml
from lxml import etree

from signing.levels import TrustLevel
from signing.saml.bundid import ATTRIBUTES
from signing.saml.metadata import service_metadata
from signing.saml.request import METHODS, Display, Question, signed_request
from signing.saml.signatures import SIGNING
from tests.peers.bundid import key_pair

MATERIAL = (
    Path(os.environ.get("CONFORMANCE_DIR", Path(__file__).parents[2] / ".." / "shared" / "conformance"))
    / "bundid"
)
if not MATERIAL.is_dir() and os.environ.get("CI") != "true":
    pytest.skip(f"no conformance material in {MATERIAL}: set CONFORMANCE_DIR", allow_module_level=True)

XS = "http://www.w3.org/2001/XMLSchema"
# Schemas that those of SAML import and that are not among the material: only the names SAML takes from them.
IMPORTED = {
    "xenc-schema.xsd": f"""<s:schema xmlns:s="{XS}" targetNamespace="http://www.w3.org/2001/04/xmlenc#">
<s:element name="EncryptedData"/><s:element name="EncryptedKey"/><s:complexType name="EncryptionMethodType">
<s:attribute name="Algorithm" type="s:anyURI" use="required"/></s:complexType></s:schema>""",
    "xml.xsd": f"""<s:schema xmlns:s="{XS}" targetNamespace="http://www.w3.org/XML/1998/namespace">
<s:attribute name="lang" type="s:language"/></s:schema>""",
    "xmldsig-core-schema.xsd": Path(signxml.__file__)
    .parent.joinpath("schemas/xmldsig-core-schema.xsd")
    .read_bytes(),
}


class _Imports(etree.Resolver):
    def resolve(self, url, _public, context):
        name = url.rsplit("/", 1)[-1]
        return self.resolve_string(IMPORTED[name], context) if name in IMPORTED else None


def _schema(name: str) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Imports())
    return etree.XMLSchema(etree.parse(MATERIAL / name, parser))


@pytest.mark.parametrize("method", sorted(SIGNING))
@pytest.mark.parametrize("methods", [(), METHODS])
def test_the_question(method, methods):
    question = Question(
        request_id="_1",
        entity_id="https://town.example",
        consumer_url="https://town.example/saml/bundid/acs",
        sign_in_url="https://idp.example/sso",
        level=TrustLevel.HIGH,
        level_names="stork",
        fresh=True,
        attributes=dict.fromkeys(ATTRIBUTES.values(), True),
        methods=methods,
        display=Display(
            organization="Stadt", service_id="BMI-1", language="de", back_url="https://town.example/"
        ),
        asked_at=datetime(2026, 11, 23, tzinfo=UTC),
    )
    request = etree.fromstring(
        base64.b64decode(signed_request(question=question, pair=key_pair("sp"), method=method))
    )
    _schema("saml-schema-protocol-2.0.xsd").assertValid(request)


@pytest.mark.parametrize("pairs", [("sp",), ("sp-new", "sp")])
def test_our_description(pairs):
    certificates = [key_pair(name).certificate for name in pairs]
    described = service_metadata(
        entity_id="https://town.example",
        consumer_url="https://town.example/saml/bundid/acs",
        display_name="Stadt Teststadt",
        signing=certificates,
        encryption=certificates[0],
    )
    _schema("saml-schema-metadata-2.0.xsd").assertValid(etree.fromstring(described))


def test_the_schema_would_notice():
    wrong = etree.fromstring('<p:AuthnRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1"/>')
    assert not _schema("saml-schema-protocol-2.0.xsd").validate(wrong)
