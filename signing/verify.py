"""Read this to see how anybody's PDF is checked for our seal: intact, whole, by whom, what is wrong.

Never asks a network, never raises on what a stranger sends. The file is read by qpdf without its repairs,
which ends on loops and nonsense; only what it finds is believed, and only if the bytes agree.
"""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import pikepdf

from forms.problems import Problem
from signing.container import BrokenContainer, Container, UnknownAddition, read_container, read_trusted
from signing.der import value_length
from signing.findings import finding

MAX_SIZE: Final = 100 * 1024 * 1024
_SUBFILTER: Final = "/ETSI.CAdES.detached"
_HEX: Final = re.compile(rb"[0-9a-f]*|[0-9A-F]*")
_DATE: Final = re.compile(r"D:(\d{14})(?:Z|([+-])(\d\d)'(\d\d)'?)")
_CLOCK_TOLERANCE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known about a document's seal.

    `intact`: exactly the bytes that were sealed. `trusted`: sealed by somebody whose certificate we trust at
    the time of checking. `covers_whole_file`: nothing stands outside the seal. `signer` and `sealed_at` are
    what the document claims: believe them only if `trusted` and `intact`. `findings` says all that is wrong.
    """

    intact: bool
    trusted: bool
    covers_whole_file: bool
    signer: str | None
    sealed_at: datetime | None
    findings: tuple[Problem, ...]


@dataclass(slots=True)
class _Examination:
    """What has been found out so far; becomes the verdict."""

    intact: bool = False
    trusted: bool = False
    covers: bool = False
    signer: str | None = None
    sealed_at: datetime | None = None
    findings: list[Problem] = field(default_factory=list)

    def note(self, code: str, where: str, *details: object) -> None:
        self.findings.append(finding(code=code, where=where, details=details))

    def verdict(self) -> Verdict:
        return Verdict(
            self.intact, self.trusted, self.covers, self.signer, self.sealed_at, tuple(self.findings)
        )


def verify(*, pdf: bytes, trusted_pem: Sequence[bytes], at: datetime) -> Verdict:
    """Checks a document's seal at the time `at` (with time zone), trusting the given certificates (PEM).

    Raises `ValueError` only for what the caller is responsible for: a naive time, an unreadable certificate.
    Must not be called from a running event loop.
    """
    if at.tzinfo is None:
        raise ValueError("at needs a time zone.")
    trusted = read_trusted(pems=tuple(trusted_pem))
    examination = _Examination()
    if len(pdf) > MAX_SIZE:
        examination.note("too-large", "/", MAX_SIZE // 1024 // 1024)
        return examination.verdict()
    signature = _one_signature(pdf, examination)
    if signature is None:
        return examination.verdict()
    container, parts = _container(pdf, signature, examination)
    if container is None or parts is None:
        return examination.verdict()
    return _judge(container, parts, trusted, at, examination)


@dataclass(frozen=True, slots=True)
class _Signature:
    """What the signature dictionary says (ISO 32000-1, 12.8.1)."""

    subfilter: str
    byte_range: tuple[int, ...]
    contents: bytes


def _one_signature(pdf: bytes, examination: _Examination) -> _Signature | None:
    """The one signature of the document, read from its structure."""
    try:
        with pikepdf.open(io.BytesIO(pdf), attempt_recovery=False, suppress_warnings=True) as document:
            found = [entry for entry in document.objects if _is_signature(entry)]
            clean = not document.get_warnings()
            signatures = [_read(entry) for entry in found]
            examination.sealed_at = _moment(found[0].get("/M")) if len(found) == 1 else None
    except Exception:  # noqa: BLE001 - whatever a hostile file makes the reader do is the same answer
        examination.note("broken-structure", "/")
        return None
    if not clean:
        examination.note("broken-structure", "/")
        return None
    if len(signatures) != 1:
        code = "several-signatures" if signatures else "no-signature"
        examination.note(code, "/AcroForm", len(signatures))
        return None
    return signatures[0]


def _is_signature(entry: Any) -> bool:
    return isinstance(entry, pikepdf.Dictionary) and "/ByteRange" in entry


def _read(entry: Any) -> _Signature:
    return _Signature(
        subfilter=str(entry.get("/SubFilter", "")),
        byte_range=tuple(int(number) for number in entry.ByteRange),
        contents=bytes(entry.get("/Contents", b"")),
    )


def _container(
    pdf: bytes, signature: _Signature, examination: _Examination
) -> tuple[Container | None, tuple[bytes, bytes] | None]:
    """The container and the two parts of the file it covers, if the bytes say the same as the structure."""
    if signature.subfilter != _SUBFILTER:
        examination.note("not-pades", "/SubFilter", signature.subfilter)
        return None, None
    parts = _parts(pdf, signature, examination)
    if parts is None:
        return None, None
    try:
        length = value_length(data=signature.contents)
        if signature.contents[length:].strip(b"\0"):
            examination.note("bad-padding", "/Contents")
            return None, None
        container = read_container(der=signature.contents[:length])
        examination.signer = container.signer
    except UnknownAddition:
        examination.note("unknown-addition", "/Contents")
    except BrokenContainer as broken:
        examination.note("broken-signature", "/Contents", broken)
    except Exception as error:  # noqa: BLE001 - see _one_signature
        examination.note("broken-signature", "/Contents", type(error).__name__)
    else:
        return container, parts
    return None, None


def _parts(pdf: bytes, signature: _Signature, examination: _Examination) -> tuple[bytes, bytes] | None:
    """The bytes before and after the signature value, if they and it are the whole file."""
    match signature.byte_range:
        case (0, before, after, rest) if 0 < before < after and rest > 0 and after + rest <= len(pdf):
            gap = pdf[before:after]
        case _:
            examination.note("bad-byte-range", "/ByteRange")
            return None
    examination.covers = after + rest == len(pdf)
    if not examination.covers:
        examination.note("changed-after-sealing", "/ByteRange", after + rest, len(pdf))
    # One case of letters only: turning `a` into `A` would be a changed byte that changes nothing.
    if gap[:1] != b"<" or gap[-1:] != b">" or not _HEX.fullmatch(gap[1:-1]):
        examination.note("bad-byte-range", "/Contents")
        return None
    if bytes.fromhex(gap[1:-1].decode()) != signature.contents:
        examination.note("bad-byte-range", "/Contents")
        return None
    return pdf[:before], pdf[after : after + rest]


def _judge(
    container: Container,
    parts: tuple[bytes, bytes],
    trusted: list[Any],
    at: datetime,
    examination: _Examination,
) -> Verdict:
    try:
        broken = container.check_signature(parts=parts)
        distrust = asyncio.run(container.check_trust(trusted=trusted, at=at))
    except BrokenContainer as error:
        broken, distrust = [finding(code="broken-signature", where="/Contents", details=(error,))], []
    except Exception as error:  # noqa: BLE001 - see _one_signature
        name = type(error).__name__
        broken, distrust = [finding(code="broken-signature", where="/Contents", details=(name,))], []
    if not _plausible(examination.sealed_at, container, at):
        distrust = [*distrust, finding(code="sealing-time", where="/M")]
    examination.findings += [*broken, *distrust]
    examination.intact = examination.covers and not broken
    examination.trusted = not broken and not distrust
    return examination.verdict()


def _plausible(sealed_at: datetime | None, container: Container, at: datetime) -> bool:
    valid = container.certificate["tbs_certificate"]["validity"]
    return (
        sealed_at is not None
        and sealed_at <= at + _CLOCK_TOLERANCE
        and valid["not_before"].native <= sealed_at <= valid["not_after"].native
    )


def _moment(value: Any) -> datetime | None:
    """A PDF date with a time zone (ISO 32000-1, 7.9.4)."""
    match = _DATE.fullmatch(str(value)) if value is not None else None
    if not match:
        return None
    sign, hours, minutes = match[2] or "+", match[3] or "00", match[4] or "00"
    try:
        return datetime.strptime(f"{match[1]}{sign}{hours}{minutes}", "%Y%m%d%H%M%S%z")
    except ValueError:
        return None
