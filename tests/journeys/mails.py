"""What arrived at the mail sink about a case, read from its index."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def mails_about(folder: Path, reference: str) -> list[dict[str, Any]]:
    """In the order of their arrival; a mail that was handed over twice is there twice."""
    index = folder / "index.jsonl"
    lines = index.read_text(encoding="utf-8").splitlines() if index.exists() else []
    return [mail for mail in map(json.loads, lines) if f"({reference})" in mail["subject"]]
