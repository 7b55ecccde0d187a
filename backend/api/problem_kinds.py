"""What a problem of the API is made of (RFC 9457); the problems themselves: `problems.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language

from forms.problems import Problem

TYPE_PREFIX = "urn:laufzettel:problem:"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: docs/reference/problems.md lists them all."""

    code: str
    status: int
    title: Mapping[str, str]
    detail: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ApiProblem:
    """A problem of one request; `errors` name every single thing to mend."""

    kind: Kind
    errors: Sequence[Problem] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        language = "en" if (get_language() or "de").startswith("en") else "de"
        body: dict[str, Any] = {
            "type": TYPE_PREFIX + self.kind.code,
            "title": self.kind.title[language],
            "status": self.kind.status,
            "detail": self.kind.detail[language],
            **self.extra,
        }
        if self.errors:
            body["errors"] = [
                {
                    "pointer": error.where,
                    "code": error.code,
                    "detail": error.text[language],
                    "texts": dict(error.text),
                }
                for error in self.errors
            ]
        return body


def kind_of(code: str, status: int, titles: tuple[str, str], details: tuple[str, str]) -> Kind:
    """A kind with its texts, each a pair: German, English."""
    return Kind(
        code=code,
        status=status,
        title={"de": titles[0], "en": titles[1]},
        detail={"de": details[0], "en": details[1]},
    )
