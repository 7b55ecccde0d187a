"""What anybody may read: the services an authority offers, and their forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.services import queries as services
from backend.services.models import ServiceVersion
from backend.tenancy import acting_for


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
    legal_basis: Sequence[str]


@dataclass(frozen=True, slots=True)
class OfferedForm:
    """The form of the version that takes applications now."""

    version: UUID
    schema: Mapping[str, Any]
    ui: Mapping[str, Any]


def offered(*, authority_id: UUID) -> list[Offer]:
    """All services that can be applied for, by slug."""
    with acting_for(authority_id=authority_id):
        return [_offer(version) for version in services.offered(authority_id=authority_id)]


def service(*, authority_id: UUID, slug: str) -> Offer:
    """Raises `UnknownService` or `WithdrawnVersion`."""
    with acting_for(authority_id=authority_id):
        return _offer(services.current(authority_id=authority_id, slug=slug))


def form(*, authority_id: UUID, slug: str) -> OfferedForm:
    """Raises `UnknownService` or `WithdrawnVersion`."""
    with acting_for(authority_id=authority_id):
        version = services.current(authority_id=authority_id, slug=slug)
        compiled = services.compiled(authority_id=authority_id, version_id=version.id)
        return OfferedForm(version=version.id, schema=compiled.form.schema, ui=compiled.form.ui or {})


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
        legal_basis=manifest.legal_basis,
    )
