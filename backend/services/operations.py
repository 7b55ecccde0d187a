"""Publish and withdraw versions of a service. Runs inside the caller's `acting_for(authority_id=…)`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Max

from backend.authorities.queries import units_unknown
from backend.services.checker import check_package
from backend.services.errors import unknown_service
from backend.services.manifest import FILE, read_manifest
from backend.services.models import ServiceVersion
from backend.services.package import Package, PackageProblems
from backend.services.readiness import open_places, units_missing


def publish(*, authority_id: UUID, package: Package, now: datetime) -> ServiceVersion:
    """Check the package, play its scenarios, and make it the current version of its service.

    The check runs in a child process with limits (design promise 10) before anything is written. Content
    that already is the current version is returned as it is. Content of an earlier version gets a new
    number: going back is publishing again. Raises `PackageProblems` with everything that is wrong, also if
    an import left a place open or the authority lacks a unit; then nothing has changed.
    """
    problems = (*check_package(package=package), *open_places(package=package))
    if problems:
        raise PackageProblems(problems)
    manifest = read_manifest(content=package.files[FILE])
    missing = tuple(units_missing(manifest=manifest, missing=units_unknown(keys=manifest.units)))
    if missing:
        raise PackageProblems(missing)
    slug = manifest.slug
    _one_at_a_time(authority_id, slug)
    versions = ServiceVersion.objects.filter(authority_id=authority_id, slug=slug)
    current = versions.filter(withdrawn_at__isnull=True).order_by("-number").first()
    if current is not None and current.content_hash == package.content_hash:
        return current
    highest = versions.aggregate(highest=Max("number"))["highest"] or 0
    return ServiceVersion.objects.create(
        authority_id=authority_id,
        slug=slug,
        number=highest + 1,
        content_hash=package.content_hash,
        files=package.texts(),
        published_at=now,
    )


def withdraw(*, authority_id: UUID, version_id: UUID, now: datetime) -> None:
    """The version takes no new applications from now on; the one before it becomes current again.

    Running cases keep it. A version withdrawn before keeps its first date. Raises `UnknownService`.
    """
    versions = ServiceVersion.objects.filter(authority_id=authority_id, id=version_id)
    if not versions.filter(withdrawn_at__isnull=True).update(withdrawn_at=now) and not versions.exists():
        raise unknown_service(name=str(version_id))


def _one_at_a_time(authority_id: UUID, slug: str) -> None:
    """Two people publishing the same service at the same moment get consecutive numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"service_version {authority_id} {slug}"],
        )
