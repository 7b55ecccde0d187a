"""PDF: whole, readable without a password, not too many pages, nothing in it that acts."""

from __future__ import annotations

import io
import re

import pikepdf

from backend.files.inspection.kinds import PDF
from backend.files.inspection.pdf_activity import forbid_activity
from backend.files.inspection.verdict import Refuse, same

MAX_PAGES = 500
_MAX_DEPTH = 100
_END = re.compile(rb"startxref\s+\d+\s+%%EOF[\s\x00]*\Z")
_END_WITHIN = 2048
# What qpdf says about places it could not read and took for empty: another program may read something there.
_UNREAD = ("error decoding", "unfilterable", "expected ")


def limit_qpdf(*, megabytes: int) -> None:
    """Bound what one stream may unpack to: for the whole process, so only in the child."""
    size = megabytes * 1_000_000
    pikepdf.settings.set_qpdf_limits(
        doc_max_warnings=1000,
        max_stream_filters=5,
        flate_max_memory=size,
        png_max_memory=size,
        run_length_max_memory=size,
        tiff_max_memory=size,
        dct_max_memory=size,
        dct_max_progressive_scans=100,
    )


def check_pdf(content: bytes) -> None:
    """Raises `Refuse`. The contents of pages are never decoded, only the objects they consist of."""
    _check_borders(content)
    try:
        # A file whose table of objects has to be guessed is read differently by different programs.
        with pikepdf.Pdf.open(io.BytesIO(content), attempt_recovery=False, suppress_warnings=True) as pdf:
            _check_pages(pdf)
            forbid_activity(pdf)
            _check_read_whole(pdf)
    except pikepdf.PasswordError as error:
        raise Refuse("encrypted", kind=PDF.words) from error
    except pikepdf.PdfError as error:
        raise _reason(str(error).lower()) from error
    # Whatever else the library says about hostile bytes: a type it did not expect, a reference to nothing.
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
        RuntimeError,
        OverflowError,
    ) as error:
        raise Refuse("damaged", kind=PDF.words) from error


def _check_read_whole(pdf: pikepdf.Pdf) -> None:
    for warning in pdf.get_warnings():
        said = str(warning).lower()
        if any(word in said for word in _UNREAD):
            raise _reason(said)


def _reason(said: str) -> Refuse:
    if "encrypt" in said:  # A way of encrypting that qpdf does not know, for example with certificates.
        return Refuse("encrypted", kind=PDF.words)
    if "limit" in said or "memory" in said:
        return Refuse("too-demanding")
    return Refuse("damaged", kind=PDF.words)


def _check_borders(content: bytes) -> None:
    if not content.startswith(b"%PDF-"):
        raise Refuse("surrounded", kind=PDF.words)
    if _END.search(content, max(0, len(content) - _END_WITHIN)):
        return
    raise Refuse("surrounded" if b"%%EOF" in content else "damaged", kind=PDF.words)


def _check_pages(pdf: pikepdf.Pdf) -> None:
    """Walk the tree of pages only as far as the limit reaches: its own /Count may lie."""
    pages = 0
    waiting: list[tuple[pikepdf.Object, int]] = [(pdf.Root.Pages, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > _MAX_DEPTH:
            raise Refuse("damaged", kind=PDF.words)
        if not isinstance(node, pikepdf.Dictionary) or "/Kids" not in node:
            pages += 1
        else:
            children = node.Kids
            if not isinstance(children, pikepdf.Array):
                raise Refuse("damaged", kind=PDF.words)
            if len(children) > MAX_PAGES:
                raise Refuse("too-many-pages", limit=same(MAX_PAGES))
            waiting += [(child, depth + 1) for child in children]
        if pages > MAX_PAGES or len(waiting) > _MAX_DEPTH * MAX_PAGES:
            raise Refuse("too-many-pages", limit=same(MAX_PAGES))
    if pages == 0:
        raise Refuse("damaged", kind=PDF.words)
