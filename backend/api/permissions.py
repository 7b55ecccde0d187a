"""Who may call a view: what the access matrix says of its address and method."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission

from backend.api.access import access_to, admits
from backend.api.throttling import count_refusal


class ByMatrix(BasePermission):
    """The permission of every view. An address or method that the matrix does not name is closed.

    Who is refused is counted here: DRF asks its throttles only afterwards.
    """

    def has_permission(self, request: Any, view: Any) -> bool:
        access = access_to(route=request.resolver_match.route, method=request.method)
        if access is None:
            # A method that the view does not have is answered as such (405), not as a matter of roles.
            if request.method == "OPTIONS" or request.method not in view.allowed_methods:
                return True
        elif admits(access=access, user=request.user):
            return True
        count_refusal(request)
        if access is None:
            return False
        if request.user is None:
            raise NotAuthenticated
        return False
