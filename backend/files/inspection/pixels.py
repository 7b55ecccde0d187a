"""How large an image may be, whatever its format."""

from __future__ import annotations

from backend.files.inspection.verdict import Refuse, same

MAX_MEGAPIXELS = 100


def check_pixels(*, width: int, height: int) -> None:
    """Raises `Refuse` before anything is decoded. A sheet of A3 scanned at 600 dpi has 70 million pixels."""
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise Refuse("too-many-pixels", limit=same(MAX_MEGAPIXELS))
