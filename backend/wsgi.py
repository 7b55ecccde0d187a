"""The web process: Django behind WSGI, logging set up, issuers checked before the first request."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from backend.logs import configure_logs

configure_logs(level=settings.ENVIRONMENT.log_level)
application = get_wsgi_application()

# Models can be imported only now.
from backend.api.middleware import ReadableRequest  # noqa: E402
from backend.identity.providers.bundid.queries import service_providers  # noqa: E402
from backend.identity.queries import trusted_issuers  # noqa: E402

application.request_class = ReadableRequest
trusted_issuers()
service_providers()
