"""File names from a stranger's browser: one harmless line that still says what the file is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.files.names import LONGEST_NAME, clean_name


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Bescheid.pdf", "Bescheid.pdf"),
        ("C:\\Dokumente\\Bescheid.pdf", "Bescheid.pdf"),
        ("../../etc/passwd", "passwd"),
        ("Mu\u0308ll.pdf", "Müll.pdf"),
        ("Mu\u200b\u0308ll.pdf", "Müll.pdf"),
        ("  viel   Platz .pdf ", "viel Platz .pdf"),
        ("rechnung\u202efdp.exe", "rechnungfdp.exe"),
        ("a\r\nContent-Type: text/html.pdf", "html.pdf"),
        ("x\x00y\tz.pdf", "xyz.pdf"),
        ("..", ""),
        ("/", ""),
        ("\u200b", ""),
        ("a" * 300 + ".pdf", "a" * 196 + ".pdf"),
        ("ä" * 300 + ".pdf", "ä" * 98 + ".pdf"),
        ("a" * 10 + "." + "b" * 300, "a" * 10 + "." + "b" * 189),
    ],
)
def test_examples(raw, shown):
    assert clean_name(raw=raw) == shown


@given(st.text(max_size=400))
def test_whatever_comes_it_is_short_visible_and_settled(raw):
    shown = clean_name(raw=raw)
    assert len(shown.encode()) <= LONGEST_NAME
    assert shown.isprintable()
    assert not set(shown) & set("/\\\r\n\x00")
    assert shown not in {".", ".."}
    assert clean_name(raw=shown) == shown
