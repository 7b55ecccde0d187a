"""Django's wiring: from the environment into settings, no logic."""

from __future__ import annotations

import os

from backend.environment import DatabaseUrl, read_environment

ENVIRONMENT = read_environment(os.environ)
_database = DatabaseUrl.parse(ENVIRONMENT.database_url)

DEBUG = False
SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
ROOT_URLCONF = "backend.urls"
WSGI_APPLICATION = "backend.wsgi.application"
USE_TZ = True
TIME_ZONE = "Europe/Berlin"
LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False
# A body over this limit is refused before it is read: attachments travel by their own door.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

INSTALLED_APPS = [
    "corsheaders",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "backend.keys",
    "backend.outbox",
    "backend.authorities",
    "backend.identity",
    "backend.identity.providers.bundid",
    "backend.portal",
    "backend.files",
    "backend.services",
    "backend.drafts",
    "backend.cases",
]
MIDDLEWARE = [
    "backend.api.health.Health",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "backend.api.middleware.RequestLog",
    "backend.api.middleware.OnlyUtf8",
    "backend.api.path_prefix.AuthorityPath",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.production else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.proxies else None
# Nothing may load or run but our own files; a page that needs more says so itself.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
# Forms of the portal carry a token of their own (`csrf_protect`); the API takes no cookies and needs none.
CSRF_COOKIE_NAME = "__Host-csrf" if ENVIRONMENT.production else "csrf"
CSRF_COOKIE_SECURE = ENVIRONMENT.production
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "backend.portal.pages.form_refused"
# Browsers of other origins may call the API only if they are named; no cookies travel with such calls.
CORS_ALLOWED_ORIGINS = list(ENVIRONMENT.cors_origins)
CORS_URLS_REGEX = r"^/(a/[a-z0-9-]+/)?api/.*$"
CORS_ALLOW_HEADERS = [
    "accept",
    "accept-language",
    "authorization",
    "co-signature-token",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "tus-resumable",
    "upload-checksum",
    "upload-length",
    "upload-metadata",
    "upload-offset",
    "x-http-method-override",
]
CORS_EXPOSE_HEADERS = [
    "ETag",
    "Location",
    "Retry-After",
    "Tus-Checksum-Algorithm",
    "Tus-Extension",
    "Tus-Max-Size",
    "Tus-Resumable",
    "Tus-Version",
    "Upload-Expires",
    "Upload-Length",
    "Upload-Offset",
    "WWW-Authenticate",
    "X-Request-ID",
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.name,
        "USER": _database.user,
        "PASSWORD": _database.password,
        "HOST": _database.host,
        "PORT": _database.port,
        # A new connection costs four requests' worth of CPU (measured); a dead one is noticed before use.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **_database.options,
            "application_name": os.environ.get("LAUFZETTEL_PROCESS", "laufzettel"),
            "connect_timeout": 5,
        },
    }
}

STORAGES = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    # The class is loaded at first use: who keeps files in a folder never imports the client of a store.
    "files": {"BACKEND": "backend.files.bucket.BucketStorage", "OPTIONS": ENVIRONMENT.files_bucket.options()}
    if ENVIRONMENT.files_bucket
    else {
        "BACKEND": "backend.files.disk.FolderStorage",
        "OPTIONS": {"location": str(ENVIRONMENT.files_folder)},
    },
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["backend.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["backend.api.permissions.ByMatrix"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_THROTTLE_CLASSES": ["backend.api.throttling.PerCaller"],
    "NUM_PROXIES": ENVIRONMENT.proxies,
    "DEFAULT_PARSER_CLASSES": ["backend.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["backend.api.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "backend.api.errors.as_problem",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Laufzettel",
    "DESCRIPTION": "Online applications to a German municipality: from the first click to the sealed notice.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["backend.api.permissions.ByMatrix"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    # Three different things are called "status": client generators need a name for each.
    "ENUM_NAME_OVERRIDES": {
        "ApplicationStatus": ["waiting_for_signatures", "received", "in_progress", "closed"],
        "CoSignatureStatus": ["invited", "signed", "declined", "expired"],
        "TaskStatus": ["open", "claimed", "done", "cancelled"],
    },
}

LOGGING_CONFIG = None
