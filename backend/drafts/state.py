"""A draft as its owner sees it: her answers, what is still to do, where values came from, what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import structlog

from backend.drafts.content import Content
from backend.drafts.models import Draft
from backend.drafts.origins import Origin, origins
from backend.files.queries import missing_or_refused
from backend.services import queries as services
from backend.services.compiled import CompiledService
from backend.services.errors import WithdrawnVersion
from backend.services.package import PackageProblems
from forms.attachments import attached
from forms.carrying import Carried, carry_over
from forms.definition import FormDefinition
from forms.problems import Problem
from forms.validation import CheckedAnswers, check_answers

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Changes:
    """What moving to another version of the form does (or did) to the answers."""

    moved: list[dict[str, Any]]
    lost: list[dict[str, Any]]
    added: list[dict[str, Any]]

    @classmethod
    def of(cls, carried: Carried) -> Changes:
        return cls(
            moved=[{"from": before, "to": after} for before, after in carried.moved.items()],
            lost=lost_entries(carried),
            added=[
                {"pointer": each.pointer, "title": dict(each.title), "required": each.required}
                for each in carried.added
            ],
        )


@dataclass(frozen=True, slots=True)
class DraftState:
    """Everything about one draft. `problems`: all that stands between it and its submission.

    `newer_version`: the service now has another version of the form (one that can be read), and `changes` is
    what moving there would do. `withdrawn`: this version takes no applications any more. `left_behind`:
    answers that found no place in an earlier move.
    """

    id: UUID
    service: str
    title: Mapping[str, str]
    version: UUID
    language: str
    revision: int
    created_at: datetime
    changed_at: datetime
    expires_at: datetime
    answers: Mapping[str, Any]
    problems: tuple[Problem, ...]
    complete: bool
    origins: Mapping[str, Origin]
    newer_version: bool
    withdrawn: bool
    changes: Changes | None
    left_behind: list[dict[str, Any]]


def state_of(*, draft: Draft, content: Content, today: date, done: Carried | None = None) -> DraftState:
    """Runs inside the caller's transaction. `done`: the move to a newer version that was just made."""
    compiled = compiled_of(draft=draft)
    newest = _readable_newer_form(draft)
    carried = done
    if newest is not None:
        carried = carry_over(old=compiled.form, new=newest.form, answers=content.answers)
    problems = all_problems(draft=draft, form=compiled.form, content=content, today=today)
    version = services.version(authority_id=draft.authority_id, version_id=draft.service_version_id)
    return DraftState(
        id=draft.id,
        service=draft.service,
        title=compiled.manifest.title,
        version=draft.service_version_id,
        language=draft.language,
        revision=draft.revision,
        created_at=draft.created_at,
        changed_at=draft.changed_at,
        expires_at=draft.expires_at,
        answers=content.answers,
        problems=problems,
        complete=not problems,
        origins=origins(prefilled=content.prefilled, answers=content.answers),
        newer_version=newest is not None,
        withdrawn=version.withdrawn_at is not None,
        changes=Changes.of(carried) if carried is not None else None,
        left_behind=content.lost,
    )


def compiled_of(*, draft: Draft) -> CompiledService:
    """The version that the draft was begun with or moved to."""
    return services.compiled(authority_id=draft.authority_id, version_id=draft.service_version_id)


def newer_form(*, draft: Draft) -> CompiledService | None:
    """The version that takes applications now, if the draft is not on it. Raises `PackageProblems`."""
    newest = newest_version_id(draft=draft)
    if newest is None or newest == draft.service_version_id:
        return None
    return services.compiled(authority_id=draft.authority_id, version_id=newest)


def newest_version_id(*, draft: Draft) -> UUID | None:
    """None: the service takes no applications at present."""
    try:
        return services.current(authority_id=draft.authority_id, slug=draft.service).id
    except WithdrawnVersion:
        return None


def all_problems(*, draft: Draft, form: FormDefinition, content: Content, today: date) -> tuple[Problem, ...]:
    """What is missing or wrong in the answers and their attachments, if they were submitted today."""
    checked = check_answers(form=form, answers=content.answers, today=today)
    return (*checked.problems, *attachment_problems(holder_id=draft.id, form=form, checked=checked))


def attachment_problems(
    *, holder_id: UUID, form: FormDefinition, checked: CheckedAnswers
) -> tuple[Problem, ...]:
    """What is wrong with the files that the answers name; each fault of an answer is told once."""
    wanted = attached(form=form, answers=checked.answers)
    faulty = {problem.where for problem in checked.problems}
    sound = {pointer: file_id for pointer, file_id in wanted.items() if pointer not in faulty}
    return missing_or_refused(holder_id=holder_id, form=form, wanted=sound)


def lost_entries(carried: Carried) -> list[dict[str, Any]]:
    """What found no place, as it is kept and shown."""
    return [
        {"pointer": each.pointer, "title": dict(each.title), "value": each.value, "reason": dict(each.reason)}
        for each in carried.lost
    ]


def _readable_newer_form(draft: Draft) -> CompiledService | None:
    """A newer version that is damaged must not keep anybody from a draft that is sound."""
    try:
        return newer_form(draft=draft)
    except PackageProblems:
        log.error("newer_version_unreadable", newer_than=str(draft.service_version_id))  # noqa: TRY400 - ids only
        return None
