"""Who may call a view: what the access matrix says of its address and method."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission

from backend.api.access import access_to, admits


class ByMatrix(BasePermission):
    """The permission of every view. An address or method that the matrix does not name is closed."""

    def has_permission(self, request: Any, view: Any) -> bool:
        access = access_to(route=request.resolver_match.route, method=request.method)
        if access is None:
            # A method that the view does not have is answered as such (405), not as a matter of roles.
            return request.method == "OPTIONS" or request.method not in view.allowed_methods
        if admits(access=access, user=request.user):
            return True
        if request.user is None:
            raise NotAuthenticated
        return False
