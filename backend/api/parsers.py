"""Reads JSON bodies strictly: what two readers could understand differently is refused."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from backend.api import problems
from backend.api.errors import Refused, UnreadableBody
from backend.api.problems import ApiProblem
from forms.documents import DocumentProblems, read_json


class StrictJSONParser(BaseParser):
    """No duplicate members, no NaN, bounded depth and size (`forms.documents`)."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:  # noqa: ARG002
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        content = stream.read(limit + 1)
        if len(content) > limit:
            raise Refused(ApiProblem(problems.TOO_LARGE))
        try:
            return read_json(content)
        except DocumentProblems as error:
            raise UnreadableBody(error.problems) from error
