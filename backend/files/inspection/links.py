"""Where a link leads: outside only to web pages and mail addresses; what else names stays in the package."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

# What stands between double quotes is text, between single quotes the name of a table.
_TEXT = re.compile(r'"[^"]*"')
_TABLE = re.compile(r"'[^']*'")
_FETCHES = re.compile(
    r"(?<![\w.])(?:_xlfn\.|_xlws\.|com\.microsoft\.)*"
    r"(?:DDE|WEBSERVICE|IMAGE|RTD|CALL|REGISTER(?:\.ID)?|SQL\.REQUEST)\s*\(",
    re.IGNORECASE,
)


def is_plain(target: str) -> bool:
    """Whether a person may click it: http, https, mailto, or a place in the same document."""
    if any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") for character in target):
        return False
    if not target or target.startswith("#"):
        return True
    try:
        parts = urlsplit(target)
        host = parts.hostname
    except ValueError:
        return False
    if target != target.lstrip():
        return False
    if parts.scheme in ("http", "https"):
        return bool(host) and "\\" not in parts.netloc
    return parts.scheme == "mailto" and not parts.netloc and "\\" not in parts.path


def stays_inside(target: str) -> bool:
    """Whether it names a part of the package: no scheme, no host, no drive, nothing that climbs out of it."""
    path = target.partition("#")[0]
    if any(unicodedata.category(character) in ("Cc", "Cf") for character in path):
        return False
    return not (":" in path or "\\" in path or path.strip().startswith("//"))


def formula_fetches(formula: str) -> bool:
    """Whether a formula asks another program, another file or the network (DDE, WEBSERVICE, IMAGE, RTD)."""
    if not any(mark in formula for mark in "(|\\:"):
        return False
    code = _TEXT.sub('""', formula)
    if "\\" in code or "://" in code or "file:" in code.lower() or _FETCHES.search(code):
        return True
    return "|" in _TABLE.sub("''", code)
