"""Plain text and CSV: UTF-8 without control characters, read in pieces, so that memory stays small."""

from __future__ import annotations

import codecs
import re

from backend.files.inspection.kinds import Kind
from backend.files.inspection.verdict import Refuse

_PIECE = 1_000_000
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def check_text(content: bytes, *, kind: Kind) -> None:
    """Raises `Refuse` for other encodings and control characters, also those that turn the direction."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(content), _PIECE):
        try:
            text = decoder.decode(content[start : start + _PIECE], final=start + _PIECE >= len(content))
        except UnicodeDecodeError as error:
            raise Refuse("not-utf8") from error
        if _CONTROL.search(text):
            raise Refuse("damaged", kind=kind.words)
