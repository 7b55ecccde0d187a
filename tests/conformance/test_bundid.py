"""BundID's simulator material against our reading, by way of a foreign identity provider (samlify).

The users, the field list and the response template are those of the simulator; the AuthnRequests were made
by other people's clients.
"""

from __future__ import annotations

import base64
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from lxml import etree

from signing.levels import TrustLevel
from signing.saml.assertion import Expected
from signing.saml.bundid import ATTRIBUTES, person_of
from signing.saml.metadata import read_provider, service_metadata
from signing.saml.names import AKDB, saml, samlp
from signing.saml.refusals import SamlRefused
from signing.saml.request import Display, Question, authn_request, signed_request
from signing.saml.response import read_response
from tests.peers.bundid import PKCS1, PSS, key_pair, running_peer

MATERIAL = (
    Path(os.environ.get("CONFORMANCE_DIR", Path(__file__).parents[2] / ".." / "shared" / "conformance"))
    / "bundid"
)
if not MATERIAL.is_dir() and os.environ.get("CI") != "true":
    pytest.skip(f"no conformance material in {MATERIAL}: set CONFORMANCE_DIR", allow_module_level=True)

FILES = {
    "template": MATERIAL / "saml_response_template.xml",
    "errorTemplate": MATERIAL / "saml_response_error_template.xml",
    "fields": MATERIAL / "field_definitions.yml",
    "users": MATERIAL / "users.yml",
}
USERS = yaml.safe_load(FILES["users"].read_text())["users"]
# The simulator's name of a field → ours.
NAMES = {
    "surname": "family_name",
    "givenname": "given_name",
    "mail": "email",
    "postalAddress": "street",
    "postalCode": "postcode",
    "localityName": "city",
    "country": "country",
    "personalTitle": "title",
    "gender": "gender",
    "birthdate": "birthdate",
    "placeOfBirth": "place_of_birth",
    "birthName": "birth_name",
}
ENTITY = "https://town.example/saml"
CONSUMER = "https://town.example/saml/bundid/acs"
REQUESTS = (
    "saml_request_example.xml",
    "samlrequest.txt",
    "saml-request-level3.txt",
    "saml-request-level3.ba-itsys-2026.txt",
)


@pytest.fixture(scope="module", params=[PSS, PKCS1], ids=["pss", "pkcs1"])
def peer(request, tmp_path_factory):
    with running_peer(
        folder=tmp_path_factory.mktemp("idp"), material=FILES, signature=request.param
    ) as running:
        pair = key_pair("sp")
        running.register(
            service_metadata(
                entity_id=ENTITY,
                consumer_url=CONSUMER,
                display_name="Stadt Teststadt",
                signing=[pair.certificate],
                encryption=pair.certificate,
            )
        )
        yield running, "rsa-pss-sha256" if request.param == PSS else "rsa-sha256"


def _question(sign_in_url: str, *, level=TrustLevel.LOW) -> Question:
    return Question(
        request_id="_request-1",
        entity_id=ENTITY,
        consumer_url=CONSUMER,
        sign_in_url=sign_in_url,
        level=level,
        level_names="stork",
        fresh=False,
        attributes={name: ours == "bpk2" for ours, name in ATTRIBUTES.items()},
        methods=(),
        display=Display(
            organization="Stadt Teststadt",
            service_id="BMI-1",
            language="de",
            back_url="https://town.example/",
        ),
        asked_at=datetime.now(UTC),
    )


def _sign_in(peer, method, *, user, level=TrustLevel.LOW, reached=None, **choice):
    provider = read_provider(xml=peer.metadata(), now=datetime.now(UTC), development=True)
    question = _question(provider.sign_in_url, level=level)
    form = {
        "SAMLRequest": signed_request(question=question, pair=key_pair("sp"), method=method),
        "RelayState": "relay-1",
    }
    answered = peer.sign_in(form, user=user, level=reached, **choice)
    assert answered.action == CONSUMER
    assert answered.fields["RelayState"] == "relay-1"
    expected = Expected(
        provider=provider,
        entity_id=ENTITY,
        consumer_url=CONSUMER,
        request_id=question.request_id,
        level=level,
        asked_at=question.asked_at,
    )
    return read_response(
        posted=answered.fields["SAMLResponse"],
        expected=expected,
        keys=[key_pair("sp").key],
        now=datetime.now(UTC),
    )


@pytest.mark.parametrize("user", USERS, ids=lambda user: user["id"])
def test_every_user_of_the_simulator(peer, user):
    assertion = _sign_in(*peer, user=user["id"], reached="STORK-QAA-Level-3")
    person = person_of(assertion=assertion)
    known = {NAMES[name]: str(value) for name, value in user.items() if value and name in NAMES}
    assert dict(person.attributes) == known
    assert person.subject == user["bpk2"]
    assert person.proved_by == "Elster"
    assert assertion.level is TrustLevel.SUBSTANTIAL
    assert person.levels["email"] is TrustLevel.LOW
    assert person.levels["family_name"] is TrustLevel.SUBSTANTIAL
    if "gender" in known:
        assert person.levels["gender"] is TrustLevel.NONE
    date.fromisoformat(person.attributes["birthdate"])


def test_less_than_was_asked_for(peer):
    with pytest.raises(SamlRefused) as refused:
        _sign_in(*peer, user="U01", level=TrustLevel.HIGH, reached="STORK-QAA-Level-1")
    assert refused.value.code == "level-too-low"


@pytest.mark.parametrize(
    ("minor", "code"), [("AuthnFailed", "cancelled"), ("NoAuthnContext", "level-unavailable")]
)
def test_the_error_template(peer, minor, code):
    with pytest.raises(SamlRefused) as refused:
        _sign_in(*peer, user="U01", status={"minor": minor})
    assert refused.value.code == code


@pytest.mark.parametrize("file", REQUESTS)
def test_our_request_has_the_form_of_theirs(file):
    """Whatever element or attribute they send that BundID reads, ours has too, in the same order."""
    theirs = _read(file)
    ours = authn_request(question=_question("https://idp.example/sso", level=TrustLevel.SUBSTANTIAL))
    ignored = {"AttributeConsumingServiceIndex"}  # only their brokers' own habit: metadata without one
    assert set(theirs.attrib) - ignored <= set(ours.attrib)
    tags = [child.tag for child in theirs if child.tag != "{http://www.w3.org/2000/09/xmldsig#}Signature"]
    assert [child.tag for child in ours if child.tag in tags] == tags
    wanted = f".//{{{AKDB}}}RequestedAttribute"
    assert {one.get("Name") for one in theirs.iterfind(wanted)} <= {
        one.get("Name") for one in ours.iterfind(wanted)
    }
    assert {name for one in theirs.iterfind(wanted) for name in one.attrib} <= {
        name for one in ours.iterfind(wanted) for name in one.attrib
    }
    extension = f"{samlp('Extensions')}/{{{AKDB}}}AuthenticationRequest"
    assert theirs.find(extension).get("Version") == ours.find(extension).get("Version") == "2"
    parts = [child.tag for child in theirs.find(extension)]
    assert [child.tag for child in ours.find(extension) if child.tag in parts] == parts
    context = samlp("RequestedAuthnContext")
    if theirs.find(context) is not None:
        assert theirs.find(context).attrib == ours.find(context).attrib
        reference = f"{context}/{saml('AuthnContextClassRef')}"
        assert theirs.findtext(reference) == ours.findtext(reference)


def _read(file: str):
    raw = (MATERIAL / file).read_bytes()
    if not raw.lstrip().startswith(b"<"):
        raw = base64.b64decode(raw)
    return etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True))
