"""Writes JSON answers; exact numbers keep their digits."""

from __future__ import annotations

from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer

from backend.keys.vault import exact


class JSONRenderer(BaseRenderer):
    """UTF-8 JSON by orjson; a problem keeps its own media type."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, *_: Any, **__: Any) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=exact, option=orjson.OPT_UTC_Z)
