"""The kinds of files that a question may take, and how large one may be."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

KEYWORD = "x-file"
DEFAULT_BYTES = 10_000_000
MOST_BYTES = 50_000_000

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "application/pdf": "PDF",
        "image/jpeg": "JPEG",
        "image/png": "PNG",
        "image/tiff": "TIFF",
        "image/heic": "HEIC",
        "text/plain": "TXT",
        "text/csv": "CSV",
        f"{_OFFICE}.wordprocessingml.document": "DOCX",
        f"{_OFFICE}.spreadsheetml.sheet": "XLSX",
        f"{_OPEN_DOCUMENT}.text": "ODT",
        f"{_OPEN_DOCUMENT}.spreadsheet": "ODS",
        "application/zip": "ZIP",
    }
)
"""Media type → what people call it. Others are refused when a form is read."""

DEFAULT_TYPES = ("application/pdf", "image/jpeg", "image/png")
