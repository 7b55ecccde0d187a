"""Opens an encrypted assertion (XML Encryption 1.1): AES-GCM for the content, RSA-OAEP for its key."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from signing.saml.documents import Element, text_of
from signing.saml.names import XENC, XENC11, ds, xenc
from signing.saml.refusals import SamlRefused

# Algorithm → bytes of the key. CBC is left out: it says nothing about who wrote the text.
CONTENT = {XENC11 + "aes128-gcm": 16, XENC11 + "aes192-gcm": 24, XENC11 + "aes256-gcm": 32}
OAEP_MGF1P = XENC + "rsa-oaep-mgf1p"
OAEP_ANY = XENC11 + "rsa-oaep"
# SHA-1 is safe inside OAEP and the default of both names (XML Encryption 1.1 § 5.5.2).
_SHA1 = hashes.SHA1()  # noqa: S303
_DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "http://www.w3.org/2000/09/xmldsig#sha1": _SHA1,
    XENC + "sha256": hashes.SHA256(),
    "http://www.w3.org/2001/04/xmldsig-more#sha384": hashes.SHA384(),
    XENC + "sha512": hashes.SHA512(),
}
_MASKS: dict[str, hashes.HashAlgorithm] = {
    XENC11 + "mgf1sha1": _SHA1,
    XENC11 + "mgf1sha256": hashes.SHA256(),
    XENC11 + "mgf1sha384": hashes.SHA384(),
    XENC11 + "mgf1sha512": hashes.SHA512(),
}
_NONCE_BYTES = 12  # XML Encryption 1.1 § 5.2.4
_TAG_BYTES = 16
_MOST_KEYS = 4


def decrypted(*, encrypted: Element, keys: Sequence[RSAPrivateKey], recipient: str) -> bytes:
    """The readable bytes of an `EncryptedAssertion`, opened with whichever of `keys` fits.

    `recipient` is our entity id: a wrapped key that names somebody else is not tried.

    Raises `SamlRefused`: `encryption-algorithm`, or `decryption-failed` without telling at which step.
    """
    data = encrypted.findall(xenc("EncryptedData"))
    if len(data) != 1:
        raise SamlRefused("decryption-failed")
    algorithm = _method(data[0]).get("Algorithm") or ""
    if algorithm not in CONTENT:
        raise SamlRefused("encryption-algorithm")
    wrapped = [
        one for one in encrypted.iter(xenc("EncryptedKey")) if one.get("Recipient", recipient) == recipient
    ]
    if not 0 < len(wrapped) <= _MOST_KEYS:
        raise SamlRefused("decryption-failed")
    content = _bytes(data[0])
    for one in wrapped:
        padding = _padding(_method(one))
        for key in keys:
            plain = _opened(content, _bytes(one), key, padding, CONTENT[algorithm])
            if plain is not None:
                return plain
    raise SamlRefused("decryption-failed")


def _opened(content: bytes, wrapped: bytes, key: RSAPrivateKey, padding: OAEP, size: int) -> bytes | None:
    try:
        secret = key.decrypt(wrapped, padding)
        if len(secret) != size:
            return None
        return AESGCM(secret).decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], None)
    except (ValueError, InvalidTag):
        return None


def _padding(method: Element) -> OAEP:
    name = method.get("Algorithm")
    if name not in {OAEP_MGF1P, OAEP_ANY}:
        raise SamlRefused("encryption-algorithm")
    digest = _chosen(method, ds("DigestMethod"), _DIGESTS)
    # The older name fixes the mask to SHA-1.
    mask = _chosen(method, f"{{{XENC11}}}MGF", _MASKS) if name == OAEP_ANY else _SHA1
    if method.find(xenc("OAEPparams")) is not None:
        raise SamlRefused("encryption-algorithm")
    return OAEP(mgf=MGF1(algorithm=mask), algorithm=digest, label=None)


def _chosen(method: Element, tag: str, known: dict[str, hashes.HashAlgorithm]) -> hashes.HashAlgorithm:
    found = method.findall(tag)
    if not found:
        return _SHA1
    algorithm = found[0].get("Algorithm") or ""
    if len(found) > 1 or algorithm not in known:
        raise SamlRefused("encryption-algorithm")
    return known[algorithm]


def _method(element: Element) -> Element:
    found = element.findall(xenc("EncryptionMethod"))
    if len(found) != 1:
        raise SamlRefused("encryption-algorithm")
    return found[0]


def _bytes(element: Element) -> bytes:
    value = element.find(f"{xenc('CipherData')}/{xenc('CipherValue')}")
    try:
        found = base64.b64decode("".join(text_of(value).split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SamlRefused("decryption-failed") from error
    if len(found) <= _NONCE_BYTES + _TAG_BYTES:
        raise SamlRefused("decryption-failed")
    return found
