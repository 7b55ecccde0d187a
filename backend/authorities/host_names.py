"""Which authority is called: by the host name of a request, or because its path has named one."""

from __future__ import annotations

import re
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from backend.authorities.queries import id_by_host


def host_of(request: HttpRequest) -> str:
    """Host names are the same in capitals and with a dot at the end (RFC 4343, RFC 1034 § 3.1)."""
    return re.sub(r":\d+$", "", request.get_host()).lower().rstrip(".")


def authority_called(request: HttpRequest) -> UUID | None:
    """Asked once per request; what the path has named (`backend.api.path_prefix`) comes first."""
    if not hasattr(request, "authority_id"):
        default = settings.ENVIRONMENT.default_authority
        found = id_by_host(host=host_of(request), default_slug=default)
        if found is None:
            return None
        request.authority_id = found
    return request.authority_id
