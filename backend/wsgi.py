"""The web process: Django behind WSGI, logging set up, issuers checked before the first request."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from backend.logs import configure_logs

configure_logs(level=settings.ENVIRONMENT.log_level)
application = get_wsgi_application()

from backend.identity.queries import trusted_issuers  # noqa: E402 -- models can be imported only now

trusted_issuers()
