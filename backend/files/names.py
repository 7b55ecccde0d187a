"""The name a file is shown with: what a browser sent, made harmless."""

from __future__ import annotations

import unicodedata

LONGEST_NAME = 200
# Control, formatting (it turns text around), private and unassigned characters: nobody types them in a name.
_UNWANTED = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


def clean_name(*, raw: str) -> str:
    """One line without folders, at most 200 bytes of UTF-8, keeping the end (.pdf); may be empty."""
    last = raw.replace("\\", "/").rpartition("/")[2]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in _UNWANTED)
    shown = unicodedata.normalize("NFC", seen)
    name = " ".join(shown.split()).strip(" .")
    if len(name.encode()) <= LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    kept = len(ending.encode())
    if not dot or kept > LONGEST_NAME // 2:
        return _cut(name, LONGEST_NAME)
    return _cut(stem, LONGEST_NAME - kept - 1) + dot + ending


def _cut(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore").strip(" .")
