"""What keeps a sound package from being published: open places of an import, units that do not exist here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from backend.services.manifest import FILE, Manifest
from backend.services.package import Package
from backend.services.parts import problem
from forms.problems import Problem

PLACEHOLDER = "AUSFÜLLEN"
# JSON and XML may write the umlaut by its number.
# In capitals only: “ausfüllen” is a word that forms and letters may use.
_PLACEHOLDER = re.compile(r"AUSF(?:Ü|\\u00[dD][cC]|&#220;|&#[xX]0*[dD][cC];)LLEN\b")
# Notes for colleagues: no citizen and no clerk reads them.
_NOTES = frozenset({"README.md", "RULES.md"})


def open_places(*, package: Package) -> tuple[Problem, ...]:
    """Every line in which `import-fim` left a gap that only the authority can fill (`file:line N`).

    A mark beside a value in `service.toml` counts: the value is a guess until somebody takes the mark away.
    """
    return tuple(
        problem(
            f"{name}:line {number}",
            "placeholder-left",
            f"Hier steht noch „{PLACEHOLDER}“. Tragen Sie ein, was für Ihre Behörde gilt, und löschen Sie das"
            " Wort; vorher kann das Paket nicht veröffentlicht werden.",
            f"“{PLACEHOLDER}” (fill in) still stands here. Enter what holds for your authority and delete the"
            " word; the package cannot be published before.",
        )
        for name, text in package.texts().items()
        if name not in _NOTES
        for number, line in enumerate(text.split("\n"), start=1)
        if _is_open(name, line)
    )


def _is_open(name: str, line: str) -> bool:
    if name.endswith(".toml") and line.lstrip().startswith("#"):
        return False  # An explanation, such as the one above the marked lines.
    return _PLACEHOLDER.search(unicodedata.normalize("NFC", line)) is not None


def units_missing(*, manifest: Manifest, missing: Iterable[str]) -> Iterator[Problem]:
    """A problem for each unit in `missing`: its tasks would lie where nobody sees them.

    The lanes of the process name no others: the check of the package has seen to that.
    """
    for unit in sorted(set(missing)):
        key = "unit" if unit == manifest.unit else "other_units"
        yield problem(
            f"{FILE}:{manifest.places.get(key, key)}",
            "unit-missing",
            f"Die Organisationseinheit „{unit}“ gibt es bei dieser Behörde nicht. Legen Sie sie an (Befehl"
            f" „add-unit“ oder PUT /api/v1/units/{unit}), oder nennen Sie eine, die es gibt. Macht das hier"
            f" eine andere Einheit, nennen Sie „{unit}“ bei ihr unter „also“.",
            f"There is no unit “{unit}” at this authority. Add it (command “add-unit” or"
            f" PUT /api/v1/units/{unit}), or name one that exists. If another unit does this here, name"
            f" “{unit}” under its “also”.",
        )
