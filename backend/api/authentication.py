"""Bearer tokens (RFC 6750): from the Authorization header to a citizen or a clerk."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication

from backend.api import problems
from backend.api.context import authority_id_of, now
from backend.api.errors import Refused
from backend.api.problems import ApiProblem
from backend.api.throttling import count_refused_token
from backend.identity.issuers import KeysUnavailable
from backend.identity.queries import who_is
from forms.problems import Problem
from signing.refusals import TokenRefused


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
            return who_is(token=token.strip(), authority_id=authority_id_of(request), now=now()), None
        except TokenRefused as refused:
            count_refused_token(request)
            raise _refused(refused) from refused
        except KeysUnavailable as error:
            raise Refused(ApiProblem(problems.UNAVAILABLE, headers={"Retry-After": "30"})) from error

    def authenticate_header(self, request: Any) -> str:  # noqa: ARG002
        return "Bearer"


def _refused(refused: TokenRefused) -> Refused:
    problem = ApiProblem(
        problems.TOKEN_REFUSED,
        errors=(Problem(where="Authorization", code=refused.code, text=refused.text),),
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )
    return Refused(problem)


class BearerScheme(OpenApiAuthenticationExtension):
    """How OpenAPI describes it."""

    target_class = "backend.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
