"""The files of a package after reading, before anybody knows whether they fit: what cross-checks look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.services.manifest import Manifest
from forms.definition import FormDefinition
from forms.problems import Problem
from signing.markup import LetterText
from workflows.process import ProcessDefinition
from workflows.tables import DecisionTable

PROCESS = "process.bpmn"


@dataclass(frozen=True, slots=True)
class Parts:
    """A part that could not be read is None; a check that needs it is left out.

    `decisions`: decision id → (file, table); `letters`: (name, language) → text; `task_forms` by name;
    `names`: all files.
    """

    manifest: Manifest | None
    form: FormDefinition | None
    process: ProcessDefinition | None
    decisions: Mapping[str, tuple[str, DecisionTable]]
    letters: Mapping[tuple[str, str], LetterText | None]
    task_forms: Mapping[str, FormDefinition | None]
    unread: frozenset[str]
    eligibility_form: FormDefinition | None = None


def problem(where: str, code: str, de: str, en: str) -> Problem:
    """A problem with both texts; `where` is `file:place`."""
    return Problem(where=where, code=code, text={"de": de, "en": en})
