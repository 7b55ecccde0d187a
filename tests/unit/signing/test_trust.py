"""Look here for whom verification believes, and for signature dictionaries that say something odd."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from signing.container import Container
from signing.seal import Seal
from signing.verify import _moment, verify
from tests.unit.signing.letter_samples import AT, SINCE, archived, development, sealed


def name(common):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def issue(common, key, *, by=None, ca=False, **usages):
    """A certificate for `key`; `by`: issuer certificate and key, itself without."""
    issuer, issuer_key = by or (None, key)
    usage = dict.fromkeys(
        (
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
            "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(name(common))
        .issuer_name(issuer.subject if issuer else name(common))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(SINCE)
        .not_valid_after(SINCE + timedelta(days=700))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage | usages), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


class Pki:
    def __init__(self, **usages):
        keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(4)]
        self.root = issue("Root", keys[0], ca=True, key_cert_sign=True)
        self.middle = issue("Middle", keys[1], by=(self.root, keys[0]), ca=True, key_cert_sign=True)
        self.leaf = issue(
            "Stadt", keys[2], by=(self.middle, keys[1]), **(usages or {"digital_signature": True})
        )
        self.stranger = issue("Stranger", keys[3], ca=True, key_cert_sign=True)
        self.key = keys[2].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def load(self, *chain):
        chain_pem = [pem(one) for one in chain]
        return Seal.load(key_pem=self.key, certificate_pem=pem(self.leaf), chain_pem=chain_pem)

    def sealed(self, *chain):
        return self.load(*chain).apply(pdf=archived(), at=AT, reason="Bescheid")


def codes(pdf, trusted, at=AT):
    verdict = verify(pdf=pdf, trusted_pem=trusted, at=at)
    assert verdict.trusted is (not verdict.findings)
    return [finding.code for finding in verdict.findings]


@pytest.fixture(scope="module")
def pki():
    return Pki()


def test_a_chain_to_a_trusted_root_is_believed(pki):
    assert codes(pki.sealed(pki.middle), [pem(pki.root)]) == []
    assert codes(pki.sealed(pki.middle), [pem(pki.stranger) + pem(pki.root)]) == []


def test_a_chain_with_a_gap_or_to_a_stranger_is_not(pki):
    assert codes(pki.sealed(), [pem(pki.root)]) == ["certificate-unknown"]
    assert codes(pki.sealed(pki.middle), [pem(pki.stranger)]) == ["certificate-unknown"]


def test_a_chain_may_not_bring_what_nobody_needs(pki):
    """A certificate outside the path is protected by nothing: whoever changed it would not be noticed."""
    seal = pki.load(pki.middle, pki.root)
    seal._signer.embed_roots = True
    pdf = seal.apply(pdf=archived(), at=AT, reason="Bescheid")
    assert codes(pdf, [pem(pki.root)]) == []
    assert codes(pdf, [pem(pki.middle)]) == ["broken-signature"]


def test_an_expired_chain_is_named(pki):
    late = AT + timedelta(days=2000)
    assert codes(pki.sealed(pki.middle), [pem(pki.root)], at=late) == ["certificate-expired"]


def test_a_certificate_must_be_meant_for_sealing():
    wrong = Pki(key_agreement=True)
    assert codes(wrong.sealed(wrong.middle), [pem(wrong.root)]) == ["certificate-unfit"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"/ETSI.CAdES.detached", b"/ETSI.CAdES.detachee", ["not-pades"]),
        (b"/ByteRange [0 ", b"/ByteRange [1 ", ["bad-byte-range"]),
        (b"20261122120000Z", b"20x61122120000Z", ["digest-mismatch", "sealing-time"]),
        (b"20261122120000Z", b"20261322120000Z", ["digest-mismatch", "sealing-time"]),
        (b"/Reason (Bescheid", b"/Reason (Beschied", ["digest-mismatch"]),
    ],
)
def test_odd_signature_dictionaries(old, new, expected):
    at = sealed().rindex(old)
    changed = sealed()[:at] + new + sealed()[at + len(old) :]
    assert codes(changed, [development().certificate_pem]) == expected


def test_a_changed_signature_value_is_named():
    """The last byte of the container belongs to the ECDSA signature itself."""
    start = sealed().rindex(b"/Contents <") + 11
    value = bytes.fromhex(sealed()[start : start + 8000].decode().partition(">")[0])
    end = start + 2 * len(value.rstrip(b"\0"))
    other = b"0" if sealed()[end - 1 : end] != b"0" else b"1"
    changed = sealed()[: end - 1] + other + sealed()[end:]
    found = codes(changed, [development().certificate_pem])
    assert found in (["invalid-signature"], ["bad-padding"])


def test_a_byte_range_around_something_else_is_found():
    """The gap has to hold the signature itself, not any other hexadecimal text."""
    start = sealed().index(b"/ID [<") + 5
    end = sealed().index(b">", start) + 1
    at = sealed().rindex(b"/ByteRange [")
    stop = sealed().index(b"/Type", at)
    wrong = f"/ByteRange [0 {start} {end} {len(sealed()) - end}]".encode().ljust(stop - at)
    assert codes(sealed()[:at] + wrong + sealed()[stop:], [development().certificate_pem]) == [
        "bad-byte-range"
    ]


@pytest.mark.parametrize("value", [None, "today", "D:20261122120000", "D:20261122120000+99'99'"])
def test_times_nobody_can_read_are_no_times(value):
    assert _moment(value) is None


def test_whatever_goes_wrong_inside_becomes_a_finding(monkeypatch):
    def fail(*_, **__):
        raise RecursionError

    monkeypatch.setattr(Container, "check_signature", fail)
    assert codes(sealed(), [development().certificate_pem]) == ["broken-signature"]
