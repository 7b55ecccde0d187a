"""What BundID gets from us: our description. Its answers come to the portal's callback."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from backend.identity.providers.bundid.queries import NotOffered, service_provider
from backend.portal.requests import authority_of


@require_GET
def metadata(request: HttpRequest) -> HttpResponse:
    """SAML metadata of the service provider; public, for the registration at BundID."""
    try:
        service = service_provider(authority=authority_of(request).slug)
    except NotOffered:
        raise Http404 from None
    return HttpResponse(service.metadata(), content_type="application/samlmetadata+xml")
