"""What a person reads when an answer does not fit: one plain sentence per kind of problem.

Within a list the sentence begins with the entry: "2. Hund: Bitte geben Sie „Rufname“ an."
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from forms.datatypes import DATATYPES
from forms.pointers import Path
from forms.schema import Field
from forms.sentences import SENTENCES

Texts = Mapping[str, str]

# Problems for which the form's own text (`problem`) says better what is expected.
_HINTED = frozenset({"pattern", "format", "enum", "const", "combination", "date-too-early", "date-too-late"})
_QUOTES = {"de": ("„", "“"), "en": ("“", "”")}


def sentence(
    *,
    root: Field,
    path: Path,
    code: str,
    variant: str = "",
    limit: object = "",
    actual: object = "",
    format_name: str = "",
) -> Texts:
    """The sentence for a problem at `path` in German and English.

    `variant` narrows the wording (`required:choice`); `limit` and `actual` are the numbers or days it names.
    """
    field = root.at(path)
    texts = {}
    for position, language in enumerate(("de", "en")):
        hint = field.hints.get(language) if field is not None and code in _HINTED else None
        if hint:
            texts[language] = _entries(root, path, language) + hint
            continue
        if code == "format":
            template = DATATYPES[format_name].text[language]
        else:
            template = SENTENCES.get(f"{code}:{variant}", SENTENCES[code])[position]
        texts[language] = _entries(root, path, language) + template.format(
            name=_name(root, path, language),
            limit=_number(limit, language),
            actual=_number(actual, language),
            example=_example(field, language),
            options=_options(field, language),
        )
    return texts


def _entries(root: Field, path: Path, language: str) -> str:
    """Which entry is meant: `2. Hund, 1. Impfung: `; with the list's title where the entries have none."""
    parts = []
    for position, step in enumerate(path):
        if not isinstance(step, int):
            continue
        own = _title(root.at(path[: position + 1]), language)
        listed = _title(root.at(path[:position]), language)
        if language == "de":
            parts.append(
                f"{step + 1}. {own}" if own else f"{listed}{', ' if listed else ''}{step + 1}. Eintrag"
            )
        else:
            parts.append(f"{own} {step + 1}" if own else f"{listed}{', ' if listed else ''}entry {step + 1}")
    return f"{', '.join(parts)}: " if parts else ""


def _name(root: Field, path: Path, language: str) -> str:
    """The title of the innermost titled field on the way, the unknown member's own name, or the whole."""
    entry = _title(root.at(path), language) if path and isinstance(path[-1], int) else ""
    named = tuple(path[: _last_name(path)])
    if not named:
        return _FORM[language]
    title = entry or _title(root.at(named), language) or str(named[-1])[:60]
    return _quoted(title, language)


def _title(field: Field | None, language: str) -> str:
    titles = field.titles if field is not None else {}
    return titles.get(language) or next(iter(titles.values()), "")


def _quoted(title: str, language: str) -> str:
    opening, closing = _QUOTES[language]
    return f"{opening}{title}{closing}"


def _options(field: Field | None, language: str) -> str:
    members = field.members.items() if field is not None else ()
    return ", ".join(_quoted(_title(member, language) or name, language) for name, member in members)


_FORM = {"de": "„Formular“", "en": "“Form”"}


def _last_name(path: Sequence[str | int]) -> int:
    return next((end for end in range(len(path), 0, -1) if isinstance(path[end - 1], str)), 0)


def _number(value: object, language: str) -> str:
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}" if language == "de" else value.isoformat()
    text = f"{value:f}" if hasattr(value, "as_tuple") else str(value)
    return text.replace(".", ",") if language == "de" else text


def _example(field: Field | None, language: str) -> str:
    examples: Any = field.keywords.get("examples") if field is not None else None
    if not isinstance(examples, list) or not examples:
        return ""
    return f" {'Beispiel' if language == 'de' else 'Example'}: {examples[0]}"
