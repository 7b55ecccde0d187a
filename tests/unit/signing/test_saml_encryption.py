"""What identity providers encrypt with, and that nothing but a refusal comes of damaged answers."""

from __future__ import annotations

import base64
import os

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from signing.saml.bundid import person_of
from signing.saml.encryption import decrypted
from signing.saml.names import DS, SAML, XENC, XENC11
from signing.saml.refusals import SamlRefused
from tests.peers.bundid import key_pair
from tests.peers.forged import Answer, genuine, serialized
from tests.unit.signing.saml_reading import read

SHA256, SHA384 = XENC + "sha256", "http://www.w3.org/2001/04/xmldsig-more#sha384"
PLAIN = b"<readable/>"
US = "https://town.example/saml"


def encrypted(
    *, method, digest=hashes.SHA1, mask=hashes.SHA1, bits=256, recipient=None, pair="sp", beside=False
):
    secret, nonce = os.urandom(bits // 8), os.urandom(12)
    public = key_pair(pair).certificate.public_key()
    wrapped = public.encrypt(secret, OAEP(mgf=MGF1(mask()), algorithm=digest(), label=None))
    content = nonce + AESGCM(secret).encrypt(nonce, PLAIN, None)
    named = f' Recipient="{recipient}"' if recipient else ""
    key = f"<e:EncryptedKey{named}>{method}<e:CipherData><e:CipherValue>{_text(wrapped)}</e:CipherValue></e:CipherData></e:EncryptedKey>"
    inside = "" if beside else f"<d:KeyInfo>{key}</d:KeyInfo>"
    return etree.fromstring(
        f'<s:EncryptedAssertion xmlns:s="{SAML}" xmlns:e="{XENC}" xmlns:d="{DS}" xmlns:f="{XENC11}"><e:EncryptedData>'
        f'<e:EncryptionMethod Algorithm="{XENC11}aes{bits}-gcm"/>{inside}<e:CipherData><e:CipherValue>{_text(content)}'
        f"</e:CipherValue></e:CipherData></e:EncryptedData>{key if beside else ''}</s:EncryptedAssertion>"
    )


def _text(raw: bytes) -> str:
    return base64.encodebytes(raw).decode()


def _method(name: str, *, digest: str = "", mask: str = "", more: str = "") -> str:
    digest = digest and f'<d:DigestMethod Algorithm="{digest}"/>'
    mask = mask and f'<f:MGF Algorithm="{mask}"/>'
    return f'<e:EncryptionMethod Algorithm="{name}">{digest}{mask}{more}</e:EncryptionMethod>'


MGF1P, ANY = XENC + "rsa-oaep-mgf1p", XENC11 + "rsa-oaep"


def opened(element, *keys: str) -> bytes:
    pairs = [key_pair(name).key for name in keys or ("sp",)]
    return decrypted(encrypted=element, keys=pairs, recipient=US)


@pytest.mark.parametrize("bits", [128, 192, 256])
@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.parametrize(
    ("method", "digest", "mask"),
    [
        (_method(MGF1P), hashes.SHA1, hashes.SHA1),
        (_method(MGF1P, digest=SHA256), hashes.SHA256, hashes.SHA1),
        (_method(ANY, digest=SHA256, mask=XENC11 + "mgf1sha256"), hashes.SHA256, hashes.SHA256),
        (_method(ANY, digest=SHA384, mask=XENC11 + "mgf1sha1"), hashes.SHA384, hashes.SHA1),
    ],
)
def test_the_ways_to_wrap_a_key(bits, beside, method, digest, mask):
    element = encrypted(method=method, digest=digest, mask=mask, bits=bits, beside=beside)
    assert opened(element) == PLAIN


def test_a_key_for_somebody_else_is_not_tried():
    assert opened(encrypted(method=_method(MGF1P), recipient=US)) == PLAIN
    with pytest.raises(SamlRefused, match="decryption-failed"):
        opened(encrypted(method=_method(MGF1P), recipient="https://other.example"))


@pytest.mark.parametrize(
    "method",
    [
        _method(XENC + "rsa-1_5"),
        _method(MGF1P, digest="http://www.w3.org/2001/04/xmldsig-more#md5"),
        _method(ANY, mask="http://www.w3.org/unknown"),
        _method(MGF1P, more="<e:OAEPparams>eA==</e:OAEPparams>"),
        _method(MGF1P, digest=SHA256, more=f'<d:DigestMethod Algorithm="{SHA256}"/>'),
        "",
    ],
)
def test_other_ways_are_refused_by_name(method):
    with pytest.raises(SamlRefused, match="encryption-algorithm"):
        opened(encrypted(method=method))


def test_no_key_or_too_many():
    element = encrypted(method=_method(MGF1P))
    data = element[0]
    wrapped = data[1][0]
    for _ in range(4):
        data[1].append(etree.fromstring(etree.tostring(wrapped)))
    with pytest.raises(SamlRefused, match="decryption-failed"):
        opened(element)
    data.remove(data[1])
    with pytest.raises(SamlRefused, match="decryption-failed"):
        opened(element)
    element.remove(data)
    with pytest.raises(SamlRefused, match="decryption-failed"):
        opened(element)


HONEST = Answer(idp=key_pair("idp"), service=key_pair("sp"))


def _damaged(xml: bytes, where: float, length: int, instead: bytes) -> bytes:
    start = int(where * len(xml))
    return xml[:start] + instead + xml[start + length :]


damage = st.tuples(
    st.floats(0, 1),
    st.integers(0, 40),
    st.sampled_from([b"", b"<", b"x", b"</saml:Issuer>", b"&#x41;", b" ", b"<!---->", b"\xff"]),
)


@settings(max_examples=80, deadline=None)
@given(damage=damage, signed=st.sampled_from(["both", "assertion", "response", "none"]))
def test_damage_inside_is_refused_or_changes_nothing(damage, signed):
    def inside(assertion):
        return _damaged(serialized(assertion), *damage)

    posted = genuine(HONEST, signed=signed, inside=inside)
    if signed == "response":
        _only_refusals(posted)
    else:
        _nobody_else(posted)


@settings(max_examples=80, deadline=None)
@given(damage=damage, signed=st.sampled_from(["both", "assertion", "response"]))
def test_damage_outside_is_refused_or_changes_nothing(damage, signed):
    xml = base64.b64decode(genuine(HONEST, signed=signed))
    _nobody_else(base64.b64encode(_damaged(xml, *damage)).decode())


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_anything_at_all_is_refused(posted):
    with pytest.raises(SamlRefused):
        read(posted)


def _only_refusals(posted: str) -> None:
    """The provider signed nonsense: whatever it means, only refusals are raised."""
    try:
        person_of(assertion=read(posted))
    except SamlRefused:
        return


def _nobody_else(posted: str) -> None:
    try:
        person = person_of(assertion=read(posted))
    except SamlRefused:
        return
    assert (person.subject, dict(person.attributes)) == ("key-of-erika", {"family_name": "Erika"})
