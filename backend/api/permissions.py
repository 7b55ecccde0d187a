"""Who may call a view: each view names one of these; the default lets nobody in."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission

from backend.authorities.queries import ClerkAccount
from backend.identity.principals import Citizen


class Nobody(BasePermission):
    """The default: a view that names nothing is closed."""

    def has_permission(self, request: Any, view: Any) -> bool:  # noqa: ARG002
        return False


class Anybody(BasePermission):
    """Public information."""

    def has_permission(self, request: Any, view: Any) -> bool:  # noqa: ARG002
        return True


class _SignedIn(BasePermission):
    kind: type

    def has_permission(self, request: Any, view: Any) -> bool:  # noqa: ARG002
        if request.user is None:
            raise NotAuthenticated
        return isinstance(request.user, self.kind)


class IsCitizen(_SignedIn):
    kind = Citizen


class IsClerk(_SignedIn):
    kind = ClerkAccount


class IsConfigurator(IsClerk):
    """A clerk who looks after services and the needs-attention list."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return super().has_permission(request, view) and request.user.has_role("configurator")
