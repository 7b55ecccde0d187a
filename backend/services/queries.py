"""What is offered, and versions ready to use. Runs inside the caller's `acting_for(authority_id=…)`."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from threading import Lock
from uuid import UUID

from backend.services.compiled import CompiledService, compile_package
from backend.services.errors import unknown_service, withdrawn_version
from backend.services.models import ServiceVersion
from backend.services.package import Package, PackageProblems
from backend.services.parts import problem
from forms.problems import Problem

CACHED_SERVICES = 64


class _Compiled:
    """Compiled packages by content hash, the least recently used ones forgotten: parsing takes milliseconds.

    The hash is the whole identity, so authorities that publish the same package share one entry. Only
    whoever was allowed to read the version's row gets as far as asking for it.
    """

    def __init__(self, limit: int) -> None:
        self._limit, self._lock = limit, Lock()
        self._entries: OrderedDict[str, CompiledService] = OrderedDict()

    def get(self, content_hash: str) -> CompiledService | None:
        with self._lock:
            if content_hash in self._entries:
                self._entries.move_to_end(content_hash)
            return self._entries.get(content_hash)

    def put(self, content_hash: str, service: CompiledService) -> None:
        with self._lock:
            self._entries[content_hash] = service
            self._entries.move_to_end(content_hash)
            while len(self._entries) > self._limit:
                self._entries.popitem(last=False)


_compiled = _Compiled(CACHED_SERVICES)


def offered(*, authority_id: UUID) -> tuple[ServiceVersion, ...]:
    """The current version of every service of the authority, by slug; without `files` (loaded on use)."""
    versions = (
        ServiceVersion.objects.filter(authority_id=authority_id, withdrawn_at__isnull=True)
        .order_by("slug", "-number")
        .distinct("slug")
        .defer("files")
    )
    return tuple(versions)


def current(*, authority_id: UUID, slug: str) -> ServiceVersion:
    """The version that takes applications now; without `files`.

    Raises `UnknownService`, or `WithdrawnVersion` if the service has versions but all are withdrawn.
    """
    versions = ServiceVersion.objects.filter(authority_id=authority_id, slug=slug).defer("files")
    found = versions.filter(withdrawn_at__isnull=True).order_by("-number").first()
    if found is not None:
        return found
    if versions.exists():
        raise withdrawn_version(name=slug)
    raise unknown_service(name=slug)


def version(*, authority_id: UUID, version_id: UUID) -> ServiceVersion:
    """One version, withdrawn or not: what a running case keeps. Raises `UnknownService`."""
    found = ServiceVersion.objects.filter(authority_id=authority_id, id=version_id).defer("files").first()
    if found is None:
        raise unknown_service(name=str(version_id))
    return found


def accepting(*, authority_id: UUID, version_id: UUID) -> ServiceVersion:
    """One version for a new application. Raises `UnknownService`, or `WithdrawnVersion`."""
    found = version(authority_id=authority_id, version_id=version_id)
    if found.withdrawn_at is not None:
        raise withdrawn_version(name=found.slug)
    return found


def version_to_apply(*, authority_id: UUID, slug: str, version_id: UUID | None) -> ServiceVersion:
    """The version of a service for a new application: the one named, else the current one.

    Raises `UnknownService`, also for a version of another service, or `WithdrawnVersion`.
    """
    if version_id is None:
        return current(authority_id=authority_id, slug=slug)
    found = accepting(authority_id=authority_id, version_id=version_id)
    if found.slug != slug:
        raise unknown_service(name=slug)
    return found


def compiled(*, authority_id: UUID, version_id: UUID) -> CompiledService:
    """The version read and ready to use: one small query, and in most cases nothing to parse.

    Raises `UnknownService`; `PackageProblems` if what is stored can no longer be read (a package put into
    the database past `publish`, altered there, or one that a newer release refuses).
    """
    return _ready(version(authority_id=authority_id, version_id=version_id))


def all_compiled(*, authority_id: UUID, version_ids: Collection[UUID]) -> Mapping[UUID, CompiledService]:
    """Several versions ready to use, by id, with one query for all that were read before; see `compiled`."""
    rows = ServiceVersion.objects.filter(authority_id=authority_id, id__in=version_ids).defer("files")
    found = {row.id: _ready(row) for row in rows}
    for version_id in version_ids:
        if version_id not in found:
            raise unknown_service(name=str(version_id))
    return found


def _ready(found: ServiceVersion) -> CompiledService:
    service = _compiled.get(found.content_hash)
    if service is None:
        package = Package.of_texts(texts=found.files)
        if package.content_hash != found.content_hash:
            raise PackageProblems([_altered(found)])
        service = compile_package(package=package)
        _compiled.put(found.content_hash, service)
    return service


def _altered(found: ServiceVersion) -> Problem:
    return problem(
        ".",
        "content-altered",
        f"Die gespeicherten Dateien von {found} passen nicht zur Prüfsumme. Bitte aus der Sicherung holen.",
        f"The stored files of {found} do not match their checksum. Please restore them from the backup.",
    )
