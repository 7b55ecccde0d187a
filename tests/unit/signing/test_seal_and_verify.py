"""Look here for what a seal must prove, and every way in which a changed document is found out."""

from __future__ import annotations

import asyncio
import io
import random
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from signing.der import NotDer, check_der, value_length
from signing.seal import Seal, SealRefused, make_development_seal
from signing.verify import MAX_SIZE, verify
from tests.unit.signing.letter_samples import AT, SINCE, archived, development, seal, sealed


def check(pdf, *, trusted=None, at=AT):
    return verify(pdf=pdf, trusted_pem=[development().certificate_pem] if trusted is None else trusted, at=at)


def codes(verdict):
    return [finding.code for finding in verdict.findings]


def value_span(pdf):
    """Where the signature value's `<` and the end of its `>` are."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        _, before, after, _ = document.Root.AcroForm.Fields[0].V.ByteRange
    return int(before), int(after)


def test_a_sealed_document_is_intact_trusted_and_whole():
    verdict = check(sealed())
    assert (verdict.intact, verdict.trusted, verdict.covers_whole_file) == (True, True, True)
    assert verdict.signer == "Stadt Musterstadt (development – not for production)"
    assert verdict.sealed_at == AT
    assert verdict.findings == ()


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="pdfsig (poppler-utils) is not installed")
def test_another_program_says_the_same(tmp_path):
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealed())
    said = subprocess.run(["pdfsig", str(path)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


def test_random_changes_anywhere_are_found():
    original = sealed()
    chance = random.Random(20261122)
    for _ in range(250):
        changed = bytearray(original)
        place = chance.randrange(len(changed))
        changed[place] ^= 1 << chance.randrange(8)
        verdict = check(bytes(changed))
        assert not verdict.intact, place
        assert not verdict.trusted, place
        assert verdict.findings, place


def test_random_changes_inside_the_seal_are_found():
    original = sealed()
    start, end = value_span(original)
    chance = random.Random(7)
    for _ in range(250):
        changed = bytearray(original)
        changed[chance.randrange(start, end)] ^= 1 << chance.randrange(8)
        assert not check(bytes(changed)).intact


def test_content_is_named_when_content_changed():
    at = sealed().index(b"Angaben aus dem Antrag")
    changed = sealed()[:at] + b"B" + sealed()[at + 1 :]
    verdict = check(changed)
    assert codes(verdict) == ["digest-mismatch"]
    assert verdict.covers_whole_file


def test_something_in_the_padding_is_found():
    _, end = value_span(sealed())
    changed = bytearray(sealed())
    changed[end - 3 : end - 1] = b"01"
    assert codes(check(bytes(changed))) == ["bad-padding"]


@pytest.mark.parametrize(
    ("place", "new", "code"),
    [("start", b"(", "broken-structure"), ("hex", b"\n", "bad-byte-range"), ("case", None, "bad-byte-range")],
)
def test_the_signature_value_is_written_in_one_way_only(place, new, code):
    start, _ = value_span(sealed())
    changed = bytearray(sealed())
    at = {"start": start, "hex": start + 1}.get(place)
    if at is None:
        at = next(i for i in range(start + 1, len(changed)) if chr(changed[i]).isalpha())
        new = bytes([changed[at]]).swapcase()
    changed[at : at + 1] = new
    found = codes(check(bytes(changed)))
    assert found
    assert set(found) <= {code, "bad-byte-range", "broken-structure"}


def test_an_update_after_the_seal_is_named():
    with_comment = sealed() + b"\n% added\n"
    assert not check(with_comment).intact
    with pikepdf.open(io.BytesIO(sealed())) as document:
        size = int(document.trailer.Size)
    start = int(re.findall(rb"startxref\s+(\d+)", sealed())[-1])
    added = f"{size} 0 obj\n<</Type/Annot>>\nendobj\n".encode()
    offset = len(sealed()) + 1
    table = f"xref\n{size} 1\n{offset:010d} 00000 n \ntrailer\n<</Size {size + 1}/Root 1 0 R/Prev {start}>>\n"
    updated = (
        sealed() + b"\n" + added + table.encode() + f"startxref\n{offset + len(added)}\n%%EOF\n".encode()
    )
    verdict = check(updated)
    assert not verdict.intact
    assert not verdict.covers_whole_file
    assert codes(verdict)[0] == "changed-after-sealing"


def test_two_seals_are_named():
    with pikepdf.open(io.BytesIO(sealed())) as document:
        document.Root.Second = document.make_indirect(pikepdf.Dictionary(ByteRange=[0, 1, 2, 3]))
        out = io.BytesIO()
        document.save(out)
    assert codes(check(out.getvalue())) == ["several-signatures"]


def test_an_unsealed_document_and_no_document():
    assert codes(check(archived())) == ["no-signature"]
    assert codes(check(b"")) == ["broken-structure"]
    assert codes(check(b"%PDF-1.7\n" + b"[" * 100_000)) == ["broken-structure"]
    assert codes(check(bytes(MAX_SIZE + 1))) == ["too-large"]


def test_a_stranger_is_intact_but_not_trusted():
    verdict = check(sealed(), trusted=[])
    assert (verdict.intact, verdict.trusted) == (True, False)
    assert codes(verdict) == ["certificate-unknown"]
    namesake = make_development_seal(name="Stadt Musterstadt", at=SINCE)
    assert codes(check(sealed(), trusted=[namesake.certificate_pem])) == ["certificate-unfit"]


def test_certificates_have_their_time():
    late = check(sealed(), at=AT + timedelta(days=2000))
    assert (late.intact, late.trusted, codes(late)) == (True, False, ["certificate-expired"])
    # Our own seal refuses to do this; another program would not.
    early = asyncio.run(seal()._sealed(archived(), SINCE - timedelta(days=1), "x"))
    assert codes(check(early)) == ["sealing-time"]
    future = seal().apply(pdf=archived(), at=AT + timedelta(days=1), reason="x")
    assert codes(check(future)) == ["sealing-time"]


@pytest.mark.parametrize("days", [-1, 2000])
def test_a_seal_outside_its_time_seals_nothing(days):
    with pytest.raises(SealRefused, match="valid from"):
        seal().apply(pdf=archived(), at=SINCE + timedelta(days=days), reason="x")


def test_what_the_caller_gets_wrong_is_raised():
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        check(sealed(), at=naive)
    with pytest.raises(ValueError, match="time zone"):
        seal().apply(pdf=archived(), at=naive, reason="x")
    with pytest.raises(ValueError):
        check(sealed(), trusted=[b"no certificate"])


def test_sealing_twice_or_without_a_field_is_refused():
    with pytest.raises(SealRefused, match="Siegel"):
        seal().apply(pdf=sealed(), at=AT, reason="x")
    with pytest.raises(SealRefused):
        seal().apply(pdf=b"%PDF-1.7 nothing", at=AT, reason="x")


def pem(key):
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (pem(rsa.generate_private_key(65537, 2048)), "P-256"),
        (pem(ec.generate_private_key(ec.SECP384R1())), "P-256"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "belong"),
        (b"nonsense", "read"),
    ],
)
def test_unfit_keys_are_refused(key, message):
    with pytest.raises(SealRefused, match=message):
        Seal.load(key_pem=key, certificate_pem=development().certificate_pem)


def test_a_key_may_have_a_passphrase():
    key = serialization.load_pem_private_key(development().key_pem, None)
    form = serialization.PrivateFormat.PKCS8
    locked = key.private_bytes(
        serialization.Encoding.PEM, form, serialization.BestAvailableEncryption(b"geheim")
    )
    loaded = Seal.load(key_pem=locked, certificate_pem=development().certificate_pem, passphrase=b"geheim")
    assert check(loaded.apply(pdf=archived(), at=AT, reason="x")).trusted
    with pytest.raises(SealRefused, match="passphrase"):
        Seal.load(key_pem=locked, certificate_pem=development().certificate_pem)


def test_sealed_at_keeps_its_offset():
    there = datetime.fromisoformat("2026-11-22T13:00:00+01:00")
    assert check(seal().apply(pdf=archived(), at=there, reason="x")).sealed_at == there.astimezone(UTC)


@given(st.binary(max_size=400))
def test_any_bytes_get_a_verdict(data):
    assert not check(data).intact
    assert not check(sealed()[:3000] + data).intact


@given(st.binary(max_size=60))
def test_der_is_read_or_refused(data):
    try:
        check_der(data=data)
    except NotDer:
        return
    assert value_length(data=data) == len(data)


def deep(levels):
    """A sequence in a sequence in a sequence …"""
    data = b""
    for _ in range(levels):
        data = b"\x30" + bytes([len(data)]) + data
    return data


@pytest.mark.parametrize(
    "data",
    [
        b"\x30\x00\x30\x00",
        b"\x30\x80\x00\x00",
        b"\x04\x81\x01a",
        b"\x1f\x00",
        b"\x04\x02a",
        deep(60),
        b"",
    ],
)
def test_what_is_not_der(data):
    with pytest.raises(NotDer):
        check_der(data=data)
