"""Which letters may stand in a person's name: DIN 91379:2022-08, data type A, as tables.

Data type A allows the normative Latin letters (including sequences of a base letter and combining
marks for which Unicode has no single character) and the signs of group N1. Registers of residents,
civil status and the identity card use the same set; anything else would be lost on the way there.
The text must be in Unicode normal form C.
"""

from __future__ import annotations

import re

# First and last code point of each run of normative letters that are one character.
_LETTERS = (
    "41-5A 61-7A C0-D6 D8-F6 F8-17E 187-188 18F 197 1A0-1A1 1AF-1B0 1B7 1CD-1DC 1DE-1DF 1E2-1F0 1F4-1F5 "
    "1F8-1FF 212-213 218-21B 21E-21F 227-233 259 268 292 1E02-1E03 1E06-1E07 1E0A-1E11 1E17 1E1C-1E2B "
    "1E2F-1E37 1E3A-1E3B 1E40-1E49 1E52-1E5B 1E5E-1E63 1E6A-1E6F 1E80-1E87 1E8C-1E97 1E9E 1EA0-1EF9"
)
# Group N1: space, apostrophes, hyphen, full stop, comma and the marks of transliterations.
_SIGNS = "20 27 2C 2D 2E 60 7E A8 B4 B7 2B9 2BA 2BE 2BF 2C8 2CC 2019 2021"
# Combining marks (one or several, in normal form C) → the letters that may carry them.
_SEQUENCES = {
    "\u0300": "CFGKMPSTZcfgkmpstz",
    "\u0301": "JjÿĪī",
    "\u0302": "DKLMNdklmn",
    "\u0304": "CFHKNPSTZcfhknpstzÛûḲḳṢṣṬṭỤụ",
    "\u0306": "CMNRZcmnrzÇç",
    "\u0307": "KUku",
    "\u0308": "CTZczẠạỌọỤụ",
    "\u030b": "Aa",
    "\u030c": "J",
    "\u030d": "ēō",
    "\u0310": "Mm",
    "\u0315": "CKPTckptČč",
    "\u031b": "KTkt",
    "\u0323": "CPcpČč",
    "\u0325": "LRlr",
    "\u0326": "CHKLNchklnŽž",
    "\u0327": "ZzŽž",
    "\u0331": "HSs",
    "\u0328\u0306": "Cc",
    "\u0325\u0304": "LRlr",
    "\u031b\u0304": "Ss",
}
_TIED = "K\u035fH|K\u035fh|k\u035fh"


def _runs(table: str) -> str:
    ends = [run.split("-") for run in table.split()]
    return "".join(f"\\u{run[0]:0>4}-\\u{run[-1]:0>4}" for run in ends)


_SINGLE = re.compile(f"[{_runs(_LETTERS)}{_runs(_SIGNS)}]+")
_ALL = re.compile(
    "(?:"
    + "|".join(f"[{bases}]{marks}(?![\u0300-\u036f])" for marks, bases in _SEQUENCES.items())
    + f"|{_TIED}|[{_runs(_LETTERS)}{_runs(_SIGNS)}])+"
)
_LETTER = re.compile(f"[{_runs(_LETTERS)}]")


def is_name(text: str) -> bool:
    """Whether every character of `text` may stand in a person's name, and at least one is a letter."""
    known = _SINGLE.fullmatch(text) or _ALL.fullmatch(text)
    return known is not None and _LETTER.search(text) is not None
