"""Read this to see how a document gets the authority's electronic seal: PAdES baseline B-B (EN 319 142-1)."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from asn1crypto import keys, x509
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing.structure import SEAL_FIELD

_DIGEST: Final = "sha256"
_RESERVED_PER_CERTIFICATE: Final = 2_000
_RESERVED: Final = 2_000
"""Bytes kept free for the signature; finding out how many it needs would cost a second one."""


class SealRefused(ValueError):
    """The seal cannot be used or set; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class DevelopmentSeal:
    """A key and its certificate (PEM) for trying things out; nobody trusts it."""

    key_pem: bytes
    certificate_pem: bytes


@dataclass(frozen=True, slots=True)
class Seal:
    """A loaded key with its certificate; loading costs more than sealing, so keep it."""

    _signer: SimpleSigner
    _reserved: int

    @classmethod
    def load(
        cls,
        *,
        key_pem: bytes,
        certificate_pem: bytes,
        chain_pem: Sequence[bytes] = (),
        passphrase: bytes | None = None,
    ) -> Seal:
        """Reads a P-256 key (PKCS #8 or SEC 1, PEM) and its certificate; `chain_pem`: intermediates.

        Raises `SealRefused` if the key cannot be read, is not P-256, or does not belong to the certificate.
        """
        try:
            key = serialization.load_pem_private_key(key_pem, passphrase)
            certificate = certificates.load_pem_x509_certificate(certificate_pem)
            chain = [certificates.load_pem_x509_certificate(pem) for pem in chain_pem]
        except (ValueError, TypeError) as error:
            raise SealRefused(
                "The seal's key or certificate cannot be read. Both have to be PEM; check the passphrase."
            ) from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise SealRefused("The seal's key is not an ECDSA key on P-256. Order a certificate for one.")
        if key.public_key() != certificate.public_key():
            raise SealRefused("The seal's key does not belong to its certificate. Check which files are set.")
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple([_asn1(one) for one in chain])
        private = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        signer = SimpleSigner(
            signing_cert=_asn1(certificate),
            signing_key=keys.PrivateKeyInfo.load(private),
            cert_registry=store,
            embed_roots=False,
        )
        return cls(signer, 2 * (_RESERVED + _RESERVED_PER_CERTIFICATE * (1 + len(chain))))

    def apply(self, *, pdf: bytes, at: datetime, reason: str) -> bytes:
        """Seals the whole document into its prepared field, stating `at` (with time zone) and `reason`.

        Raises `SealRefused` if the certificate is not valid at `at`, or the file has no empty field, is
        sealed already, or cannot be read. Must not be called from a running event loop.
        """
        if at.tzinfo is None:
            raise ValueError("at needs a time zone.")
        certificate: Any = self._signer.signing_cert
        if not certificate.not_valid_before <= at <= certificate.not_valid_after:
            raise SealRefused(
                f"The seal's certificate is valid from {certificate.not_valid_before:%Y-%m-%d} to "
                f"{certificate.not_valid_after:%Y-%m-%d}, not on {at:%Y-%m-%d}. Install the new certificate."
            )
        try:
            return asyncio.run(self._sealed(pdf, at, reason))
        except (SigningError, PdfError) as error:
            raise SealRefused(
                f'The document cannot be sealed: it needs one empty signature field "{SEAL_FIELD}". ({error})'
            ) from error

    async def _sealed(self, pdf: bytes, at: datetime, reason: str) -> bytes:
        metadata = PdfSignatureMetadata(
            field_name=SEAL_FIELD, md_algorithm=_DIGEST, subfilter=SigSeedSubFilter.PADES, reason=reason
        )
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        session = PdfSigner(metadata, signer=self._signer).init_signing_session(
            writer, existing_fields_only=True
        )
        session.system_time = at  # pyHanko's one-call way would read the clock here.
        prepared = session.prepare_tbs_document(
            validation_info=None, bytes_reserved=self._reserved, appearance_text_params=None
        )
        output = io.BytesIO()
        digest, _ = prepared.digest_tbs_document(output=output)
        done = await prepared.perform_signature(
            document_digest=digest.document_digest,
            # PAdES keeps the time in the signature dictionary only (EN 319 142-1, 6.3).
            pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=None),
        )
        await done.post_signature_processing(output)
        return output.getvalue()


def make_development_seal(*, name: str, at: datetime, days: int = 825) -> DevelopmentSeal:
    """A fresh self-signed P-256 seal, valid for `days` from `at`; its name says it is not a real one."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = certificates.Name(
        [
            certificates.NameAttribute(
                NameOID.COMMON_NAME, f"{name} (development – not for production)"[:64]
            ),
            certificates.NameAttribute(NameOID.ORGANIZATION_NAME, "development – not for production"),
            certificates.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
        ]
    )
    usage = certificates.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        certificates.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(certificates.random_serial_number())
        .not_valid_before(at)
        .not_valid_after(at + timedelta(days=days))
        .add_extension(certificates.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(certificates.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return DevelopmentSeal(
        key_pem=key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        certificate_pem=certificate.public_bytes(serialization.Encoding.PEM),
    )


def _asn1(certificate: certificates.Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
