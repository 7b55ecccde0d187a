"""`/a/<slug>/…`: one host name for several authorities. The path names which one, never the body."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import set_script_prefix

from backend.authorities.host_names import host_of
from backend.authorities.queries import by_slug, id_by_host

_PATH = re.compile(r"/a/([a-z0-9][a-z0-9-]{0,63})(/.*)")


class AuthorityPath:
    """Takes the prefix off and remembers the authority it names.

    A host name that belongs to an authority is that authority's alone: another one's prefix leads nowhere
    there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = _PATH.fullmatch(request.path_info)
        if found is None:
            return self.get_response(request)
        slug, rest = found.groups()
        authority = by_slug(slug=slug)
        owner = id_by_host(host=host_of(request), default_slug="")
        if authority is None or owner not in (None, authority.id):
            raise Http404
        request.authority_id = authority.id
        request.path_info = rest
        # Links that Django makes keep the prefix; the handler sets it anew for every request.
        set_script_prefix(f"/a/{slug}/")
        response = self.get_response(request)
        if response.get("Location", "").startswith("/api/"):
            response["Location"] = f"/a/{slug}{response['Location']}"
        return response
