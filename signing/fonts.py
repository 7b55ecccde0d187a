"""Read this to know which font letters are set in, and what happens to characters it does not have.

Noto Sans (SIL Open Font License 1.1, from the package `pymupdf-fonts`): it has every letter of DIN 91379,
the characters German registers may use in names, with their combining marks. Where marks have no ready-made
letter, `uharfbuzz` tells reportlab where to put them.
"""

from __future__ import annotations

import io
import unicodedata
from functools import cache
from typing import Final

from pymupdf_fonts import NotoSans_Bold, NotoSans_Regular  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR: Final = "LaufzettelSans"
BOLD: Final = "LaufzettelSans-Bold"
# Invisible to the eye and to the layout, but found in pasted text: shown as nothing, never as a box.
_WITHOUT_SHAPE: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_HIGHEST: Final = 0xFFFF


class UnknownCharacter(ValueError):
    """The letter font cannot show a character. `text` says which one, in German and English."""

    def __init__(self, *, character: str) -> None:
        name = unicodedata.name(character, "unnamed")
        code = f"U+{ord(character):04X} {name}"
        self.character = character
        self.text = {
            "de": f"Die Schrift des Briefs hat das Zeichen {code} nicht. "
            "Ersetzen Sie es durch Buchstaben nach DIN 91379.",
            "en": f"The letter's font lacks the character {code}. Replace it by letters of DIN 91379.",
        }
        super().__init__(self.text["en"])


@cache
def register() -> frozenset[int]:
    """Makes both fonts known to reportlab (once per process); returns the code points both can show."""
    known = []
    for name, source in ((REGULAR, NotoSans_Regular), (BOLD, NotoSans_Bold)):
        font = TTFont(name, io.BytesIO(source.fontbuffer))
        pdfmetrics.registerFont(font)
        known.append(frozenset(font.face.charToGlyph))
    return frozenset.intersection(*known)


def name(*, bold: bool) -> str:
    return BOLD if bold else REGULAR


def clean(*, text: str) -> str:
    """The text as it will be set: composed (NFC), without shapeless characters.

    Raises `UnknownCharacter` for anything the font cannot show, so that no letter has a blank box in a name.
    """
    known = register()
    composed = unicodedata.normalize("NFC", text).translate(_WITHOUT_SHAPE)
    for character in composed:
        if character != "\n" and (ord(character) not in known or _is_private(character)):
            raise UnknownCharacter(character=character)
    return composed


def printable(*, text: str) -> str:
    """What somebody typed, ready for a letter: a character without a shape here is named, never a blank box.

    `😀` becomes `[U+1F600]`; tabs become spaces.
    """
    known = register()
    shown = []
    for character in unicodedata.normalize("NFC", text.replace("\t", " ")).translate(_WITHOUT_SHAPE):
        unknown = character != "\n" and (ord(character) not in known or _is_private(character))
        shown.append(f"[U+{ord(character):04X}]" if unknown else character)
    return "".join(shown)


def _is_private(character: str) -> bool:
    return unicodedata.category(character) in {"Co", "Cc", "Cn"} or ord(character) > _HIGHEST


def width(*, text: str, bold: bool, size: float) -> float:
    """How wide the text is when set in `size` points, in points."""
    register()
    return float(pdfmetrics.stringWidth(text, name(bold=bold), size))


def needs_shaping(*, text: str) -> bool:
    """Whether marks have to be placed over or under letters by the font's own rules."""
    return any(map(unicodedata.combining, text))
