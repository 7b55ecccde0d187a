"""What anybody may read: the services an authority offers, and their forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from backend.services import queries as services
from backend.services.compiled import CompiledService
from backend.services.eligibility import Eligibility, eligible
from backend.services.errors import unknown_service
from backend.services.models import ServiceVersion
from backend.services.parties import CoSigning
from backend.tenancy import acting_for
from forms.codelists import CodeList, Page


@dataclass(frozen=True, slots=True)
class Offer:
    """One service as citizens find it."""

    slug: str
    version: UUID
    number: int
    title: Mapping[str, str]
    description: Mapping[str, str]
    languages: Sequence[str]
    trust_level: str
    written_form: str | None
    guests: bool
    representation: Sequence[str]
    co_signers: CoSigning | None
    legal_basis: Sequence[str]


@dataclass(frozen=True, slots=True)
class OfferedForm:
    """The form of one version. `code_lists`: the long lists of choices it refers to, by name."""

    version: UUID
    languages: Sequence[str]
    schema: Mapping[str, Any]
    ui: Mapping[str, Any]
    code_lists: Mapping[str, CodeList]


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions before the form; a renderer makes their layout itself."""

    version: UUID
    languages: Sequence[str]
    schema: Mapping[str, Any]
    code_lists: Mapping[str, CodeList]


@dataclass(frozen=True, slots=True)
class Choices:
    """A part of a code list as one version has it."""

    version: UUID
    of: CodeList
    page: Page


class UnknownCodeList(LookupError):
    """No form of this version refers to a code list of that name."""


def offered(*, authority_id: UUID) -> list[Offer]:
    """All services that can be applied for, by slug."""
    with acting_for(authority_id=authority_id):
        return [_offer(version) for version in services.offered(authority_id=authority_id)]


def service(*, authority_id: UUID, slug: str) -> Offer:
    """Raises `UnknownService` or `WithdrawnVersion`."""
    with acting_for(authority_id=authority_id):
        return _offer(services.current(authority_id=authority_id, slug=slug))


def form(*, authority_id: UUID, slug: str, version_id: UUID | None = None) -> OfferedForm:
    """The form that takes applications now, or the one of a version that somebody has begun to fill in.

    A version that is named may be withdrawn. Raises `UnknownService` or `WithdrawnVersion`.
    """
    with acting_for(authority_id=authority_id):
        version, compiled = _version(authority_id, slug, version_id)
        return OfferedForm(
            version=version,
            languages=compiled.form.languages,
            schema=compiled.form.schema,
            ui=compiled.form.ui or {},
            code_lists=compiled.form.code_lists,
        )


def choices(
    *, authority_id: UUID, slug: str, name: str, version_id: UUID | None, text: str, start: int, length: int
) -> Choices:
    """Entries of a code list whose name or code contains every word of `text`; see `CodeList.search`.

    Raises `UnknownService`, `WithdrawnVersion` or `UnknownCodeList`.
    """
    with acting_for(authority_id=authority_id):
        version, compiled = _version(authority_id, slug, version_id)
    lists = dict(compiled.form.code_lists)
    if compiled.eligibility is not None:
        lists |= compiled.eligibility.form.code_lists
    if name not in lists:
        raise UnknownCodeList(name)
    return Choices(version, lists[name], lists[name].search(text=text, start=start, length=length))


def eligibility_questions(*, authority_id: UUID, slug: str) -> Questions | None:
    """None if the service is open to everybody. Raises `UnknownService` or `WithdrawnVersion`."""
    with acting_for(authority_id=authority_id):
        version, compiled = _version(authority_id, slug, None)
    if compiled.eligibility is None:
        return None
    asked = compiled.eligibility.form
    return Questions(version, asked.languages, asked.schema, asked.code_lists)


def eligibility(*, authority_id: UUID, slug: str, answers: Any, now: datetime) -> Eligibility:
    """Whether somebody with these answers can apply; nothing is stored.

    Raises `UnknownService`, `WithdrawnVersion`, or `EligibilityAnswersRefused`.
    """
    with acting_for(authority_id=authority_id):
        _, compiled = _version(authority_id, slug, None)
    return eligible(service=compiled, answers=answers, today=localdate(now))


def _version(authority_id: UUID, slug: str, version_id: UUID | None) -> tuple[UUID, CompiledService]:
    if version_id is None:
        version = services.current(authority_id=authority_id, slug=slug)
    else:
        version = services.version(authority_id=authority_id, version_id=version_id)
        if version.slug != slug:
            raise unknown_service(name=slug)
    return version.id, services.compiled(authority_id=authority_id, version_id=version.id)


def _offer(version: ServiceVersion) -> Offer:
    manifest = services.compiled(authority_id=version.authority_id, version_id=version.id).manifest
    return Offer(
        slug=version.slug,
        version=version.id,
        number=version.number,
        title=manifest.title,
        description=manifest.description,
        languages=manifest.languages,
        trust_level=manifest.trust_level.word,
        written_form=manifest.written_form,
        guests=manifest.guests,
        representation=manifest.representation,
        co_signers=manifest.co_signing,
        legal_basis=manifest.legal_basis,
    )
