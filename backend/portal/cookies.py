"""The two cookies of the portal: who is signed in, and what was asked for while she is away."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie that only this host gets, by https, and no script.

    In production its name begins with `__Host-`: browsers then refuse one that another host or plain http
    has set. In development, over plain http, they would refuse ours, so there it has the plain name.
    """

    name: str

    @property
    def full_name(self) -> str:
        return f"__Host-{self.name}" if settings.ENVIRONMENT.production else self.name

    def read(self, request: HttpRequest) -> str | None:
        return request.COOKIES.get(self.full_name)

    def write(self, response: HttpResponse, value: str, *, from_elsewhere: bool = False) -> None:
        """Until the browser closes. `from_elsewhere`: also when another site's form leads here."""
        secure = settings.ENVIRONMENT.production or from_elsewhere
        response.set_cookie(
            self.full_name,
            value,
            path="/",
            secure=secure,
            httponly=True,
            samesite="None" if from_elsewhere else "Lax",
        )

    def forget(self, response: HttpResponse) -> None:
        # Not `delete_cookie`: without Secure the browser would refuse to touch a cookie named __Host-.
        response.set_cookie(
            self.full_name,
            "",
            max_age=0,
            path="/",
            secure=settings.ENVIRONMENT.production,
            httponly=True,
            samesite="Lax",
        )


SESSION = Cookie("session")
PENDING = Cookie("sign-in")
