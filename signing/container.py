"""Read this to see how the CMS container of a seal (RFC 5652, EN 319 142-1) is checked, byte for byte.

The seal protects the document; nothing protects the fields of the container that stand outside the signed
attributes. So each of them must have the one value it can have: a container that says anything else was
changed. Cryptography is pyHanko's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asn1crypto import cms, core, pem, x509
from pyhanko.sign.general import check_ess_certid, extract_certificate_info, extract_signer_info
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
)

from forms.problems import Problem
from signing.der import check_der
from signing.findings import finding

_DIGESTS: Final = frozenset({"sha256", "sha384", "sha512"})
_WHERE: Final = "/Contents"


class BrokenContainer(ValueError):
    """The container is not what EN 319 142-1 describes; the message names the part."""


class UnknownAddition(BrokenContainer):
    """The container has additions nothing protects, such as a time-stamp; they are not judged here."""


@dataclass(frozen=True, slots=True)
class Container:
    """A strictly read container: one signer, its certificate, and the other certificates it brings."""

    signer_info: cms.SignerInfo
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]

    @property
    def signer(self) -> str:
        """The signer's common name, or else its whole name."""
        name = self.certificate.subject.native
        return str(name.get("common_name") or self.certificate.subject.human_friendly)

    def check_signature(self, *, parts: tuple[bytes, bytes]) -> list[Problem]:
        """Whether the signature is right and belongs to these parts of the file."""
        name = self.signer_info["digest_algorithm"]["algorithm"].native
        digest = hashlib.new(name, parts[0])
        digest.update(parts[1])
        same, valid = validate_sig_integrity(self.signer_info, self.certificate, "data", digest.digest())
        if not same:
            return [finding(code="digest-mismatch", where="/ByteRange")]
        return [] if valid else [finding(code="invalid-signature", where=_WHERE)]

    async def check_trust(self, *, trusted: list[x509.Certificate], at: datetime) -> list[Problem]:
        """Whether a path leads from the certificate to a trusted one at that time. Asks no network."""
        context = ValidationContext(
            trust_roots=trusted, other_certs=list(self.others), moment=at, allow_fetching=False
        )
        validator = CertificateValidator(self.certificate, list(self.others), context)
        try:
            path = await validator.async_validate_usage(key_usage=set())  # type: ignore[no-untyped-call]
        except (ExpiredError, NotYetValidError):
            return [finding(code="certificate-expired", where=_WHERE, details=(self.signer,))]
        except (PathBuildingError, InvalidCertificateError):  # No path; or self-signed and not trusted.
            return [finding(code="certificate-unknown", where=_WHERE, details=(self.signer,))]
        except PathValidationError as error:
            return [finding(code="certificate-unfit", where=_WHERE, details=(self.signer, error))]
        used = {certificate.dump() for certificate in path if isinstance(certificate, x509.Certificate)}
        if any(other.dump() not in used for other in self.others):
            raise BrokenContainer("certificates")
        return self._check_use(at)

    def _check_use(self, at: datetime) -> list[Problem]:
        # A trusted root's own dates are not part of path validation (RFC 5280, 6.1): look at them here.
        valid = self.certificate["tbs_certificate"]["validity"]
        if not valid["not_before"].native <= at <= valid["not_after"].native:
            return [finding(code="certificate-expired", where=_WHERE, details=(self.signer,))]
        usage = self.certificate.key_usage_value
        if usage is not None and not {"digital_signature", "non_repudiation"} & set(usage.native):
            return [finding(code="certificate-unfit", where=_WHERE, details=(self.signer, "keyUsage"))]
        return []


def read_container(*, der: bytes) -> Container:
    """Reads a container strictly. Raises `BrokenContainer`, or whatever the ASN.1 reader finds wrong."""
    check_der(data=der)
    info = cms.ContentInfo.load(der, strict=True)
    _must(info["content_type"].native == "signed_data", "contentType")
    signed = info["content"]
    signer_info = extract_signer_info(signed)
    _must(signed["version"].native == "v1" and signer_info["version"].native == "v1", "version")
    _must(len(signed["digest_algorithms"]) == 1, "digestAlgorithms")
    algorithm = signer_info["digest_algorithm"]
    _must(signed["digest_algorithms"][0].dump() == algorithm.dump(), "digestAlgorithms")
    _must(
        algorithm["algorithm"].native in _DIGESTS and algorithm["parameters"].native is None,
        "digestAlgorithm",
    )
    encapsulated = signed["encap_content_info"]
    _must(
        encapsulated["content_type"].native == "data" and _absent(encapsulated["content"]), "encapContentInfo"
    )
    _must(_absent(signed["crls"]), "crls")
    if not _absent(signer_info["unsigned_attrs"]):
        raise UnknownAddition("unsignedAttrs")
    _must(all(choice.name == "certificate" for choice in signed["certificates"]), "certificates")
    certificates = extract_certificate_info(signed)
    certificate = certificates.signer_cert
    _must(signer_info["sid"].name == "issuer_and_serial_number", "sid")
    # Names compare without regard to case; here every byte counts.
    sid = signer_info["sid"].chosen
    _must(sid["issuer"].dump() == certificate.issuer.dump(), "sid")
    _check_binding(signer_info, certificate)
    return Container(signer_info, certificate, tuple(certificates.other_certs))


def _check_binding(signer_info: cms.SignerInfo, certificate: x509.Certificate) -> None:
    """The signed attribute signing-certificate-v2 names the certificate by its hash (RFC 5035)."""
    found: list[Any] = [
        attribute
        for attribute in signer_info["signed_attrs"]
        if attribute["type"].native == "signing_certificate_v2"
    ]
    _must(len(found) == 1 and len(found[0]["values"]) == 1, "signing-certificate-v2")
    _must(check_ess_certid(certificate, found[0]["values"][0]["certs"][0]), "signing-certificate-v2")


def _absent(value: Any) -> bool:
    return value is core.VOID or isinstance(value, core.Void)


def _must(holds: bool, part: str) -> None:
    if not holds:
        raise BrokenContainer(part)


def read_trusted(*, pems: tuple[bytes, ...]) -> list[x509.Certificate]:
    """The trusted certificates; a PEM may hold several. Raises `ValueError` if one cannot be read."""
    return [
        x509.Certificate.load(der, strict=True)
        for text in pems
        for _, _, der in pem.unarmor(text, multiple=True)
    ]
