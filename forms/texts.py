"""How a form holds its texts in several languages.

`title` and `description` are plain strings in the form's first language, so that any JSON Forms
renderer shows the form as it is. Beside them stands `x-texts`, language → member → text, with the other
languages: `"title": "Rasse", "x-texts": {"en": {"title": "Breed"}}`. `x-texts` may also hold `problem` (for
every language): what a person reads when an answer does not fit `pattern`, `format`, `enum` and the like.
Choices are written as `oneOf` of `{"const": …, "title": …}`, so that every choice has a text.
The same holds for `label` (Group, Category, Control) and `text` (Label) in the UI schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def texts_of(node: Mapping[str, Any], member: str, languages: Sequence[str]) -> dict[str, str]:
    """What `node` says for `member` per language: from `x-texts`, else the plain member for the first."""
    translations = node.get("x-texts")
    found = {}
    for language in languages:
        texts = translations.get(language) if isinstance(translations, Mapping) else None
        text = texts.get(member) if isinstance(texts, Mapping) else None
        if text is None and language == languages[0]:
            text = node.get(member)
        if isinstance(text, str) and text.strip():
            found[language] = text
    return found


def missing_text(member: str, missing: Sequence[str]) -> tuple[str, str]:
    names = ", ".join(missing)
    return (
        (
            f"Hier fehlt der Text „{member}“ in der Sprache {names}. Bitte ergänzen Sie ihn "
            f'(erste Sprache: "{member}", weitere: "x-texts").'
        ),
        (
            f"The text “{member}” is missing here in language {names}. Please add it "
            f'(first language: "{member}", others: "x-texts").'
        ),
    )
