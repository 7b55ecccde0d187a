"""Can I apply at all? Answers the questions before the form by the package's decision table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from backend.services.compiled import CompiledService
from backend.services.eligibility_check import OUTCOME, EligibilityCheck, reason_name
from forms.problems import Problems
from forms.validation import check_answers


class EligibilityAnswersRefused(Problems):
    """The answers do not fit the questions before the form; `where` is a JSON pointer into them."""


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The outcome, and the reason as people read it, by language; a reason may be empty if eligible."""

    eligible: bool
    reason: Mapping[str, str] = field(default_factory=dict)


def eligible(*, service: CompiledService, answers: Any, today: date | None) -> Eligibility:
    """Whether somebody with these answers can apply. Pure: nothing is stored, nothing is looked up.

    `answers` fit `eligibility.json` of the package; a service without such a check is open to everybody.
    `today`: see `check_answers`. Raises `EligibilityAnswersRefused`, and the problems of
    `DecisionTable.decide`.
    """
    check = service.eligibility
    if check is None:
        return Eligibility(eligible=True)
    return decide(check=check, answers=answers, today=today)


def decide(*, check: EligibilityCheck, answers: Any, today: date | None) -> Eligibility:
    """Apply one check; see `eligible`."""
    checked = check_answers(form=check.form, answers=answers, today=today)
    if checked.problems:
        raise EligibilityAnswersRefused(checked.problems)
    outputs = check.decision.decide(data={"answers": checked.answers}).outputs or {}
    reasons = {language: outputs.get(reason_name(language)) for language in check.form.languages}
    return Eligibility(
        eligible=outputs.get(OUTCOME) is True,
        reason=MappingProxyType({language: str(text) for language, text in reasons.items() if text}),
    )
