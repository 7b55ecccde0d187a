"""Publishing over HTTP: a package as texts, in a transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from backend.services.models import ServiceVersion
from backend.services.operations import publish
from backend.services.package import Package, PackageProblems
from backend.tenancy import acting_for
from forms.problems import Problems


class PackageRefused(Problems):
    """The package somebody sent was refused whole (a stored one that is broken is a fault of ours)."""


def publish_texts(*, authority_id: UUID, texts: Mapping[str, str], now: datetime) -> ServiceVersion:
    """Like `operations.publish`, from file names → contents. Raises `PackageRefused`: nothing has changed."""
    try:
        package = Package.of_texts(texts=texts)
        with acting_for(authority_id=authority_id):
            return publish(authority_id=authority_id, package=package, now=now)
    except PackageProblems as refused:
        raise PackageRefused(refused.problems) from refused
