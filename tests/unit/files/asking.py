"""How tests ask the inspection: in this process, everything allowed unless said otherwise."""

from __future__ import annotations

from backend.files.inspection import SUPPORTED_TYPES, Refused
from backend.files.inspection.judgement import judge


def verdict(content: bytes, name: str = "datei", types: tuple[str, ...] = SUPPORTED_TYPES) -> str:
    """The media type, or the code of the refusal."""
    said = judge(content=content, name=name, types=types)
    if isinstance(said, Refused):
        assert set(said.text) == {"de", "en"}
        assert all("{" not in text and text.strip() for text in said.text.values())
        return said.code
    return said.content_type


def english(content: bytes, name: str = "datei", types: tuple[str, ...] = SUPPORTED_TYPES) -> str:
    said = judge(content=content, name=name, types=types)
    assert isinstance(said, Refused)
    return said.text["en"]
