"""TIFF and HEIC: their structure. TIFF may have many pages (scans, faxes). Neither is decoded."""

from __future__ import annotations

import io
import warnings

from PIL import Image, UnidentifiedImageError

from backend.files.inspection.kinds import HEIC, TIFF
from backend.files.inspection.pdf import MAX_PAGES
from backend.files.inspection.pixels import MAX_MEGAPIXELS, check_pixels
from backend.files.inspection.verdict import Refuse, same

# Offsets and lengths of the parts of a page: strips and tiles (TIFF 6.0).
_PLACES = ((273, 279), (324, 325))
_BOX_HEAD = 8
_NAME = 4


def check_tiff(content: bytes) -> None:
    """Raises `Refuse`. Every page: its size, and that its pixels lie inside the file. Nothing is decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=["TIFF"]) as image:
                for page in range(MAX_PAGES + 1):
                    try:
                        image.seek(page)
                    except EOFError:
                        return
                    check_pixels(width=image.width, height=image.height)
                    _check_places(image, len(content))
    except Image.DecompressionBombError as error:
        raise Refuse("too-many-pixels", limit=same(MAX_MEGAPIXELS)) from error
    except UnidentifiedImageError as error:
        raise Refuse("damaged", kind=TIFF.words) from error
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, RuntimeError) as error:
        raise Refuse("damaged", kind=TIFF.words) from error
    raise Refuse("too-many-pages", limit=same(MAX_PAGES))


def _check_places(image: Image.Image, size: int) -> None:
    tags = image.tag_v2  # type: ignore[attr-defined]
    for offsets, lengths in _PLACES:
        if offsets in tags:
            places = zip(_numbers(tags[offsets]), _numbers(tags[lengths]), strict=True)
            if all(start > 0 and length > 0 and start + length <= size for start, length in places):
                return
    raise Refuse("damaged", kind=TIFF.words)


def _numbers(value: object) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (value,)  # type: ignore[return-value]


def check_heic(content: bytes) -> None:
    """Raises `Refuse` unless the boxes (ISO/IEC 14496-12) fill the file exactly and hold a picture."""
    at, names = 0, []
    while at < len(content):
        size, name = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        head = _BOX_HEAD
        if size == 1:
            size, head = int.from_bytes(content[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = len(content) - at
        if size < head or len(name) < _NAME or not name.isalnum():
            raise Refuse("surrounded" if "meta" in names else "damaged", kind=HEIC.words)
        at += size
        names.append(name.decode("latin-1"))
    if at != len(content) or "meta" not in names:
        raise Refuse("damaged", kind=HEIC.words)
    if "moov" in names:
        raise Refuse("animated")
