"""Bearer tokens (RFC 6750): from the Authorization header to a citizen or a clerk."""

from __future__ import annotations

from typing import Any

import structlog
from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication

from backend.api import problems
from backend.api.context import authority_id_of, now
from backend.api.errors import Refused
from backend.api.problems import ApiProblem
from backend.api.step_up import sign_in_again
from backend.api.throttling import count_refused_token
from backend.identity.issuers import KeysUnavailable
from backend.identity.queries import who_is
from forms.problems import Problem
from signing.certificates import NoCertificate, presented_certificate
from signing.refusals import SignInTooOld, TokenRefused

log = structlog.get_logger()


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <JWT>` from one of the configured issuers."""

    def authenticate(self, request: Any) -> tuple[Any, None] | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        if scheme.lower() != "bearer" or not token.strip():
            # Another scheme, or nothing behind it: no token was sent at all.
            return None
        try:
            return _who_is(request, token.strip()), None
        except SignInTooOld as old:
            raise Refused(sign_in_again(seconds=old.seconds, error=_entry(old))) from old
        except TokenRefused as refused:
            count_refused_token(request)
            raise _refused(refused) from refused
        except KeysUnavailable as error:
            raise Refused(ApiProblem(problems.UNAVAILABLE, headers={"Retry-After": "30"})) from error

    def authenticate_header(self, request: Any) -> str:  # noqa: ARG002
        return "Bearer"


def _who_is(request: Any, token: str) -> Any:
    certificate = _certificate(request)
    return who_is(token=token, authority_id=authority_id_of(request), now=now(), certificate=certificate)


def _certificate(request: Any) -> str | None:
    """The client's certificate, from the header in which a trusted proxy hands it over."""
    name = settings.ENVIRONMENT.client_certificate_header
    header = request.headers.get(name, "") if name else ""
    if not header:
        return None
    try:
        return presented_certificate(header=header)
    except NoCertificate as error:
        log.warning("client_certificate_not_read", reason=str(error))
        return None


def _refused(refused: TokenRefused) -> Refused:
    problem = ApiProblem(
        problems.TOKEN_REFUSED,
        errors=(_entry(refused),),
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )
    return Refused(problem)


def _entry(refused: TokenRefused) -> Problem:
    return Problem(where="Authorization", code=refused.code, text=refused.text)


class BearerScheme(OpenApiAuthenticationExtension):
    """How OpenAPI describes it."""

    target_class = "backend.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
